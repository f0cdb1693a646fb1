// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names, types and declarations; Statements.cpp has what bodies hold.

#include "facts/Printer.h"

using namespace clang;
using namespace strongfence;

std::string Printer::name(const NamedDecl *D) const {
  std::string Name = D->getNameAsString();
  const SourceManager &SM = Ctx.getSourceManager();
  // A struct that a header declares and the source defines is everybody's.
  const Decl *First = isa<RecordDecl>(D) ? D->getCanonicalDecl() : D;
  bool Own = SM.isWrittenInMainFile(SM.getExpansionLoc(First->getLocation()));
  if (const auto *R = dyn_cast<RecordDecl>(D))
    return Own && R->getIdentifier() ? Name + "$" + Tag : Name;
  const auto *V = dyn_cast<ValueDecl>(D);
  if (V && Own && V->getFormalLinkage() == Linkage::Internal)
    return Name + "$" + Tag;
  return Name;
}

std::string Printer::tag(const RecordDecl *R) {
  if (!R->getIdentifier()) {
    const TypedefNameDecl *T = R->getTypedefNameForAnonDecl();
    return T ? T->getNameAsString() : std::string();
  }
  return (R->isUnion() ? "union " : "struct ") + name(R);
}

void Printer::mention(QualType T) {
  while (true) {
    T = T.getCanonicalType();
    if (const auto *P = T->getAs<PointerType>()) {
      T = P->getPointeeType();
    } else if (const ArrayType *A = T->getAsArrayTypeUnsafe()) {
      T = A->getElementType();
    } else if (const auto *F = T->getAs<FunctionProtoType>()) {
      for (QualType Each : F->param_types())
        mention(Each);
      T = F->getReturnType();
    } else {
      break;
    }
  }
  if (const auto *R = T->getAsRecordDecl()) {
    if (R->getIdentifier())
      Seen.Tags.insert(R);
    else
      complete(T);
  } else if (const auto *E = T->getAs<EnumType>()) {
    Seen.Enums.insert(E->getDecl()->getCanonicalDecl());
  }
}

void Printer::complete(QualType T) {
  if (T.isNull())
    return;
  T = Ctx.getBaseElementType(T.getCanonicalType());
  if (const RecordDecl *R = T->getAsRecordDecl())
    if (const RecordDecl *Def = R->getDefinition())
      Seen.Records[Def];
}

std::string Printer::type(QualType T, std::string Declarator) {
  T = T.getCanonicalType();
  if (const auto *E = T->getAs<EnumType>(); E && !E->getDecl()->getIdentifier())
    T = Ctx.IntTy;
  mention(T);
  PrintingPolicy Policy(Ctx.getLangOpts());
  T.getAsStringInternal(Declarator, Policy);
  // Tags that only the unit's own source knows.
  std::string Out;
  StringRef Rest = Declarator;
  while (!Rest.empty()) {
    size_t At = std::min(Rest.find("struct "), Rest.find("union "));
    if (At == StringRef::npos)
      break;
    At = Rest.find(' ', At) + 1;
    size_t End = At;
    while (End < Rest.size() && (llvm::isAlnum(Rest[End]) || Rest[End] == '_'))
      ++End;
    StringRef Word = Rest.slice(At, End);
    Out += Rest.take_front(End);
    for (const RecordDecl *R : Seen.Tags)
      if (R->getName() == Word && (End == Rest.size() || Rest[End] != '$')) {
        Out += StringRef(name(R)).drop_front(Word.size());
        break;
      }
    Rest = Rest.drop_front(End);
  }
  return Out + Rest.str();
}

void Printer::newline() {
  Out += "\n";
  ++Line;
}

void Printer::at(SourceLocation Loc) {
  const SourceManager &SM = Ctx.getSourceManager();
  Loc = SM.getExpansionLoc(Loc);
  if (Loc.isInvalid())
    return;
  unsigned Here = SM.getExpansionLineNumber(Loc);
  StringRef Name = SM.getFilename(Loc);
  if (Name == File && Here == Line)
    return;
  if (!Out.empty() && Out.back() != '\n')
    newline();
  if (Name != File) {
    File = Name.str();
    Out += "#line " + std::to_string(Here) + " \"" + File + "\"\n";
  } else if (Here > Line && Here - Line < 6) {
    Out.append(Here - Line, '\n');
  } else if (Here != Line) {
    Out += "#line " + std::to_string(Here) + "\n";
  }
  Line = Here;
}

std::string Printer::prototype(const FunctionDecl *F) {
  std::string Parameters;
  for (const ParmVarDecl *P : F->parameters()) {
    Parameters += Parameters.empty() ? "" : ", ";
    Parameters += type(P->getType(), P->getNameAsString());
  }
  if (F->isVariadic())
    Parameters += ", ...";
  else if (Parameters.empty())
    Parameters = "void";
  return (F->getFormalLinkage() == Linkage::Internal ? "static " : "") +
         type(F->getReturnType(), name(F) + "(" + Parameters + ")");
}

std::string Printer::brief(const FunctionDecl *F) {
  return type(F->getReturnType(), F->getNameAsString() + "()");
}

std::string Printer::function(const FunctionDecl *F) {
  Out.clear();
  File.clear();
  Locals.clear();
  at(F->getLocation());
  for (const FunctionDecl *Each : F->redecls())
    if (const auto *Section = Each->getAttr<SectionAttr>()) {
      Out += "__attribute__((section(\"" + Section->getName().str() + "\"))) ";
      break;
    }
  for (const ParmVarDecl *P : F->parameters())
    complete(P->getType());
  complete(F->getReturnType());
  Out += prototype(F);
  body(F->getBody());
  Out += "\n";
  return std::move(Out);
}

std::string Printer::variable(const VarDecl *V) {
  bool Internal = V->getFormalLinkage() == Linkage::Internal;
  return (Internal ? "static " : "extern ") + declared(V->getType(), name(V));
}

std::string Printer::table(const VarDecl *V) {
  Out.clear();
  File.clear();
  at(V->getLocation());
  complete(V->getType());
  if (V->getFormalLinkage() == Linkage::Internal)
    Out += "static ";
  Out += declared(V->getType(), name(V), true) + " = ";
  expression(V->getInit());
  Out += ";\n";
  return std::move(Out);
}

std::string Printer::member(const FieldDecl *F) {
  if (F->getType()->isIncompleteArrayType())
    return type(Ctx.getPointerType(Ctx.getBaseElementType(F->getType())),
                F->getNameAsString());
  return declared(F->getType(), F->getNameAsString());
}

/// The declaration of \p Name; a record that has no name is written out with
/// the members that are used, or all.
std::string Printer::declared(QualType T, std::string Name, bool All) {
  const RecordDecl *R = Ctx.getBaseElementType(T)->getAsRecordDecl();
  if (!R || R->getIdentifier() || R->getTypedefNameForAnonDecl()) {
    complete(T);
    return type(T, Name);
  }
  while (const ConstantArrayType *A = Ctx.getAsConstantArrayType(T)) {
    Name += "[" + std::to_string(A->getSize().getZExtValue()) + "]";
    T = A->getElementType();
  }
  std::string Text = R->isUnion() ? "union { " : "struct { ";
  auto Used = Seen.Records.find(R->getDefinition());
  for (const FieldDecl *Each : R->fields())
    if (All || (Used != Seen.Records.end() && Used->second.contains(Each)))
      Text += member(Each) + "; ";
  return Text + "} " + Name;
}
