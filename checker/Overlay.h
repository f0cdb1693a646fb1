// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files whose content is another one than the disk's: what is staged for a
// commit, under the names that the work tree has.

#ifndef STRONGFENCE_OVERLAY_H
#define STRONGFENCE_OVERLAY_H

#include "llvm/Support/VirtualFileSystem.h"

namespace strongfence {

/// The disk as the overlay \p Path shows it: a JSON object that has, by the
/// absolute name of a file, the file that holds its content, or null where no
/// such file is to be seen. Null with \p Error when it cannot be read.
llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> overlay(llvm::StringRef Path,
                                                        std::string &Error);

} // namespace strongfence

#endif
