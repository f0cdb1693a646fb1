// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files and path names. Functions that return int give 0, or -1 with errno.

#ifndef STRONGFENCE_FILES_H
#define STRONGFENCE_FILES_H

#include <stdbool.h>
#include <stddef.h>

// The whole file, NUL-terminated; NULL with errno. Caller frees.
char *file_read(const char *path, size_t *length);

// Written beside it and renamed over it: never half a file under that name.
int file_write(const char *path, const char *data, size_t length);

// file_write, but only when the content differs, so that an unchanged file
// keeps its time stamp.
int file_update(const char *path, const char *data, size_t length);

bool file_exists(const char *path);
bool is_directory(const char *path);
bool is_program(const char *path);
int make_directories(const char *path);
void remove_tree(const char *path);

char *path_join(const char *base, const char *path); // path alone when absolute
char *path_parent(const char *path);
const char *path_name(const char *path); // what follows the last slash

// Absolute, with "." and ".." and doubled slashes resolved by name.
char *path_plain(const char *base, const char *path);

// realpath where the file exists, path_plain where it does not.
char *path_real(const char *base, const char *path);

// The part of path below root, or NULL when it is not below it; "" for root.
const char *path_below(const char *root, const char *path);

char *working_directory(void);

#endif
