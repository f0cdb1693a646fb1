// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the compile commands of a part of the kernel depend on, as hashes that are
// cheap to take again: is a cached dry run still right?

#ifndef STRONGFENCE_STAMP_H
#define STRONGFENCE_STAMP_H

#include <jansson.h>

#include "kernel.h"

// A hash of the configuration and of Kbuild itself.
char *stamp_whole(const struct kernel *kernel, const struct strings *make);

// {"dir": "hash", ...} for each directory at or below `path` and each directory above it, relative
// to the tree: its makefiles by name, size and time, its C sources by name. `path` is a
// directory, or a source file (then only its directory is looked into).
json_t *stamp_directories(const struct kernel *kernel, const char *path);

#endif
