// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// strongfence scan-build-clang: scan-build runs this as its clang. scan-build itself does not count what was analysed, ends
// well when it could analyse nothing, and has its wrapper of the compiler fail where clang cannot make a command of it. Here
//
// - a compiler's trial of /dev/null is not analysed: Kbuild asks a hundred times what the compiler can do, and a trial that
//   fails for the analyzer alone would change the configuration of the kernel;
// - gcc's own flags are left out, with which clang says no command at all, and those of clang's back end, of which the
//   wrapper keeps half (a kernel with KASAN has them);
// - the checkers that `clang --analyze` adds are left out unless others than ours were asked for: ours explore faster alone;
// - each source that is analysed leaves a line behind.

#include "analyzer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "complain.h"
#include "files.h"
#include "flags.h"
#include "process.h"

static const char nothing[] = "/dev/null", checker[] = "-analyzer-checker";

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	if (!value || !*value)
		fatal("scan-build-clang: only 'strongfence scan-build' runs this (no %s)", name);
	return value;
}

static bool ours(const char *name)
{
	return !strncmp(name, "teardown", 8) || !strncmp(name, "alpha.teardown", 14);
}

// scan-build hands what its user enabled on as two words, the driver's own checkers are one with '='.
static struct strings with_our_checkers(const struct strings *words)
{
	struct strings kept = {0};
	bool others = false;

	for (size_t i = 0; i + 1 < words->count; i++)
		others |= !strcmp(words->at[i], checker) && !ours(words->at[i + 1]);
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->at[i];
		bool by_driver = !strncmp(word, checker, strlen(checker)) && word[strlen(checker)] == '=';

		// What models the C library for others finds nothing itself.
		if (!by_driver || (others && !strcmp(word + strlen(checker), "=apiModeling")))
			strings_add(&kept, word);
	}
	return kept;
}

struct said {
	char *first, *error; // lines
	struct strings findings; // each once: clang 19 prints them for every form of output that was asked for
};

static void pass_line(void *context, char *line)
{
	struct said *said = context;

	fprintf(stderr, "%s\n", line);
	if (strstr(line, ": warning: ") && (strstr(line, " [teardown.") || strstr(line, " [alpha.teardown.")) &&
	    !strings_have(&said->findings, line))
		strings_add(&said->findings, line);
	if (!said->first)
		said->first = copy(line);
	if (!said->error && strstr(line, "error: "))
		said->error = copy(line);
}

static void leave_line(int status, size_t findings, const char *source, const char *reason)
{
	char *here = working_directory(), *whole = path_plain(here, source), *shown = visible(whole);
	char *why = visible(reason), *line = format("%d\t%zu\t%s\t%s\n", status, findings, shown, why);
	const char *log = variable(ANALYZER_LOG);
	int to = open(log, O_WRONLY | O_APPEND | O_CLOEXEC);

	// One write, so that the lines of parallel jobs do not mix.
	if (to < 0 || write(to, line, strlen(line)) != (ssize_t)strlen(line))
		fatal("%s: %s", log, strerror(errno));
	close(to);
	free(line);
	free(why);
	free(shown);
	free(whole);
	free(here);
}

static int analyse_source(const struct strings *words)
{
	const char *source = words->at[words->count - 1];
	struct strings kept = with_our_checkers(words);
	struct said said = {0};
	struct process process = {.words = &kept, .line = pass_line, .context = &said, .join_errors = true};
	int status = process_run(&process, NULL);
	char *reason;

	if (process_interrupted())
		status = 128 + process_interrupted();
	if (!status)
		reason = copy("");
	else if (status == 127 && errno)
		reason = format("%s: %s", kept.at[0], strerror(errno));
	else if (status > 128)
		reason = format("clang died of signal %d", status - 128);
	else
		reason = said.error ? copy(said.error) : said.first ? copy(said.first) : format("clang ended with %d", status);
	leave_line(status, said.findings.count, source, reason);
	free(reason);
	free(said.first);
	free(said.error);
	strings_free(&said.findings);
	strings_free(&kept);
	// scan-build tells a crash from a refusal by it.
	if (status > 128) {
		signal(status - 128, SIG_DFL);
		raise(status - 128);
	}
	return status;
}

// The value of -mllvm is lost already: scan-build's wrapper hands on what it knows, word by word.
static bool to_leave_out(const char *flag)
{
	return !strcmp(flag, "-mllvm") || flags_of_gcc_alone(flag);
}

int command_scan_build_clang(int argc, char **argv)
{
	static const char driver[] = "--driver-mode=g++";
	struct strings words = {0};
	bool first, analyse, trial, asks = false;
	int from = 1;

	strings_add(&words, variable(ANALYZER_CLANG));
	// A language of the driver means nothing to what it runs.
	if (argc > 2 && !strcmp(argv[1], driver) && !strcmp(argv[2], "-cc1"))
		from = 2;
	for (int i = from; i < argc; i++)
		asks |= !strcmp(argv[i], "-###");
	for (int i = from; i < argc; i++)
		if (!asks || !to_leave_out(argv[i]))
			strings_add(&words, argv[i]);
	first = words.count > 1 && !strcmp(words.at[1], "-cc1");
	analyse = first && strings_have(&words, "-analyze");
	trial = strings_have(&words, nothing);
	if (trial && asks) {
		fprintf(stderr, " \"clang\" \"-cc1\" \"%s\"\n", nothing);
		return 0;
	}
	if (trial && first)
		return 0;
	if (analyse)
		return analyse_source(&words);
	execv(words.at[0], words.at);
	fatal("%s: %s", words.at[0], strerror(errno));
}
