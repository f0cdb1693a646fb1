// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The real-kernel tier: runs strongfence on the files that expect.tsv and fences.tsv name, compares
// row by row, and holds the totals against the bars. Misses are printed by name.

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "files.h"
#include "options.h"
#include "process.h"
#include "tier.h"

enum {
	BAR_BUGS = 80,   // per cent of the bug rows reported, at least
	BAR_SILENT = 6,  // per cent of the ok and fixed rows reported, at most
	BAR_FENCES = 75, // per cent of the fences inferred, at least
	// The same of the semantic patches, over the rules that they serve.
	BAR_COCCI_BUGS = 45,
	BAR_COCCI_SILENT = 12,
};

static const char help[] =
	"usage: kernel-tier --strongfence PROGRAM --expect FILE --fences FILE --work DIR\n"
	"                   --tree NAME=SRC:BUILD... [--llvm 19|22] [-j N] [--alpha] [--print-table]\n"
	"       kernel-tier --engine cocci --strongfence PROGRAM --expect FILE --work DIR --tree NAME=SRC:BUILD...\n"
	"\n"
	"NAME is what the tables have in their column 'tree'. BUILD was prepared with allmodconfig.\n"
	"--alpha runs the rules of level alpha too, which a default run, and so the table, leaves out.\n"
	"--engine cocci asks the semantic patches, of which the column 'cocci' says what is expected.\n"
	"--print-table prints the table of --expect, brought up to date, and nothing else.\n"
	"Exit status: 0 as expected and within the bars, 1 not, 2 some of the work could not be done.\n";

const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

void count(struct rate *rate, bool hit)
{
	rate->rows++;
	rate->hits += hit;
}

double percent(const struct rate *rate)
{
	return rate->rows ? 100.0 * (double)rate->hits / (double)rate->rows : 0;
}

const char *judge(struct tier *tier, bool hit, bool wanted, bool expected)
{
	if (hit == expected) {
		tier->passed++;
		return hit == wanted ? "" : " (known)";
	}
	if (hit == wanted) {
		tier->passed++;
		return " (better than the table says: bring it up to date)";
	}
	tier->failed++;
	return " FAILED";
}

static void add_tree(struct tier *tier, const char *text)
{
	size_t name = strcspn(text, "="), src = strcspn(text, ":");

	if (!text[name] || !text[src] || name > src)
		fatal("--tree: '%s' is not NAME=SRC:BUILD", text);
	tier->trees = reallocate(tier->trees, tier->tree_count + 1, sizeof(*tier->trees));
	tier->trees[tier->tree_count++] = (struct tree){
		.name = copy_span(text, name),
		.src = copy_span(text + name + 1, src - name - 1),
		.build = copy(text + src + 1),
	};
}

struct tree *tree_of(struct tier *tier, const struct table *table, size_t row)
{
	const char *name = table_cell(table, row, "tree");

	for (size_t i = 0; i < tier->tree_count; i++)
		if (!strcmp(tier->trees[i].name, name))
			return &tier->trees[i];
	fatal("%s names the tree %s; give it with --tree", table->path, name);
}

const char *teardown_of(const struct table *table, size_t row, char **file)
{
	const char *cell = table_cell(table, row, "teardown"), *colon = strchr(cell, ':');

	*file = colon ? copy_span(cell, (size_t)(colon - cell)) : copy(table_cell(table, row, "file"));
	return colon ? colon + 1 : cell;
}

static void add_file(const char *file, struct strings *files)
{
	if (!strings_have(files, file))
		strings_add(files, file);
}

// The sources of "drivers/a/b.c:12,34 drivers/a/c.c:5": the other half of a fence may stand there.
static void add_evidence(const char *evidence, struct strings *files)
{
	while (*evidence) {
		size_t word = strcspn(evidence, " "), name = strcspn(evidence, ": ");
		char *file = copy_span(evidence, name);

		if (name > 2 && !strcmp(file + name - 2, ".c"))
			add_file(file, files);
		free(file);
		evidence += word + strspn(evidence + word, " ");
	}
}

static void add_files(struct tier *tier, const struct table *table, const struct tree *tree,
		      struct strings *files)
{
	for (size_t i = 0; i < table->count; i++) {
		char *file;

		if (tree_of(tier, table, i) != tree)
			continue;
		add_file(table_cell(table, i, "file"), files);
		if (table == &tier->fences) {
			add_evidence(table_cell(table, i, "evidence"), files);
			continue;
		}
		teardown_of(table, i, &file);
		add_file(file, files);
		free(file);
	}
}

