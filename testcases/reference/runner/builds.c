// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "builds.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "files.h"
#include "kernel.h"
#include "process.h"

// Files with a mistake that must be complained about: who says nothing about them has not looked. The compilers warn
// about a variable that is only set with W=1 alone; what does not compile is not shown to sparse.
static const struct control {
	const char *stem, *who, *mark, *text;
} style_control = {"control-style", "checkpatch", "Missing a blank line",
		   "// SPDX-License-Identifier: GPL-2.0-only\n"
		   "int control(int value)\n"
		   "{\n"
		   "\tint copy;\n"
		   "\tcopy = value;\n"
		   "\treturn copy;\n"
		   "}\n"},
  compiler_control = {"control-compiler", "the compiler with W=1", "set_only",
		      "// SPDX-License-Identifier: GPL-2.0-only\n"
		      "void control(void);\n"
		      "void control(void)\n"
		      "{\n"
		      "\tint set_only;\n"
		      "\n"
		      "\tset_only = 1;\n"
		      "}\n"},
  sparse_control = {"control-sparse", "sparse", "removes address space",
		    "// SPDX-License-Identifier: GPL-2.0-only\n"
		    "#include <linux/io.h>\n"
		    "int control(void __iomem *regs);\n"
		    "int control(void __iomem *regs)\n"
		    "{\n"
		    "\treturn *(int *)regs;\n"
		    "}\n"};

static void count(struct builds *builds, bool good)
{
	*(good ? &builds->passed : &builds->failed) += 1;
}

static bool is_complaint(const char *line)
{
	return strstr(line, "warning: ") || strstr(line, "error: ") || strstr(line, "WARNING: ") ||
	       strstr(line, "ERROR: ") || strstr(line, "CHECK: ");
}

// Whether the line is about STEM.c or STEM.o.
static bool is_about(const char *line, const char *stem)
{
	size_t length = strlen(stem);

	for (const char *at = line; (at = strstr(at, stem)); at += length)
		if (at[length] == '.' && (at[length + 1] == 'c' || at[length + 1] == 'o') &&
		    (at == line || at[-1] == '/' || at[-1] == ' '))
			return true;
	return false;
}

static struct strings complaints_in(const char *log)
{
	struct strings found = {0};
	char *text = file_read(log, NULL);

	if (!text)
		fatal("%s: %s", log, strerror(errno));
	for (const char *line = text; *line;) {
		size_t length = strcspn(line, "\n");
		char *one = copy_span(line, length);

		if (is_complaint(one))
			strings_add(&found, one);
		free(one);
		line += length + (line[length] == '\n');
	}
	free(text);
	return found;
}

// Every file whose name is not in a complaint has passed. `left`, at the end, are complaints about none of them.
static void judge(struct builds *builds, const char *where, const struct strings *stems,
		  const struct strings *complaints)
{
	bool *used = allocate(complaints->count * sizeof(*used));
	size_t left = 0;

	for (size_t i = 0; i < stems->count; i++) {
		bool good = true;

		for (size_t j = 0; j < complaints->count; j++) {
			if (!is_about(complaints->at[j], stems->at[i]))
				continue;
			used[j] = true;
			if (good)
				printf("FAILED %s: %s: %s\n", where, stems->at[i], complaints->at[j]);
			good = false;
		}
		count(builds, good);
	}
	for (size_t j = 0; j < complaints->count; j++) {
		if (used[j] || strstr(complaints->at[j], "/control-"))
			continue;
		if (!left++)
			printf("FAILED %s: %s\n", where, complaints->at[j]);
	}
	builds->failed += left > 0;
	free(used);
}

static void judge_control(struct builds *builds, const char *where, const struct strings *complaints,
			  const struct control *control)
{
	bool seen = false;

	for (size_t i = 0; i < complaints->count; i++)
		seen |= is_about(complaints->at[i], control->stem) &&
			strstr(complaints->at[i], control->mark);
	if (!seen)
		printf("FAILED %s: %s did not complain about %s.c\n", where, control->who, control->stem);
	count(builds, seen);
}

static void write_control(const struct sources *sources, const struct control *control)
{
	char *path = format("%s/%s.c", sources->directory, control->stem);

	if (file_write(path, control->text, strlen(control->text)) < 0)
		fatal("%s: %s", path, strerror(errno));
	free(path);
}

static struct strings stems_of(struct builds *builds, const struct sources *sources)
{
	struct strings stems = {0};

	strings_add(&stems, "board");
	for (size_t i = 0; i < sources->count; i++) {
		if (sources->at[i].fault)
			builds->trouble = true;
		else
			strings_add(&stems, sources->at[i].stem);
	}
	return stems;
}

