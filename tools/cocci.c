// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// strongfence cocci: the semantic patches of cocci/, with the function lists that they name filled in.

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "complain.h"
#include "files.h"
#include "lists.h"
#include "options.h"
#include "program.h"
#include "templates.h"

static const char help[] =
	"usage: strongfence cocci --install KERNEL_SRC [--kernel-model FILE]...\n"
	"       strongfence cocci -o DIR [--rules RULE,...] [--kernel-model FILE]...\n"
	"\n"
	"Writes the semantic patches, one RULE.cocci a rule, for `make coccicheck` and spatch. Their\n"
	"lists of functions come from the kernel model, so another API is a row of a --kernel-model\n"
	"and no new script.\n"
	"\n"
	"  --install KERNEL_SRC   into scripts/coccinelle/teardown/ of that kernel tree\n"
	"  -o DIR                 into DIR\n"
	"  --templates DIR        the templates, where they are not those of this installation\n"
	"  --rules RULE,...       these rules alone\n"
	"  --kernel-model FILE    rows in addition to the model that is built in\n"
	"  --llvm 19|22           whose unit program reads the model\n"
	"\n"
	"Exit status: 0 written, 2 not.\n";

static char *install_folder(const char *kernel)
{
	char *scripts = path_join(kernel, "scripts/coccinelle"), *folder;

	// Anything else is no kernel tree, and nothing is to be written into it.
	if (!is_directory(scripts))
		fatal("%s: no kernel source: it has no scripts/coccinelle", kernel);
	folder = path_join(scripts, "teardown");
	free(scripts);
	return folder;
}

int command_cocci(int argc, char **argv)
{
	struct options options =
		options_read(argc, argv, TAKES_SCRIPTS | TAKES_LLVM);
	char *program, *folder, *templates;
	struct lists *lists;
	size_t written;

	if (options.help) {
		fputs(help, stdout);
		return VERDICT_CLEAN;
	}
	if (!options.install == !options.output)
		fatal("cocci: either --install KERNEL_SRC or -o DIR");
	if (options.paths.count)
		fatal("cocci: unexpected '%s'", options.paths.at[0]);
	program = program_require(options.llvm);
	program_check_models(program, &options.models);
	folder = options.install ? install_folder(options.install) : copy(options.output);
	templates = options.templates ? copy(options.templates) : templates_folder();
	if (!templates)
		fatal("the templates of the semantic patches were not found beside this program; name them with --templates");
	if (make_directories(folder) < 0)
		fatal("%s: %s", folder, strerror(errno));
	lists = lists_open(program, &options.models);
	written = templates_write(templates, folder, lists, &options.rules);
	say("%zu semantic patches in %s", written, folder);
	lists_free(lists);
	free(templates);
	free(folder);
	free(program);
	return VERDICT_CLEAN;
}
