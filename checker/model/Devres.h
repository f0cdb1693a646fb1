// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What one unit ties to devices that no driver is bound to, and where it keeps
// it. Reads the bodies of the main file's functions, never those of headers.

#ifndef STRONGFENCE_MODEL_DEVRES_H
#define STRONGFENCE_MODEL_DEVRES_H

#include "model/ClassDevices.h"
#include "model/Index.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include <memory>

namespace strongfence {

/// What a walk over one body found, each list in the order of the source.
struct BodyFacts {
  const clang::FunctionDecl *Function = nullptr;
  std::vector<const clang::CallExpr *> Calls;
  std::vector<const clang::BinaryOperator *> Assignments;
  std::vector<const clang::VarDecl *> Locals;
  std::vector<const clang::MemberExpr *> Members;
  std::vector<const clang::InitListExpr *> Initializers;
  llvm::DenseMap<const clang::VarDecl *,
                 llvm::SmallVector<const clang::DeclRefExpr *, 4>>
      References;
  /// Members that are only assigned to.
  llvm::DenseSet<const clang::MemberExpr *> Targets;
  std::unique_ptr<clang::ParentMap> Parents;
};

/// A device that no driver binds to. Id is the field or the local variable
/// that is or points to it; Row is null when only the unit says so.
struct ClassDevice {
  Identity Id = nullptr;
  const ClassDeviceRow *Row = nullptr;
  explicit operator bool() const { return Id != nullptr; }
};

/// One resource on the devres list of a class device.
struct Managed {
  const clang::CallExpr *Call = nullptr;
  const clang::FunctionDecl *In = nullptr;
  /// How the device came into In when a parameter brought it.
  const clang::CallExpr *Via = nullptr;
  ClassDevice Device;
  ManagedKind Kind = ManagedKind::Memory;
  const ManagedRow *Row = nullptr;
  llvm::SetVector<Identity> Kept; ///< fields and variables that hold it
  const clang::Expr *KeptAt = nullptr;
  /// Its type, when it is kept where only the type tells (drvdata).
  const clang::RecordDecl *Type = nullptr;
  /// The local variables that hold it in In.
  llvm::SetVector<const clang::VarDecl *> Locals;
};

/// A function named by an ops table or by an assignment to a slot.
struct SlotUse {
  const clang::FunctionDecl *Function;
  clang::SourceLocation Loc;
  const clang::Expr *Object; ///< base of the assigned slot, null in a table
  const clang::FunctionDecl *In;
  const clang::VarDecl *Table = nullptr; ///< at file scope
};

class Devres {
public:
  Devres(clang::ASTContext &Ctx, const Index &Unit, const ClassDevices &Rows);

  /// Everything the unit ties to a class device. When empty, nothing else of
  /// the unit has been read.
  const std::vector<Managed> &managed() const { return All; }

  const BodyFacts *facts(const clang::FunctionDecl *F) const;
  const llvm::MapVector<const clang::FunctionDecl *, BodyFacts> &bodies() const {
    return Bodies;
  }
  const std::vector<std::pair<const clang::CallExpr *,
                              const clang::FunctionDecl *>> &
  callers(const clang::FunctionDecl *F) const;

  /// The functions in a slot, written struct.field.
  llvm::ArrayRef<SlotUse> slot(llvm::StringRef StructField) const;
  const llvm::StringMap<std::vector<SlotUse>> &slots() const { return Slots; }

  /// The class device that \p E points to.
  ClassDevice resolve(const clang::Expr *E, const clang::FunctionDecl *In,
                      unsigned Depth = 6) const;

  /// Adds to \p M where the result of \p Call in \p In is kept.
  void keepResult(Managed &M, const clang::CallExpr *Call,
                  const clang::FunctionDecl *In) const {
    follow(M, Call, In, 4);
  }

  /// True when the unit copies a struct device there. The list in the copy
  /// points into the original; nobody frees it.
  bool isCopy(Identity Id) const { return Copies.contains(Id); }

  /// True when \p D stands in the main file.
  bool inUnit(const clang::Decl *D) const;

  clang::ASTContext &Ctx;
  const ClassDevices &Rows;

private:
  void walk(const clang::FunctionDecl *F);
  void readSlots();
  void readRegistrations();
  void readPointerFields();
  void find();
  bool busBound(Identity Id) const;

  void follow(Managed &M, const clang::Expr *E, const clang::FunctionDecl *In,
              unsigned Depth) const;
  void followVariable(Managed &M, const clang::VarDecl *V,
                      const clang::FunctionDecl *In, unsigned Depth) const;
  void keep(Managed &M, const clang::Expr *Target,
            const clang::FunctionDecl *In, unsigned Depth) const;
  void keepBehind(Managed &M, const clang::VarDecl *Pointer,
                  const clang::FunctionDecl *In, unsigned Depth) const;

  llvm::MapVector<const clang::FunctionDecl *, BodyFacts> Bodies;
  llvm::DenseMap<const clang::FunctionDecl *,
                 std::vector<std::pair<const clang::CallExpr *,
                                       const clang::FunctionDecl *>>>
      Callers;
  llvm::StringMap<std::vector<SlotUse>> Slots;
  /// Devices that the unit itself initialises or registers, and those of them
  /// that it gives a bus.
  llvm::DenseSet<Identity> Registered, OnBus, Copies;
  /// Pointer fields, by what the unit stores in them.
  llvm::DenseMap<Identity, ClassDevice> PointsTo;
  std::vector<Managed> All;
};

/// "struct.field" of a field, the name of a variable.
std::string fieldName(Identity Id);

/// \p E without parentheses, casts and `&`.
const clang::Expr *bare(const clang::Expr *E);

/// The field or variable that \p E ends in, through subscripts.
Identity target(const clang::Expr *E);

} // namespace strongfence

#endif
