// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Face 2: strongfence-unit analyses one translation unit and writes a record
// of it, docs/architecture.md says which. The work is done in a child process,
// so that a crash, a time-out or a lack of memory is a record too.

#include "Compat.h"
#include "Findings.h"
#include "Overlay.h"
#include "Register.h"
#include "facts/Link.h"
#include "facts/Read.h"
#include "facts/Write.h"
#include "model/Imported.h"
#include "model/Record.h"
#include "model/Rows.h"
#include "clang/Frontend/FrontendActions.h"
#include "clang/Lex/Preprocessor.h"
#include "clang/Parse/Parser.h"
#include "clang/Sema/Sema.h"
#include "clang/Tooling/Tooling.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <csignal>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace clang;
using namespace llvm;
using namespace strongfence;

namespace {

cl::OptionCategory Options("strongfence-unit options");
cl::opt<std::string> UnitFile("unit", cl::desc("Compile command, JSON"),
                              cl::value_desc("FILE"), cl::cat(Options));
cl::opt<std::string> OutputFile("output", cl::desc("Record to write"),
                                cl::value_desc("FILE"), cl::cat(Options));
cl::opt<std::string> FactsFile("facts", cl::desc("Facts to write"),
                               cl::value_desc("FILE"), cl::cat(Options));
cl::opt<std::string> ImportFile("import", cl::desc("Projection to read"),
                                cl::value_desc("FILE"), cl::cat(Options));
cl::opt<std::string> AloneFile("alone",
                               cl::desc("Record of the unit without imports"),
                               cl::value_desc("FILE"), cl::cat(Options));
cl::opt<std::string> LinkList("link", cl::desc("List of facts to link"),
                              cl::value_desc("FILE"), cl::cat(Options));
cl::opt<std::string> MergedFile("merged", cl::desc("Merged facts to write"),
                                cl::value_desc("FILE"), cl::cat(Options));
cl::opt<std::string> DepFile("depfile", cl::desc("Dependencies to write"),
                             cl::value_desc("FILE"), cl::cat(Options));
cl::opt<std::string> OverlayFile("overlay",
                                 cl::desc("Content of files, JSON"),
                                 cl::value_desc("FILE"), cl::cat(Options));
cl::list<std::string> Models("kernel-model", cl::desc("More kernel model files"),
                             cl::value_desc("FILE"), cl::cat(Options));
cl::list<std::string> Rules("rules", cl::desc("Rules to run, by default all but alpha ones"),
                            cl::value_desc("KEY"), cl::CommaSeparated,
                            cl::cat(Options));
cl::opt<unsigned> Budget("budget", cl::desc("Nodes explored from one door"),
                         cl::init(60000), cl::cat(Options));
cl::opt<unsigned> Timeout("timeout", cl::desc("Seconds for the unit"),
                          cl::init(120), cl::cat(Options));
cl::opt<bool> CheckModel("check-model", cl::desc("Check kernel model files"),
                         cl::cat(Options));
cl::opt<bool> ListRules("list-rules", cl::desc("List the rules"),
                        cl::cat(Options));
cl::opt<bool> ListWords("list-words",
                        cl::desc("List what makes a unit worth analysing"),
                        cl::cat(Options));
cl::opt<bool> ListRows("list-rows",
                       cl::desc("Print the rows of the kernel model"),
                       cl::cat(Options));
cl::list<std::string> Positional(cl::Positional, cl::desc("[FILE...]"),
                                 cl::cat(Options));

struct RuleInfo {
  const char *Key, *Level, *Summary, *Checker;
};
const RuleInfo AllRules[] = {
#define RULE(Key, Level, Summary)                                              \
  {#Key, #Level, Summary, STRONGFENCE_CHECKER(#Key, #Level)},
#include STRONGFENCE_RULES
#undef RULE
};

/// Exit statuses of the child that the parent turns into a record's status.
enum ChildExit { Written = 0, NotWritten = 2, NoMemory = 77 };
constexpr rlim_t MemoryLimit = rlim_t(6) << 30;

int fail(const Twine &Reason) {
  errs() << "strongfence-unit: " << Reason << "\n";
  return 2;
}

std::string oneLine(StringRef Text) {
  std::string Out = Text.str();
  std::replace(Out.begin(), Out.end(), '\n', ' ');
  return Out;
}

struct Command {
  std::string Directory, File;
  std::vector<std::string> Arguments;
};

bool readCommand(StringRef Path, Command &Out, std::string &Error) {
  auto Buffer = MemoryBuffer::getFile(Path);
  if (!Buffer) {
    Error = (Path + ": " + Buffer.getError().message()).str();
    return false;
  }
  auto Value = parseJson((*Buffer)->getBuffer());
  if (!Value) {
    Error = (Path + ": " + oneLine(toString(Value.takeError()))).str();
    return false;
  }
  const json::Object *O = Value->getAsObject();
  const json::Array *Arguments = O ? O->getArray("arguments") : nullptr;
  auto Directory = O ? O->getString("directory") : std::nullopt;
  auto File = O ? O->getString("file") : std::nullopt;
  if (!Arguments || !Directory || !File || Arguments->size() < 2) {
    Error = (Path + ": needs directory, file and arguments").str();
    return false;
  }
  Out.Directory = Directory->str();
  Out.File = File->str();
  for (const json::Value &Each : *Arguments)
    if (auto Text = Each.getAsString())
      Out.Arguments.push_back(Text->str());
  return true;
}

/// Keeps the first error: it decides the unit's status.
class FirstError : public DiagnosticConsumer {
public:
  std::string Text;

  void HandleDiagnostic(DiagnosticsEngine::Level Level,
                        const Diagnostic &Info) override {
    DiagnosticConsumer::HandleDiagnostic(Level, Info);
    if (Level < DiagnosticsEngine::Error || !Text.empty())
      return;
    SmallString<128> Message;
    Info.FormatDiagnostic(Message);
    if (Info.hasSourceManager() && Info.getLocation().isValid()) {
      Note N = noteAt(Info.getLocation(), Info.getSourceManager(), "");
      Text = N.File + ":" + std::to_string(N.Line) + ":" +
             std::to_string(N.Column) + ": ";
    }
    Text += oneLine(Message);
  }
};

/// What one run of the unit program brings forth beside findings.
struct Run {
  const Command &Cmd;
  const Kernel &Model;
  Membership In;
  std::vector<UnitFacts> Given; ///< by other units
  std::vector<std::string> Missing;
  UnitFacts Facts; ///< of this one
  Imported Used;
  std::vector<Finding> Findings;

  bool defers() const { return !FactsFile.empty() && In.Composite; }
};

/// Gives the analyzer the driver's own functions only: what headers define is
/// inlined where it is called and is never an entry of its own.
class OwnCodeConsumer : public ASTConsumer {
public:
  OwnCodeConsumer(Run &R, std::unique_ptr<ento::AnalysisASTConsumer> Inner)
      : R(R), Inner(std::move(Inner)) {}

  void Initialize(ASTContext &Context) override {
    Ctx = &Context;
    Inner->Initialize(Context);
  }
  bool HandleTopLevelDecl(DeclGroupRef Group) override {
    for (Decl *D : Group)
      if (isDriverCode(D->getLocation(), Ctx->getSourceManager()))
        return Inner->HandleTopLevelDecl(Group);
    return true;
  }
  void HandleTranslationUnit(ASTContext &Context) override {
    if (!FactsFile.empty()) {
      if (!Context.getDiagnostics().hasErrorOccurred())
        R.Facts = factsOf(UnitModel(R.Model, Context), Context, R.Cmd.File, R.In);
      R.Facts.Digest = digestOf(Context.getSourceManager());
    }
    if (!R.defers())
      Inner->HandleTranslationUnit(Context);
  }

private:
  Run &R;
  std::unique_ptr<ento::AnalysisASTConsumer> Inner;
  ASTContext *Ctx = nullptr;
};

class UnitAction : public ASTFrontendAction {
public:
  UnitAction(Run &R) : R(R) {}

  bool BeginInvocation(CompilerInstance &CI) override {
    if (!DepFile.empty()) {
      DependencyOutputOptions &Deps = CI.getDependencyOutputOpts();
      Deps.OutputFile = DepFile;
      Deps.Targets = {FactsFile.empty() ? OutputFile : FactsFile};
      Deps.IncludeSystemHeaders = true;
    }
    AnalyzerOptions &Analyzer = CI.getAnalyzerOpts();
    for (const RuleInfo &Rule : AllRules)
      if (Rules.empty() ? !isAlpha(Rule.Level)
                        : is_contained(Rules, Rule.Key))
        Analyzer.CheckersAndPackages.emplace_back(Rule.Checker, true);
    Analyzer.Config["teardown:Budget"] = std::to_string(Budget);
    if (!Models.empty())
      Analyzer.Config["teardown:Kernel"] = join(Models, ";");
    return true;
  }

  std::unique_ptr<ASTConsumer> CreateASTConsumer(CompilerInstance &CI,
                                                 StringRef) override {
    auto Analysis = ento::CreateAnalysisConsumer(CI);
    addConsumer(*Analysis, collectFindings(R.Findings, currentRecord()));
    Analysis->AddCheckerRegistrationFn(registerCheckers);
    return std::make_unique<OwnCodeConsumer>(R, std::move(Analysis));
  }

  /// Parses the unit and, behind it, what other units say: names and types of
  /// the unit are known by then.
  void ExecuteAction() override {
    CompilerInstance &CI = getCompilerInstance();
    if (R.Given.empty())
      return ASTFrontendAction::ExecuteAction();
    if (!CI.hasPreprocessor())
      return;
    CI.createSema(getTranslationUnitKind(), nullptr);
    Sema &S = CI.getSema();
    ASTConsumer &Consumer = CI.getASTConsumer();
    Parser P(CI.getPreprocessor(), S, /*SkipFunctionBodies=*/false);
    CI.getPreprocessor().EnterMainSourceFile();
    P.Initialize();
    Parser::DeclGroupPtrTy Group;
    Sema::ModuleImportState State;
    for (bool AtEnd = P.ParseFirstTopLevelDecl(Group, State); !AtEnd;
         AtEnd = P.ParseTopLevelDecl(Group, State))
      if (Group && !Consumer.HandleTopLevelDecl(Group.get()))
        return;
    if (!CI.getDiagnostics().hasErrorOccurred())
      R.Used = importFacts(R.Given, CI, P);
    Consumer.HandleTranslationUnit(S.getASTContext());
  }

private:
  Run &R;
};

std::string unitLine(StringRef File, StringRef Status, StringRef Detail,
                     const Record *R, const Run *With = nullptr) {
  auto names = [](const std::vector<std::string> &In) {
    json::Array Out;
    for (const std::string &Each : In)
      Out.push_back(Each);
    return Out;
  };
  Record Empty;
  if (!R)
    R = &Empty;
  json::Object O{{"type", "unit"},
                 {"file", File},
                 {"status", Status},
                 {"detail", Detail},
                 {"doors", int64_t(R->Doors)},
                 {"teardowns", int64_t(R->Teardowns)},
                 {"explored", int64_t(R->Explored)},
                 {"budget_stops", names(R->BudgetStops)},
                 {"not_reached", names(R->NotReached)}};
  if (With) {
    O["imported"] = int64_t(With->Used.Functions);
    O["missing"] = names(With->Missing);
    O["unresolved"] = names(With->Used.Unresolved);
  }
  std::string Text;
  raw_string_ostream(Text) << json::Value(std::move(O));
  return Text;
}

bool write(const std::string &Path, StringRef Text) {
  std::string Error;
  if (writeIfChanged(Path, Text, Error))
    return true;
  fail(Error);
  return false;
}

/// Both of what a facts edge brings forth, for a unit that has a status.
bool writeFailure(const Command &Cmd, StringRef Status, StringRef Detail) {
  if (!DepFile.empty() && !sys::fs::exists(DepFile)) {
    // Clang writes none for a unit that includes a missing header.
    std::error_code Error;
    raw_fd_ostream Out(DepFile, Error);
    if (!Error)
      Out << (FactsFile.empty() ? OutputFile : FactsFile) << ":\n";
  }
  if (!FactsFile.empty()) {
    UnitFacts Facts;
    Facts.File = Cmd.File;
    Facts.Module = membership(Cmd.Arguments, Cmd.File).Module;
    Facts.Status = Status.str();
    Facts.Detail = Detail.str();
    if (!write(FactsFile, Facts.json()))
      return false;
  }
  return write(OutputFile,
               unitLine(Cmd.File, Status, Detail, nullptr) + "\n");
}

/// The projection says which facts to read; one that cannot be read is said.
void readImport(Run &R) {
  auto Buffer = MemoryBuffer::getFile(ImportFile);
  Projection P;
  std::string Error;
  if (!Buffer)
    Error = Buffer.getError().message();
  else
    Projection::parse((*Buffer)->getBuffer(), P, Error);
  if (!Error.empty())
    P.Missing.push_back(ImportFile + ": " + Error);
  R.Given = P.read(sys::path::parent_path(ImportFile));
  R.Missing = std::move(P.Missing);
}

/// The record of the unit checked alone is the record when there is nothing
/// to import.
bool takeAlone(const Run &R) {
  if (AloneFile.empty() || !R.Given.empty() || !R.Missing.empty())
    return false;
  auto Buffer = MemoryBuffer::getFile(AloneFile);
  if (!Buffer || (*Buffer)->getBuffer().starts_with("{\"type\":\"deferred\"}"))
    return false;
  return write(OutputFile, (*Buffer)->getBuffer());
}

int analyse(const Command &Cmd) {
  std::string Error;
  auto Model = Kernel::load(std::vector<std::string>(Models.begin(), Models.end()),
                            Error);
  Run Here{Cmd, *Model, membership(Cmd.Arguments, Cmd.File), {}, {}, {}, {}, {}};
  if (!ImportFile.empty()) {
    readImport(Here);
    if (takeAlone(Here))
      return Written;
  }
  if (std::error_code Error = sys::fs::set_current_path(Cmd.Directory))
    return writeFailure(Cmd, "parse-error", Cmd.Directory + ": " + Error.message())
               ? Written
               : NotWritten;
  Here.Facts.File = Cmd.File;
  Here.Facts.Module = Here.In.Module;
  Record R;
  setCurrentRecord(&R);
  FirstError Errors;
  std::vector<std::string> Arguments = Cmd.Arguments;
  Arguments[0] = STRONGFENCE_CLANG; // finds clang's own headers
  // Warnings are the compiler's business; asking for none saves time.
  Arguments.insert(Arguments.begin() + 1, {"-fsyntax-only", "-w"});

  IntrusiveRefCntPtr<vfs::FileSystem> Disk;
  if (!OverlayFile.empty() && !(Disk = overlay(OverlayFile, Error))) {
    fail(oneLine(Error));
    return NotWritten;
  }
  IntrusiveRefCntPtr<FileManager> Files(
      new FileManager(FileSystemOptions(), Disk));
  tooling::ToolInvocation Invocation(
      Arguments, std::make_unique<UnitAction>(Here), Files.get());
  Invocation.setDiagnosticConsumer(&Errors);
  bool Ran = Invocation.run();

  std::string Status = "ok", Detail;
  if (!Ran || !Errors.Text.empty()) {
    Status = "parse-error";
    Detail = Errors.Text.empty() ? "clang refused the command" : Errors.Text;
    if (!FactsFile.empty() && Here.Facts.Digest.empty()) // not even begun
      return writeFailure(Cmd, Status, Detail) ? Written : NotWritten;
  }
  if (!FactsFile.empty()) {
    Here.Facts.Status = Status;
    Here.Facts.Detail = Detail;
    if (!write(FactsFile, Here.Facts.json()))
      return NotWritten;
  }
  std::string Text;
  if (Here.defers() && Status == "ok") {
    Text = "{\"type\":\"deferred\"}\n";
  } else {
    for (Finding &F : Here.Findings) {
      F.Bus = R.busOf(F.Detail.Teardown);
      Text += F.json() + "\n";
    }
    for (const std::string &Line : R.Lines)
      Text += plain(Line) + "\n";
    Text += unitLine(Cmd.File, Status, Detail, &R, &Here) + "\n";
  }
  if (!DepFile.empty() && !sys::fs::exists(DepFile)) {
    // Clang writes none for a unit that includes a missing header.
    std::error_code Error;
    raw_fd_ostream Out(DepFile, Error);
    if (!Error)
      Out << (FactsFile.empty() ? OutputFile : FactsFile) << ":\n";
  }
  return write(OutputFile, Text) ? Written : NotWritten;
}

pid_t Child;
volatile std::sig_atomic_t TimedOut;

void onAlarm(int) {
  TimedOut = 1;
  kill(Child, SIGKILL);
}

void onStop(int Signal) {
  kill(Child, SIGKILL);
  _exit(128 + Signal);
}

void outOfMemory(void *, const char *, bool) { _exit(NoMemory); }

int supervise(const Command &Cmd) {
  // That of a run that was killed need not be whole.
  if (!DepFile.empty())
    sys::fs::remove(DepFile);
  fflush(nullptr);
  Child = fork();
  if (Child < 0)
    return fail(Twine("fork: ") + strerror(errno));
  if (Child == 0) {
    rlimit Limit = {MemoryLimit, MemoryLimit};
    setrlimit(RLIMIT_AS, &Limit);
    install_bad_alloc_error_handler(outOfMemory);
    _exit(analyse(Cmd));
  }
  signal(SIGALRM, onAlarm);
  signal(SIGINT, onStop);
  signal(SIGTERM, onStop);
  alarm(Timeout);
  int Status = 0;
  while (waitpid(Child, &Status, 0) < 0)
    if (errno != EINTR)
      return fail(Twine("waitpid: ") + strerror(errno));
  alarm(0);
  if (WIFEXITED(Status) && WEXITSTATUS(Status) == Written)
    return 0;
  if (WIFEXITED(Status) && WEXITSTATUS(Status) == NotWritten)
    return 2;
  std::string What = "crash", Detail;
  if (TimedOut) {
    What = "timeout";
    Detail = "no result after " + std::to_string(Timeout) + " s";
  } else if (WIFEXITED(Status) && WEXITSTATUS(Status) == NoMemory) {
    What = "memory";
    Detail = "more than 6 GiB";
  } else if (WIFSIGNALED(Status)) {
    Detail = strsignal(WTERMSIG(Status));
  } else {
    Detail = "exit status " + std::to_string(WEXITSTATUS(Status));
  }
  return writeFailure(Cmd, What, Detail) ? 0 : 2;
}

int link() {
  std::string Summary, Error;
  if (MergedFile.empty())
    return fail("--link needs --merged");
  if (!linkFacts(LinkList, MergedFile, Summary, Error))
    return fail(Error);
  outs() << Summary << "\n";
  return 0;
}

int listWords() {
  std::string Error;
  auto Model = Kernel::load(std::vector<std::string>(Models.begin(), Models.end()),
                            Error);
  if (!Model)
    return fail(Error);
  for (const std::string &Word : Model->words())
    outs() << Word << "\n";
  return 0;
}

int listRows() {
  std::string Error;
  std::vector<std::string> Extra(Models.begin(), Models.end());
  if (!Kernel::load(Extra, Error) || !printRows(Extra, outs(), Error))
    return fail(Error);
  return 0;
}

int checkModel() {
  std::string Error;
  auto Model = Kernel::load({}, Error);
  if (!Model)
    return fail(Error);
  for (const std::string &Path : Positional)
    if (!Model->addFile(Path, Error))
      return fail(Error);
  return 0;
}

void makeAbsolute(std::string &Path) {
  if (Path.empty())
    return;
  SmallString<256> Text(Path);
  sys::fs::make_absolute(Text);
  Path = std::string(Text);
}

} // namespace

int main(int argc, const char **argv) {
  cl::HideUnrelatedOptions(Options);
  cl::SetVersionPrinter([](raw_ostream &Out) {
    Out << "strongfence-unit " STRONGFENCE_VERSION " (LLVM "
        << CLANG_VERSION_STRING << ")\n";
  });
  std::string Text;
  raw_string_ostream Complaint(Text);
  if (!cl::ParseCommandLineOptions(argc, argv, "Analyses one unit\n",
                                   &Complaint)) {
    StringRef First = StringRef(Text).split('\n').first;
    return fail(First.substr(First.find(": ") + 2));
  }
  if (ListRules) {
    for (const RuleInfo &Rule : AllRules)
      outs() << Rule.Key << "\t" << Rule.Level << "\t" << Rule.Summary << "\n";
    return 0;
  }
  if (ListWords)
    return listWords();
  if (ListRows)
    return listRows();
  if (CheckModel)
    return checkModel();
  if (!Positional.empty())
    return fail("unexpected argument '" + Positional[0] + "'");
  if (!LinkList.empty())
    return link();
  if (UnitFile.empty() || OutputFile.empty())
    return fail("--unit and --output are needed");
  if (!FactsFile.empty() && !ImportFile.empty())
    return fail("--facts and --import are two steps");
  for (const std::string &Rule : Rules)
    if (none_of(AllRules, [&](const RuleInfo &R) { return Rule == R.Key; }))
      return fail("unknown rule '" + Rule + "'");
  std::string Error;
  if (!Kernel::load(std::vector<std::string>(Models.begin(), Models.end()),
                    Error))
    return fail(Error);
  Command Cmd;
  if (!readCommand(UnitFile, Cmd, Error))
    return fail(Error);
  makeAbsolute(OutputFile);
  makeAbsolute(DepFile);
  makeAbsolute(FactsFile);
  makeAbsolute(ImportFile);
  makeAbsolute(AloneFile);
  makeAbsolute(OverlayFile);
  for (std::string &Model : Models)
    makeAbsolute(Model);
  return supervise(Cmd);
}
