// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The real-kernel tier: runs strongfence on the files that expect.tsv and fences.tsv name, compares
// row by row, and holds the totals against the bars. Misses are printed by name.

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "files.h"
#include "options.h"
#include "process.h"
#include "table.h"

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

struct tree {
	char *name, *src, *build;
	json_t *findings, *fences; // arrays of what was printed
};

struct tier {
	struct table expect, fences;
	struct tree *trees;
	size_t tree_count;
	const char *strongfence, *work, *llvm, *jobs;
	size_t passed, failed;
	bool trouble, print_table, alpha;
	bool cocci; // the engine is Coccinelle
};

// The column that says what is expected; a cell "-": no semantic patch serves the row's rule.
static const char *expect_of(const struct tier *tier, size_t row)
{
	return table_cell(&tier->expect, row, tier->cocci ? "cocci" : "expect");
}

static bool is_served(const struct tier *tier, size_t row)
{
	return !tier->cocci || strcmp(expect_of(tier, row), "-");
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

// Running it.

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

static struct tree *tree_of(struct tier *tier, const struct table *table, size_t row)
{
	const char *name = table_cell(table, row, "tree");

	for (size_t i = 0; i < tier->tree_count; i++)
		if (!strcmp(tier->trees[i].name, name))
			return &tier->trees[i];
	fatal("%s names the tree %s; give it with --tree", table->path, name);
}

// The rules whose finding may stand in teardown as well as in the operation that it cuts off.
static bool of_teardown(const char *rule)
{
	static const char *const rules_of_teardown[] = {"TeardownOrder", "AsyncAfterTeardown", "TeardownHang",
							"FenceNeverClosed"};

	for (size_t i = 0; i < sizeof(rules_of_teardown) / sizeof(*rules_of_teardown); i++)
		if (!strcmp(rules_of_teardown[i], rule))
			return true;
	return false;
}

// The cell FILE:FUNCTION or FUNCTION, which then is in the row's own file. Caller frees *file.
static const char *teardown_of(const struct table *table, size_t row, char **file)
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

// Comparing.

// Whether the finding is in a function of the row, or was entered by one.
static bool in_functions(const struct table *table, size_t row, const json_t *finding)
{
	const char *functions = table_cell(table, row, "functions");

	return !strcmp(text_of(finding, "file"), table_cell(table, row, "file")) &&
	       (table_has(functions, ',', text_of(finding, "function")) ||
		table_has(functions, ',', text_of(finding, "door")));
}

// Whether it is about the row's teardown.
static bool in_teardown(const struct table *table, size_t row, const json_t *finding)
{
	char *file;
	const char *teardown = teardown_of(table, row, &file);
	bool there = !strcmp(text_of(finding, "file"), file) ||
		     !strcmp(text_of(finding, "file"), table_cell(table, row, "file"));

	free(file);
	return there && strcmp(teardown, "-") &&
	       (table_has(teardown, ',', text_of(finding, "function")) ||
		table_has(teardown, ',', text_of(finding, "teardown")));
}

// The most severe finding of the row's rule in one of its functions, NULL when there is none. *other is
// a finding of another rule there.
static const json_t *find(const struct tier *tier, size_t row, const struct tree *tree,
			  const json_t **other)
{
	const char *rule = table_cell(&tier->expect, row, "rule");
	const json_t *best = NULL, *finding;
	size_t i;

	*other = NULL;
	json_array_foreach(tree->findings, i, finding) {
		if (!in_functions(&tier->expect, row, finding) &&
		    !(of_teardown(rule) && in_teardown(&tier->expect, row, finding)))
			continue;
		if (strcmp(text_of(finding, "rule"), rule))
			*other = finding;
		else if (!best || severity_of(text_of(finding, "severity")) >
					  severity_of(text_of(best, "severity")))
			best = finding;
	}
	return best;
}

// Whether a default run prints it.
static bool shown(const json_t *finding)
{
	return finding && severity_of(text_of(finding, "severity")) > SEVERITY_INFO;
}

struct rate {
	size_t rows, hits;
};

static void count(struct rate *rate, bool hit)
{
	rate->rows++;
	rate->hits += hit;
}

static double percent(const struct rate *rate)
{
	return rate->rows ? 100.0 * (double)rate->hits / (double)rate->rows : 0;
}

// Counts the row as a test and says what is to be done about it when it is not as expected.
static const char *judge(struct tier *tier, bool hit, bool wanted, bool expected)
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

// What a row of status hygiene or worse wants is another thing than what the others want.
static bool is_silent(const char *status)
{
	return strcmp(status, "bug") && strcmp(status, "hygiene");
}

// The rates a rule for itself, which the total hides, with the rows that spoil them.
static void print_rule(const struct tier *tier, const char *rule, const json_t *const *found)
{
	const struct table *table = &tier->expect;
	struct rate bugs = {0}, silent = {0};

	for (size_t i = 0; i < table->count; i++) {
		const char *status = table_cell(table, i, "status");

		if (strcmp(table_cell(table, i, "rule"), rule) || !is_served(tier, i))
			continue;
		if (!strcmp(status, "bug"))
			count(&bugs, shown(found[i]));
		else if (is_silent(status))
			count(&silent, shown(found[i]));
	}
	printf("%-19s %3zu of %3zu %5.1f %%    %3zu of %3zu %5.1f %%\n", rule, bugs.hits, bugs.rows,
	       percent(&bugs), silent.hits, silent.rows, percent(&silent));
	for (size_t i = 0; i < table->count; i++) {
		const char *status = table_cell(table, i, "status"), *id = table_cell(table, i, "id");

		if (strcmp(table_cell(table, i, "rule"), rule) || !is_served(tier, i) ||
		    shown(found[i]) == !strcmp(status, "bug"))
			continue;
		if (!shown(found[i]))
			printf("    missed %s %s: %s\n", id, table_cell(table, i, "file"),
			       tier->cocci ? table_cell(table, i, "evidence") : table_cell(table, i, "why"));
		else
			printf("    false %s %s (%s): %s:%d %s\n", id, table_cell(table, i, "file"), status,
			       text_of(found[i], "function"),
			       (int)json_integer_value(json_object_get(found[i], "line")),
			       table_cell(table, i, "why"));
	}
}

static void print_rules(const struct tier *tier, const json_t *const *found)
{
	const struct table *table = &tier->expect;
	struct strings seen = {0};

	printf("\n%-19s %-17s    %s\n", "rule", "bugs reported", "ok and fixed reported");
	for (size_t i = 0; i < table->count; i++)
		if (is_served(tier, i) && !strings_have(&seen, table_cell(table, i, "rule")))
			strings_add(&seen, table_cell(table, i, "rule"));
	strings_sort(&seen);
	for (size_t i = 0; i < seen.count; i++)
		print_rule(tier, seen.at[i], found);
	printf("\n");
	strings_free(&seen);
}

// The table with expect as it is now, and a why only where a row needs one: '?' where none was written yet.
static int print_table(struct tier *tier)
{
	const struct table *table = &tier->expect;

	fputs(table->comments, stdout);
	for (size_t j = 0; j < table->columns.count; j++)
		printf("%s%s", j ? "\t" : "", table->columns.at[j]);
	printf("\n");
	for (size_t i = 0; i < table->count; i++) {
		const json_t *other;
		bool hit = shown(find(tier, i, tree_of(tier, table, i), &other));
		bool wanted = !strcmp(table_cell(table, i, "status"), "bug");

		for (size_t j = 0; j < table->columns.count; j++) {
			const char *name = table->columns.at[j], *cell = table->rows[i].at[j];

			if (!strcmp(name, tier->cocci ? "cocci" : "expect"))
				cell = !is_served(tier, i) ? "-" : hit ? "reported" : "silent";
			else if (tier->cocci)
				; // the reasons are those of the other engine
			else if (!strcmp(name, "why") && hit == wanted)
				cell = "-";
			else if (!strcmp(name, "why") && !strcmp(cell, "-"))
				cell = "?";
			printf("%s%s", j ? "\t" : "", cell);
		}
		printf("\n");
	}
	return tier->trouble ? VERDICT_TROUBLE : VERDICT_CLEAN;
}

static void compare_findings(struct tier *tier, struct rate *bugs, struct rate *silent,
			     struct rate *hygiene)
{
	const struct table *table = &tier->expect;
	const json_t **all = allocate(table->count * sizeof(*all));

	for (size_t i = 0; i < table->count; i++) {
		const char *status = table_cell(table, i, "status");
		const char *expect = expect_of(tier, i);
		const json_t *other, *found = find(tier, i, tree_of(tier, table, i), &other);
		bool bug = !strcmp(status, "bug"), hit = shown(found);
		struct rate *rate = bug ? bugs : is_silent(status) ? silent : hygiene;

		if (!is_served(tier, i))
			continue;
		if (strcmp(expect, "reported") && strcmp(expect, "silent"))
			fatal("%s: %s: expect is neither reported nor silent", table->path,
			      table_cell(table, i, "id"));
		count(rate, hit);
		all[i] = found;
		printf("%-5s %-7s %-18s %-4s %s: %s", table_cell(table, i, "id"), status,
		       table_cell(table, i, "rule"), table_cell(table, i, "tree"),
		       table_cell(table, i, "file"), hit ? "reported" : bug ? "missed" : "silent");
		if (found)
			printf(" %s:%d %s", text_of(found, "function"),
			       (int)json_integer_value(json_object_get(found, "line")),
			       text_of(found, "severity"));
		else if (other)
			printf(" [%s in %s]", text_of(other, "rule"), text_of(other, "function"));
		printf("%s\n", judge(tier, hit, bug, !strcmp(expect, "reported")));
		if (hit != bug && !tier->cocci)
			printf("      %s\n", table_cell(table, i, "why"));
	}
	print_rules(tier, all);
	free(all);
}

// The field, and the bit of it where the record names one.
static char *predicate_of(const json_t *fence)
{
	const char *bit = text_of(fence, "bit");

	return format("%s%s%s", text_of(fence, "predicate"), *bit ? "." : "", bit);
}

// Whether one of the row's functions is on the way from the fence's root to its kill.
static bool is_on_the_way(const char *functions, const json_t *fence)
{
	const json_t *step;
	size_t i;

	json_array_foreach(json_object_get(fence, "path"), i, step)
		if (table_has(functions, '|', json_string_value(step)))
			return true;
	return false;
}

// A fence that several units see is told once, from one of them.
static bool same_folder(const char *left, const char *right)
{
	const char *end = strrchr(left, '/');
	size_t length = end ? (size_t)(end - left) + 1 : 0;

	return !strncmp(left, right, length) && !strchr(right + length, '/');
}

static bool is_fence(const struct table *table, size_t row, const json_t *fence)
{
	const char *structs = table_cell(table, row, "struct");
	const char *lock = text_of(fence, "lock"), *in = text_of(fence, "struct");
	const char *file = table_cell(table, row, "file");
	const json_t *kill = json_object_get(fence, "kill");
	char *predicate = predicate_of(fence);
	bool same = !strcmp(text_of(fence, "type"), "fence") &&
		    (same_folder(text_of(fence, "file"), file) || same_folder(text_of(kill, "file"), file)) &&
		    table_has(structs, '|', *in ? in : "-") &&
		    table_has(table_cell(table, row, "lock"), '|', *lock ? lock : "-") &&
		    table_has(table_cell(table, row, "predicate"), '|', predicate) &&
		    is_on_the_way(table_cell(table, row, "teardown"), fence);

	free(predicate);
	return same;
}

static void compare_fences(struct tier *tier, struct rate *inferred)
{
	const struct table *table = &tier->fences;

	for (size_t i = 0; i < table->count; i++) {
		const struct tree *tree = tree_of(tier, table, i);
		const char *expect = table_cell(table, i, "expect");
		const char *file = table_cell(table, i, "file");
		const json_t *fence;
		bool hit = false;
		size_t j;

		if (strcmp(expect, "inferred") && strcmp(expect, "missed"))
			fatal("%s: %s: expect is neither inferred nor missed", table->path,
			      table_cell(table, i, "name"));
		json_array_foreach(tree->fences, j, fence)
			hit |= is_fence(table, i, fence);
		count(inferred, hit);
		printf("fence %-24s %-4s %s %s.%s %s %s: %s%s\n", table_cell(table, i, "name"),
		       tree->name, file, table_cell(table, i, "struct"),
		       table_cell(table, i, "lock"), table_cell(table, i, "predicate"),
		       table_cell(table, i, "teardown"), hit ? "inferred" : "missed",
		       judge(tier, hit, true, !strcmp(expect, "inferred")));
		if (hit)
			continue;
		printf("      %s\n", table_cell(table, i, "why"));
		json_array_foreach(tree->fences, j, fence) {
			if (strcmp(text_of(fence, "type"), "fence") || strcmp(text_of(fence, "file"), file))
				continue;
			char *predicate = predicate_of(fence);

			printf("      there: %s.%s %s %s\n",
			       *text_of(fence, "struct") ? text_of(fence, "struct") : "-",
			       text_of(fence, "lock"), predicate, text_of(fence, "teardown"));
			free(predicate);
		}
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
	if (tier.print_table)
		return print_table(&tier);
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
