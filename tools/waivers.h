// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rows of .strongfence.yaml: findings that are none, said outside of the source.

#ifndef STRONGFENCE_WAIVERS_H
#define STRONGFENCE_WAIVERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define WAIVERS_FILE ".strongfence.yaml"

struct waiver {
	size_t line; // of the row, from 1
	const char *rule;  // as rules.def has it
	char *file;        // a path below the root, or a pattern for fnmatch with FNM_PATHNAME
	char *function;    // NULL: any
	char *fingerprint; // NULL: any
	char *reason;
	bool used; // for whoever applies it
};

struct waivers {
	struct waiver *at;
	size_t count, room;
};

// Reads the file's text. False with *fault, "LINE:COLUMN: why" (caller frees), when anything in it is not as it has to
// be; there are no rows then. Takes any bytes.
bool waivers_parse(const char *text, size_t length, struct waivers *waivers, char **fault);

// Reads the file in that folder; none is no rows. What is wrong is fatal.
struct waivers waivers_read(const char *root);

// Whether the row's file is this one, named relative to the root.
bool waiver_names(const struct waiver *waiver, const char *file);

// Whether the row's file may be several.
bool waiver_is_pattern(const struct waiver *waiver);

// Whether the row is about the finding.
bool waiver_fits(const struct waiver *waiver, const json_t *finding);

void waivers_free(struct waivers *waivers);

#endif
