// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "database.h"
#include "descent.h"
#include "files.h"
#include "kbuild.h"

static bool is_kernel(const char *path)
{
	char *kbuild = path_join(path, "scripts/Makefile.build");
	bool found = file_exists(kbuild);

	free(kbuild);
	return found;
}

static void open_database(struct inputs *inputs, const struct options *options)
{
	char *folder;

	inputs->kind = INPUT_DATABASE;
	if (!inputs->database)
		inputs->database = database_path(options->database);
	folder = path_parent(inputs->database);
	if (!inputs->root && options->kernel_src) {
		kernel_check_source(options->kernel_src);
		inputs->root = path_real(NULL, options->kernel_src);
	}
	if (!inputs->root)
		inputs->root = kernel_source_of(folder);
	if (!inputs->root)
		inputs->root = is_kernel(folder) ? path_real(NULL, folder) : working_directory();
	inputs->state = path_join(folder, ".strongfence");
	free(folder);
}

struct inputs inputs_open(const struct options *options, bool files_alone)
{
	struct inputs inputs = {0};
	char *source = NULL;

	if (options->database && options->have_flags)
		fatal("-p and flags after '--' exclude each other");
	if (options->database) {
		open_database(&inputs, options);
	} else if (options->kernel_src || options->kernel_build) {
		if (options->have_flags)
			fatal("a kernel tree and flags after '--' exclude each other");
		source = options->kernel_src ? copy(options->kernel_src)
					     : kernel_source_of(options->kernel_build);
		if (!source)
			fatal("%s: not a kernel's build directory (it has no link 'source'); name the tree "
			      "with --kernel-src",
			      options->kernel_build);
		inputs.kernel = kernel_open(source, options->kernel_build);
		inputs.root = copy(inputs.kernel.src);
		if (inputs.kernel.in_place) {
			inputs.database = path_join(inputs.kernel.src, "compile_commands.json");
			if (!file_exists(inputs.database))
				fatal("%s: built in place, and it has no compile_commands.json: run 'make "
				      "compile_commands.json' there, or 'make mrproper' and then 'strongfence "
				      "prepare'",
				      inputs.kernel.src);
			say("%s: built in place, so Kbuild refuses O=: taking its compile_commands.json, "
			    "without the flags clang refuses",
			    inputs.kernel.src);
			open_database(&inputs, options);
		} else {
			inputs.kind = INPUT_KERNEL;
			inputs.state = path_join(inputs.kernel.build, ".strongfence");
		}
	} else if (files_alone) {
		inputs.kind = INPUT_FILES;
		inputs.root = working_directory();
	} else {
		fatal("nothing to work on: give --kernel-src and --kernel-build, or -p "
		      "compile_commands.json");
	}
	if (options->state) {
		free(inputs.state);
		inputs.state = copy(options->state);
	}
	free(source);
	return inputs;
}

// A path as given, relative to the kernel tree: named from there or from here.
static char *kernel_path(const struct kernel *kernel, const char *given)
{
	char *inside = path_real(kernel->src, given);
	char *here = path_real(NULL, given);
	const char *below = path_below(kernel->src, inside);
	char *found = NULL;
	size_t length;

	if (below && file_exists(inside))
		found = copy(below);
	else if ((below = path_below(kernel->src, here)) && file_exists(here))
		found = copy(below);
	if (!found)
		fatal("%s: no such file or directory in the kernel tree %s", given, kernel->src);
	if (!*found)
		fatal("%s: the whole tree cannot be asked for at once; name directories such as drivers "
		      "and sound",
		      given);
	free(inside);
	inside = path_join(kernel->src, found);
	length = strlen(found);
	if (!is_directory(inside) && (length < 3 || strcmp(found + length - 2, ".c")))
		fatal("%s: neither a directory nor a C source", given);
	free(inside);
	free(here);
	return found;
}

static bool collect_kernel(const struct inputs *inputs, const struct options *options,
			   const char *state, struct compiles *list)
{
	struct strings paths = {0};
	size_t asked;
	bool complete;

	for (size_t i = 0; i < options->paths.count; i++) {
		char *path = kernel_path(&inputs->kernel, options->paths.at[i]);

		if (strings_have(&paths, path))
			free(path);
		else
			strings_take(&paths, path);
	}
	if (!paths.count) {
		strings_add(&paths, "drivers");
		strings_add(&paths, "sound");
	}
	asked = paths.count;
	descent_add(inputs->kernel.src, &paths);
	complete = kbuild_compiles(&inputs->kernel, &paths, state, list);
	// The configuration need not have what was added.
	for (size_t i = 0; i < asked; i++) {
		char *whole = path_join(inputs->kernel.src, paths.at[i]);
		bool found = false;

		for (size_t j = 0; j < list->count && !found; j++) {
			char *file = path_plain(list->at[j].directory, list->at[j].file);
			char *object = path_plain(inputs->kernel.src, list->at[j].output);

			found = path_below(whole, file) || path_below(whole, object);
			free(object);
			free(file);
		}
		if (!found) {
			complain("%s: this configuration compiles no C source there", paths.at[i]);
			complete = false;
		}
		free(whole);
	}
	strings_free(&paths);
	return complete;
}

static bool collect_database(const struct inputs *inputs, const struct options *options,
			     struct compiles *list)
{
	struct compiles all = {0};
	size_t wanted = options->paths.count;
	struct strings places = {0}; // two for each path: in the tree, and from here
	bool *seen = allocate(wanted * sizeof(*seen));
	bool complete = true;

	database_load(inputs->database, &all);
	for (size_t i = 0; i < wanted; i++) {
		strings_take(&places, path_real(inputs->root, options->paths.at[i]));
		strings_take(&places, path_real(NULL, options->paths.at[i]));
	}
	for (size_t i = 0; i < all.count; i++) {
		struct compile *one = &all.at[i];
		char *file = path_real(one->directory, one->file);
		bool take = !wanted;

		for (size_t j = 0; j < places.count; j++) {
			if (!path_below(places.at[j], file))
				continue;
			seen[j / 2] = true;
			take = true;
		}
		if (take) {
			compiles_take(list, *one);
			*one = (struct compile){0};
		}
		free(file);
	}
	for (size_t i = 0; i < wanted; i++) {
		if (seen[i])
			continue;
		complain("%s: %s has no command for a C source there", options->paths.at[i],
			 inputs->database);
		complete = false;
	}
	if (!all.count)
		fatal("%s: it names no C source", inputs->database);
	compiles_free(&all);
	strings_free(&places);
	free(seen);
	return complete;
}

static void collect_files(const struct inputs *inputs, const struct options *options,
			  struct compiles *list)
{
	for (size_t i = 0; i < options->paths.count; i++) {
		struct compile one = {.directory = copy(inputs->root)};

		// A name that starts with '-' or '@' would be an option for clang.
		one.file = path_plain(inputs->root, options->paths.at[i]);
		if (is_directory(one.file))
			fatal("%s: a directory, not a C source", options->paths.at[i]);
		strings_add(&one.arguments, "clang");
		strings_add_all(&one.arguments, &options->flags);
		strings_add(&one.arguments, one.file);
		compiles_take(list, one);
	}
}

bool inputs_collect(struct inputs *inputs, const struct options *options, const char *state,
		    struct compiles *list)
{
	switch (inputs->kind) {
	case INPUT_KERNEL: return collect_kernel(inputs, options, state, list);
	case INPUT_DATABASE: return collect_database(inputs, options, list);
	case INPUT_FILES: collect_files(inputs, options, list); break;
	}
	return true;
}
