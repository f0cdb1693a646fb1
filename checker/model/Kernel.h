// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the checker knows of the kernel: the rows of checker/kernel/*.yaml and
// of a user's extra file. A new kernel API is a row there, not code here.
// Rows name the function the compiler sees: with lockdep, mutex_lock() is a
// macro for mutex_lock_nested().

#ifndef STRONGFENCE_MODEL_KERNEL_H
#define STRONGFENCE_MODEL_KERNEL_H

#include "model/AsyncRows.h"
#include "model/ClassDevices.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/StringRef.h"
#include <memory>
#include <string>
#include <vector>

namespace strongfence {

enum class LockMode { Exclusive, Shared };

enum class LockAction {
  Acquire,          ///< holds on return
  AcquireIfZero,    ///< holds when the call returned 0
  AcquireIfNonZero, ///< holds when the call returned non-zero, or true
  Release,
  Barrier,          ///< returns when every reader that was inside has left
  TryGet,           ///< an active reference: acquire and liveness test in one
};

struct LockRow {
  std::string Function;
  unsigned Argument = 0;
  LockAction Action = LockAction::Acquire;
  LockMode Mode = LockMode::Exclusive;
};

/// A call that makes the predicate in its argument dead (list_del, set_bit).
struct KillRow {
  std::string Function;
  unsigned Argument = 0;
};

/// A call whose result says whether the predicate in its argument is alive.
struct TestRow {
  std::string Function;
  unsigned Argument = 0;
};

/// A sleep in teardown that a door's last user ends: the fence that waits for
/// close. A bounded wait gives up and so protects nothing.
struct WaitRow {
  std::string Function;
  unsigned Argument = 0;
  bool Bounded = false;
  bool Signal = false;   ///< bounded by a signal, and by nothing else
  bool Prepares = false; ///< queues only: schedule() sleeps
  int Timeout = -1;      ///< argument that bounds it, unless 0 or the longest
};

/// Operations that a core calls under a lock which the call that takes the
/// device back needs as well.
struct CoreLockRow {
  std::string Struct;
  std::vector<std::string> Slots;
  std::string Lock;
  std::string Until; ///< the call that waits for it
};

/// A call that ends such a wait.
struct WakeRow {
  std::string Function;
  unsigned Argument = 0;
};

/// A resource that teardown or devres takes away.
struct ResourceRow {
  std::string Name;
  std::string Touch; ///< "reads registers": how a message says a touch
  std::string Loss;  ///< "unmaps": how a message says what teardown does to it
  /// The handle belongs to the parent and dies with the device: a bus remove
  /// is its loss, though no call says so.
  bool WithDevice = false;
  std::vector<std::string> Managed;  ///< devm_* that obtain it
  std::vector<std::string> Released; ///< calls that take it away
};

/// A call that needs a resource.
struct TouchRow {
  std::vector<std::string> Functions;
  std::string Resource;
  int Argument = 0; ///< the handle, -1 for none
};

enum class Registration {
  File,        ///< open files keep the operations: nothing drains them
  Drained,     ///< removal waits for the operations, as debugfs and proc do
  OpenOnly,    ///< debugfs_create_file_unsafe: only open is drained
};

/// A call or a struct that publishes an ops table.
struct RegistrationRow {
  std::string Function; ///< with Argument, or
  std::string Struct;   ///< with Field
  std::string Field;
  unsigned Argument = 0;
  std::string Name; ///< "misc", "cdev"
  Registration Kind = Registration::File;
};

/// An ops table whose slots user space enters.
struct TableRow {
  std::string Struct;
  std::vector<std::string> Macros;    ///< calls that expand to such a table
  std::vector<std::string> NotDoors;  ///< slots that run before a file is open
  std::vector<std::string> Undrained; ///< slots that Drained does not cover
};

/// A struct that holds the slots by which a bus gives and takes a device.
struct DriverRow {
  std::string Struct;
  std::vector<std::string> Probe; ///< "probe" when the row names none
  std::vector<std::string> Remove;
  bool Hotplug = false; ///< the device can be pulled, not only unbound by root
};

/// A call that lets others into the driver before it returns: user space
/// through a node or a file, a subsystem through its ops, or an interrupt.
struct PublicationRow {
  std::string Name;                 ///< "the misc device", as a message says it
  std::vector<std::string> Publish;
  int Object = 0;                   ///< argument that is published, -1: result
  std::vector<unsigned> Tables;     ///< arguments that are ops tables or handlers
  /// Where else the functions behind it are: struct.field, struct.* or, for an
  /// argument of another call, call().
  std::vector<std::string> Slots;
  std::vector<std::string> Withdraw; ///< who was inside has left, or none enters
  unsigned WithdrawObject = 0;      ///< argument
  bool Managed = false;             ///< devres withdraws it
  bool Interrupt = false;
};

/// A call after which a use goes wrong, beyond the resources.
struct StopRow {
  std::vector<std::string> Functions;
  int Argument = 0;      ///< what Uses must be about, -1: nothing to compare
  std::string Verb;      ///< "destroys"
  std::string Does;      ///< "queues work": what a use does
  std::string Resource;  ///< every touch of this resource is a use
  std::vector<std::string> Uses; ///< or these calls
  int UseArgument = 0;
  std::vector<std::string> Starts; ///< who called one of these first is safe
};

/// Calls with one plain meaning each.
struct CallRow {
  std::string Function;
  std::string Means; ///< see Kernel::means()
  unsigned Argument = 0;
};

/// The whole model. Rows live as long as it does.
class Kernel {
public:
  /// The embedded rows. Returns null and \p Error ("FILE:LINE:COLUMN: reason")
  /// when they, or \p Extra (a path, or empty), do not parse.
  static std::unique_ptr<Kernel> load(llvm::ArrayRef<std::string> Extra,
                                      std::string &Error);

