// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/Kernel.h"
#include "Compat.h"
#include "model/Rows.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/YAMLTraits.h"
#include <set>

using namespace llvm;
using namespace strongfence;

namespace {

/// How sources write what the compiler sees: of no use to who sees what the
/// compiler does.
struct SpellingRow {
  std::string Source, Compiler;
};

struct KernelFile {
  std::vector<SpellingRow> Spellings;
  std::vector<LockRow> Locks;
  std::vector<KillRow> Kills;
  std::vector<TestRow> Tests;
  std::vector<WaitRow> Waits;
  std::vector<WakeRow> Wakes;
  std::vector<CoreLockRow> CoreLocks;
  std::vector<ResourceRow> Resources;
  std::vector<TouchRow> Touches;
  std::vector<RegistrationRow> Registrations;
  std::vector<TableRow> Tables;
  std::vector<DriverRow> Drivers;
  std::vector<CallRow> Calls;
  std::vector<PublicationRow> Publications;
  std::vector<StopRow> Stops;
  ClassDeviceRows Classes;
  AsyncTables Asyncs;
};

const EmbeddedFile EmbeddedFiles[] = {
#include "KernelFiles.inc"
};

} // namespace

ArrayRef<EmbeddedFile> strongfence::embeddedKernelFiles() {
  return EmbeddedFiles;
}

LLVM_YAML_IS_SEQUENCE_VECTOR(SpellingRow)
LLVM_YAML_IS_SEQUENCE_VECTOR(LockRow)
LLVM_YAML_IS_SEQUENCE_VECTOR(KillRow)
LLVM_YAML_IS_SEQUENCE_VECTOR(TestRow)
LLVM_YAML_IS_SEQUENCE_VECTOR(WaitRow)
LLVM_YAML_IS_SEQUENCE_VECTOR(WakeRow)
LLVM_YAML_IS_SEQUENCE_VECTOR(CoreLockRow)
LLVM_YAML_IS_SEQUENCE_VECTOR(ResourceRow)
LLVM_YAML_IS_SEQUENCE_VECTOR(TouchRow)
LLVM_YAML_IS_SEQUENCE_VECTOR(RegistrationRow)
LLVM_YAML_IS_SEQUENCE_VECTOR(TableRow)
LLVM_YAML_IS_SEQUENCE_VECTOR(DriverRow)
LLVM_YAML_IS_SEQUENCE_VECTOR(CallRow)
LLVM_YAML_IS_SEQUENCE_VECTOR(PublicationRow)
LLVM_YAML_IS_SEQUENCE_VECTOR(StopRow)

