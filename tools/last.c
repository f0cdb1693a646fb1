// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "last.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "files.h"
#include "findings.h"
#include "output.h"

static const char name[] = "findings.jsonl";

bool last_write(const struct analysis *analysis)
{
	const struct results *results = &analysis->results;
	char *path, *text = NULL;
	size_t length;
	bool written;
	FILE *to;

	if (!analysis->inputs.state)
		return true;
	path = path_join(analysis->inputs.state, name);
	to = open_memstream(&text, &length);
	if (!to)
		fatal("out of memory");
	// A root that is not UTF-8 is left out.
	json_t *run = json_pack("{s:s, s:b}", "type", "run", "fences", !!(analysis->engines & ENGINE_CLANG));
	json_t *list = json_array(), *root = json_string(analysis->inputs.root);

	if (root)
		json_object_set_new(run, "root", root);
	json_array_append_new(list, run);
	output_json(to, list, NULL);
	output_json(to, results->findings, NULL);
	output_json(to, results->known, NULL);
	output_json(to, results->fences, "fence");
	fclose(to);
	written = file_write(path, text, length) == 0;
	if (!written)
		complain("%s: %s; mail will not know these findings", path, strerror(errno));
	json_decref(list);
	free(text);
	free(path);
	return written;
}

static struct last last_parse(const char *path, const char *text, size_t length)
{
	struct last last = {0};
	char *fault;

	last.findings = findings_parse(text, length, &fault);
	if (!last.findings)
		fatal("%s: %s; these are no findings that --format json wrote", path, fault);
	for (const char *at = text, *end; *at; at = *end ? end + 1 : end) {
		json_t *object;
		const char *type;

		end = strchrnul(at, '\n');
		object = json_loadb(at, (size_t)(end - at), 0, NULL);
		type = json_string_value(json_object_get(object, "type"));
		if (type && !strcmp(type, "run")) {
			const char *root = json_string_value(json_object_get(object, "root"));

			free(last.root);
			last.root = root ? copy(root) : NULL;
			if (json_is_true(json_object_get(object, "fences")) && !last.fences)
				last.fences = json_array();
		} else if (type && !strcmp(type, "fence")) {
			if (!last.fences)
				last.fences = json_array();
			json_object_del(object, "type");
			json_array_append(last.fences, object);
		}
		json_decref(object);
	}
	return last;
}

struct last last_read(const char *path)
{
	size_t length;
	char *text = file_read(!strcmp(path, "-") ? "/dev/stdin" : path, &length);
	struct last last;

	if (!text)
		fatal("%s: %s", path, strerror(errno));
	last = last_parse(path, text, length);
	free(text);
	return last;
}

struct last last_of(const char *state)
{
	char *path = path_join(state, name);
	struct last last;

	if (!file_exists(path))
		fatal("%s: no run left its findings there; run check or scan first, or name a file with --findings",
		      state);
	last = last_read(path);
	free(path);
	return last;
}
