// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "facts/Read.h"
#include "model/Imported.h"
#include "clang/Lex/Preprocessor.h"
#include "clang/Parse/Parser.h"
#include "clang/Sema/Sema.h"
#include <set>

using namespace clang;
using namespace strongfence;

namespace {

/// Remembers where errors are, and keeps them from the user.
class Errors : public DiagnosticConsumer {
public:
  std::map<unsigned, std::string> At; ///< by offset in the buffer

  void HandleDiagnostic(DiagnosticsEngine::Level Level,
                        const Diagnostic &Info) override {
    if (Level < DiagnosticsEngine::Error || !Info.hasSourceManager())
      return;
    SmallString<128> Text;
    Info.FormatDiagnostic(Text);
    const SourceManager &SM = Info.getSourceManager();
    At.try_emplace(SM.getFileOffset(SM.getExpansionLoc(Info.getLocation())),
                   Text.str().str());
  }
};

class Reader {
public:
  Reader(llvm::ArrayRef<UnitFacts> From, CompilerInstance &CI, Parser &P)
      : From(From), CI(CI), P(P), S(CI.getSema()), Ctx(CI.getASTContext()) {}

  Imported run() {
    Preprocessor &PP = CI.getPreprocessor();
    DiagnosticsEngine &Diags = CI.getDiagnostics();
    // The text was expanded where it comes from.
    PP.SetMacroExpansionOnlyInDirectives();
    bool Owns = Diags.ownsClient();
    std::unique_ptr<DiagnosticConsumer> Kept = Diags.takeClient();
    DiagnosticConsumer *Old = Kept ? Kept.release() : Diags.getClient();
    Diags.setClient(&Seen, /*ShouldOwnClient=*/false);
    Diags.setErrorLimit(0);
    // An enum that only the other unit knows is an int here.
    for (StringRef Group : {"incompatible-function-pointer-types",
                            "incompatible-pointer-types", "int-conversion"})
      Diags.setSeverityForGroup(diag::Flavor::WarningOrError, Group,
                                diag::Severity::Ignored);
    declare();
    define();
    Diags.Reset(/*soft=*/true);
    Diags.setClient(Old, Owns);
    return std::move(Out);
  }

private:
  llvm::ArrayRef<UnitFacts> From;
  CompilerInstance &CI;
  Parser &P;
  Sema &S;
  ASTContext &Ctx;
  Errors Seen;
  Imported Out;
  std::string Text;
  std::set<std::string> Declared; ///< by this import

  struct Piece {
    unsigned End; ///< offset in the buffer
    std::string Name;
  };
  std::vector<Piece> Pieces;

  template <typename T> T *find(StringRef Name) const {
    for (NamedDecl *D :
         Ctx.getTranslationUnitDecl()->lookup(&Ctx.Idents.get(Name)))
      if (auto *Found = dyn_cast<T>(D))
        return Found;
    return nullptr;
  }

  bool isOrdinary(StringRef Name) const {
    return find<ValueDecl>(Name) || find<TypedefNameDecl>(Name);
  }

  const RecordDecl *record(StringRef Tag) const {
    StringRef Word = Tag;
    if (Word.consume_front("struct ") || Word.consume_front("union ")) {
      const auto *R = find<RecordDecl>(Word);
      return R && R->getDefinition() ? R->getDefinition() : R;
    }
    const auto *T = find<TypedefNameDecl>(Tag);
    return T ? T->getUnderlyingType()->getAsRecordDecl() : nullptr;
  }

  /// Parses Text as the next part of the unit.
  void parse(StringRef Name) {
    if (Text.empty())
      return;
    SourceManager &SM = CI.getSourceManager();
    SourceLocation End = SM.getLocForEndOfFile(SM.getMainFileID());
    FileID File =
        SM.createFileID(llvm::MemoryBuffer::getMemBufferCopy(Text, Name),
                        SrcMgr::C_User, /*LoadedID=*/0, /*LoadedOffset=*/0, End);
    markImported(File);
    Text.clear();
    CI.getPreprocessor().EnterSourceFile(File, nullptr, End);
    // ActOnEndOfTranslationUnit() gave the scope up, and the parser did not.
    S.TUScope = P.getCurScope();
    P.ConsumeAnyToken(); // the end of what came before
    Parser::DeclGroupPtrTy Group;
    Sema::ModuleImportState State;
    for (bool AtEnd = P.ParseFirstTopLevelDecl(Group, State); !AtEnd;
         AtEnd = P.ParseTopLevelDecl(Group, State))
      ;
  }

