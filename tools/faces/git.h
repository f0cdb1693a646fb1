// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What git knows: the repository of the working directory, what differs, and content by its name.

#ifndef STRONGFENCE_GIT_H
#define STRONGFENCE_GIT_H

#include "memory.h"

struct repository {
	char *top;          // the work tree, real path
	struct strings set; // GIT_DIR and such, absolute: git may run in any folder, with its caller's index
};

// Opens the one that the working directory is in, or that a running git names in GIT_DIR and GIT_INDEX_FILE, which are
// taken out of the environment: make in a kernel tree is not to see them. Fatal when there is none.
struct repository git_open(void);

// What git prints on stdout, one line; NULL when it fails. The words end with NULL. Caller frees.
char *git_line(const struct repository *repository, const char *first, ...);

// A name from the repository's configuration, NULL when it is not set. Caller frees.
char *git_setting(const struct repository *repository, const char *name);

// A file's name between two trees, one of which may be the index or the work tree.
struct change {
	char status; // A, D, M, R, T or U as git-diff has them
	char *path;  // relative to the top; of R the new one
	char *old_path; // of R, else NULL
	char *old_mode, *new_mode, *old_blob, *new_blob; // six octal digits, whole object names; zeros: none
};

struct changes {
	struct change *at;
	size_t count;
};

// From the index to the work tree when `tree` is NULL, else from the tree to the index, renames found. "" is the tree
// of a repository without a commit. Writes the file `keep`. Fatal when git fails.
struct changes git_changes(const struct repository *repository, const char *tree, const char *keep);
void changes_free(struct changes *changes);

// Whether the mode is that of a file with content, no link and no submodule.
bool git_is_file(const char *mode);

// Writes contents, each "MODE BLOB", into the folder under these names, which have no slash, as a checkout would. The
// folder is to be new. Fatal when git fails.
void git_extract(const struct repository *repository, const struct strings *names, const struct strings *contents,
		 const char *folder);

#endif
