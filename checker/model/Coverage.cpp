// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Coverage.h"
#include "model/Imported.h"
#include "llvm/Support/JSON.h"

using namespace clang;
using namespace ento;
using namespace strongfence;
namespace json = llvm::json;

Coverage::Rows &Coverage::rows(const Door &D, ASTContext &Ctx) {
  auto [It, New] = Doors.try_emplace(D.Function);
  if (New)
    It->second.Of = Commands(D, Ctx);
  return It->second;
}

template <typename F>
void Coverage::each(const Door &D, const Stmt *Site, CheckerContext &C, F Do) {
  Rows &R = rows(D, C.getASTContext());
  auto Served = R.Of.at(Site, C.getLocationContext());
  if (Served.empty())
    Do(R.Any);
  for (unsigned I : Served)
    Do(R.Command[I]);
}

void Coverage::touch(const Door &D, const Touch &T, ArrayRef<const Fence *> By,
                     const Verdict &Why, CheckerContext &C) {
  each(D, T.Site, C, [&](Row &To) {
    for (const Fence *F : By)
      To.By.insert({F->Lock, F->Predicate});
    if (By.empty() && !To.Open) {
      To.Open = T;
      To.Why = Why;
    }
  });
}

void Coverage::call(const Door &D, const Stmt *Site, ArrayRef<const Fence *> By,
                    CheckerContext &C) {
  each(D, Site, C, [&](Row &To) {
    for (const Fence *F : By)
      To.Calls.insert({F->Lock, F->Predicate});
  });
}

void Coverage::use(const Door &D, const Touch &T, bool Locked,
                   CheckerContext &C) {
  each(D, T.Site, C, [&](Row &To) {
    std::optional<Touch> &First = Locked ? To.Locked : To.Used;
    if (!First)
      First = T;
  });
}

static std::string named(const NamedDecl *Id) {
  return Id ? Id->getNameAsString() : std::string();
}

/// Why the touch is not fenced.
static std::string reason(const Verdict &V) {
  switch (V.K) {
  case Verdict::Fenced:
    return "";
  case Verdict::Unfenced:
    return "no fence is held";
  case Verdict::Outside:
    return V.Lock ? "'" + named(V.Predicate) + "' was tested outside '" +
                        named(V.Lock) + "'"
                  : "'" + named(V.Predicate) + "' was tested under no lock";
  case Verdict::Unclosed:
    return "teardown passes no barrier on the lock under which '" +
           named(V.Predicate) + "' was tested";
  case Verdict::Dropped:
    return "'" + named(V.Lock) + "' was released since the test of '" +
           named(V.Predicate) + "'";
  case Verdict::Retaken:
    return "'" + named(V.Lock) + "' was taken again and '" +
           named(V.Predicate) + "' not tested again";
  }
  return "";
}

