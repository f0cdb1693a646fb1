// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "facts/Link.h"
#include "facts/Facts.h"
#include "facts/Membership.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <deque>
#include <set>

using namespace llvm;
using namespace strongfence;

namespace {

/// What one unit may be given of a module, in bytes of text: a module that
/// says more is given as far as calls and teardown lead.
constexpr size_t WholeModule = 256 << 10;
constexpr size_t PartOfModule = 384 << 10;

/// What link keeps of a unit's facts.
struct Unit {
  std::string Facts, Import; ///< paths
  UnitFacts Said;            ///< without the texts
  std::string Hash, Folder;
  std::string Problem; ///< why it gives nothing; empty when it does
  size_t Size = 0;     ///< of all texts
  StringMap<size_t> Sizes;          ///< by function and table
  StringMap<const FunctionFact *> Functions;
  StringMap<std::vector<std::string>> TableFunctions; ///< by table
};

class Linker {
public:
  bool read(const std::string &List, std::string &Error) {
    auto Buffer = MemoryBuffer::getFile(List);
    if (!Buffer) {
      Error = List + ": " + Buffer.getError().message();
      return false;
    }
    SmallVector<StringRef, 0> Lines;
    (*Buffer)->getBuffer().split(Lines, '\n', -1, /*KeepEmpty=*/false);
    for (StringRef Line : Lines) {
      auto [Facts, Import] = Line.split('\t');
      if (Import.empty()) {
        Error = List + ": a line needs two names";
        return false;
      }
      Units.emplace_back();
      Units.back().Facts = Facts.str();
      Units.back().Import = Import.str();
      one(Units.back());
    }
    index();
    return true;
  }

  bool write(const std::string &Merged, std::string &Summary,
             std::string &Error) {
    size_t Changed = 0, Functions = 0, Problems = 0;
    for (Unit &U : Units) {
      bool Wrote = false;
      if (!writeIfChanged(U.Import, project(U).json(), Error, &Wrote))
        return false;
      Changed += Wrote;
      Functions += U.Functions.size();
      Problems += !U.Problem.empty();
    }
    if (!writeIfChanged(Merged, merged(), Error))
      return false;
    Summary = "linked " + std::to_string(Units.size()) + " units, " +
              std::to_string(Functions) + " functions, " +
              std::to_string(Units.size()) + " projections (" +
              std::to_string(Changed) + " changed), " +
              std::to_string(Problems) + " problems";
    return true;
  }

private:
  std::deque<Unit> Units; ///< in the order of the list
  StringMap<std::vector<Unit *>> Modules;
  StringMap<std::vector<Unit *>> Externals; ///< who defines a function
  StringMap<std::vector<Unit *>> Callers;   ///< who calls a function

  void one(Unit &U) {
    auto Buffer = MemoryBuffer::getFile(U.Facts);
    std::string Error;
    if (!Buffer)
      Error = Buffer.getError().message();
    else if (!UnitFacts::parse((*Buffer)->getBuffer(), U.Said, Error))
      U.Said = UnitFacts();
    else if (U.Said.Status != "ok")
      Error = U.Said.Status + ": " + U.Said.Detail;
    if (U.Said.File.empty())
      byCommand(U);
    U.Problem = Error;
    U.Folder = sys::path::parent_path(U.Said.File).str();
    U.Hash = U.Said.hash();
    for (FunctionFact &F : U.Said.Functions) {
      U.Size += U.Sizes[F.Name] = F.Text.size();
      F.Text.clear();
    }
    for (TableFact &T : U.Said.Tables) {
      U.Size += U.Sizes[T.Name] = T.Text.size();
      T.Text.clear();
    }
    U.Said.Records.clear();
    U.Said.Prototypes.clear();
    U.Said.Variables.clear();
    U.Said.Enums.clear();
  }

  /// Facts that cannot be read do not say whose they are; the command does.
  static void byCommand(Unit &U) {
    StringRef Stem = U.Facts;
    if (!Stem.consume_back(".facts.json"))
      return;
    auto Buffer = MemoryBuffer::getFile((Stem + ".cmd.json").str());
    U.Said.File = U.Facts;
    if (!Buffer)
      return;
    auto Value = parseJson((*Buffer)->getBuffer());
    if (!Value) {
      consumeError(Value.takeError());
      return;
    }
    const json::Object *O = Value->getAsObject();
    std::vector<std::string> Arguments;
    if (const json::Array *A = O ? O->getArray("arguments") : nullptr)
      for (const json::Value &Each : *A)
        Arguments.push_back(Each.getAsString().value_or("").str());
    if (O)
      if (auto File = O->getString("file"))
        U.Said.File = File->str();
    U.Said.Module = membership(Arguments, U.Said.File).Module;
  }

