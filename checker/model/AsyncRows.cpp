// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/AsyncRows.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace strongfence;

namespace llvm {
namespace yaml {

template <> struct ScalarEnumerationTraits<AsyncKind> {
  static void enumeration(IO &Io, AsyncKind &Value) {
    Io.enumCase(Value, "interrupt", AsyncKind::Interrupt);
    Io.enumCase(Value, "chained", AsyncKind::Chained);
    Io.enumCase(Value, "work", AsyncKind::Work);
    Io.enumCase(Value, "timer", AsyncKind::Timer);
    Io.enumCase(Value, "tasklet", AsyncKind::Tasklet);
    Io.enumCase(Value, "transfer", AsyncKind::Transfer);
    Io.enumCase(Value, "thread", AsyncKind::Thread);
    Io.enumCase(Value, "notifier", AsyncKind::Notifier);
    Io.enumCase(Value, "callback", AsyncKind::Callback);
  }
};

template <> struct ScalarEnumerationTraits<AsyncEffect> {
  static void enumeration(IO &Io, AsyncEffect &Value) {
    Io.enumCase(Value, "arm", AsyncEffect::Arm);
    Io.enumCase(Value, "shut", AsyncEffect::Shut);
    Io.enumCase(Value, "stop", AsyncEffect::Stop);
    Io.enumCase(Value, "flush", AsyncEffect::Flush);
    Io.enumCase(Value, "drop", AsyncEffect::Drop);
    Io.enumCase(Value, "pause", AsyncEffect::Pause);
    Io.enumCase(Value, "drain", AsyncEffect::Drain);
    Io.enumCase(Value, "empty", AsyncEffect::Empty);
  }
};

void MappingTraits<AsyncRow>::mapping(IO &Io, AsyncRow &Row) {
  Io.mapRequired("start", Row.Start);
  Io.mapRequired("kind", Row.Kind);
  Io.mapOptional("device", Row.Device, -1);
  Io.mapOptional("handlers", Row.Handlers);
  Io.mapOptional("object", Row.Object, -1);
  Io.mapOptional("context", Row.Context, -1);
  Io.mapOptional("registered", Row.Registered);
  Io.mapOptional("managed", Row.Managed);
  Io.mapOptional("stop", Row.Stop);
  Io.mapOptional("macros", Row.Macros);
}

void MappingTraits<AsyncCallRow>::mapping(IO &Io, AsyncCallRow &Row) {
  Io.mapRequired("function", Row.Function);
  Io.mapRequired("kind", Row.Kind);
  Io.mapRequired("does", Row.Does);
  Io.mapOptional("argument", Row.Argument, 0u);
  Io.mapOptional("queue", Row.Queue, -1);
  Io.mapOptional("whole", Row.Whole, false);
}

void MappingTraits<CloseRow>::mapping(IO &Io, CloseRow &Row) {
  Io.mapRequired("function", Row.Function);
  Io.mapRequired("slots", Row.Slots);
}

void MappingTraits<PrivateRow>::mapping(IO &Io, PrivateRow &Row) {
  Io.mapRequired("of", Row.Of);
  Io.mapOptional("freed-by", Row.FreedBy);
  Io.mapOptional("managed-by", Row.ManagedBy);
}

} // namespace yaml
} // namespace llvm

void AsyncRows::add(AsyncTables Rows) {
  Files.push_back(std::make_unique<AsyncTables>(std::move(Rows)));
  for (const AsyncRow &Row : Files.back()->Asyncs)
    StartIndex[Row.Start] = &Row;
  for (const AsyncCallRow &Row : Files.back()->Calls)
    CallIndex[Row.Function] = &Row;
  for (const CloseRow &Row : Files.back()->Closes)
    CloseIndex[Row.Function] = &Row;
  for (const PrivateRow &Row : Files.back()->Privates)
    PrivateIndex[Row.Of] = &Row;
}

const AsyncRow *AsyncRows::start(StringRef Start) const {
  return StartIndex.lookup(Start);
}

const AsyncCallRow *AsyncRows::call(StringRef Function) const {
  return CallIndex.lookup(Function);
}

const CloseRow *AsyncRows::close(StringRef Function) const {
  return CloseIndex.lookup(Function);
}

const PrivateRow *AsyncRows::privateData(StringRef Function) const {
  return PrivateIndex.lookup(Function);
}

std::vector<std::string> AsyncRows::setups() const {
  std::vector<std::string> Out;
  for (const auto &Entry : StartIndex) {
    const AsyncRow &Row = *Entry.getValue();
    if (Row.Kind != AsyncKind::Work && Row.Kind != AsyncKind::Timer &&
        Row.Kind != AsyncKind::Tasklet && Row.Kind != AsyncKind::Transfer)
      continue;
    if (!StringRef(Row.Start).contains('.'))
      Out.push_back(Row.Start);
    Out.insert(Out.end(), Row.Macros.begin(), Row.Macros.end());
  }
  return Out;
}

bool AsyncRows::stops(const AsyncRow &Row, StringRef Function) const {
  if (is_contained(Row.Stop, Function))
    return true;
  const AsyncCallRow *Call = call(Function);
  return Call && Call->Kind == Row.Kind && Call->Does != AsyncEffect::Arm &&
         Call->Does != AsyncEffect::Drain && Call->Does != AsyncEffect::Empty;
}