  /// Parses one file on top of what is loaded; false and \p Error on failure.
  bool addFile(llvm::StringRef Path, std::string &Error);

  const LockRow *lock(llvm::StringRef Function) const;
  const KillRow *kill(llvm::StringRef Function) const;
  const TestRow *test(llvm::StringRef Function) const;
  const WaitRow *wait(llvm::StringRef Function) const;
  const WakeRow *wake(llvm::StringRef Function) const;
  llvm::ArrayRef<CoreLockRow> coreLocks() const { return CoreLocks; }
  const TouchRow *touch(llvm::StringRef Function) const;
  const ResourceRow *resource(llvm::StringRef Name) const;
  const ResourceRow *managed(llvm::StringRef Function) const;
  const ResourceRow *released(llvm::StringRef Function) const;
  const RegistrationRow *registrationCall(llvm::StringRef Function) const;
  const RegistrationRow *registrationField(llvm::StringRef Struct,
                                           llvm::StringRef Field) const;
  const TableRow *table(llvm::StringRef Struct) const;
  const DriverRow *driver(llvm::StringRef Struct) const;
  /// The argument of \p Function that \p Meaning is about, or -1 when the
  /// function does not mean that. Meanings: "register" and "deregister" (a
  /// node for user space), "free", "gone" (what the argument points to goes
  /// with the call), "devm-alloc", "devm-action", "get", "put", "transparent" (returns
  /// its argument's object), "lookup", "zero" (is taken to return 0),
  /// "error-pointer" (returns no object), "map" (user space sees the memory of
  /// that frame or address), "zap" (unmaps it from user space), "zap-vma"
  /// (from a mapping that is at hand), "join" (waits for what runs on its own),
  /// "drain-attributes" (waits for readers of sysfs), "bar-open" (waits for an
  /// open that runs), "frame" (the frame or the bus address of memory), "end-transfer" (ends a
  /// transfer with an error), "initialise" (makes it usable), "file-reference"
  /// (its removal waits), "signal" (makes a process leave).
  int means(llvm::StringRef Function, llvm::StringRef Meaning) const;

  /// True when any row names \p Function.
  bool knows(llvm::StringRef Function) const;

  /// What the text of a unit must hold for anything to be found in it: lines
  /// "struct NAME" and "call NAME". NAME is how an identifier begins, or ends
  /// when a `*` stands before it.
  std::vector<std::string> words() const;

  const std::vector<PublicationRow> &publications() const {
    return Publications;
  }
  const PublicationRow *publication(llvm::StringRef Publish) const;
  const StopRow *stop(llvm::StringRef Function) const;

  /// Devices that no driver binds to, and what is tied to them.
  const ClassDevices &classDevices() const { return Classes; }

  /// Code that runs on its own.
  const AsyncRows &asyncs() const { return Asyncs; }

private:
  bool addText(llvm::StringRef Name, llvm::StringRef Text, std::string &Error);
  void index();

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
  ClassDevices Classes;
  AsyncRows Asyncs;

  llvm::StringMap<unsigned> LockIndex, KillIndex, TestIndex, WaitIndex,
      WakeIndex, ResourceIndex, ManagedIndex, ReleasedIndex, TouchIndex,
      RegistrationIndex, TableIndex, DriverIndex, CallIndex,
      PublicationIndex, StopIndex;
  llvm::StringSet<> Named; ///< functions of rows that have no index of their own
};

} // namespace strongfence

#endif
