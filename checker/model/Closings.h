// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Closings: fences that no teardown of this unit closes. The object goes with
// the file that made it, by a command, or by a function that another unit's
// teardown calls. A function that makes a predicate dead and then passes the
// barrier shows as much as teardown would; one that does only one of the two
// shows nothing. They are recorded, and no rule asks for them: rules are about
// a device that goes under an open file.

#ifndef STRONGFENCE_MODEL_CLOSINGS_H
#define STRONGFENCE_MODEL_CLOSINGS_H

#include "model/Fences.h"

namespace strongfence {

/// \p Readers is called once a function has shown a closing, and not before.
std::vector<Fence>
findClosings(const Index &Unit,
             llvm::function_ref<llvm::ArrayRef<Reader>()> Readers,
             const Fences &Gate, const Kernel &K, clang::ASTContext &Ctx);

} // namespace strongfence

#endif
