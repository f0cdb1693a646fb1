// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What happens when a device goes, in order: the steps of remove, the slots
// that cores call meanwhile, and then devres, last in first out.

#ifndef STRONGFENCE_MODEL_TIMELINE_H
#define STRONGFENCE_MODEL_TIMELINE_H

#include "model/UnitModel.h"
#include "llvm/ADT/StringSet.h"

namespace strongfence {

/// A step of teardown.
struct Moment {
  /// A step of a function's story; with \c Managed the call of the birth that
  /// devres undoes now.
  const Event *E;
  bool Managed = false;
  /// The slot of the unit that a core has called, which holds the step. A core
  /// can have called it earlier, when the last user closed.
  const clang::FunctionDecl *Slot = nullptr;
};

struct Timeline {
  const clang::FunctionDecl *Root; ///< the remove, or the probe without one
  const Teardown *Remove = nullptr;
  const Birth *Begins = nullptr;
  std::vector<Moment> Moments;
};

/// What a moment takes away.
struct LossAt {
  unsigned At;
  llvm::StringRef Struct; ///< the objects of this tag, or empty
  Identity What = nullptr; ///< what this names or points to, or null
  bool Maybe = false; ///< a reference is dropped, which may be the last
  /// What the driver's ops table of this tag works on, or empty: its cleanup
  /// slot is called.
  llvm::StringRef Ops = {};
};

class Timelines {
public:
  Timelines(const UnitModel &Model, clang::ASTContext &Ctx);

  /// One for each way in which a bus, or another unit, ends a device.
  const std::vector<Timeline> &all() const { return All; }

  /// The stories of the functions of the unit in a slot, written struct.field.
  llvm::ArrayRef<const clang::FunctionDecl *> slot(llvm::StringRef Slot) const;

  /// \p F told, once.
  const Story &story(const clang::FunctionDecl *F) const;

  std::vector<LossAt> losses(const Timeline &T) const;

  /// True for a struct whose objects are the driver's data of a device.
  bool isData(llvm::StringRef Struct) const { return Data.contains(Struct); }

private:
  void addStory(Timeline &T, const Story &Told, const clang::FunctionDecl *Slot);
  void addSlots(Timeline &T, llvm::StringRef Function);
  void addDevres(Timeline &T);
  void readSlots();
  bool isCleanup(Identity Slot) const;
  void readData();

  const UnitModel &Model;
  clang::ASTContext &Ctx;
  std::vector<Timeline> All;
  llvm::StringMap<llvm::SmallVector<const clang::FunctionDecl *, 2>> Slots;
  mutable llvm::DenseMap<const clang::FunctionDecl *, std::unique_ptr<Story>>
      Stories;
  llvm::StringSet<> Data;
  /// The struct tags that a core's private data has, by the row's function.
  llvm::StringMap<llvm::SmallVector<llvm::StringRef, 2>> Privates;
  /// Struct tags that a function of the unit frees at the last put.
  llvm::DenseMap<const clang::FunctionDecl *, llvm::SmallVector<llvm::StringRef, 2>>
      Releases;
};

} // namespace strongfence

#endif