namespace llvm {
namespace yaml {

template <> struct ScalarEnumerationTraits<LockMode> {
  static void enumeration(IO &Io, LockMode &Value) {
    Io.enumCase(Value, "exclusive", LockMode::Exclusive);
    Io.enumCase(Value, "shared", LockMode::Shared);
  }
};

template <> struct ScalarEnumerationTraits<LockAction> {
  static void enumeration(IO &Io, LockAction &Value) {
    Io.enumCase(Value, "acquire", LockAction::Acquire);
    Io.enumCase(Value, "acquire-if-zero", LockAction::AcquireIfZero);
    Io.enumCase(Value, "acquire-if-nonzero", LockAction::AcquireIfNonZero);
    Io.enumCase(Value, "release", LockAction::Release);
    Io.enumCase(Value, "barrier", LockAction::Barrier);
    Io.enumCase(Value, "try-get", LockAction::TryGet);
  }
};

template <> struct ScalarEnumerationTraits<Registration> {
  static void enumeration(IO &Io, Registration &Value) {
    Io.enumCase(Value, "file", Registration::File);
    Io.enumCase(Value, "drained", Registration::Drained);
    Io.enumCase(Value, "open-only", Registration::OpenOnly);
  }
};

template <> struct MappingTraits<LockRow> {
  static void mapping(IO &Io, LockRow &Row) {
    Io.mapRequired("function", Row.Function);
    Io.mapOptional("argument", Row.Argument, 0u);
    Io.mapRequired("action", Row.Action);
    Io.mapOptional("mode", Row.Mode, LockMode::Exclusive);
  }
};

template <> struct MappingTraits<KillRow> {
  static void mapping(IO &Io, KillRow &Row) {
    Io.mapRequired("function", Row.Function);
    Io.mapOptional("argument", Row.Argument, 0u);
  }
};

template <> struct MappingTraits<TestRow> {
  static void mapping(IO &Io, TestRow &Row) {
    Io.mapRequired("function", Row.Function);
    Io.mapOptional("argument", Row.Argument, 0u);
  }
};

template <> struct MappingTraits<WaitRow> {
  static void mapping(IO &Io, WaitRow &Row) {
    Io.mapRequired("function", Row.Function);
    Io.mapOptional("argument", Row.Argument, 0u);
    Io.mapOptional("bounded", Row.Bounded, false);
    Io.mapOptional("signal", Row.Signal, false);
    Io.mapOptional("prepares", Row.Prepares, false);
    Io.mapOptional("timeout", Row.Timeout, -1);
  }
};

template <> struct MappingTraits<CoreLockRow> {
  static void mapping(IO &Io, CoreLockRow &Row) {
    Io.mapRequired("struct", Row.Struct);
    Io.mapRequired("slots", Row.Slots);
    Io.mapRequired("lock", Row.Lock);
    Io.mapRequired("until", Row.Until);
  }
};

template <> struct MappingTraits<SpellingRow> {
  static void mapping(IO &Io, SpellingRow &Row) {
    Io.mapRequired("source", Row.Source);
    Io.mapRequired("compiler", Row.Compiler);
  }
};

template <> struct MappingTraits<WakeRow> {
  static void mapping(IO &Io, WakeRow &Row) {
    Io.mapRequired("function", Row.Function);
    Io.mapOptional("argument", Row.Argument, 0u);
  }
};

template <> struct MappingTraits<ResourceRow> {
  static void mapping(IO &Io, ResourceRow &Row) {
    Io.mapRequired("name", Row.Name);
    Io.mapRequired("touch", Row.Touch);
    Io.mapRequired("loss", Row.Loss);
    Io.mapOptional("with-device", Row.WithDevice, false);
    Io.mapOptional("managed", Row.Managed);
    Io.mapOptional("released", Row.Released);
  }
};

template <> struct MappingTraits<TouchRow> {
  static void mapping(IO &Io, TouchRow &Row) {
    Io.mapRequired("functions", Row.Functions);
    Io.mapRequired("resource", Row.Resource);
    Io.mapOptional("argument", Row.Argument, 0);
  }
};

template <> struct MappingTraits<RegistrationRow> {
  static void mapping(IO &Io, RegistrationRow &Row) {
    Io.mapOptional("function", Row.Function);
    Io.mapOptional("argument", Row.Argument, 0u);
    Io.mapOptional("struct", Row.Struct);
    Io.mapOptional("field", Row.Field);
    Io.mapRequired("name", Row.Name);
    Io.mapOptional("kind", Row.Kind, Registration::File);
  }
  static std::string validate(IO &, RegistrationRow &Row) {
    if (Row.Function.empty() == Row.Struct.empty())
      return "a registration names a function or a struct, and not both";
    if (!Row.Struct.empty() && Row.Field.empty())
      return "a registration by struct needs a field";
    return "";
  }
};

template <> struct MappingTraits<TableRow> {
  static void mapping(IO &Io, TableRow &Row) {
    Io.mapRequired("struct", Row.Struct);
    Io.mapOptional("macros", Row.Macros);
    Io.mapOptional("not-doors", Row.NotDoors);
    Io.mapOptional("undrained", Row.Undrained);
  }
};

template <> struct MappingTraits<DriverRow> {
  static void mapping(IO &Io, DriverRow &Row) {
    Io.mapRequired("struct", Row.Struct);
    Io.mapRequired("remove", Row.Remove);
    Io.mapOptional("probe", Row.Probe, std::vector<std::string>{"probe"});
    Io.mapOptional("hotplug", Row.Hotplug, false);
  }
};

template <> struct MappingTraits<CallRow> {
  static void mapping(IO &Io, CallRow &Row) {
    Io.mapRequired("function", Row.Function);
    Io.mapRequired("means", Row.Means);
    Io.mapOptional("argument", Row.Argument, 0u);
  }
  static std::string validate(IO &, CallRow &Row) {
    static const char *const Known[] = {
        "register", "deregister", "free", "devm-alloc", "devm-action", "get", "reserve",
        "put", "transparent", "lookup", "suppress-bind", "own-device",
        "iterate", "list-add", "drvdata", "drain", "zero", "initialise", "map",
        "zap", "zap-vma", "frame", "join", "drain-attributes", "bar-open",
        "end-transfer", "error-pointer", "file-reference", "signal", "gone"};
    for (const char *Meaning : Known)
      if (Row.Means == Meaning)
        return "";
    return "unknown meaning '" + Row.Means + "'";
  }
};

template <> struct MappingTraits<PublicationRow> {
  static void mapping(IO &Io, PublicationRow &Row) {
    Io.mapRequired("name", Row.Name);
    Io.mapRequired("publish", Row.Publish);
    Io.mapOptional("object", Row.Object, 0);
    Io.mapOptional("tables", Row.Tables);
    Io.mapOptional("slots", Row.Slots);
    Io.mapOptional("withdraw", Row.Withdraw);
    Io.mapOptional("withdraw-object", Row.WithdrawObject, 0u);
    Io.mapOptional("managed", Row.Managed, false);
    Io.mapOptional("interrupt", Row.Interrupt, false);
  }
  static std::string validate(IO &, PublicationRow &Row) {
    if (Row.Tables.empty() && Row.Slots.empty())
      return "a publication names the tables or slots behind it";
    return "";
  }
};

template <> struct MappingTraits<StopRow> {
  static void mapping(IO &Io, StopRow &Row) {
    Io.mapRequired("functions", Row.Functions);
    Io.mapOptional("argument", Row.Argument, 0);
    Io.mapRequired("verb", Row.Verb);
    Io.mapRequired("does", Row.Does);
    Io.mapOptional("resource", Row.Resource);
    Io.mapOptional("uses", Row.Uses);
    Io.mapOptional("use-argument", Row.UseArgument, 0);
    Io.mapOptional("starts", Row.Starts);
  }
  static std::string validate(IO &, StopRow &Row) {
    if (Row.Resource.empty() == Row.Uses.empty())
      return "a stop names a resource or uses, and not both";
    return "";
  }
};

template <> struct MappingTraits<KernelFile> {
  static void mapping(IO &Io, KernelFile &File) {
    Io.mapOptional("spellings", File.Spellings);
    Io.mapOptional("locks", File.Locks);
    Io.mapOptional("kills", File.Kills);
    Io.mapOptional("tests", File.Tests);
    Io.mapOptional("waits", File.Waits);
    Io.mapOptional("wakes", File.Wakes);
    Io.mapOptional("core-locks", File.CoreLocks);
    Io.mapOptional("resources", File.Resources);
    Io.mapOptional("touches", File.Touches);
    Io.mapOptional("registrations", File.Registrations);
    Io.mapOptional("tables", File.Tables);
    Io.mapOptional("drivers", File.Drivers);
    Io.mapOptional("calls", File.Calls);
    Io.mapOptional("publications", File.Publications);
    Io.mapOptional("stops", File.Stops);
    Io.mapOptional("class-devices", File.Classes.Devices);
    Io.mapOptional("managed-calls", File.Classes.Managed);
    Io.mapOptional("asyncs", File.Asyncs.Asyncs);
    Io.mapOptional("async-calls", File.Asyncs.Calls);
    Io.mapOptional("closes", File.Asyncs.Closes);
    Io.mapOptional("private-data", File.Asyncs.Privates);
    Io.mapOptional("attributes", File.Classes.Attributes);
  }
};

} // namespace yaml
} // namespace llvm

