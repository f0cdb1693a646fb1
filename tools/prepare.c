// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// strongfence prepare: a kernel build directory that is configured and has the generated headers, which
// is all that analysis needs; nothing of the kernel is compiled.

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "complain.h"
#include "files.h"
#include "kernel.h"
#include "options.h"
#include "process.h"
#include "progress.h"

static const char help[] =
	"usage: strongfence prepare --kernel-src DIR --kernel-build DIR [OPTION...]\n"
	"\n"
	"Configures the build directory with clang and makes the generated headers (make\n"
	"modules_prepare); the kernel is not built. The log is kept in the build\n"
	"directory, .strongfence/prepare.log.\n"
	"\n"
	"  --config WHAT    allmodconfig (default), defconfig, another ...config target of\n"
	"                   the kernel, or a file, brought up to date with olddefconfig\n"
	"  --arch ARCH      as the kernel names it: x86_64, arm64, ...\n"
	"  --llvm 19|22     which clang\n"
	"  -v               show what make prints\n"
	"\n"
	"Exit status: 0 ready, 2 not.\n";

struct log {
	FILE *file;
	bool verbose;
	char *error; // make's first complaint
};

static void see_line(void *context, char *line)
{
	struct log *log = context;

	fprintf(log->file, "%s\n", line);
	if (log->verbose)
		fprintf(stderr, "%s\n", line);
	else
		progress_note(line);
	if (!log->error && (strstr(line, "***") || strstr(line, "error:")) && strlen(line) > 4)
		log->error = copy(line);
}

static void make(const struct strings *base, const char *target, struct log *log, const char *path)
{
	struct strings words = {0};
	struct process process = {
		.words = &words, .line = see_line, .context = log, .join_errors = true};
	int status;

	strings_add_all(&words, base);
	strings_add(&words, target);
	progress_start(target);
	status = process_run(&process, NULL);
	progress_clear();
	strings_free(&words);
	if (process_interrupted())
		fatal("interrupted; run the same command again");
	if (status == 127 && errno)
		fatal("make: %s", strerror(errno));
	if (status)
		fatal("make %s: %s; the log is %s", target, log->error ? log->error : "failed", path);
}

// "allmodconfig" is a target of the kernel's make unless a file of that name is there.
static bool is_target(const char *name)
{
	size_t length = strlen(name), tail = strlen("config");

	return !strpbrk(name, "/.") && length >= tail && !strcmp(name + length - tail, "config") &&
	       !file_exists(name);
}

// The configuration file goes into the build directory; olddefconfig answers what is new in it.
static const char *place_config(const struct options *options, const char *build)
{
	char *to = path_join(build, ".config");
	char *text;
	size_t length;

	if (is_target(options->config))
		return options->config;
	text = file_read(options->config, &length);
	if (!text)
		fatal("--config: %s: %s", options->config, strerror(errno));
	if (strncmp(text, "CONFIG_", 7) && !strstr(text, "\nCONFIG_"))
		fatal("--config: %s: not a kernel configuration", options->config);
	if (file_update(to, text, length) < 0)
		fatal("%s: %s", to, strerror(errno));
	free(text);
	free(to);
	return "olddefconfig";
}

int command_prepare(int argc, char **argv)
{
	struct options options = options_read(argc, argv, TAKES_KERNEL | TAKES_CONFIG | TAKES_LLVM);
	struct strings words = {0};
	struct log log = {.verbose = options.verbose};
	const char *target;
	char *folder, *path, *build;

	if (options.help) {
		fputs(help, stdout);
		return VERDICT_CLEAN;
	}
	if (options.paths.count)
		fatal("prepare: unexpected argument '%s'", options.paths.at[0]);
	if (!options.kernel_src || !options.kernel_build)
		fatal("prepare: --kernel-src and --kernel-build are needed");
	kernel_check_source(options.kernel_src);
	if (kernel_built_in_place(options.kernel_src))
		fatal("%s: built in place, so Kbuild refuses another build directory: scan it with its own "
		      "compile_commands.json (make compile_commands.json), or run 'make mrproper' there first",
		      options.kernel_src);
	folder = path_join(options.kernel_build, ".strongfence");
	if (make_directories(folder) < 0)
		fatal("%s: %s", folder, strerror(errno));
	build = path_real(NULL, options.kernel_build);
	if (!options.config)
		options.config = copy("allmodconfig");
	path = path_join(folder, "prepare.log");
	log.file = fopen(path, "w");
	if (!log.file)
		fatal("%s: %s", path, strerror(errno));

	strings_add(&words, "make");
	strings_add(&words, "-C");
	strings_take(&words, path_real(NULL, options.kernel_src));
	strings_take(&words, format("O=%s", build));
	strings_take(&words, format("LLVM=-%d", options.llvm));
	if (options.arch)
		strings_take(&words, format("ARCH=%s", options.arch));
	strings_take(&words, format("-j%ld", options.jobs));
	target = place_config(&options, build);
	make(&words, target, &log, path);
	make(&words, "modules_prepare", &log, path);
	if (fclose(log.file) != 0)
		fatal("%s: %s", path, strerror(errno));
	say("%s is ready: strongfence scan --kernel-src %s --kernel-build %s", options.kernel_build,
	    options.kernel_src, options.kernel_build);
	free(build);
	free(path);
	free(folder);
	free(log.error);
	strings_free(&words);
	return VERDICT_CLEAN;
}
