// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// strongfence doctor: is everything there, and if not, what to do.

#include <stdio.h>
#include <stdlib.h>

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
	"usage: strongfence doctor [--llvm 19|22] [--kernel-src DIR [--kernel-build DIR]]\n"
	"\n"
	"Looks at everything that a scan needs and says what to do about what is missing.\n"
	"Exit status: 0 all is there, 2 something is missing. What only --engine cocci needs is optional.\n";

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
		char *advice = format("%s: no such program; build strongfence for LLVM %d", looked_for, llvm);

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

// The second engine is not what a scan runs unless it is asked for.
static void absent(const char *what, const char *detail)
{
	printf("optional %-24s %s; --engine cocci and both need it\n", what, detail);
}

static void look_for_spatch(void)
{
	char *fault = NULL, *version = spatch_version(&fault);

	if (version)
		good("spatch", version);
	else
		absent("spatch", fault);
	free(version);
	free(fault);
}

static void look_for_scripts(void)
{
	struct strings asked = {0}, found;
	char *looked_for = NULL, *folder = scripts_find(&looked_for), *text;

	if (!folder) {
		text = format("%s: none there", looked_for);
		absent("semantic patches", text);
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
	struct options options = options_read(argc, argv, TAKES_KERNEL | TAKES_LLVM);
	char *clang, *package;

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
	fflush(stdout);
	if (options.kernel_src)
		look_at_kernel(&options);
	else if (options.kernel_build)
		fatal("doctor: --kernel-build needs --kernel-src");
	free(package);
	free(clang);
	return well ? VERDICT_CLEAN : VERDICT_TROUBLE;
}