  void piece(const std::string &Name, const std::string &Code) {
    Text += Code;
    Pieces.push_back({unsigned(Text.size()), Name});
  }

  /// What this unit does not declare itself.
  void declare() {
    std::map<std::string, RecordFact> Records;
    std::map<std::string, std::string> Enumerators; ///< name, value
    for (const UnitFacts &U : From) {
      for (const std::string &Tag : U.Tags)
        if (!record(Tag) && Declared.insert(Tag).second)
          Text += Tag + ";\n";
      for (const auto &[Tag, Fact] : U.Records) {
        const RecordDecl *R = record(Tag);
        if (R && (R->getDefinition() || Fact.Typedef))
          continue;
        RecordFact &All = Records[Tag];
        All.Typedef = Fact.Typedef;
        All.Union = Fact.Union;
        All.Members.insert(Fact.Members.begin(), Fact.Members.end());
      }
      for (const auto &[Tag, Values] : U.Enums) {
        std::string List;
        for (const auto &[Name, Value] : Values)
          if (!isOrdinary(Name) && Declared.insert(Name).second)
            List += Name + " = " + Value + ", ";
        const auto *E = Tag.empty() ? nullptr : find<EnumDecl>(Tag);
        bool Known = !Tag.empty() && ((E && E->getDefinition()) ||
                                      !Declared.insert("enum " + Tag).second);
        if (Known || Tag.empty())
          Text += List.empty() ? "" : "enum { " + List + "};\n";
        else
          Text += "enum " + Tag + " { " +
                  (List.empty() ? "strongfence_" + Tag : List) + "};\n";
      }
    }
    for (const auto &[Tag, Fact] : Records)
      define(Tag, Records);
    for (const UnitFacts &U : From) {
      for (const auto &[Name, Code] : U.Prototypes)
        if (!isOrdinary(Name) && Declared.insert(Name).second)
          Text += Code + ";\n";
      for (const auto &[Name, Code] : U.Variables)
        if (!isOrdinary(Name) && Declared.insert(Name).second)
          Text += Code + ";\n";
    }
    parse("declarations of other units");
    Seen.At.clear(); // what needed one of them says so
  }

  void define(const std::string &Tag,
              const std::map<std::string, RecordFact> &Records) {
    auto It = Records.find(Tag);
    if (It == Records.end() || !Declared.insert("complete " + Tag).second)
      return;
    for (const auto &[Index, M] : It->second.Members)
      for (const std::string &Each : M.Needs)
        define(Each, Records);
    const RecordFact &Fact = It->second;
    Text += Fact.Typedef ? (Fact.Union ? "typedef union { " : "typedef struct { ")
                         : Tag + " { ";
    for (const auto &[Index, M] : Fact.Members)
      Text += M.Text + "; ";
    Text += Fact.Typedef ? "} " + Tag + ";\n" : "};\n";
  }

  void define() {
    for (const UnitFacts &U : From) {
      for (const std::string &Name : U.Quiet)
        markQuiet(Name);
      Pieces.clear();
      for (const FunctionFact &F : U.Functions) {
        const auto *Known = find<FunctionDecl>(F.Name);
        if (!Known || !Known->hasBody())
          piece(F.Name, F.Text);
      }
      for (const TableFact &T : U.Tables)
        piece(T.Name, T.Text);
      parse(U.File);
      size_t At = 0;
      for (const Piece &Each : Pieces) {
        auto It = Seen.At.lower_bound(At);
        bool Bad = It != Seen.At.end() && It->first < Each.End;
        At = Each.End;
        if (!Bad) {
          ++Out.Functions;
          continue;
        }
        Out.Unresolved.push_back(U.File + ": " + plain(Each.Name) + ": " +
                                 plain(It->second));
        drop(Each.Name);
      }
      Seen.At.clear();
    }
  }

  /// A function that did not parse is one that only is declared.
  void drop(const std::string &Name) {
    const FunctionDecl *Def = nullptr;
    if (const auto *F = find<FunctionDecl>(Name); F && F->hasBody(Def))
      const_cast<FunctionDecl *>(Def)->setBody(nullptr);
    else if (auto *V = find<VarDecl>(Name))
      V->setInvalidDecl();
  }
};

} // namespace

Imported strongfence::importFacts(llvm::ArrayRef<UnitFacts> From, CompilerInstance &CI,
                                  Parser &P) {
  return Reader(From, CI, P).run();
}
