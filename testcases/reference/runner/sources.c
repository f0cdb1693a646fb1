// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sources.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "complain.h"
#include "files.h"
#include "process.h"

static void update(const char *path, const char *text, size_t length)
{
	if (file_update(path, text, length) < 0)
		fatal("%s: %s", path, strerror(errno));
}

static void copy_file(const char *from, const char *to)
{
	size_t length;
	char *text = file_read(from, &length);

	if (!text)
		fatal("%s: %s", from, strerror(errno));
	update(to, text, length);
	free(text);
}

static void copy_into(const char *from, const char *directory)
{
	char *to = path_join(directory, path_name(from));

	copy_file(from, to);
	free(to);
}

// Applies the patch as -p1 in the reference's folder, with the result elsewhere. An offset is
// fine, fuzz is not: the hunk could land in another operation.
static char *apply(const char *reference, const struct mutant *mutant, const char *made)
{
	char *patch = path_real(NULL, mutant->path), *log = format("%s.log", made), *text;
	struct strings words = {0};
	struct process process = {.words = &words, .output_file = log};
	const char *const fixed[] = {"patch", "-p1", "-F0", "--posix", "-s", "-f", "-r", "-", "-d"};
	char *fault = NULL;
	int status;

	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
		strings_add(&words, fixed[i]);
	strings_add(&words, reference);
	strings_add(&words, "-i");
	strings_add(&words, patch);
	strings_add(&words, "-o");
	strings_add(&words, made);
	remove(log);
	remove(made);
	status = process_run(&process, NULL);
	if (status == 127 && errno)
		fatal("patch: %s", strerror(errno));
	text = file_read(log, NULL);
	if (status || (text && strstr(text, "FAILED"))) {
		if (text)
			text[strcspn(text, "\n")] = '\0';
		fault = format("the patch does not apply: %s", text && *text ? text : "patch failed");
		remove(made);
	}
	remove(log);
	free(text);
	free(log);
	free(patch);
	strings_free(&words);
	return fault;
}

static void add(struct sources *sources, struct source source)
{
	sources->at = reallocate(sources->at, sources->count + 1, sizeof(*sources->at));
	sources->at[sources->count++] = source;
}

static char *file_of(const struct sources *sources, const struct source *source, const char *end)
{
	return format("%s/%s%s", sources->directory, source->stem, end);
}

static void write_mutant(const char *reference, const struct mutant *mutant, struct sources *sources)
{
	struct source source = {
		.stem = format("fenced-%s", mutant->name), .flavour = mutant->fence, .mutant = mutant};
	char *file = file_of(sources, &source, ".c"), *fresh = format("%s.fresh", file);

	source.fault = apply(reference, mutant, fresh);
	if (source.fault) {
		complain("%s: %s", mutant->path, source.fault);
		remove(file);
	} else {
		copy_file(fresh, file);
		remove(fresh);
	}
	add(sources, source);
	free(fresh);
	free(file);
}

// The reference's own Makefile says which flags its kernel version needs; the flavour is a matter of each object here.
static void write_kbuild(const struct sources *sources)
{
	static const char *const flags[FLAVOURS] = {"", "-DFENCED_SRCU", "-DFENCED_CLOSE"};
	char *path = path_join(sources->directory, "Kbuild"), *text;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	fputs("include $(src)/Makefile\nobj-m := board.o\n", to);
	for (size_t i = 0; i < sources->count; i++) {
		const struct source *source = &sources->at[i];

		if (source->fault)
			continue;
		fprintf(to, "obj-m += %s.o\n", source->stem);
		if (*flags[source->flavour])
			fprintf(to, "CFLAGS_%s.o := %s\n", source->stem, flags[source->flavour]);
	}
	fclose(to);
	update(path, text, length);
	free(text);
	free(path);
}

// Files of mutants that are no more would not harm, but be misread as some that are.
static void remove_strangers(const struct sources *sources)
{
	char *pattern = path_join(sources->directory, "fenced-*.c");
	glob_t found;

	if (glob(pattern, 0, NULL, &found))
		found.gl_pathc = 0;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *name = path_name(found.gl_pathv[i]);
		bool known = strstr(name, ".mod.c") != NULL;

		for (size_t j = 0; j < sources->count && !known; j++) {
			size_t length = strlen(sources->at[j].stem);

			known = !strncmp(sources->at[j].stem, name, length) && !strcmp(name + length, ".c");
		}
		if (!known)
			remove(found.gl_pathv[i]);
	}
	if (found.gl_pathc)
		globfree(&found);
	free(pattern);
}

