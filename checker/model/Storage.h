// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the memory of each struct goes: who frees it, and whether a reference
// keeps it. By struct, as an identity is by field.

#ifndef STRONGFENCE_MODEL_STORAGE_H
#define STRONGFENCE_MODEL_STORAGE_H

#include "model/Fences.h"
#include "llvm/ADT/MapVector.h"

namespace strongfence {

/// The struct that \p Type is or points to, its definition; null for others.
const clang::RecordDecl *recordOf(clang::QualType Type);

/// True when \p E is a pointer to a \p R, or reaches into one (`&p->dev.kobj`).
bool reachesInto(const clang::Expr *E, const clang::RecordDecl *R);

/// True when \p E points to a \p R or to a part of one.
bool isA(const clang::Expr *E, const clang::RecordDecl *R);

/// True when a member of \p R, or one of an embedded struct, is of the struct
/// named \p Tag.
bool embeds(const clang::RecordDecl *R, llvm::StringRef Tag);

/// True when the call that \p E tells is about a \p R or a part of it.
bool concerns(const Event &E, const clang::RecordDecl *R);

struct Passing {
  enum Kind {
    Devres,  ///< by devres, once the driver is unbound
    Freed,   ///< teardown frees it, whatever its count says
    LastPut, ///< teardown puts a reference, the last one frees it
  };
  Kind K;
  const clang::FunctionDecl *By = nullptr; ///< root, null when none is known
  const clang::Expr *Site = nullptr;       ///< the devm call, free or put
  const clang::FunctionDecl *In = nullptr; ///< holds Site
};

class Storage {
public:
  Storage() = default;
  Storage(const Index &Unit, llvm::ArrayRef<Door> Doors,
          llvm::ArrayRef<Teardown> Teardowns, const Kernel &K,
          clang::ASTContext &Ctx);

  const Passing *passing(const clang::RecordDecl *R,
                         Passing::Kind Kind) const;

  /// The teardown that takes the node of a \p R which its caller owns: nothing
  /// in the unit allocates one, and no reference is kept in it.
  const Teardown *givesBack(const clang::RecordDecl *R,
                            llvm::ArrayRef<Teardown> Teardowns,
                            const Kernel &K) const;

  /// True when an open file keeps \p R: its cdev has a parent in it.
  bool isParent(const clang::RecordDecl *R) const {
    return Parents.contains(R);
  }

  /// The cdev_add() of a cdev embedded in \p R, or null.
  const clang::Expr *cdevAdded(const clang::RecordDecl *R) const {
    return Added.lookup(R);
  }

  /// What both opening and closing a file change: an open count or an open
  /// flag.
  bool isOpenCount(Identity Id) const { return OpenCounts.contains(Id); }

  /// The other memory that the unit gives a \p R, or null.
  const clang::CallExpr *allocated(const clang::RecordDecl *R) const {
    return Allocated.lookup(R);
  }

private:
  void readAllocations(const Index &Unit, const Kernel &K);
  void readDevres(const Index &Unit, llvm::ArrayRef<Teardown> Teardowns,
                  const Kernel &K, clang::ASTContext &Ctx);
  void readCdevs(const Index &Unit);
  void readCounts(const Index &Unit, llvm::ArrayRef<Door> Doors,
                  const Kernel &K, clang::ASTContext &Ctx);
  void readFrees(const Teardown &T, const Kernel &K);
  void readPuts(const Index &Unit, const Teardown &T, const Kernel &K,
                clang::ASTContext &Ctx);
  bool isCounted(const Story &Told, size_t Free,
                 const clang::RecordDecl *R) const;

  using Map = llvm::MapVector<const clang::RecordDecl *, Passing>;
  Map Managed, Frees, Puts;
  llvm::DenseSet<const clang::RecordDecl *> Parents;
  llvm::DenseMap<const clang::RecordDecl *, const clang::Expr *> Added;
  llvm::DenseMap<const clang::RecordDecl *, const clang::CallExpr *> Allocated;
  llvm::DenseSet<Identity> OpenCounts;
};

/// The struct that the call \p E, a free, frees; null when it says none.
const clang::RecordDecl *freedBy(const Event &E, const Kernel &K);

/// The functions in slot \p Name of the ops table \p V.
const clang::FunctionDecl *slotOf(const clang::VarDecl *V,
                                  llvm::StringRef Name);

} // namespace strongfence

#endif
