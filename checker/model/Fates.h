// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What becomes of a class device: which calls delete it, and what code can run
// after that freed its devres.

#ifndef STRONGFENCE_MODEL_FATES_H
#define STRONGFENCE_MODEL_FATES_H

#include "model/Devres.h"

namespace strongfence {

class Kernel;

using StmtSet = llvm::DenseSet<const clang::Stmt *>;

/// A story told by a note.
struct Told {
  clang::SourceLocation Loc;
  std::string Text;
};

/// Code that can run after the device's devres are freed.
struct LateCode {
  const clang::FunctionDecl *Function;
  const StmtSet *Part = nullptr; ///< null: all of it
  Told Why;
};

/// What becomes of one device.
struct Fate {
  using Site = std::pair<const clang::CallExpr *, const clang::FunctionDecl *>;

  std::vector<Site> Deletions;
  /// Calls by which devres of another device will delete this one.
  std::vector<Site> ManagedDeletions;
  std::string DeletedBy = "device_del";
  std::vector<LateCode> Late;
};

class Fates {
public:
  /// All three have to outlive it.
  Fates(clang::ASTContext &Ctx, const Kernel &K, const Devres &Unit);

  const Fate &of(const ClassDevice &D);

private:
  using Site = Fate::Site;

  clang::ASTContext &Ctx;
  const ClassDevices &Rows;
  const Kernel &K;
  const Devres &Unit;
  llvm::DenseMap<Identity, std::unique_ptr<Fate>> Known;
  std::vector<std::unique_ptr<StmtSet>> Parts;

  void findDeletions(const ClassDevice &D, Fate &F);
  void addSlots(const ClassDevice &D, Fate &F);
  void addCallbacks(const ClassDevice &D, Fate &F);
  void addAfterDeletion(const ClassDevice &D, Fate &F);
  void addAsyncs(Fate &F, const Site &At, const StmtSet &After);
  void addTied(const clang::FunctionDecl *In, const clang::CallExpr *Until,
               llvm::StringRef Then, unsigned Depth, Fate &F);
  void addAttributes(const ClassDevice &D, Fate &F);
  void addDoors(const ClassDevice &D, Fate &F);

  bool contains(const StmtSet *Part, const clang::FunctionDecl *In,
                llvm::function_ref<bool(const clang::CallExpr *)> Test,
                unsigned Depth = 3) const;
  const StmtSet *after(const clang::CallExpr *Call, const clang::FunctionDecl *In);
  void namedIn(const clang::Expr *E, llvm::SetVector<const clang::FunctionDecl *> &Out) const;
};

/// The device that the call adds an attribute to.
ClassDevice attributeDevice(const clang::CallExpr *Call,
                            const AttributeRow &Row,
                            const clang::FunctionDecl *In, const Devres &Unit);

/// The name in quotes, as messages have it.
std::string quoted(llvm::StringRef Name);

/// What the source calls it: devm_add_action() is a macro.
llvm::StringRef shownName(const clang::CallExpr *Call);

} // namespace strongfence

#endif
