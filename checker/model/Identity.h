// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Who an expression is about. Locks and predicates are identified by class, as
// lockdep does: the field of a struct, or a variable with static storage. Two
// expressions with one identity are the same lock for every object.

#ifndef STRONGFENCE_MODEL_IDENTITY_H
#define STRONGFENCE_MODEL_IDENTITY_H

#include "Compat.h"
#include "model/Kernel.h"
#include "llvm/ADT/DenseMap.h"

namespace strongfence {

/// A FieldDecl or a VarDecl with static storage, canonical; null when unknown.
using Identity = const clang::ValueDecl *;

/// What local variables and parameters stand for in the function being read.
using Aliases = llvm::DenseMap<const clang::VarDecl *, Identity>;

/// \p E without parentheses, casts, `&`, `*`, subscripts, the last value of a
/// statement expression, and calls that return their argument's object.
const clang::Expr *strip(const clang::Expr *E, const Kernel &K);

/// The identity of the object that \p E denotes or points to. Members of the
/// lock types themselves (`lock->rlock`) stand for the lock they are in.
Identity identify(const clang::Expr *E, const Kernel &K,
                  const Aliases *Locals = nullptr);

/// The identity of the object that a pointer value points to, or that a value
/// was loaded from.
Identity identify(clang::ento::SVal Value);
Identity identify(const clang::ento::MemRegion *Region);

/// The struct tag of a pointer or record type, empty when it has none.
llvm::StringRef structName(clang::QualType Type);

/// The struct that declares \p Id, empty for a variable.
llvm::StringRef ownerName(Identity Id);

/// "'lock' of 'struct foo'" or "'lock'": how messages name an identity.
std::string describe(Identity Id);

/// The name of the called function, empty for a call through a pointer.
llvm::StringRef calleeName(const clang::CallExpr *Call);

/// The function itself with its body, or null when this unit has no body.
const clang::FunctionDecl *definition(const clang::FunctionDecl *F);

/// The function that \p E names (`f`, `&f`), or null.
const clang::FunctionDecl *namedFunction(const clang::Expr *E);

/// True when the code belongs to the driver: the main file or a header that
/// stands beside it, not the kernel's include directories.
bool isDriverCode(clang::SourceLocation Loc, const clang::SourceManager &SM);

/// A null pointer or an integer constant, through casts.
bool isConstant(const clang::Expr *E, clang::ASTContext &Ctx);

} // namespace strongfence

#endif