void Coverage::record(
    Record &R, const UnitModel &Model,
    const llvm::DenseMap<const FunctionDecl *, std::string> &Explored,
    const llvm::DenseMap<const FunctionDecl *, const FunctionDecl *> &Delegates,
    ASTContext &Ctx) const {
  const SourceManager &SM = Ctx.getSourceManager();
  // With teardown's side: a fence that a single door tests in passing is not
  // among the inferred ones.
  auto fence = [&](Identity Lock, Identity Predicate) {
    json::Object O{{"struct", ownerName(Lock).str()},
                   {"lock", named(Lock)},
                   {"predicate", named(Predicate)},
                   {"predicate_struct", ownerName(Predicate).str()}};
    for (const Fence &Each : Model.Gate.Offered) {
      if (Each.Lock != Lock || Each.Predicate != Predicate)
        continue;
      Note Kill = noteAt(Each.Kill->getBeginLoc(), SM, "");
      Note Barrier = noteAt(Each.Barrier->getBeginLoc(), SM, "");
      O["teardown"] = named(Each.Teardown);
      O["root"] = named(Each.Root);
      O["shape"] = Each.Shape;
      O["kill"] = json::Object{{"file", Kill.File}, {"line", Kill.Line}};
      O["barrier"] = json::Object{{"file", Barrier.File}, {"line", Barrier.Line}};
      break;
    }
    return O;
  };
  for (const Door &D : Model.Doors) {
    if (isImported(D.Function))
      continue;
    auto line = [&](const Commands::Command *Command, StringRef State,
                    StringRef Reason, json::Array Fences,
                    const Touch *Open) {
      Note Where = noteAt(Command ? Command->Loc : D.Function->getLocation(),
                          SM, "");
      json::Object O{{"type", "coverage"},
                     {"function", D.Function->getNameAsString()},
                     {"slot", D.Slot},
                     {"table", D.Table->getNameAsString()},
                     {"registration", D.RegisteredAs},
                     {"command", Command ? Command->Name : ""},
                     {"file", Where.File},
                     {"line", Where.Line},
                     {"state", State},
                     {"reason", Reason},
                     {"fences", std::move(Fences)}};
      if (Open) {
        Note At = noteAt(Open->Site->getBeginLoc(), SM, "");
        O["touch"] = json::Object{{"file", At.File},
                                  {"line", At.Line},
                                  {"does", Open->Does},
                                  {"goes", Open->Goes},
                                  {"struct", Open->Struct}};
      }
      std::string Text;
      llvm::raw_string_ostream(Text) << json::Value(std::move(O));
      R.Lines.push_back(std::move(Text));
    };
    const FunctionDecl *F = D.Function;
    if (D.CoreFenced) {
      line(nullptr, "proxied", "", {}, nullptr);
      continue;
    }
    if (Model.Teardowns.empty()) {
      line(nullptr, "not analysed", "this unit has no teardown", {}, nullptr);
      continue;
    }
    if (const auto &Wait = Model.Gate.WaitsForClose) {
      json::Array Fences;
      Fences.push_back(fence(Wait->Lock, Wait->Predicate));
      line(nullptr, "fenced", "teardown waits until every file is closed",
           std::move(Fences), nullptr);
      continue;
    }
    if (!D.Kind || !Explored.count(F)) {
      line(nullptr, "not analysed",
           D.Kind ? "its exploration was never begun"
                  : "this unit does not show how the table is registered",
           {}, nullptr);
      continue;
    }
    // What another door does for this one is on record there.
    auto It = Doors.find(F);
    auto Other = Doors.end();
    if (const FunctionDecl *To = Delegates.lookup(F))
      Other = Doors.find(To);
    auto any = [&](auto At) { return At == Doors.end() ? nullptr : &At->second.Any; };
    auto command = [&](auto At, StringRef Name) -> const Row * {
      if (At != Doors.end())
        for (const auto &[I, Each] : At->second.Command)
          if (At->second.Of.all()[I].Name == Name)
            return &Each;
      return nullptr;
    };
    auto says = [](const Row *Each) { return Each && Each->says(); };
    const Row *Any = says(any(It)) ? any(It) : any(Other);
    // A path ends where a finding stands: what comes after is not seen.
    bool Ends = Any && Any->Open;
    bool Budget = Cut.contains(F) || Cut.contains(Delegates.lookup(F));
    auto write = [&](const Commands::Command *Command, const Row *Each) {
      json::Array Fences;
      // Without touches the calls count.
      bool Calls = Each && !Each->Open && !Each->Used && Each->By.empty();
      if (Each)
        for (const auto &[Lock, Predicate] : Calls ? Each->Calls : Each->By)
          Fences.push_back(fence(Lock, Predicate));
      if (Each && Each->Open)
        line(Command, "not fenced", reason(Each->Why), std::move(Fences),
             &*Each->Open);
      else if (!Fences.empty())
        line(Command, "fenced",
             Budget && Calls ? "by its calls of other units, as far as the "
                               "budget went: what they touch is not seen"
             : Budget ? "the budget cut the exploration: the rest is not analysed"
             : Calls ? "by its calls of other units: what they touch is not seen"
                     : "",
             std::move(Fences), nullptr);
      else if (Each && Each->Used)
        line(Command, "not fenced", "no fence is held", {}, &*Each->Used);
      else if (Budget)
        line(Command, "not analysed", "the budget cut the exploration", {},
             nullptr);
      else if (Each && Each->Locked)
        line(Command, "not analysed",
             "it does so under a lock that is no inferred fence", {},
             &*Each->Locked);
      else if (Command && Ends)
        line(Command, "not analysed",
             "paths end at a touch before the command is looked at", {},
             nullptr);
      else
        line(Command, "own memory only", "", {}, nullptr);
    };
    const Commands Of(D, Ctx);
    if (Of.all().empty() || says(Any))
      write(nullptr, Any);
    for (const Commands::Command &Each : Of.all()) {
      const Row *Own = command(It, Each.Name);
      write(&Each, says(Own) ? Own : command(Other, Each.Name));
    }
  }
}
