// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// strongfence doctor: is everything there, and if not, what to do.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "complain.h"
#include "files.h"
#include "kernel.h"
#include "options.h"
#include "plugin.h"
#include "process.h"
#include "program.h"
#include "rules.h"
#include "scripts.h"

static const char help[] =
	"usage: strongfence doctor [--llvm 19|22] [--kernel-src DIR] [--kernel-build DIR]\n"
	"                          [--kernel-model FILE]...\n"
	"\n"
	"Looks at everything that a scan needs, the kernel tree and the kernel models that are\n"
	"named among it, and says what to do about what is missing. What one command or option\n"
	"alone needs (prepare, scan-build, semantic patches, git) is optional.\n"
	"\n"
	"  --llvm 19|22           whose clang, unit program and plugin\n"
	"  --kernel-src DIR, --kernel-build DIR   the kernel tree, and where it was prepared\n"
	"  --kernel-model FILE    more kernel knowledge, may be repeated\n"
	"\n"
	"Exit status: 0 all is there, 2 something is missing.\n";

static bool well;

static void good(const char *what, const char *detail)
{
	printf("ok       %-24s %s\n", what, detail);
}

static void bad(const char *what, const char *detail)
{
	printf("MISSING  %-24s %s\n", what, detail);
	well = false;
}

static void look_for_program(const char *name, const char *package)
{
	char *path = program_path(name);

	if (path) {
		good(name, path);
	} else {
		char *advice = format("install the package %s", package);

		bad(name, advice);
		free(advice);
	}
	free(path);
}

static void look_for_unit_program(int llvm)
{
	char *looked_for = NULL;
	char *program = program_find(llvm, &looked_for);
	char *fault;

	if (!program) {
		char *advice = format("%s: no such program; build strongfence for LLVM %d, or install the package "
				      "strongfence-llvm%d",
				      looked_for, llvm, llvm);

		bad("unit program", advice);
		free(advice);
		free(looked_for);
		return;
	}
	fault = program_fault(program, llvm);
	if (fault) {
		char *detail = format("%s: %s", program, fault);

		bad("unit program", detail);
		free(detail);
	} else {
		size_t alphas = 0;

		for (size_t i = 0; i < rule_count; i++)
			alphas += rule_is_alpha(&rules[i]);
		char *detail = format("%s knows all %zu rules, %zu of them alpha", program, rule_count, alphas);

		good("unit program", detail);
		free(detail);
	}
	free(fault);
	free(program);
	free(looked_for);
}

static void look_for_plugin(int llvm, const char *clang)
{
	char *looked_for = NULL, *plugin = plugin_find(llvm, &looked_for), *path = program_path(clang), *text = NULL;

	if (!plugin) {
		text = format("%s: no such plugin; build strongfence for LLVM %d", looked_for, llvm);
	} else if (path) {
		char *fault = plugin_fault(plugin, path);

		text = fault ? format("%s: %s", plugin, fault) : NULL;
		free(fault);
	}
	if (text)
		bad("plugin for clang", text);
	else
		good("plugin for clang", plugin);
	free(text);
	free(path);
	free(plugin);
	free(looked_for);
}

// What a scan does without, unless it is asked for.
static void absent(const char *what, const char *detail, const char *who)
{
	printf("optional %-24s %s; %s\n", what, detail, who);
}

static const char engine[] = "--engine cocci and both need it";

static void look_for_optional(const char *what, const char *program, const char *package, const char *who)
{
	char *path = program_path(program);

	if (path) {
		good(what, path);
	} else {
		char *advice = format("install the package %s", package);

		absent(what, advice, who);
		free(advice);
	}
	free(path);
}

// With what the kernel's own makefiles run.
static void look_for_preparation(int llvm)
{
	static const char *const tools[][2] = {
		{"flex", "flex"}, {"bison", "bison"}, {"bc", "bc"}, {"ld.lld-%d", "lld-%d"}, {"llvm-ar-%d", "llvm-%d"}};
	char *missing = copy("install the packages");
	bool whole = true;

	for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++) {
		const char *mark = strchr(tools[i][0], '%');
		char *program = mark ? format("%.*s%d", (int)(mark - tools[i][0]), tools[i][0], llvm) : copy(tools[i][0]);
		char *path = program_path(program);

		if (!path) {
			const char *in = strchr(tools[i][1], '%');
			char *longer = in ? format("%s %.*s%d", missing, (int)(in - tools[i][1]), tools[i][1], llvm)
					  : format("%s %s", missing, tools[i][1]);

			free(missing);
			missing = longer;
			whole = false;
		}
		free(path);
		free(program);
	}
	if (whole)
		good("kernel's build tools", "flex, bison, bc, lld and the others of LLVM");
	else
		absent("kernel's build tools", missing, "prepare needs them");
	free(missing);
}

