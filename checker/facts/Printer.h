// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A function as C text that means the same in another unit: macros expanded,
// types without typedefs, constants folded, what only prints left out, and
// each statement under the line that it stands on. What has internal linkage
// gets the unit's tag behind a `$`, so that two units may use one name.

#ifndef STRONGFENCE_FACTS_PRINTER_H
#define STRONGFENCE_FACTS_PRINTER_H

#include "model/Identity.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace strongfence {

/// What printed text mentions, so that another unit can be told of it.
struct Mentions {
  llvm::SetVector<const clang::FunctionDecl *> Functions; ///< canonical
  llvm::SetVector<const clang::VarDecl *> Variables;      ///< file scope, canonical
  llvm::SetVector<const clang::EnumConstantDecl *> Enumerators;
  llvm::SetVector<const clang::EnumDecl *> Enums;
  llvm::SetVector<const clang::RecordDecl *> Tags; ///< named; need not be complete
  /// Those that must be complete, with the members that are used.
  llvm::MapVector<const clang::RecordDecl *,
                  llvm::SmallPtrSet<const clang::FieldDecl *, 8>>
      Records;
};

class Printer {
public:
  Printer(const clang::ASTContext &Ctx, const Kernel &K, std::string Tag,
          Mentions &Seen)
      : Ctx(Ctx), K(K), Tag(std::move(Tag)), Seen(Seen) {}

  /// The definition of \p F.
  std::string function(const clang::FunctionDecl *F);
  /// Its declaration, without a semicolon.
  std::string prototype(const clang::FunctionDecl *F);
  /// The same without parameters, for a function of the kernel.
  std::string brief(const clang::FunctionDecl *F);
  /// The definition of a table: members that hold functions or constants.
  std::string table(const clang::VarDecl *V);
  /// The declaration of a file-scope variable, without its value.
  std::string variable(const clang::VarDecl *V);
  /// The declaration of a member, as it stands in its record.
  std::string member(const clang::FieldDecl *F);
  /// "struct foo", "union foo", or the typedef of a record without a tag.
  std::string tag(const clang::RecordDecl *R);

  /// The name, with the tag when it has internal linkage.
  std::string name(const clang::NamedDecl *D) const;

private:
  const clang::ASTContext &Ctx;
  const Kernel &K;
  std::string Tag;
  Mentions &Seen;
  std::string Out;
  unsigned Line = 0;        ///< that the next line of Out would have
  std::string File;
  /// Labels of macros (__label__): one name in several places of a function.
  llvm::DenseMap<const clang::LabelDecl *, unsigned> Locals;

  void at(clang::SourceLocation Loc);
  void newline();
  std::string type(clang::QualType T, std::string Declarator);
  std::string declared(clang::QualType T, std::string Name, bool All = false);
  unsigned Inner = 0; ///< statement expressions around what is printed
  void mention(clang::QualType T);
  void complete(clang::QualType T);
  void statement(const clang::Stmt *S);
  void body(const clang::Stmt *S);
  void label(const clang::LabelStmt *L);
  std::string labelName(const clang::LabelDecl *L);
  void declaration(const clang::DeclStmt *D);
  void local(const clang::VarDecl *V);
  std::string attributes(const clang::VarDecl *V);
  void expression(const clang::Expr *E);
  void operand(const clang::Expr *E);
  void list(const clang::InitListExpr *List);
  bool listMembers(const clang::InitListExpr *List, bool First);
  bool isNoise(const clang::Expr *E) const;
  bool isDropped(const clang::Stmt *S) const;
  std::optional<bool> decided(const clang::Expr *Condition) const;
  bool folded(const clang::Expr *E);
};

} // namespace strongfence

#endif