struct sources sources_write(const char *reference, const struct mutants *mutants,
			     const char *directory)
{
	static const char *const shared[] = {"*.h", "board.c", "Makefile"};
	struct sources sources = {0};
	char *driver = path_join(reference, "fenced.c");

	if (make_directories(directory) < 0)
		fatal("%s: %s", directory, strerror(errno));
	sources.directory = path_real(NULL, directory);
	for (size_t i = 0; i < sizeof(shared) / sizeof(*shared); i++) {
		char *pattern = path_join(reference, shared[i]);
		glob_t found;

		if (glob(pattern, 0, NULL, &found))
			fatal("%s: there is no such file", pattern);
		for (size_t j = 0; j < found.gl_pathc; j++)
			copy_into(found.gl_pathv[j], sources.directory);
		globfree(&found);
		free(pattern);
	}
	for (int i = 0; i < FLAVOURS; i++) {
		struct source source = {.stem = format("fenced-%s", flavour_names[i]),
					.flavour = (enum flavour)i};
		char *file = file_of(&sources, &source, ".c");

		copy_file(driver, file);
		add(&sources, source);
		free(file);
	}
	for (size_t i = 0; i < mutants->count; i++)
		write_mutant(reference, &mutants->at[i], &sources);
	remove_strangers(&sources);
	write_kbuild(&sources);
	free(driver);
	return sources;
}

void sources_free(struct sources *sources)
{
	for (size_t i = 0; i < sources->count; i++) {
		free(sources->at[i].stem);
		free(sources->at[i].fault);
	}
	free(sources->at);
	free(sources->directory);
	*sources = (struct sources){0};
}

char *sources_first_error(const char *log)
{
	static const char *const marks[] = {"warning: ", "error: ", "ERROR: ", "*** "};
	char *text = file_read(log, NULL), *found = NULL;

	for (char *line = text; line && *line && !found;) {
		size_t length = strcspn(line, "\n");
		char *one = copy_span(line, length);

		for (size_t i = 0; i < sizeof(marks) / sizeof(*marks) && !found; i++)
			if (strstr(one, marks[i]))
				found = copy(one);
		free(one);
		line += length + (line[length] == '\n');
	}
	free(text);
	return found ? found : copy("it printed no error");
}

static int make_all(const struct sources *sources, const struct strings *make, long jobs, const char *log)
{
	struct strings words = {0};
	struct process process = {.words = &words, .output_file = log};
	int status;

	strings_add_all(&words, make);
	strings_take(&words, format("M=%s", sources->directory));
	strings_add(&words, "FENCE=");
	strings_take(&words, format("-j%ld", jobs));
	strings_add(&words, "-k");
	strings_add(&words, "modules");
	remove(log);
	status = process_run(&process, NULL);
	strings_free(&words);
	if (process_interrupted())
		fatal("interrupted");
	if (status == 127 && errno)
		fatal("make: %s", strerror(errno));
	return status;
}

// Those without an object get a fault, and lose a module that an earlier build may have left. How many there are.
static size_t find_broken(struct sources *sources, const char *log)
{
	size_t count = 0;

	for (size_t i = 0; i < sources->count; i++) {
		struct source *source = &sources->at[i];
		char *object = file_of(sources, source, ".o"), *module = file_of(sources, source, ".ko");

		if (!source->fault && !file_exists(object)) {
			source->fault = copy("it does not build");
			complain("%s: %s, see %s", source->stem, source->fault, log);
			remove(module);
			count++;
		}
		free(module);
		free(object);
	}
	return count;
}

bool sources_make(struct sources *sources, const struct strings *make, long jobs, const char *log)
{
	int status = make_all(sources, make, jobs, log);
	char *broken;

	if (!status)
		return true;
	broken = format("%s.broken", log);
	rename(log, broken);
	// One that does not compile keeps Kbuild from linking the others.
	if (find_broken(sources, broken)) {
		write_kbuild(sources);
		status = make_all(sources, make, jobs, log);
	}
	if (status) {
		char *error = sources_first_error(file_exists(log) ? log : broken);

		complain("Kbuild: %s; see %s", error, file_exists(log) ? log : broken);
		free(error);
	}
	free(broken);
	return !status;
}
