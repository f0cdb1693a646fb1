// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A function told as a list of events in source order, with the functions of
// the unit that it calls told in place. It is how teardown is read and how
// fences are learnt: teardown is straight code, so source order with a lockset
// that early exits do not change says enough, at the price of one walk. Doors
// are judged by the analyzer's own paths, not by this.

#ifndef STRONGFENCE_MODEL_STORY_H
#define STRONGFENCE_MODEL_STORY_H

#include "model/Identity.h"
#include "llvm/ADT/SmallVector.h"

namespace strongfence {

struct Held {
  Identity Lock;
  LockMode Mode;
  unsigned Since = 0; ///< counts acquisitions, so that a retake is another
  const clang::Expr *Site = nullptr; ///< where it was taken
};

struct Event {
  enum Kind {
    Acquire,  ///< What = lock
    Release,  ///< What = lock
    Barrier,  ///< What = lock: readers inside have left
    TryGet,   ///< What = reference counter
    Kill,     ///< What = predicate that becomes dead
    Change,   ///< What = field or variable that changes in another way
    Test,     ///< What = field or variable that a branch depends on
    Wait,     ///< What = completion or wait queue, unbounded
    Wake,     ///< What = completion or wait queue
    Sleep,    ///< What = the same, null if unknown; goes to sleep there, however bounded
    Call,     ///< any direct call that is not told in place; Callee is set
    Indirect, ///< a call through What, a function pointer field
    Deref,    ///< What = pointer that is followed; only tellUses() tells it
    Return,   ///< Site is what is returned, null for nothing
  };
  Kind K;
  Identity What = nullptr;
  const clang::Expr *Site = nullptr;
  const clang::FunctionDecl *In = nullptr;     ///< the function that holds it
  const clang::FunctionDecl *Callee = nullptr; ///< of Call
  /// The call in the story's own function on the way to In; null inside it.
  const clang::Expr *Via = nullptr;
  /// What the arguments of a call stand for; null where unknown.
  llvm::SmallVector<Identity, 3> Args;
  /// Kill: the functions around it, the story's own first.
  llvm::SmallVector<const clang::FunctionDecl *, 0> Path;
  /// Indirect: the pointer to the table that holds the function, `p->ops` of
  /// `p->ops->fn()`; null where there is none.
  Identity Through = nullptr;
  /// Held just before; for the Test of a copy also when the copy was read.
  llvm::SmallVector<Held, 4> Locks;
  const clang::Expr *Value = nullptr;          ///< stored by Kill and Change
  /// Sleep: the loops of In around it, innermost first.
  llvm::SmallVector<const clang::Stmt *, 2> Loops;
  bool Timed = false;       ///< Sleep: time ends it
  bool Signal = false;      ///< Sleep: a signal ends it
  bool Exits = false;       ///< Test: one arm of its if leaves at once
  bool Conditional = false; ///< in one arm of an if or a switch
  bool Unwinds = false;     ///< behind a label that follows a return: cleans up
};

using Story = std::vector<Event>;

/// Tells \p Root; with \p Puts also what a last put calls. \p Depth bounds the calls told in place; a story longer than
/// an internal bound is cut, and \p Cut (may be null) says so.
Story tell(const clang::FunctionDecl *Root, const Kernel &K,
           clang::ASTContext &Ctx, bool Puts = false, unsigned Depth = 8,
           bool *Cut = nullptr);

/// Tells \p Root and, in places, Deref events too: what it uses.
Story tellUses(const clang::FunctionDecl *Root, const Kernel &K,
               clang::ASTContext &Ctx);

/// The name of the function that the event calls, empty for other events.
llvm::StringRef calleeName(const Event &E);

bool holds(const Event &E, Identity Lock);

} // namespace strongfence

#endif