  void index() {
    for (Unit &U : Units) {
      Modules[U.Said.Module].push_back(&U);
      for (const FunctionFact &F : U.Said.Functions) {
        U.Functions[F.Name] = &F;
        if (F.External)
          Externals[F.Name].push_back(&U);
      }
      for (const TableFact &T : U.Said.Tables)
        for (const auto &[Slot, Function] : T.Slots)
          U.TableFunctions[T.Name].push_back(Function);
      for (const std::string &Name : U.Said.Calls)
        Callers[Name].push_back(&U);
    }
  }

  /// Of one module, or built in next door: the kernel's own cores are made of
  /// objects that are a module each.
  static bool isNear(const Unit &A, const Unit &B) {
    return A.Said.Module == B.Said.Module ||
           (A.Folder == B.Folder && StringRef(A.Said.Module).contains('@') &&
            StringRef(B.Said.Module).contains('@'));
  }

  /// The external functions of \p In that call \p Name, by whatever way.
  static std::vector<std::string> callers(const Unit &In, StringRef Name) {
    std::set<std::string> Reach;
    for (bool Again = true; Again;) {
      Again = false;
      for (const FunctionFact &F : In.Said.Functions)
        if (!Reach.count(F.Name) &&
            any_of(F.Calls, [&](const std::string &Each) {
              return Each == Name || Reach.count(Each);
            }))
          Again |= Reach.insert(F.Name).second;
    }
    std::vector<std::string> Out;
    for (const FunctionFact &F : In.Said.Functions)
      if (F.External && Reach.count(F.Name))
        Out.push_back(F.Name);
    for (const auto &Table : In.TableFunctions)
      if (any_of(Table.second, [&](const std::string &Each) {
            return Reach.count(Each);
          }))
        Out.push_back(Table.first().str());
    sort(Out);
    return Out;
  }

  /// Parts of units, taken function by function.
  struct Parts {
    std::map<Unit *, std::set<std::string>> Of;
    size_t Size = 0;
  };

  void take(Unit *From, StringRef Function, Parts &Out,
            function_ref<Unit *(StringRef)> Where) {
    std::deque<std::pair<Unit *, std::string>> Open{{From, Function.str()}};
    while (!Open.empty() && Out.Size < PartOfModule) {
      auto [In, Name] = Open.front();
      Open.pop_front();
      auto It = In->Functions.find(Name);
      auto Table = In->TableFunctions.find(Name);
      if ((It == In->Functions.end() && Table == In->TableFunctions.end()) ||
          !Out.Of[In].insert(Name).second)
        continue;
      Out.Size += In->Sizes.lookup(Name);
      auto next = [&](const std::string &Each) {
        if (In->Functions.count(Each))
          Open.push_back({In, Each});
        else if (Unit *Other = Where(Each))
          Open.push_back({Other, Each});
      };
      if (It != In->Functions.end())
        for (const std::string &Each : It->second->Calls)
          next(Each);
      else
        for (const std::string &Each : Table->second)
          next(Each);
    }
  }

