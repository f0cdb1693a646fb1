// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// strongfence kbuild: the kernel's own hook for checkers, make C=1 CHECK="strongfence kbuild". Kbuild runs it in the build
// directory, several at a time, as
//
//   $(CHECK) $(CHECKFLAGS) $(c_flags) FILE
//
// CHECKFLAGS is what sparse needs to know of the target; the rest is the compiler's, and Kbuild hands the name of
// the compiler in the environment. Nobody else may be disturbed: it writes into a folder of its own and only
// reads what the last scan of the build directory left.

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analyse.h"
#include "command.h"
#include "complain.h"
#include "files.h"
#include "process.h"
#include "program.h"
#include "selection.h"
#include "suppress.h"
#include "text.h"
#include "words.h"

static const char help[] =
	"usage: make C=1 CHECK=\"strongfence kbuild [OPTION...]\" ...    what is compiled\n"
	"       make C=2 CHECK=\"strongfence kbuild [OPTION...]\" ...    all sources\n"
	"\n"
	"Checks each source that Kbuild compiles and prints what was found as the compiler prints\n"
	"its warnings; of a clean source nothing. What the last scan of the build directory knows\n"
	"of other files is used. STRONGFENCE_ERROR=1 in the environment makes findings, and what\n"
	"could not be checked, errors of the build; else the build goes on.\n"
	"\n"
	"  --rules A,B            only these rules\n"
	"  --alpha                all rules, those that are not precise enough yet too\n"
	"  --min-severity LEVEL   info, low (default), medium or high\n"
	"  --kernel-model FILE    more kernel knowledge, may be repeated; an absolute path\n"
	"  --budget NODES, --timeout SECONDS   how much work a source may be\n"
	"  --state DIR            what scan had as --state; an absolute path\n"
	"  --llvm 19|22           which unit program\n";

// Where the flags begin: our options are long ones, and no value of theirs begins with a dash.
static int first_flag(int argc, char **argv)
{
	int i = 1;

	while (i < argc && (argv[i][0] != '-' || argv[i][1] == '-'))
		i++;
	return i;
}

static bool is_definition(const char *word)
{
	return word[0] == '-' && (word[1] == 'D' || word[1] == 'U' || word[1] == 'I') && word[2];
}

// How many of the words are CHECKFLAGS, which Kbuild exports. Where the two differ they may be anybody's.
static size_t checker_flags(const struct strings *flags)
{
	const char *exported = getenv("CHECKFLAGS");
	struct strings theirs = {0};
	size_t count;

	if (!exported || !words_split(exported, &theirs))
		return 0;
	count = theirs.count;
	for (size_t i = 0; i < theirs.count && count; i++)
		if (i >= flags->count || strcmp(theirs.at[i], flags->at[i]))
			count = 0;
	strings_free(&theirs);
	return count;
}

// What sparse alone understands, should it come without being CHECKFLAGS.
static bool is_sparse(const char *word)
{
	return !strncmp(word, "--arch=", 7) || !strncmp(word, "-Wsparse", 8) || !strcmp(word, "-Wbitwise");
}

static void add_flags(const struct strings *flags, struct strings *to)
{
	const char *own = getenv("CF");
	struct strings words = {0};

	// What the user adds to CHECKFLAGS with CF= is mostly for sparse; a definition is for any checker.
	if (own && words_split(own, &words))
		for (size_t i = 0; i < words.count; i++)
			if (is_definition(words.at[i]))
				strings_add(to, words.at[i]);
	strings_free(&words);
	for (size_t i = checker_flags(flags); i < flags->count; i++)
		if (!is_sparse(flags->at[i]))
			strings_add(to, flags->at[i]);
}

static void add_compiler(struct strings *to)
{
	const char *compiler = getenv("CC");

	if (!compiler || !words_split(compiler, to) || !to->count)
		strings_add(to, "gcc");
}

// The kernel tree, which rows of .strongfence.yaml are relative to. Kbuild exports its name.
static char *tree_here(const char *here)
{
	const char *tree = getenv("srctree");

	return tree && *tree ? path_real(here, tree) : copy(here);
}

// Where what is known of the tree is kept. An external module's commands may start elsewhere than in the build directory.
static char *state_of_scan(const struct options *options, const char *here)
{
	const char *objects = getenv("objtree");
	char *build, *state;

	if (options->state)
		return path_join(here, options->state);
	build = path_join(here, objects && *objects ? objects : ".");
	state = path_join(build, ".strongfence");
	free(build);
	return state;
}

