// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef STRONGFENCE_REGISTER_H
#define STRONGFENCE_REGISTER_H

namespace clang::ento {
class CheckerRegistry;
}

namespace strongfence {

/// Adds the package "teardown", its option Kernel and every rule of rules.def.
void registerCheckers(clang::ento::CheckerRegistry &Registry);

} // namespace strongfence

#endif