namespace {

/// Keeps the first error in the form FILE:LINE:COLUMN: reason.
void keepFirstError(const SMDiagnostic &Diag, void *Context) {
  auto &Error = *static_cast<std::string *>(Context);
  if (!Error.empty())
    return;
  Error = (Diag.getFilename() + ":" + Twine(Diag.getLineNo()) + ":" +
           Twine(Diag.getColumnNo() + 1) + ": " + Diag.getMessage())
              .str();
}

template <typename T> void append(std::vector<T> &To, std::vector<T> &From) {
  To.insert(To.end(), std::make_move_iterator(From.begin()),
            std::make_move_iterator(From.end()));
}

template <typename T>
const T *find(const StringMap<unsigned> &Index, const std::vector<T> &Rows,
              StringRef Key) {
  auto It = Index.find(Key);
  return It == Index.end() ? nullptr : &Rows[It->second];
}

} // namespace

bool Kernel::addText(StringRef Name, StringRef Text, std::string &Error) {
  KernelFile File;
  Error.clear();
  // An empty document is no mapping; say so with a place, as for any error.
  yaml::Input In(MemoryBufferRef(Text, Name), nullptr, keepFirstError, &Error);
  In >> File;
  if (In.error() || !Error.empty()) {
    if (Error.empty())
      Error = (Name + ":1:1: not a kernel model").str();
    return false;
  }
  append(Locks, File.Locks);
  append(Kills, File.Kills);
  append(Tests, File.Tests);
  append(Waits, File.Waits);
  append(Wakes, File.Wakes);
  append(CoreLocks, File.CoreLocks);
  append(Resources, File.Resources);
  append(Touches, File.Touches);
  append(Registrations, File.Registrations);
  append(Tables, File.Tables);
  append(Drivers, File.Drivers);
  append(Calls, File.Calls);
  append(Publications, File.Publications);
  append(Stops, File.Stops);
  Classes.add(std::move(File.Classes));
  Asyncs.add(std::move(File.Asyncs));
  index();
  for (const TouchRow &Row : Touches)
    if (!resource(Row.Resource)) {
      Error = (Name + ":1:1: touch of unknown resource '" + Row.Resource + "'")
                  .str();
      return false;
    }
  return true;
}

