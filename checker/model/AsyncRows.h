// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rows about code that runs on its own: what starts and stops it, which slots
// a core calls when it takes an object back, and what it frees. Part of the
// kernel model; see Kernel.h and checker/kernel/asyncs.yaml.

#ifndef STRONGFENCE_MODEL_ASYNCROWS_H
#define STRONGFENCE_MODEL_ASYNCROWS_H

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/YAMLTraits.h"
#include <memory>
#include <string>
#include <vector>

namespace strongfence {

enum class AsyncKind {
  Interrupt,
  Chained, ///< the handler of an interrupt controller's parent
  Work,
  Timer,
  Tasklet,
  Transfer, ///< the completion of a USB request
  Thread,
  Notifier,
  Callback, ///< a slot that a core calls while the object is registered
};

/// A call after which the functions in its arguments run on their own, or a
/// slot, written struct.field, whose function does.
struct AsyncRow {
  std::string Start;
  AsyncKind Kind = AsyncKind::Callback;
  int Device = -1;                ///< devres of this argument stops it
  std::vector<unsigned> Handlers; ///< arguments
  int Object = -1;  ///< argument that AsyncCallRow::Argument is about
  int Context = -1; ///< argument that the handler is given
  /// Of a callback: the calls from which on it runs, and those after which it
  /// does not.
  std::vector<std::string> Registered, Managed, Stop;
  std::vector<std::string> Macros; ///< what the source calls Start
};

enum class AsyncEffect { Arm, Shut, Stop, Flush, Drop, Pause, Drain, Empty };

/// What a call does to an async of its kind.
struct AsyncCallRow {
  std::string Function;
  AsyncKind Kind = AsyncKind::Work;
  AsyncEffect Does = AsyncEffect::Stop;
  unsigned Argument = 0;
  int Queue = -1;     ///< Arm: argument that names the queue
  bool Whole = false; ///< the argument does not tell which of its kind
};

/// The slots that a core calls before \c Function returns.
struct CloseRow {
  std::string Function;
  std::vector<std::string> Slots;
};

/// The driver's part of a core's object: what \c Of returns.
struct PrivateRow {
  std::string Of;
  std::vector<std::string> FreedBy, ManagedBy;
};

struct AsyncTables {
  std::vector<AsyncRow> Asyncs;
  std::vector<AsyncCallRow> Calls;
  std::vector<CloseRow> Closes;
  std::vector<PrivateRow> Privates;
};

class AsyncRows {
public:
  /// A later row replaces an earlier one.
  void add(AsyncTables Rows);

  /// \p Start is a function, or a slot written struct.field.
  const AsyncRow *start(llvm::StringRef Start) const;
  const AsyncCallRow *call(llvm::StringRef Function) const;
  const CloseRow *close(llvm::StringRef Function) const;
  const PrivateRow *privateData(llvm::StringRef Function) const;

  /// How the source of a unit names what sets up an async that others arm: a
  /// unit without any driver may hold it.
  std::vector<std::string> setups() const;

  /// True when \p Function is one after which the async does not run.
  bool stops(const AsyncRow &Row, llvm::StringRef Function) const;

private:
  std::vector<std::unique_ptr<AsyncTables>> Files;
  llvm::StringMap<const AsyncRow *> StartIndex;
  llvm::StringMap<const AsyncCallRow *> CallIndex;
  llvm::StringMap<const CloseRow *> CloseIndex;
  llvm::StringMap<const PrivateRow *> PrivateIndex;
};

} // namespace strongfence

LLVM_YAML_IS_SEQUENCE_VECTOR(strongfence::AsyncRow)
LLVM_YAML_IS_SEQUENCE_VECTOR(strongfence::AsyncCallRow)
LLVM_YAML_IS_SEQUENCE_VECTOR(strongfence::CloseRow)
LLVM_YAML_IS_SEQUENCE_VECTOR(strongfence::PrivateRow)

namespace llvm {
namespace yaml {

template <> struct MappingTraits<strongfence::AsyncRow> {
  static void mapping(IO &Io, strongfence::AsyncRow &Row);
};
template <> struct MappingTraits<strongfence::AsyncCallRow> {
  static void mapping(IO &Io, strongfence::AsyncCallRow &Row);
};
template <> struct MappingTraits<strongfence::CloseRow> {
  static void mapping(IO &Io, strongfence::CloseRow &Row);
};
template <> struct MappingTraits<strongfence::PrivateRow> {
  static void mapping(IO &Io, strongfence::PrivateRow &Row);
};

} // namespace yaml
} // namespace llvm

#endif
