// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What each semantic patch costs: one spatch a script and file, as `strongfence scan --engine cocci` runs it, over all
// sources that define file_operations.

#include <errno.h>
#include <ftw.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "files.h"
#include "process.h"
#include "rules.h"

static const char help[] =
	"usage: time-scripts --scripts DIR --src KERNEL_SRC [--sample N] PATH...\n"
	"\n"
	"Runs every RULE.cocci of DIR in mode json on every N-th .c below the PATHs of the kernel tree that has\n"
	"'struct file_operations NAME =', and prints a table: median, nine of ten, and longest CPU time in seconds.\n"
	"Exit status: 0 all within the bars, 1 not, 2 some of it could not run.\n";

static const double bar_median = 1.0, bar_longest = 30.0;

static struct strings sources; // relative to the tree

// "struct file_operations NAME[...] =": a table, no declaration.
static bool has_table(const char *text)
{
	static const char start[] = "struct file_operations ";

	for (const char *at = text; (at = strstr(at, start)); at++) {
		const char *end = at + strlen(start) + strcspn(at + strlen(start), "=;*(),");

		if (*end == '=')
			return true;
	}
	return false;
}

static int visit(const char *path, const struct stat *state, int type, struct FTW *place)
{
	const char *end = strrchr(path, '.');
	char *text;

	(void)state;
	(void)place;
	if (type != FTW_F || !end || strcmp(end, ".c"))
		return 0;
	text = file_read(path, NULL);
	if (text && has_table(text))
		strings_add(&sources, path);
	free(text);
	return 0;
}

static double cpu(const struct rusage *usage)
{
	return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
	       (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

static void add_options(struct strings *words, const char *script, const char *src)
{
	static const char mark[] = "// Options:";
	static const char *const includes[] = {"arch/x86/include", "include", "arch/x86/include/uapi", "include/uapi"};
	char *text = file_read(script, NULL), *at = text ? strstr(text, mark) : NULL;

	if (!at)
		fatal("%s: no script with '%s'", script, mark);
	at += strlen(mark);
	at[strcspn(at, "\n")] = '\0';
	for (char *word = strtok(at, " "); word; word = strtok(NULL, " "))
		strings_add(words, word);
	for (size_t i = 0; i < sizeof(includes) / sizeof(*includes); i++) {
		strings_add(words, "-I");
		strings_take(words, path_join(src, includes[i]));
	}
	free(text);
}

// CPU seconds, or less than 0 when spatch failed.
static double run(const char *script, const char *src, const char *file)
{
	struct strings words = {0};
	struct process process = {.words = &words, .quiet = true};
	struct rusage usage;
	int status;

	strings_add(&words, "spatch");
	strings_add(&words, "-D");
	strings_add(&words, "json");
	strings_add(&words, "--very-quiet");
	strings_add(&words, "--no-show-diff");
	add_options(&words, script, src);
	strings_add(&words, "--cocci-file");
	strings_add(&words, script);
	strings_add(&words, file);
	status = process_run(&process, &usage);
	if (process_interrupted())
		fatal("interrupted");
	if (status == 127 && errno)
		fatal("spatch: %s", strerror(errno));
	strings_free(&words);
	return status ? -1 : cpu(&usage);
}

struct cost {
	double seconds;
	const char *file;
};

static int by_seconds(const void *left, const void *right)
{
	const struct cost *a = left, *b = right;

	return (a->seconds > b->seconds) - (a->seconds < b->seconds);
}

// False when it is over a bar; *failed counts files that spatch failed on.
static bool time_script(const char *rule, const char *script, const char *src, size_t sample, size_t *failed)
{
	struct cost *costs = allocate(sources.count * sizeof(*costs));
	size_t count = 0;
	double median, longest;

	for (size_t i = 0; i < sources.count; i += sample) {
		double seconds = run(script, src, sources.at[i]);

		if (seconds < 0) {
			complain("%s: spatch failed on %s", rule, sources.at[i]);
			*failed += 1;
			continue;
		}
		costs[count++] = (struct cost){seconds, sources.at[i]};
	}
	if (!count)
		fatal("%s: no file was measured", rule);
	qsort(costs, count, sizeof(*costs), by_seconds);
	median = costs[count / 2].seconds;
	longest = costs[count - 1].seconds;
	printf("| %s | %zu | %.2f | %.2f | %.2f | `%s` |\n", rule, count, median, costs[count * 9 / 10].seconds, longest,
	       path_below(src, costs[count - 1].file));
	fflush(stdout);
	free(costs);
	return median < bar_median && longest < bar_longest;
}

int main(int argc, char **argv)
{
	enum { SCRIPTS = 256, SRC, SAMPLE };
	static const struct option options[] = {
		{"scripts", required_argument, NULL, SCRIPTS}, {"src", required_argument, NULL, SRC},
		{"sample", required_argument, NULL, SAMPLE},   {"help", no_argument, NULL, 'h'},
		{0},
	};
	char *scripts = NULL, *src = NULL;
	size_t sample = 1, failed = 0, served = 0;
	bool held = true;
	int which;

	while ((which = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (which) {
		case SCRIPTS: scripts = path_real(NULL, optarg); break;
		case SRC: src = path_real(NULL, optarg); break;
		case SAMPLE: sample = strtoul(optarg, NULL, 10); break;
		case 'h': fputs(help, stdout); return 0;
		default: fputs(help, stderr); return VERDICT_TROUBLE;
		}
	}
	if (!scripts || !src || !sample || optind == argc) {
		fputs(help, stderr);
		return VERDICT_TROUBLE;
	}
	for (int i = optind; i < argc; i++) {
		char *path = path_join(src, argv[i]);

		if (nftw(path, visit, 16, FTW_PHYS) < 0)
			fatal("%s: %s", path, strerror(errno));
		free(path);
	}
	strings_sort(&sources);
	printf("| rule | files | median | nine of ten | longest | the file that takes longest |\n|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < rule_count; i++) {
		char *script = format("%s/%s.cocci", scripts, rules[i].key);

		if (file_exists(script)) {
			held &= time_script(rules[i].key, script, src, sample, &failed);
			served++;
		}
		free(script);
	}
	if (!served || failed)
		return VERDICT_TROUBLE;
	return held ? VERDICT_CLEAN : VERDICT_FINDINGS;
}