bool Kernel::addFile(StringRef Path, std::string &Error) {
  auto Buffer = MemoryBuffer::getFile(Path);
  if (!Buffer) {
    Error = (Path + ": " + Buffer.getError().message()).str();
    return false;
  }
  return addText(Path, (*Buffer)->getBuffer(), Error);
}

std::unique_ptr<Kernel> Kernel::load(ArrayRef<std::string> Extra,
                                     std::string &Error) {
  auto Model = std::make_unique<Kernel>();
  // Resources first: touches in other files name them.
  for (bool WantResources : {true, false})
    for (const EmbeddedFile &File : EmbeddedFiles)
      if ((StringRef(File.Name) == "resources.yaml") == WantResources)
        if (!Model->addText(File.Name, File.Text, Error))
          return nullptr;
  for (const std::string &Path : Extra)
    if (!Model->addFile(Path, Error))
      return nullptr;
  return Model;
}

void Kernel::index() {
  // A later row replaces an earlier one: a user's file has the last word.
  for (unsigned I = 0; I != Locks.size(); ++I)
    LockIndex[Locks[I].Function] = I;
  for (unsigned I = 0; I != Kills.size(); ++I)
    KillIndex[Kills[I].Function] = I;
  for (unsigned I = 0; I != Tests.size(); ++I)
    TestIndex[Tests[I].Function] = I;
  for (unsigned I = 0; I != Waits.size(); ++I)
    WaitIndex[Waits[I].Function] = I;
  for (unsigned I = 0; I != Wakes.size(); ++I)
    WakeIndex[Wakes[I].Function] = I;
  for (unsigned I = 0; I != Resources.size(); ++I) {
    ResourceIndex[Resources[I].Name] = I;
    for (const std::string &Function : Resources[I].Managed)
      ManagedIndex[Function] = I;
    for (const std::string &Function : Resources[I].Released)
      ReleasedIndex[Function] = I;
  }
  for (unsigned I = 0; I != Touches.size(); ++I)
    for (const std::string &Function : Touches[I].Functions)
      TouchIndex[Function] = I;
  for (unsigned I = 0; I != Registrations.size(); ++I) {
    const RegistrationRow &Row = Registrations[I];
    RegistrationIndex[Row.Struct.empty() ? Row.Function
                                         : Row.Struct + "." + Row.Field] = I;
  }
  for (unsigned I = 0; I != Tables.size(); ++I)
    TableIndex[Tables[I].Struct] = I;
  for (unsigned I = 0; I != Drivers.size(); ++I)
    DriverIndex[Drivers[I].Struct] = I;
  for (unsigned I = 0; I != Publications.size(); ++I)
    for (const std::string &Function : Publications[I].Publish)
      PublicationIndex[Function] = I;
  for (unsigned I = 0; I != Stops.size(); ++I)
    for (const std::string &Function : Stops[I].Functions)
      StopIndex[Function] = I;
  for (unsigned I = 0; I != Calls.size(); ++I)
    CallIndex[Calls[I].Means + " " + Calls[I].Function] = I;
  for (const CallRow &Row : Calls)
    Named.insert(Row.Function);
  for (const PublicationRow &Row : Publications)
    Named.insert(Row.Withdraw.begin(), Row.Withdraw.end());
}

