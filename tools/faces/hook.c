// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// strongfence hook: what git runs before a commit, by itself or through the pre-commit framework.
//
// A hook that holds commits up because it could not do its work is one that is taken out. The work is done in a child
// process, and what ends that early is said and lets the commit pass, unless --strict is given.

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "complain.h"
#include "files.h"
#include "hookfile.h"
#include "staged.h"
#include "text.h"

static const char help[] =
	"usage: strongfence hook [FILE...] [--kernel-build DIR | -p compile_commands.json]\n"
	"       strongfence hook --install [--kernel-build DIR | -p compile_commands.json]\n"
	"       strongfence hook --uninstall\n"
	"\n"
	"Checks the C sources that are staged for a commit, as they are staged, and prints the\n"
	"findings that HEAD does not have. FILE... are those of interest, by default all. What\n"
	"cannot be checked is said and holds no commit up.\n"
	"\n"
	"  --install              write git's pre-commit hook, and into the repository's\n"
	"                         configuration where the kernel is built\n"
	"  --uninstall            remove both\n"
	"  --strict               exit with 2 when something could not be checked\n"
	"  --kernel-src DIR, --kernel-build DIR, -p FILE, --state DIR   as for check; without them\n"
	"      git config strongfence.source, .build, .database and .state are asked, and then the\n"
	"      compile_commands.json at the top of the work tree\n"
	"  --rules A,B, --alpha, --min-severity LEVEL, --kernel-model FILE, --budget NODES,\n"
	"  --timeout SECONDS, -j N, --llvm 19|22   as for check\n"
	"\n"
	"Exit status: 0 nothing new, 1 new findings, 2 wrong options; with --strict also 2 when\n"
	"something could not be checked.\n";

enum { PARTLY = 3 }; // how the child ends when it has said what it did not check

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static int report(const struct staged *staged, double seconds)
{
	size_t known = 0, unchecked = 0;
	json_t *fresh = json_array();

	for (size_t i = 0; i < staged->count; i++) {
		const struct source *source = &staged->sources[i];

		known += source->known;
		if (source->fresh)
			json_array_extend(fresh, source->fresh);
		unchecked += source->fault != NULL;
		if (source->fault && !source->said)
			say("%s: not checked: %s", source->path, source->fault);
	}
	text_findings(stdout, fresh);
	fflush(stdout);

	size_t count = json_array_size(fresh);
	char *left_out = unchecked ? format(", %zu of %zu staged sources NOT CHECKED", unchecked, staged->count)
				   : copy("");

	say("%zu new finding%s, %zu already in HEAD%s, %.1f s", count, plural(count), known, left_out, seconds);
	if (count)
		say("'strongfence explain RULE' says what to do; 'git commit --no-verify' commits it as it is");
	free(left_out);
	json_decref(fresh);
	return unchecked && !count ? PARTLY : count ? VERDICT_FINDINGS : VERDICT_CLEAN;
}

static int work(struct options *options, const char *folder)
{
	double started = now();
	struct staged staged = staged_open(&options->paths, folder);
	struct inputs inputs;
	int verdict;

	if (staged.unchanged)
		say("%zu of the files named %s staged: nothing to check there", staged.unchanged,
		    staged.unchanged == 1 ? "is not" : "are not");
	if (staged.headers)
		say("%zu staged header%s: of what includes %s only staged sources are checked", staged.headers,
		    plural(staged.headers), staged.headers == 1 ? "it" : "them");
	if (staged.merged)
		say("%zu staged source%s as a side of the merge has %s: not checked", staged.merged,
		    staged.merged == 1 ? " is" : "s are", staged.merged == 1 ? "it" : "them");
	if (!staged.count) {
		staged_free(&staged);
		return VERDICT_CLEAN;
	}
	hook_settings(options, &staged.repository);
	inputs = inputs_open(options, false);
	// Outside a kernel tree names are those that git has, wherever it was called.
	char *here = working_directory();

	if (!strcmp(inputs.root, here)) {
		free(inputs.root);
		inputs.root = copy(staged.repository.top);
	}
	free(here);
	staged_check(&staged, &inputs, options);
	verdict = report(&staged, now() - started);
	staged_free(&staged);
	free(inputs.root);
	free(inputs.state);
	free(inputs.database);
	free(inputs.kernel.src);
	free(inputs.kernel.build);
	return verdict;
}

static volatile sig_atomic_t caught;
static volatile pid_t worker;

static void pass_on(int signal)
{
	caught = signal;
	if (worker > 0)
		kill(worker, signal);
}

// In a child, so that whatever ends it there is an end to the work and not a verdict on the commit.
static int supervise(struct options *options)
{
	static const int passed[] = {SIGINT, SIGTERM, SIGHUP};
	const char *base = getenv("TMPDIR");
	char *folder = format("%s/strongfence-hook-XXXXXX", base && *base ? base : "/tmp");
	int status;

	if (!mkdtemp(folder)) {
		complain("%s: %s; nothing was checked", folder, strerror(errno));
		free(folder);
		return options->strict ? VERDICT_TROUBLE : VERDICT_CLEAN;
	}
	fflush(NULL);
	worker = fork();
	if (worker == 0)
		exit(work(options, folder));
	for (size_t i = 0; i < sizeof(passed) / sizeof(*passed); i++)
		signal(passed[i], pass_on);
	while (worker > 0 && waitpid(worker, &status, 0) < 0 && errno == EINTR)
		;
	remove_tree(folder);
	free(folder);
	if (caught)
		return 128 + caught;
	if (worker > 0 && WIFEXITED(status) && WEXITSTATUS(status) <= VERDICT_FINDINGS)
		return WEXITSTATUS(status);
	if (worker < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != PARTLY)
		say("nothing was checked%s", options->strict ? "" : ", and the commit is not held up");
	return options->strict ? VERDICT_TROUBLE : VERDICT_CLEAN;
}

enum {
	TAKES = TAKES_KERNEL | TAKES_DATABASE | TAKES_ANALYSIS | TAKES_SEVERITY | TAKES_LLVM | TAKES_HOOK,
};

int command_hook(int argc, char **argv)
{
	struct options options = options_read(argc, argv, TAKES);

	if (options.help) {
		fputs(help, stdout);
		return VERDICT_CLEAN;
	}
	if (options.launcher)
		fatal("hook: --launcher: a hook runs where git runs");
	if (options.install_hook && options.uninstall_hook)
		fatal("hook: --install and --uninstall exclude each other");
	if ((options.install_hook || options.uninstall_hook) && options.paths.count)
		fatal("hook: %s: which files are checked is asked at each commit", options.paths.at[0]);
	if (options.install_hook)
		return hook_install(&options);
	if (options.uninstall_hook)
		return hook_uninstall();
	return supervise(&options);
}
