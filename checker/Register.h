// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef STRONGFENCE_REGISTER_H
#define STRONGFENCE_REGISTER_H

#include <string_view>

// A test has a list of its own.
#ifndef STRONGFENCE_RULES
#define STRONGFENCE_RULES "rules.def"
#endif

namespace clang::ento {
class CheckerRegistry;
}

namespace strongfence {

/// A rule that is off unless it is asked for.
constexpr bool isAlpha(std::string_view Level) { return Level == "alpha"; }

/// The name of a rule's checker; both arguments are literals.
#define STRONGFENCE_CHECKER(Key, Level)                                        \
  (strongfence::isAlpha(Level) ? "alpha.teardown." Key : "teardown." Key)

/// Adds the package "teardown", its options and every rule of rules.def.
void registerCheckers(clang::ento::CheckerRegistry &Registry);

} // namespace strongfence

#endif