const LockRow *Kernel::lock(StringRef Function) const {
  return find(LockIndex, Locks, Function);
}
const KillRow *Kernel::kill(StringRef Function) const {
  return find(KillIndex, Kills, Function);
}
const TestRow *Kernel::test(StringRef Function) const {
  return find(TestIndex, Tests, Function);
}
const WaitRow *Kernel::wait(StringRef Function) const {
  return find(WaitIndex, Waits, Function);
}
const WakeRow *Kernel::wake(StringRef Function) const {
  return find(WakeIndex, Wakes, Function);
}
const TouchRow *Kernel::touch(StringRef Function) const {
  return find(TouchIndex, Touches, Function);
}
const ResourceRow *Kernel::resource(StringRef Name) const {
  return find(ResourceIndex, Resources, Name);
}
const ResourceRow *Kernel::managed(StringRef Function) const {
  return find(ManagedIndex, Resources, Function);
}
const ResourceRow *Kernel::released(StringRef Function) const {
  return find(ReleasedIndex, Resources, Function);
}
const RegistrationRow *Kernel::registrationCall(StringRef Function) const {
  return find(RegistrationIndex, Registrations, Function);
}
const RegistrationRow *Kernel::registrationField(StringRef Struct,
                                                 StringRef Field) const {
  return find(RegistrationIndex, Registrations,
              (Struct + "." + Field).str());
}
const TableRow *Kernel::table(StringRef Struct) const {
  return find(TableIndex, Tables, Struct);
}
const DriverRow *Kernel::driver(StringRef Struct) const {
  return find(DriverIndex, Drivers, Struct);
}
const PublicationRow *Kernel::publication(StringRef Publish) const {
  return find(PublicationIndex, Publications, Publish);
}
const StopRow *Kernel::stop(StringRef Function) const {
  return find(StopIndex, Stops, Function);
}
int Kernel::means(StringRef Function, StringRef Meaning) const {
  const CallRow *Row = find(CallIndex, Calls, (Meaning + " " + Function).str());
  return Row ? static_cast<int>(Row->Argument) : -1;
}

bool Kernel::knows(StringRef Function) const {
  return Named.contains(Function) || lock(Function) || kill(Function) ||
         test(Function) || wait(Function) || wake(Function) ||
         touch(Function) || managed(Function) || released(Function) ||
         registrationCall(Function) || publication(Function) ||
         stop(Function) || Asyncs.start(Function) || Asyncs.call(Function) ||
         Asyncs.close(Function) || Asyncs.privateData(Function) ||
         Classes.managed(Function) || Classes.attribute(Function);
}

std::vector<std::string> Kernel::words() const {
  std::set<std::string> Out;
  auto add = [&](StringRef Kind, StringRef Name) {
    Out.insert((Kind + " " + Name).str());
  };
  // What makes a door, and a root of teardown or birth. A driver struct
  // without a row shows itself by what it embeds, and is named like this.
  add("struct", "*_driver");
  for (const DriverRow &Row : Drivers)
    add("struct", Row.Struct);
  for (const TableRow &Row : Tables) {
    add("struct", Row.Struct);
    for (const std::string &Macro : Row.Macros)
      add("call", Macro);
  }
  for (const CallRow &Row : Calls)
    if (Row.Means == "register" || Row.Means == "deregister" ||
        Row.Means == "drain" || Row.Means == "devm-action")
      add("call", Row.Function);
  // What ties a resource to a device: any devm_ call may.
  add("call", "devm_");
  for (const std::string &Function : Classes.calls())
    add("call", Function);
  // A function that undoes an init function is judged without a driver.
  for (const std::string &Function : Asyncs.setups())
    add("call", Function);
  return {Out.begin(), Out.end()};
}
