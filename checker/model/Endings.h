// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What becomes of an async on a timeline: where it is stopped, what it needs
// that goes, and what keeps it from running or from being armed.

#ifndef STRONGFENCE_MODEL_ENDINGS_H
#define STRONGFENCE_MODEL_ENDINGS_H

#include "model/Asyncs.h"

namespace strongfence {

class Endings {
public:
  Endings(const UnitModel &Model, clang::ASTContext &Ctx);

  const UnitModel &Model;
  clang::ASTContext &Ctx;
  const Timelines Times;
  const Asyncs Unit;

  /// A handler that makes another async run.
  struct Armer {
    const Async *By;
    Arming Arm;
  };
  llvm::DenseMap<const Async *, std::vector<Armer>> Armers;

  struct Stopped {
    int First = -1, Last = -1; ///< moments that make sure it does not run
    AsyncEffect How = AsyncEffect::Stop; ///< of Last
    int Dropped = -1;          ///< a moment that does not wait
  };
  Stopped stopped(llvm::ArrayRef<Moment> Moments, const Async &A) const;

  struct Death {
    const LossAt *Loss = nullptr;
    const Asyncs::Use *Use = nullptr; ///< null: the memory of the async itself
  };
  /// The first loss at or after \p From that \p A does not survive.
  Death death(const Async &A, llvm::ArrayRef<LossAt> Losses, const Timeline &T,
              unsigned From) const;

  /// The handler drops a reference of its own, or frees what it runs on: a
  /// work that is made for one run.
  bool hasOwnReference(const Async &A) const;

  /// The handler asks for a flag that teardown changes before \p Until.
  bool asksFirst(const Async &A, const Timeline &T, unsigned Until) const;

  /// A function of the driver's other units that teardown calls before
  /// \p Until and that may stop \p A, with nobody left to arm it.
  bool stoppedByOthers(const Async &A, const Timeline &T, unsigned Until) const;

  /// Teardown waits for something that the handler says when it is done.
  bool waitedFor(const Async &A, const Timeline &T) const;

  /// Teardown may have told the hardware to be quiet before \p Until.
  bool masked(llvm::ArrayRef<Moment> Moments, unsigned Until) const;

  /// Masking does not wait for a handler that runs; this does.
  static bool waited(llvm::ArrayRef<Moment> Moments, unsigned Until);

  /// A flag that teardown changes before \p Until, and that is asked before
  /// it is armed.
  bool gated(const Arming &Arm, llvm::ArrayRef<Moment> Moments,
             unsigned Until) const;

  static bool isIrq(const Async &A) {
    return A.Row->Kind == AsyncKind::Interrupt ||
           A.Row->Kind == AsyncKind::Chained;
  }

private:
  /// How \p A uses what \p L takes away, or null.
  const Asyncs::Use *need(const Async &A, const LossAt &L,
                          const Timeline &T) const;
  /// A field of the driver's data, not of a request or an entry of a list.
  bool isKept(const Async &A, Identity Id) const;
  /// The handler allocates or frees it itself.
  bool makes(const Async &A, const LossAt &L, const Timeline &T) const;
  /// Teardown takes a reference first, and so what is unregistered stays.
  bool isHeld(const LossAt &L, const Timeline &T) const;
  /// The handler tests the pointer that teardown clears.
  bool asksFor(const Async &A, Identity What, const Timeline &T) const;
};

} // namespace strongfence

#endif
