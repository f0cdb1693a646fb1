// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Register.h"
#include "Compat.h"
#include "model/PathState.h"

using namespace clang::ento;

#define RULE(Key, Level, Summary) void register##Key(CheckerManager &Mgr);
#include STRONGFENCE_RULES
#undef RULE

void strongfence::registerCheckers(CheckerRegistry &Registry) {
  auto Always = [](const CheckerManager &) { return true; };
  Registry.addPackage("teardown");
  Registry.addPackageOption(
      "string", "teardown", "Kernel", "",
      "More kernel model files, separated by semicolons", "released");
  Registry.addPackageOption("int", "teardown", "Budget", "60000",
                            "Nodes explored from one door", "released");
  Registry.addPackageOption("bool", "teardown", "Fingerprints", "false",
                            "End each finding with a note of its fingerprint",
                            "released");
  Registry.addChecker(registerModel, Always, "teardown.Model",
                      "What the unit says of doors, teardown and fences",
                      "NoDocsUri", /*IsHidden=*/true);
  // unlikely() is __builtin_expect(): without it half of all tests are unknown.
  Registry.addDependency("teardown.Model", "core.builtin.BuiltinFunctions");
#define RULE(Key, Level, Summary)                                              \
  Registry.addChecker(register##Key, Always,                                   \
                      STRONGFENCE_CHECKER(#Key, #Level), Summary, "NoDocsUri", \
                      /*IsHidden=*/false);                                     \
  Registry.addDependency(STRONGFENCE_CHECKER(#Key, #Level), "teardown.Model");
#include STRONGFENCE_RULES
#undef RULE
}
