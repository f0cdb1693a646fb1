// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "model/UnitModel.h"
#include "model/Closings.h"
#include "model/Proxies.h"
#include <utility>

using namespace clang;
using namespace strongfence;

UnitModel::UnitModel(const Kernel &K, ASTContext &Ctx)
    : K(K), Unit(Index::read(Ctx)) {
  Doors = findDoors(Unit, K, Ctx);
  Teardowns = findTeardowns(Unit, K, Ctx);
  Births = findBirths(Unit, Teardowns, K, Ctx);
  Published = findPublications(Unit, Births, K, Ctx);
  std::vector<const FunctionDecl *> Cut;
  std::vector<Reader> Told;
  bool AreTold = false;
  auto readers = [&]() -> ArrayRef<Reader> {
    if (!std::exchange(AreTold, true))
      Told = tellReaders(Unit, Doors, Teardowns, K, Ctx, Cut);
    return Told;
  };
  if (!Teardowns.empty())
    Gate = inferFences(Unit, readers(), Teardowns, K, Ctx);
  Closings = findClosings(Unit, readers, Gate, K, Ctx);
  for (Fence &F : findProxies(Unit, readers, K, Ctx))
    Closings.push_back(std::move(F));
  if (Teardowns.empty())
    return;
  Gate.Cut.insert(Gate.Cut.end(), Cut.begin(), Cut.end());
  Life = readLifetimes(Unit, Teardowns, K, Ctx);
  Memory = Storage(Unit, Doors, Teardowns, K, Ctx);
  Opens = findOpens(Unit, Doors, K, Ctx);
}

const Door *UnitModel::door(const FunctionDecl *F) const {
  const Door *Found = nullptr;
  F = definition(F);
  for (const Door &D : Doors)
    if (D.Function == F && (!Found || (Found->CoreFenced && !D.CoreFenced)))
      Found = &D;
  return Found;
}

bool UnitModel::isExplored(const Door &D) const {
  return D.Kind && !D.CoreFenced && !Teardowns.empty() && !Gate.WaitsForClose &&
         !Gate.GivesUp;
}

const FunctionDecl *UnitModel::mainTeardown() const {
  const Teardown *Best = &Teardowns.front();
  for (const Teardown &T : Teardowns)
    if (T.K < Best->K)
      Best = &T;
  return Best->Root;
}

bool UnitModel::hasRemove() const {
  return llvm::any_of(
      Teardowns, [](const Teardown &T) { return T.K == Teardown::Driver; });
}

bool UnitModel::onlyActions() const {
  return llvm::all_of(Teardowns, [](const Teardown &T) {
    return T.K == Teardown::DevmAction;
  });
}

StringRef UnitModel::severity(const FunctionDecl *Root) const {
  for (const Teardown &T : Teardowns) {
    if (Root && T.Root != Root)
      continue;
    if (T.Hotplug)
      return "high";
    if (T.SuppressBind)
      return "low";
  }
  return "medium";
}