static void keep_line(void *context, char *line)
{
	strings_add(context, line);
}

// Runs the unit program. NULL when there is a record to read, else what went wrong (caller frees).
static char *analyse_unit(const struct unit *unit, const char *program, const char *folder, const char *import,
			  const struct options *options)
{
	char *command = format("%s/units/%s.cmd.json", folder, unit->id), *output = format("%s/units/%s.jsonl", folder, unit->id);
	json_t *entry = compile_to_json(&unit->compile);
	struct strings words = {0}, said = {0};
	struct process process = {.words = &words, .line = keep_line, .context = &said, .join_errors = true};
	char *text, *rules = NULL, *fault = NULL;
	int status;

	if (!entry)
		return copy("its compile command is not UTF-8");
	text = json_dumps(entry, JSON_COMPACT);
	if (file_write(command, text, strlen(text)) < 0)
		return format("%s: %s", command, strerror(errno));
	free(text);
	json_decref(entry);
	strings_add(&words, program);
	strings_add(&words, "--unit");
	strings_take(&words, command);
	strings_add(&words, "--output");
	strings_take(&words, output);
	if (import) {
		strings_add(&words, "--import");
		strings_add(&words, import);
	}
	for (size_t i = 0; i < options->models.count; i++) {
		strings_add(&words, "--kernel-model");
		strings_add(&words, options->models.at[i]);
	}
	for (size_t i = 0; i < options->rules.count; i++) {
		char *longer = format("%s%s%s", rules ? rules : "", rules ? "," : "", options->rules.at[i]);

		free(rules);
		rules = longer;
	}
	if (rules) {
		strings_add(&words, "--rules");
		strings_take(&words, rules);
	}
	if (options->budget) {
		strings_add(&words, "--budget");
		strings_take(&words, format("%ld", options->budget));
	}
	if (options->timeout) {
		strings_add(&words, "--timeout");
		strings_take(&words, format("%ld", options->timeout));
	}
	status = process_run(&process, NULL);
	if (process_interrupted())
		exit(128 + process_interrupted());
	if (status)
		fault = said.count ? copy(said.at[0]) : format("the unit program ended with %d", status);
	strings_free(&said);
	strings_free(&words);
	return fault;
}

// As Kbuild's user names sources: below $(srctree) as make spells it, which is "." for a tree that is built in place.
static void spell(json_t *place)
{
	const char *file = json_string_value(json_object_get(place, "file")), *tree = getenv("srctree");
	char *named;

	if (!file || *file == '/' || !tree || !*tree || !strcmp(tree, "."))
		return;
	named = path_join(tree, file);
	json_object_set_new(place, "file", json_string(named));
	free(named);
}

static void print_findings(FILE *to, const struct results *results)
{
	json_t *finding, *note;
	size_t i, j;

	json_array_foreach(results->findings, i, finding) {
		spell(finding);
		json_array_foreach(json_object_get(finding, "notes"), j, note)
			spell(note);
		text_warning(to, finding);
		text_fingerprint(to, finding);
	}
}

static void say_limits(const struct results *results)
{
	const json_t *each;
	size_t i;

	json_array_foreach(results->stops, i, each)
		say("%s: the budget ended the exploration of %s", json_string_value(json_object_get(each, "file")),
		    json_string_value(json_object_get(each, "function")));
	json_array_foreach(results->gaps, i, each)
		say("%s: checked without all that is known of other files", json_string_value(json_object_get(each, "file")));
}

// Jobs run side by side: what one says is written at once.
static void write_out(const char *text, size_t length)
{
	while (length) {
		ssize_t done = write(STDERR_FILENO, text, length);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			fatal("standard error: %s", strerror(errno));
		text += done;
		length -= (size_t)done;
	}
}

// make runs this for one source, so that nothing is said of suppressions that are not used.
static void suppress_by_comments(struct results *results, const struct units *units)
{
	struct waivers waivers = waivers_read(units->root);
	struct scope scope = {.root = units->root, .waivers = &waivers, .part = true};
	const json_t *each;
	size_t i;

	suppress(results, &scope);
	json_array_foreach(results->faulty, i, each)
		complain("%s:%lld: suppression without effect: %s", json_string_value(json_object_get(each, "file")),
			 (long long)json_integer_value(json_object_get(each, "line")),
			 json_string_value(json_object_get(each, "why")));
	scope_free(&scope);
	waivers_free(&waivers);
}

