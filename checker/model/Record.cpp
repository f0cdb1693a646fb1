// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Record.h"
#include "Compat.h"
#include "model/Imported.h"
#include "clang/Lex/Lexer.h"
#include "llvm/Support/JSON.h"

using namespace clang;
using namespace strongfence;
namespace json = llvm::json;

static Record *Current;

Record *strongfence::currentRecord() { return Current; }
void strongfence::setCurrentRecord(Record *R) { Current = R; }

std::string Record::busOf(const std::string &Teardown) const {
  if (auto It = Buses.find(Teardown); It != Buses.end())
    return It->second;
  std::string Only;
  for (const auto &[Root, Bus] : Buses) {
    if (Bus.empty() || (!Only.empty() && Bus != Only))
      return {};
    Only = Bus;
  }
  return Only;
}

Note strongfence::noteAt(SourceLocation Loc, const SourceManager &SM,
                         std::string Message) {
  Note N;
  N.Message = std::move(Message);
  Loc = SM.getExpansionLoc(Loc);
  if (isImported(Loc, SM)) {
    PresumedLoc There = SM.getPresumedLoc(Loc);
    N.File = There.getFilename();
    N.Line = There.getLine();
    N.Column = 1; // the text of facts has lines of its own
  } else if (Loc.isValid()) {
    N.File = SM.getFilename(Loc).str();
    N.Line = SM.getExpansionLineNumber(Loc);
    N.Column = SM.getExpansionColumnNumber(Loc);
  }
  return N;
}

static std::string name(const NamedDecl *D) {
  return D ? D->getNameAsString() : std::string();
}

static std::string line(json::Object O) {
  std::string Text;
  llvm::raw_string_ostream(Text) << json::Value(std::move(O));
  return Text;
}

/// The name of the bit that `set_bit(NAME, &flags)` sets, empty for another
/// kill. Bits are macros or enumerators.
static std::string bitName(const Expr *Kill, const Kernel &K,
                           const ASTContext &Ctx) {
  const auto *Call = dyn_cast<CallExpr>(Kill);
  const KillRow *Row = Call ? K.kill(calleeName(Call)) : nullptr;
  if (!Row || Row->Argument != 1 || Call->getNumArgs() < 2)
    return {};
  const Expr *Bit = Call->getArg(0)->IgnoreParenCasts();
  if (const auto *Ref = dyn_cast<DeclRefExpr>(Bit))
    return isa<EnumConstantDecl>(Ref->getDecl()) ? name(Ref->getDecl()) : "";
  if (!isa<IntegerLiteral>(Bit) || !Bit->getBeginLoc().isMacroID())
    return {};
  return Lexer::getImmediateMacroName(Bit->getBeginLoc(),
                                      Ctx.getSourceManager(), Ctx.getLangOpts())
      .str();
}

static json::Object place(const Expr *E, const SourceManager &SM) {
  Note At = noteAt(E->getBeginLoc(), SM, "");
  return json::Object{{"file", At.File}, {"line", At.Line}};
}

static json::Object fence(const Fence &F, const UnitModel &Model,
                          const SourceManager &SM) {
  json::Array TakenBy;
  for (const FunctionDecl *D : F.TakenBy)
    TakenBy.push_back(name(D));
  json::Array Path;
  for (const FunctionDecl *Step : F.Path)
    Path.push_back(name(Step));
  if (Path.empty())
    Path.push_back(name(F.Root));
  json::Object Out = place(F.Test, SM);
  Out["type"] = "fence";
  Out["struct"] = ownerName(F.Lock).str();
  Out["lock"] = name(F.Lock);
  Out["mode"] = !F.Lock                          ? ""
                : F.Readers == LockMode::Shared ? "shared"
                                                : "exclusive";
  Out["predicate"] = name(F.Predicate);
  Out["predicate_struct"] = ownerName(F.Predicate).str();
  Out["bit"] = bitName(F.Kill, Model.K, F.Teardown->getASTContext());
  Out["teardown"] = name(F.Teardown);
  Out["root"] = name(F.Root);
  Out["path"] = std::move(Path);
  Out["kill"] = place(F.Kill, SM);
  Out["barrier"] = place(F.Barrier, SM);
  if (F.Acquire)
    Out["acquire"] = place(F.Acquire, SM);
  Out["shape"] = F.Shape;
  Out["doors"] = std::move(TakenBy);
  return Out;
}

void strongfence::recordModel(
    Record &R, const UnitModel &Model,
    const llvm::DenseMap<const FunctionDecl *, std::string> &Verdicts,
    const SourceManager &SM) {
  R.Doors = llvm::count_if(Model.Doors, [](const Door &D) {
    return !isImported(D.Function);
  });
  R.Teardowns = llvm::count_if(Model.Teardowns, [](const Teardown &T) {
    return !isImported(T.Root);
  });
  for (const Teardown &T : Model.Teardowns) {
    if (!T.Slots || T.K != Teardown::Driver)
      continue;
    StringRef Bus = structName(T.Slots->getType());
    if (!Bus.consume_back("_driver"))
      continue; // no driver core has it
    auto [It, First] = R.Buses.try_emplace(name(T.Root), Bus);
    if (!First && It->second != Bus)
      It->second.clear(); // one function serves two buses
  }
  for (const FunctionDecl *F : Model.Gate.Cut)
    if (!isImported(F))
      R.BudgetStops.push_back(name(F));
  for (const std::vector<Fence> *Each : {&Model.Gate.Strong, &Model.Closings})
    for (const Fence &F : *Each)
      R.Lines.push_back(line(fence(F, Model, SM)));
  for (const Door &D : Model.Doors) {
    if (isImported(D.Function))
      continue;
    Note Where = noteAt(D.Function->getLocation(), SM, "");
    std::string Verdict = "not-reached";
    if (D.CoreFenced)
      Verdict = "core-fenced";
    else if (auto It = Verdicts.find(D.Function); It != Verdicts.end())
      Verdict = It->second;
    else if (Model.Gate.WaitsForClose)
      Verdict = "fenced";
    else if (!D.Kind)
      R.NotReached.push_back(name(D.Function));
    json::Array Through;
    for (const Fence &F : Model.Gate.Strong)
      if (llvm::is_contained(F.TakenBy, D.Function))
        Through.push_back(name(F.Lock));
    R.Lines.push_back(line(json::Object{{"type", "door"},
                                        {"function", name(D.Function)},
                                        {"slot", D.Slot},
                                        {"table", name(D.Table)},
                                        {"struct", structName(D.Table->getType()).str()},
                                        {"file", Where.File},
                                        {"line", Where.Line},
                                        {"registration", D.RegisteredAs},
                                        {"verdict", Verdict},
                                        {"fence", std::move(Through)}}));
  }
}
