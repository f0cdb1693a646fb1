// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The only file that knows which LLVM it is built against. It is also the
// precompiled header, so it includes what nearly every source file needs.

#ifndef STRONGFENCE_COMPAT_H
#define STRONGFENCE_COMPAT_H

#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"
#include "clang/AST/ParentMap.h"
#include "clang/AST/Stmt.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Basic/Version.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/StaticAnalyzer/Core/BugReporter/BugType.h"
#include "clang/StaticAnalyzer/Core/Checker.h"
#include "clang/StaticAnalyzer/Core/CheckerManager.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/AnalysisManager.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CallEvent.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CheckerContext.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ExprEngine.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ProgramStateTrait.h"
#include "clang/StaticAnalyzer/Frontend/AnalysisConsumer.h"
#include "clang/StaticAnalyzer/Frontend/CheckerRegistry.h"
#include "llvm/Support/YAMLTraits.h"

namespace strongfence {

#if CLANG_VERSION_MAJOR >= 21
// BugType and BugReporter name a checker by its frontend since LLVM 21.
using CheckerName = clang::ento::CheckerFrontend;
#else
using CheckerName = clang::ento::CheckerBase;
#endif

/// Gives \p Analysis a consumer of path diagnostics; ownership moves.
inline void addConsumer(clang::ento::AnalysisASTConsumer &Analysis,
                        std::unique_ptr<clang::ento::PathDiagnosticConsumer> C) {
#if CLANG_VERSION_MAJOR >= 21
  Analysis.AddDiagnosticConsumer(std::move(C));
#else
  Analysis.AddDiagnosticConsumer(C.release());
#endif
}

/// An unknown value for the result of a call that is not inlined.
inline clang::ento::SVal conjure(const clang::ento::CallEvent &Call,
                                 clang::ento::CheckerContext &C) {
#if CLANG_VERSION_MAJOR >= 21
  return C.getSValBuilder().conjureSymbolVal(Call, C.blockCount());
#else
  return C.getSValBuilder().conjureSymbolVal(
      nullptr, Call.getOriginExpr(), C.getLocationContext(),
      Call.getResultType(), C.blockCount());
#endif
}

/// An unknown value for an expression that the checker gives a new one.
inline clang::ento::SVal conjure(const clang::Expr *E,
                                 clang::ento::CheckerContext &C) {
#if CLANG_VERSION_MAJOR >= 21
  return C.getSValBuilder().conjureSymbolVal(
      C.getCFGElementRef(), C.getLocationContext(), E->getType(),
      C.blockCount());
#else
  return C.getSValBuilder().conjureSymbolVal(
      nullptr, E, C.getLocationContext(), E->getType(), C.blockCount());
#endif
}

} // namespace strongfence

#endif