static enum verdict read_results(struct units *units, const struct state *state, const struct options *options)
{
	struct results results;
	char *text = NULL;
	size_t length, found;
	FILE *to = open_memstream(&text, &length);

	if (!to)
		fatal("out of memory");
	results_start(&results);
	results.findings_alone = true;
	results_read(&results, units, state, ENGINE_CLANG);
	results_settle(&results, SEVERITY_INFO);
	suppress_by_comments(&results, units);
	results_hide(&results, options->min_severity);
	found = json_array_size(results.findings);
	print_findings(to, &results);
	fclose(to);
	write_out(text, length);
	free(text);
	say_limits(&results);
	if (units->at[0].fault)
		complain("%s: %s", units->at[0].compile.file, units->at[0].fault);
	results_free(&results);
	return analysis_verdict(units->at[0].fault ? 1 : 0, true, found);
}

static enum verdict check(const struct options *options, const struct strings *flags, const char *file)
{
	char *here = working_directory(), *root, *program, *scan, *import;
	struct compile one = {.directory = here, .file = copy(file)};
	struct compiles list = {0};
	struct strings lines;
	struct selection *selection;
	struct units units;
	struct state state;
	enum verdict verdict = VERDICT_CLEAN;

	add_compiler(&one.arguments);
	add_flags(flags, &one.arguments);
	strings_add(&one.arguments, file);
	compiles_take(&list, one);
	root = tree_here(here);
	units = units_name(&list, root, options->llvm);
	free(root);
	here = units.at[0].compile.directory;
	program = program_require(options->llvm);
	program_check_models(program, &options->models);
	lines = program_lines(program, "--list-words", &options->models);
	selection = selection_from(&lines);
	if (!selection)
		fatal("%s: does not say which words to look for", program);
	if (selection_wants(selection, &units.at[0]) && !units.at[0].skipped) {
		state = state_open(NULL);
		scan = state_of_scan(options, here);
		import = format("%s/units/%s.import.json", scan, units.at[0].id);
		units.at[0].fault = analyse_unit(&units.at[0], program, state.path, file_exists(import) ? import : NULL, options);
		verdict = read_results(&units, &state, options);
		free(import);
		free(scan);
		free(state.path);
	} else if (units.at[0].fault) {
		complain("%s: %s", file, units.at[0].fault);
		verdict = VERDICT_TROUBLE;
	}
	selection_free(selection);
	strings_free(&lines);
	units_free(&units);
	free(program);
	return verdict;
}

static bool breaks_the_build(void)
{
	const char *asked = getenv("STRONGFENCE_ERROR");

	return asked && *asked && strcmp(asked, "0");
}

static int check_source(int argc, char **argv)
{
	int first = first_flag(argc, argv);
	const char *file = argv[argc - 1];
	struct options options = options_read(first, argv, TAKES_ANALYSIS | TAKES_SEVERITY | TAKES_LLVM);
	struct strings flags = {0};

	if (options.help) {
		fputs(help, stdout);
		return VERDICT_CLEAN;
	}
	if (options.launcher)
		fatal("kbuild: --launcher: make is what starts several of these");
	if (options.paths.count)
		fatal("kbuild: unexpected argument '%s'; CHECK takes the options alone", options.paths.at[0]);
	if (first >= argc - 1)
		fatal("kbuild: no flags and source; make runs this: see 'strongfence kbuild --help'");
	for (int i = first; i < argc - 1; i++)
		strings_add(&flags, argv[i]);
	return check(&options, &flags, file);
}

// Whatever happens, a build that did not ask for more goes on: the work is a child's.
int command_kbuild(int argc, char **argv)
{
	int status = 0;
	pid_t child;

	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		fputs(help, stdout);
		return VERDICT_CLEAN;
	}
	child = fork();
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGTERM); // make ends the parent
		exit(check_source(argc, argv));
	}
	while (child > 0 && waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			child = -1;
	if (child < 0) {
		complain("%s: %s", argv[argc - 1], strerror(errno));
		status = VERDICT_TROUBLE;
	} else if (WIFSIGNALED(status)) {
		complain("%s: not checked: strongfence died of signal %d", argv[argc - 1], WTERMSIG(status));
		status = VERDICT_TROUBLE;
	} else {
		status = WEXITSTATUS(status);
	}
	return breaks_the_build() ? status : VERDICT_CLEAN;
}
