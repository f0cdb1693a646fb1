// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Allocation that does not fail (the process ends instead), and a growing list
// of strings.

#ifndef STRONGFENCE_MEMORY_H
#define STRONGFENCE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *allocate(size_t size); // zeroed
void *reallocate(void *old, size_t count, size_t size);
char *copy(const char *text);
char *copy_span(const char *text, size_t length);
char *format(const char *pattern, ...) __attribute__((format(printf, 1, 2)));

// A list that owns its strings. `at` is NULL-terminated once something was
// added, so it can be passed to execvp.
struct strings {
	char **at;
	size_t count;
	size_t room;
};

void strings_add(struct strings *list, const char *text);
void strings_take(struct strings *list, char *text); // the list owns text now
void strings_add_all(struct strings *list, const struct strings *from);
bool strings_have(const struct strings *list, const char *text);
void strings_sort(struct strings *list);
bool strings_find(const struct strings *sorted, const char *text); // the same as strings_have, by halves
void strings_free(struct strings *list);

// FNV-1a, 64 bits, continued from `hash`.
#define HASH_START UINT64_C(0xcbf29ce484222325)
uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length);
uint64_t hash_text(uint64_t hash, const char *text); // with its terminator

// The text with control characters as \n, \t, \xNN. Caller frees.
char *visible(const char *text);

#endif