// One subcommand on the files; what it printed as an array.
static json_t *run(struct tier *tier, const struct tree *tree, const char *subcommand,
		   const struct strings *files)
{
	char *output = format("%s/%s-%s%s.jsonl", tier->work, tree->name, subcommand, tier->cocci ? "-cocci" : "");
	char *state = format("%s/%s%s", tier->work, tree->name, tier->cocci ? "-cocci" : "");
	const char *const options[] = {
		tier->strongfence, subcommand,	     "--kernel-src", tree->src, "--kernel-build",
		tree->build,	   "--min-severity", "info",	     "--format", "json",
		"--llvm",	   tier->llvm,	     "-j",	     tier->jobs, "--state",
		state,		   "-o",	     output,
	};
	struct strings words = {0};
	struct process process = {.words = &words};
	json_t *objects = json_array(), *object;
	json_error_t error;
	FILE *from;
	int status;

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		strings_add(&words, options[i]);
	if (tier->alpha)
		strings_add(&words, "--alpha");
	if (tier->cocci) {
		strings_add(&words, "--engine");
		strings_add(&words, "cocci");
	}
	strings_add_all(&words, files);
	remove(output);
	status = process_run(&process, NULL);
	if (process_interrupted())
		fatal("interrupted");
	if (status == 127 && errno)
		fatal("%s: %s", tier->strongfence, strerror(errno));
	if (status > 1) {
		complain("strongfence %s on %s ended with %d", subcommand, tree->name, status);
		tier->trouble = true;
	}
	from = fopen(output, "r");
	if (!from)
		fatal("%s: %s", output, strerror(errno));
	while ((object = json_loadf(from, JSON_DISABLE_EOF_CHECK, &error)))
		json_array_append_new(objects, object);
	if (!feof(from))
		fatal("%s: %s", output, error.text);
	fclose(from);
	strings_free(&words);
	free(state);
	free(output);
	return objects;
}

static void run_trees(struct tier *tier)
{
	if (make_directories(tier->work) < 0)
		fatal("%s: %s", tier->work, strerror(errno));
	for (size_t i = 0; i < tier->tree_count; i++) {
		struct tree *tree = &tier->trees[i];
		struct strings files = {0};

		add_files(tier, &tier->expect, tree, &files);
		if (!tier->cocci)
			add_files(tier, &tier->fences, tree, &files);
		if (!files.count)
			fatal("--tree: no row is about %s", tree->name);
		// Together, so that each is checked with the facts of the others.
		tree->findings = run(tier, tree, "scan", &files);
		tree->fences = tier->cocci ? json_array() : run(tier, tree, "fences", &files);
		strings_free(&files);
	}
}

static void hold(struct tier *tier, const char *what, const struct rate *rate, int bar, bool at_least)
{
	double value = percent(rate);
	bool held = at_least ? value >= bar : value <= bar;

	printf("%s: %zu of %zu, %.1f %% (bar: at %s %d %%)%s\n", what, rate->hits, rate->rows, value,
	       at_least ? "least" : "most", bar, held ? "" : " FAILED");
	*(held ? &tier->passed : &tier->failed) += 1;
}

static struct tier read_options(int argc, char **argv)
{
	enum { STRONGFENCE = 256, EXPECT, FENCES, WORK, TREE, LLVM, PRINT_TABLE, ALPHA, ENGINE };
	static const struct option options[] = {
		{"strongfence", required_argument, NULL, STRONGFENCE},
		{"expect", required_argument, NULL, EXPECT},
		{"fences", required_argument, NULL, FENCES},
		{"work", required_argument, NULL, WORK},
		{"tree", required_argument, NULL, TREE},
		{"llvm", required_argument, NULL, LLVM},
		{"alpha", no_argument, NULL, ALPHA},
		{"engine", required_argument, NULL, ENGINE},
		{"print-table", no_argument, NULL, PRINT_TABLE},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	struct tier tier = {.llvm = "19", .jobs = "2"};
	int which;

	while ((which = getopt_long(argc, argv, "j:h", options, NULL)) != -1) {
		switch (which) {
		case STRONGFENCE: tier.strongfence = optarg; break;
		case EXPECT: tier.expect = table_read(optarg); break;
		case FENCES: tier.fences = table_read(optarg); break;
		case WORK: tier.work = optarg; break;
		case TREE: add_tree(&tier, optarg); break;
		case LLVM: tier.llvm = optarg; break;
		case ALPHA: tier.alpha = true; break;
		case ENGINE:
			tier.cocci = !strcmp(optarg, "cocci");
			if (!tier.cocci && strcmp(optarg, "clang"))
				fatal("--engine: '%s' is neither clang nor cocci", optarg);
			break;
		case PRINT_TABLE: tier.print_table = true; break;
		case 'j': tier.jobs = optarg; break;
		case 'h': fputs(help, stdout); exit(0);
		default: fputs(help, stderr); exit(VERDICT_TROUBLE);
		}
	}
	if (optind < argc || !tier.strongfence || !tier.work || !tier.tree_count ||
	    !tier.expect.count || (!tier.fences.count && !tier.cocci)) {
		fputs(help, stderr);
		exit(VERDICT_TROUBLE);
	}
	return tier;
}

int main(int argc, char **argv)
{
	struct tier tier = read_options(argc, argv);
	struct rate bugs = {0}, silent = {0}, hygiene = {0}, inferred = {0};

	run_trees(&tier);
	if (tier.print_table) {
		print_table(&tier);
		return tier.trouble ? VERDICT_TROUBLE : VERDICT_CLEAN;
	}
	compare_findings(&tier, &bugs, &silent, &hygiene);
	hold(&tier, "bug rows reported in the named function", &bugs, tier.cocci ? BAR_COCCI_BUGS : BAR_BUGS, true);
	hold(&tier, "ok and fixed rows reported", &silent, tier.cocci ? BAR_COCCI_SILENT : BAR_SILENT, false);
	hold(&tier, "hygiene rows louder than info", &hygiene, BAR_SILENT, false);
	if (!tier.cocci) {
		compare_fences(&tier, &inferred);
		hold(&tier, "fences inferred", &inferred, BAR_FENCES, true);
	}
	printf("%zu passed, %zu failed\n", tier.passed, tier.failed);
	if (tier.trouble)
		return VERDICT_TROUBLE;
	return tier.failed ? VERDICT_FINDINGS : VERDICT_CLEAN;
}