static void look_for_spatch(void)
{
	char *fault = NULL, *version = spatch_version(&fault);

	if (version)
		good("spatch", version);
	else
		absent("spatch", fault, engine);
	free(version);
	free(fault);
}

static void look_for_scripts(void)
{
	struct strings asked = {0}, found;
	char *looked_for = NULL, *folder = scripts_find(&looked_for), *text;

	if (!folder) {
		text = format("%s: none there", looked_for);
		absent("semantic patches", text, engine);
		free(looked_for);
		free(text);
		return;
	}
	for (size_t i = 0; i < rule_count; i++)
		strings_add(&asked, rules[i].key);
	found = scripts_rules(folder, &asked);
	text = format("%s has them for %zu of %zu rules", folder, found.count, rule_count);
	for (size_t i = 0, none = 0; i < rule_count; i++) {
		char *longer;

		if (strings_have(&found, rules[i].key))
			continue;
		longer = format("%s%s %s", text, none++ ? "," : ", none for", rules[i].key);
		free(text);
		text = longer;
	}
	good("semantic patches", text);
	strings_free(&asked);
	strings_free(&found);
	free(folder);
	free(text);
}

// Its rows: what is built in, and what the files add. What is wrong with a file is fatal, with line and reason.
static void look_at_model(const struct options *options)
{
	const struct strings *models = &options->models;
	char *looked_for = NULL, *program = program_find(options->llvm, &looked_for), *fault, *detail;
	struct strings rows;

	fault = program ? program_fault(program, options->llvm) : copy("");
	if (fault) {
		if (models->count)
			bad("kernel model", "without the unit program nobody can read it");
	} else {
		program_check_models(program, models);
		rows = program_lines(program, "--list-rows", models);
		detail = models->count ? format("%zu rows, with those of %zu file%s", rows.count, models->count,
						models->count == 1 ? "" : "s")
				       : format("%zu rows, built in", rows.count);
		good("kernel model", detail);
		strings_free(&rows);
		free(detail);
	}
	free(fault);
	free(program);
	free(looked_for);
}

// The tree's own checks are fatal with the reason and the cure, which is what is wanted here too, but the
// rest of the list comes first.
static void look_at_kernel(const struct options *options)
{
	struct kernel kernel;

	kernel_check_source(options->kernel_src);
	good("kernel tree", options->kernel_src);
	if (!options->kernel_build && !kernel_built_in_place(options->kernel_src))
		return;
	kernel = kernel_open(options->kernel_src, options->kernel_build);
	if (kernel.in_place) {
		char *database = path_join(kernel.src, "compile_commands.json");

		if (file_exists(database))
			good("compile commands", "built in place: its compile_commands.json is taken");
		else
			bad("compile commands",
			    "built in place: run 'make compile_commands.json' there, or 'make mrproper'");
		free(database);
		return;
	}
	good("kernel build directory", kernel.build);
}

int command_doctor(int argc, char **argv)
{
	struct options options = options_read(argc, argv, TAKES_KERNEL | TAKES_LLVM | TAKES_MODEL);
	char *clang, *package, *scan_build, *tools;

	if (options.help) {
		fputs(help, stdout);
		return VERDICT_CLEAN;
	}
	if (options.paths.count)
		fatal("doctor: unexpected argument '%s'", options.paths.at[0]);
	well = true;
	clang = format("clang-%d", options.llvm);
	package = copy(clang);
	look_for_program(clang, package);
	look_for_program("ninja", "ninja-build");
	look_for_program("make", "make");
	look_for_unit_program(options.llvm);
	look_for_plugin(options.llvm, clang);
	look_for_spatch();
	look_for_scripts();
	scan_build = format("scan-build-%d", options.llvm);
	tools = format("clang-tools-%d", options.llvm);
	look_for_preparation(options.llvm);
	look_for_optional("scan-build", scan_build, tools, "the command scan-build needs it");
	look_for_optional("git", "git", "git", "hook and scan --since need it");
	free(tools);
	free(scan_build);
	fflush(stdout);
	look_at_model(&options);
	fflush(stdout);
	if (!options.kernel_src && options.kernel_build) {
		options.kernel_src = kernel_source_of(options.kernel_build);
		if (!options.kernel_src)
			fatal("%s: does not say which kernel tree it is for; name it with --kernel-src", options.kernel_build);
	}
	if (options.kernel_src)
		look_at_kernel(&options);
	else
		puts("         kernel tree              none named: --kernel-src DIR [--kernel-build DIR] looks at one");
	free(package);
	free(clang);
	return well ? VERDICT_CLEAN : VERDICT_TROUBLE;
}
