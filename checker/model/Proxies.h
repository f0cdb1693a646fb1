// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Proxies: fences in which readers find no test of their own. What they call
// through was exchanged for a table of functions that only fail (S6c), or the
// core that calls them is waited for (S6a). Recorded as closings are.

#ifndef STRONGFENCE_MODEL_PROXIES_H
#define STRONGFENCE_MODEL_PROXIES_H

#include "model/Fences.h"

namespace strongfence {

/// \p Readers is called once a function has exchanged a table or drained one.
std::vector<Fence>
findProxies(const Index &Unit,
            llvm::function_ref<llvm::ArrayRef<Reader>()> Readers,
            const Kernel &K, clang::ASTContext &Ctx);

} // namespace strongfence

#endif
