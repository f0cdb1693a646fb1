// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Findings.h"
#include "model/Fingerprint.h"
#include "model/Imported.h"
#include "clang/Analysis/PathDiagnostic.h"
#include "llvm/Support/JSON.h"
#include <utility>

using namespace clang;
using namespace ento;
using namespace strongfence;
namespace json = llvm::json;

std::string Finding::json() const {
  json::Array Story;
  for (const Note &N : Notes)
    Story.push_back(json::Object{{"file", N.File},
                                 {"line", int64_t(N.Line)},
                                 {"column", int64_t(N.Column)},
                                 {"message", N.Message},
                                 {"side", N.Unbind ? "unbind" : "operation"}});
  json::Object O{{"type", "finding"},
                 {"rule", Rule},
                 {"severity", Detail.Severity},
                 {"file", Place.File},
                 {"line", int64_t(Place.Line)},
                 {"column", int64_t(Place.Column)},
                 {"function", Function},
                 {"door", Detail.Door},
                 {"slot", Detail.Slot},
                 {"table", Detail.Table},
                 {"struct", Detail.Struct},
                 {"teardown", Detail.Teardown},
                 {"bus", Bus},
                 {"message", Place.Message},
                 {"notes", std::move(Story)},
                 {"fingerprint",
                  fingerprint(Rule, Place.File, Detail.Door, Place.Message)}};
  std::string Text;
  llvm::raw_string_ostream(Text) << json::Value(std::move(O));
  return plain(Text);
}

namespace {

/// What the analyzer adds of its own about values and loops is noise in a
/// story of locks, tests and calls.
bool isNoise(StringRef Text) {
  for (StringRef Prefix :
       {"Assuming ", "Taking ", "Entering loop", "Loop ", "Control jumps",
        "Returning ", "Value ", "Passing ", "'", "Storing ", "Field ",
        "Looping ", "Execution "})
    if (Text.starts_with(Prefix))
      return true;
  return false;
}

class Collector : public PathDiagnosticConsumer {
public:
  Collector(std::vector<Finding> &Out, const Record *R) : Out(Out), R(R) {}

  void FlushDiagnosticsImpl(std::vector<const PathDiagnostic *> &Diags,
                            FilesMade *) override {
    for (const PathDiagnostic *D : Diags)
      one(*D);
  }
  StringRef getName() const override { return "strongfence"; }
  bool supportsCrossFileDiagnostics() const override { return true; }

private:
  std::vector<Finding> &Out;
  const Record *R;

  static Note place(const PathDiagnosticLocation &L, StringRef Message) {
    PathDiagnosticLocation Copy = L;
    return noteAt(Copy.asLocation(), Copy.getManager(), Message.str());
  }

  static bool isForeign(const PathDiagnosticLocation &L) {
    PathDiagnosticLocation Copy = L;
    return isImported(Copy.asLocation(), Copy.getManager());
  }

  /// A path that ends in another unit's code is reported where it leaves this
  /// one, and keeps its end as a step. Any other finding there is reported when
  /// that unit is checked.
  static bool bringHome(const PathDiagnostic &D, Finding &F) {
    if (!isForeign(D.getLocation()))
      return true;
    Note Call;
    for (const auto &Piece : D.path.flatten(/*ShouldFlattenMacros=*/true))
      if (StringRef(Piece->getString()).starts_with("Calling ") &&
          !isForeign(Piece->getLocation()))
        Call = place(Piece->getLocation(), F.Place.Message);
    if (!Call.Line)
      return false;
    F.End = std::exchange(F.Place, Call);
    return true;
  }

  void one(const PathDiagnostic &D) {
    Finding F;
    StringRef Checker = D.getCheckerName();
    Checker.consume_front("alpha.");
    F.Rule = Checker.str();
    if (StringRef(F.Rule).starts_with("teardown."))
      F.Rule = F.Rule.substr(strlen("teardown."));
    F.Place = place(D.getLocation(), D.getShortDescription());
    if (const auto *In =
            dyn_cast_or_null<NamedDecl>(D.getDeclWithIssue()))
      F.Function = In->getNameAsString();
    if (R) {
      auto It = R->Details.find({Checker.str(), F.Place.Message});
      if (It != R->Details.end())
        F.Detail = It->second;
      if (!F.Detail.Function.empty())
        F.Function = F.Detail.Function;
    }
    if (!bringHome(D, F))
      return;
    size_t Notes = 0;
    for (const auto &Piece : D.path.flatten(/*ShouldFlattenMacros=*/true)) {
      StringRef Text = Piece->getString();
      bool Unbind = isa<PathDiagnosticNotePiece>(*Piece);
      if (Text.empty() || Text == F.Place.Message)
        continue;
      if (!Unbind && (isa<PathDiagnosticControlFlowPiece>(*Piece) ||
                      isNoise(Text)))
        continue;
      Note N = place(Piece->getLocation(), Text);
      N.Unbind = Unbind != F.Detail.InTeardown;
      if (Unbind && Notes < F.Detail.Unbinds.size())
        N.Unbind = F.Detail.Unbinds[Notes++];
      F.Notes.push_back(std::move(N));
    }
    // A path's notes come first; a finding outside paths has told its own order.
    if (F.Detail.Unbinds.empty())
      std::stable_partition(F.Notes.begin(), F.Notes.end(),
                            [](const Note &N) { return !N.Unbind; });
    // The finding itself comes where its story has it: last on a path, because
    // what the other side did came before.
    Note Last = F.End.Line ? F.End : F.Place;
    if (!F.Detail.Step.empty())
      Last.Message = F.Detail.Step;
    Last.Unbind = F.Detail.InTeardown;
    size_t After = std::min<size_t>(F.Detail.After, F.Notes.size());
    F.Notes.insert(F.Notes.end() - After, std::move(Last));
    Out.push_back(std::move(F));
  }
};

} // namespace

std::unique_ptr<PathDiagnosticConsumer>
strongfence::collectFindings(std::vector<Finding> &Out, const Record *R) {
  return std::make_unique<Collector>(Out, R);
}
