// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dryrun.h"

#include <stdlib.h>
#include <string.h>

#include "words.h"

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);

	return length >= tail && !strcmp(text + length - tail, end);
}

// Kbuild's recipe for an object echoes its command, sets traps, compiles, and
// runs fixdep and objtool: the one simple command of them that has -c, an object
// to write and a C source last, and is for the kernel, not the host, is it.
static void see_command(void *context, const struct strings *words)
{
	struct dryrun *run = context;
	const char *object = NULL, *source;
	bool compiles = false, kernel = false;

	if (words->count < 4)
		return;
	source = words->at[words->count - 1];
	if (!ends_with(source, ".c"))
		return;
	for (size_t i = 1; i < words->count; i++) {
		if (!strcmp(words->at[i], "-c"))
			compiles = true;
		else if (!strcmp(words->at[i], "-D__KERNEL__"))
			kernel = true;
		else if (!strcmp(words->at[i], "-o") && i + 1 < words->count)
			object = words->at[i + 1];
	}
	if (!compiles || !kernel || !object || !ends_with(object, ".o"))
		return;

	struct compile one = {
		.directory = copy(run->directory),
		.file = copy(source),
		.output = copy(object),
	};

	for (size_t i = 0; i < words->count; i++)
		if (strcmp(words->at[i], DRYRUN_FLAG))
			strings_add(&one.arguments, words->at[i]);
	compiles_take(&run->found, one);
}

void dryrun_line(struct dryrun *run, const char *line)
{
	size_t length = strcspn(line, "\n");
	bool more = length && line[length - 1] == '\\';
	char *whole;

	if (run->pending) {
		whole = format("%s\n%.*s", run->pending, (int)length, line);
		free(run->pending);
		run->pending = NULL;
	} else {
		// Most of the output has nothing to do with compiling.
		if (!more && !strstr(line, "-D__KERNEL__"))
			return;
		whole = copy_span(line, length);
	}
	if (more) {
		run->pending = whole;
		return;
	}
	if (strstr(whole, "-D__KERNEL__") && !words_each_command(whole, see_command, run))
		run->unreadable++;
	free(whole);
}

void dryrun_end(struct dryrun *run)
{
	if (run->pending) {
		char *last = run->pending;

		run->pending = NULL;
		if (strstr(last, "-D__KERNEL__") && !words_each_command(last, see_command, run))
			run->unreadable++;
		free(last);
	}
}
