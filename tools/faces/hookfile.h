// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Git's pre-commit hook as a file, and what the repository's configuration says for it.

#ifndef STRONGFENCE_HOOKFILE_H
#define STRONGFENCE_HOOKFILE_H

#include "git.h"
#include "options.h"

// Where the options name no kernel, the repository's configuration does, or a compile_commands.json at its top.
// Fatal when nothing does.
void hook_settings(struct options *options, const struct repository *repository);

// Both return what the process exits with. A hook of another hand is not touched, which is fatal.
int hook_install(struct options *options);
int hook_uninstall(void);

#endif