static bool built_with_gcc(const char *build)
{
	char *path = path_join(build, ".config"), *config = file_read(path, NULL);
	bool gcc = config && strstr(config, "\nCONFIG_CC_IS_GCC=y");

	free(config);
	free(path);
	return gcc;
}

static void run(const struct strings *words, const char *log)
{
	struct process process = {.words = words, .output_file = log};
	int status;

	status = process_run(&process, NULL);
	if (process_interrupted())
		fatal("interrupted");
	if (status == 127 && errno)
		fatal("%s: %s", words->at[0], strerror(errno));
}

// Objects only: nothing is linked, so the tree needs no Module.symvers.
static void compile(const struct builds *builds, const struct sources *sources, const struct strings *stems,
		    const struct kernel *kernel, bool sparse, const char *log)
{
	struct strings words = kernel_make(kernel);

	strings_add(&words, "W=1");
	strings_add(&words, "FENCE=");
	if (sparse)
		strings_add(&words, "C=1");
	strings_take(&words, format("M=%s", sources->directory));
	strings_take(&words, format("-j%ld", builds->jobs));
	strings_add(&words, "-Otarget");
	strings_add(&words, "-k");
	for (size_t i = 0; i < stems->count; i++)
		strings_take(&words, format("%s.o", stems->at[i]));
	strings_take(&words, format("%s.o", compiler_control.stem));
	strings_take(&words, format("%s.o", sparse_control.stem));
	run(&words, log);
	strings_free(&words);
}

void builds_tree(struct builds *builds, const char *tree)
{
	size_t name = strcspn(tree, "="), src = strcspn(tree, ":");

	if (!tree[name] || !tree[src] || name > src)
		fatal("--tree: '%s' is not NAME=SRC:BUILD", tree);
	char *where = copy_span(tree, name), *source = copy_span(tree + name + 1, src - name - 1);
	char *directory = format("%s/%s", builds->work, where), *log = format("%s.log", directory);
	struct kernel kernel = kernel_open(source, tree + src + 1);
	bool sparse = built_with_gcc(kernel.build);
	struct sources sources;
	struct strings stems, complaints;

	// From nothing: an object that is there is not compiled, and then nobody warns.
	remove_tree(directory);
	remove(log);
	sources = sources_write(builds->reference, builds->mutants, directory);
	write_control(&sources, &compiler_control);
	write_control(&sources, &sparse_control);
	stems = stems_of(builds, &sources);
	compile(builds, &sources, &stems, &kernel, sparse, log);
	complaints = complaints_in(log);
	for (size_t i = 0; i < stems.count; i++) {
		char *object = format("%s/%s.o", sources.directory, stems.at[i]);

		if (!file_exists(object))
			strings_take(&complaints, format("%s.o: error: it was not built, see %s", stems.at[i], log));
		free(object);
	}
	judge(builds, where, &stems, &complaints);
	judge_control(builds, where, &complaints, &compiler_control);
	if (sparse)
		judge_control(builds, where, &complaints, &sparse_control);
	strings_free(&complaints);
	strings_free(&stems);
	sources_free(&sources);
	free(log);
	free(directory);
	free(source);
	free(where);
}

void builds_style(struct builds *builds, const char *src)
{
	char *directory = format("%s/style", builds->work), *log = format("%s.log", directory);
	struct sources sources = sources_write(builds->reference, builds->mutants, directory);
	struct strings stems, complaints, words = {0};

	write_control(&sources, &style_control);
	stems = stems_of(builds, &sources);
	strings_add(&words, "perl");
	strings_take(&words, format("%s/scripts/checkpatch.pl", src));
	strings_add(&words, "--no-tree");
	strings_add(&words, "--strict");
	strings_add(&words, "--terse");
	strings_add(&words, "--no-summary");
	strings_add(&words, "-f");
	for (size_t i = 0; i < stems.count; i++)
		strings_take(&words, format("%s/%s.c", sources.directory, stems.at[i]));
	strings_take(&words, format("%s/fenced.h", sources.directory));
	strings_take(&words, format("%s/%s.c", sources.directory, style_control.stem));
	remove(log);
	run(&words, log);
	complaints = complaints_in(log);
	judge(builds, "checkpatch", &stems, &complaints);
	judge_control(builds, "checkpatch", &complaints, &style_control);
	strings_free(&complaints);
	strings_free(&stems);
	strings_free(&words);
	sources_free(&sources);
	free(log);
	free(directory);
}
