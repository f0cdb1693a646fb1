// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Code of the unit that runs on its own: interrupts, work, timers, tasklets,
// USB completions, threads, and callbacks that a core makes until it is told
// to stop.

#ifndef STRONGFENCE_MODEL_ASYNCS_H
#define STRONGFENCE_MODEL_ASYNCS_H

#include "model/Timeline.h"
#include "llvm/ADT/MapVector.h"

namespace strongfence {

struct Async {
  const AsyncRow *Row;
  /// The work, timer, tasklet, request, notifier or thread; null for an
  /// interrupt and a callback, and where it is unknown.
  Identity Object = nullptr;
  /// The struct that holds it, or that its handler is given; may be empty.
  llvm::StringRef Container;
  llvm::SmallVector<const clang::FunctionDecl *, 2> Handlers; ///< with bodies
  bool Elsewhere = false; ///< a handler stands in another unit
  /// What names the handlers: a call, or the value of a slot.
  const clang::Expr *Start = nullptr;
  const clang::FunctionDecl *In = nullptr; ///< null at file scope
  bool Managed = false; ///< devres stops it
};

/// Somebody makes an async run.
struct Arming {
  const Async *What;
  const Event *E;
  llvm::DenseSet<Identity> Tested; ///< asked before that, in the same story
};

class Asyncs {
public:
  Asyncs(const UnitModel &Model, const Timelines &Times, clang::ASTContext &Ctx);

  const std::vector<Async> &all() const { return All; }

  /// What the step does to \p A, or nothing.
  std::optional<AsyncEffect> effect(const Moment &M, const Async &A) const;
  std::optional<AsyncEffect> effect(const Event &E, const Async &A) const;

  /// True when the step makes sure that \p A does not run after it: it waits.
  static bool quiets(AsyncEffect E) {
    return E != AsyncEffect::Arm && E != AsyncEffect::Drop;
  }

  /// Who \p F makes run, directly or through the unit's functions.
  std::vector<Arming> armings(const clang::FunctionDecl *F) const;

  /// Fields and variables that the handlers of \p A use, through the unit's
  /// functions, with one use of each.
  struct Use {
    const clang::Expr *Site;
    const clang::FunctionDecl *In;
  };
  /// In the order of the source, so that the one named is always the same.
  using Uses = llvm::MapVector<Identity, Use>;
  const Uses &uses(const Async &A) const;

  /// A name for messages.
  static std::string name(const Async &A);

private:
  void add(const AsyncRow &Row, const clang::Expr *Object,
           llvm::ArrayRef<const clang::FunctionDecl *> Handlers,
           const clang::Expr *Start, const clang::FunctionDecl *In,
           const clang::Expr *Context);
  void readCalls();
  void readSlots();
  bool isRegistered(const AsyncRow &Row, bool &Managed) const;

  const UnitModel &Model;
  const Timelines &Times;
  clang::ASTContext &Ctx;
  std::vector<Async> All;
  /// The queues that the unit puts a work on.
  llvm::DenseMap<Identity, llvm::DenseSet<Identity>> Queues;
  llvm::DenseSet<Identity> AnyQueue; ///< works put on one that is not known
  mutable llvm::DenseMap<const Async *, std::unique_ptr<Uses>> UsesOf;
};

} // namespace strongfence

#endif