  Projection project(Unit &For) {
    Parts Out;
    std::set<Unit *> Whole;
    Projection P;
    if (!For.Problem.empty())
      return P;
    std::vector<Unit *> &Peers = Modules[For.Said.Module];
    size_t Size = 0;
    for (Unit *Peer : Peers)
      if (Peer != &For && Peer->Said.File != For.Said.File) {
        Size += Peer->Size;
        if (!Peer->Problem.empty())
          P.Missing.push_back(Peer->Said.File + ": " + Peer->Problem);
      }
    auto peer = [&](StringRef Name) -> Unit * {
      auto It = Externals.find(Name);
      if (It != Externals.end())
        for (Unit *U : It->second)
          if (U != &For && U->Said.File != For.Said.File &&
              isNear(*U, For))
            return U;
      return nullptr;
    };
    if (Size <= WholeModule) {
      for (Unit *Peer : Peers)
        if (Peer != &For && Peer->Said.File != For.Said.File && Peer->Size)
          Whole.insert(Peer);
    } else {
      // What runs when the device goes, then what the unit itself calls.
      for (Unit *Peer : Peers)
        if (Peer != &For)
          for (const TableFact &T : Peer->Said.Tables)
            if (StringRef(T.Struct).ends_with("_driver"))
              take(Peer, T.Name, Out, peer);
    }
    for (const std::string &Name : For.Said.Calls) {
      if (Unit *Near = peer(Name)) {
        if (!Whole.count(Near))
          take(Near, Name, Out, peer);
        continue;
      }
      auto It = Externals.find(Name);
      if (It == Externals.end() || It->second.size() != 1)
        continue;
      Unit *Other = It->second.front();
      if (isLockHelper(Other->Functions.lookup(Name)->Summary))
        take(Other, Name, Out, [](StringRef) -> Unit * { return nullptr; });
    }
    // Who takes the unit's nodes away: teardown starts there, not here.
    for (const FunctionFact &F : For.Said.Functions) {
      auto It = F.Closes ? Callers.find(F.Name) : Callers.end();
      if (It == Callers.end())
        continue;
      for (Unit *Other : It->second)
        if (Other != &For && !Whole.count(Other) && isNear(*Other, For))
          for (const std::string &Root : callers(*Other, F.Name))
            take(Other, Root, Out, peer);
    }
    auto part = [&](Unit *U) {
      Projection::Part Part;
      Part.Facts = U->Facts;
      if (sys::path::parent_path(U->Facts) == sys::path::parent_path(For.Import))
        Part.Facts = sys::path::filename(U->Facts).str();
      Part.File = U->Said.File;
      Part.Hash = U->Hash;
      return Part;
    };
    for (Unit *U : Whole)
      P.Parts.push_back(part(U));
    for (auto &[U, Names] : Out.Of) {
      if (Names.empty() || Whole.count(U))
        continue;
      P.Parts.push_back(part(U));
      P.Parts.back().Functions.assign(Names.begin(), Names.end());
    }
    sort(P.Parts, [](const Projection::Part &A, const Projection::Part &B) {
      return std::tie(A.File, A.Facts) < std::tie(B.File, B.Facts);
    });
    // A file that the module compiles twice says the same twice.
    P.Parts.erase(std::unique(P.Parts.begin(), P.Parts.end(),
                              [](const Projection::Part &A,
                                 const Projection::Part &B) {
                                return A.File == B.File;
                              }),
                  P.Parts.end());
    sort(P.Missing);
    P.Missing.erase(std::unique(P.Missing.begin(), P.Missing.end()),
                    P.Missing.end());
    return P;
  }

  std::string merged() const {
    json::Array Problems, Fences, Slots;
    json::Object Members, Helpers;
    std::map<std::string, std::set<std::string>> Files, Behind;
    std::set<std::string> Seen;
    auto once = [&](const json::Array &From, json::Array &To) {
      for (const json::Value &V : From) {
        std::string Text;
        raw_string_ostream(Text) << V;
        if (Seen.insert(Text).second)
          To.push_back(V);
      }
    };
    for (const Unit &U : Units) {
      if (!U.Problem.empty())
        Problems.push_back(
            json::Object{{"file", U.Said.File}, {"detail", U.Problem}});
      once(U.Said.Fences, Fences);
      once(U.Said.Slots, Slots);
      if (U.Said.Composite)
        Files[U.Said.Module].insert(U.Said.File);
      for (const FunctionFact &F : U.Said.Functions)
        if (F.External && !F.Summary.empty())
          Helpers[F.Name] = json::Object{{"file", U.Said.File},
                                         {"summary", F.Summary}};
      for (const TableFact &T : U.Said.Tables)
        for (const auto &[Slot, Function] : T.Slots)
          Behind[T.Struct + "." + Slot].insert(Function);
    }
    auto sets = [](const std::map<std::string, std::set<std::string>> &In) {
      json::Object Out;
      for (const auto &[Key, Values] : In) {
        json::Array List;
        for (const std::string &Each : Values)
          List.push_back(Each);
        Out[Key] = std::move(List);
      }
      return Out;
    };
    std::string Text;
    raw_string_ostream(Text)
        << json::Value(json::Object{{"strongfence", "merged"},
                                    {"version", FactsVersion},
                                    {"units", int64_t(Units.size())},
                                    {"problems", std::move(Problems)},
                                    {"fences", std::move(Fences)},
                                    {"slots", std::move(Slots)},
                                    {"helpers", std::move(Helpers)},
                                    {"modules", sets(Files)},
                                    {"tables", sets(Behind)}})
        << "\n";
    return Text;
  }
};

} // namespace

bool strongfence::linkFacts(const std::string &List, const std::string &Merged,
                            std::string &Summary, std::string &Error) {
  Linker L;
  return L.read(List, Error) && L.write(Merged, Summary, Error);
}
