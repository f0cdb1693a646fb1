// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stands in for strongfence-unit where a test wants to decide what a unit says. It keeps to the
// interface in docs/architecture.md: it has clang parse the source and write the depfile, and
// what it reports are the comments in the source that start with "// fake: ":
//
//   // fake: finding RULE SEVERITY   a finding in this line
//   // fake: fence, // fake: door, // fake: coverage    one of these
//   // fake: stop FUNCTION           a budget stop
//   // fake: status WORD             the unit's status
//   // fake: damage, // fake: die, // fake: sleep SECONDS
//   // fake: exports NAME VALUE      a fact
//   // fake: imports NAME            a finding in this line if the VALUE that its module exports is "bad"; names that
//                                    begin with open_ come from any module
//   // fake: damage-facts            the facts file is half of one
//
// fake-facts.c has the forms that are about facts. Each source has two doors and one teardown root. FAKE_LLVM, FAKE_RULES
// and FAKE_WORDS replace what --version, --list-rules and --list-words print. Each time that a source is read alone or for
// its facts, a line is added to the file that FAKE_RUNS names, for a check to FAKE_RUNS.checks, for a link to
// FAKE_RUNS.links. FAKE_LINK=fail fails the link.

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake.h"
#include "files.h"
#include "memory.h"
#include "modules.h"
#include "process.h"
#include "rules.h"

_Noreturn void fail(const char *what, const char *why)
{
	fprintf(stderr, "strongfence-unit: %s: %s\n", what, why);
	exit(2);
}

static int check_models(char **models)
{
	for (; *models; models++) {
		char *text = file_read(*models, NULL);

		if (!text)
			fail(*models, strerror(errno));
		if (!strncmp(text, "malformed", 9)) {
			fprintf(stderr, "strongfence-unit: %s:1:1: not a mapping\n", *models);
			return 2;
		}
		free(text);
	}
	return 0;
}

static void list_rules(void)
{
	const char *own = getenv("FAKE_RULES");

	if (own) {
		printf("%s\tmedium\tone\n", own);
		return;
	}
	for (size_t i = 0; i < rule_count; i++)
		printf("%s\t%s\t%s\n", rules[i].key, rules[i].level, rules[i].summary);
}

static bool parse(const json_t *command, const char *depfile, const char *target)
{
	const json_t *arguments = json_object_get(command, "arguments");
	struct strings words = {0};
	struct process process = {
		.words = &words,
		.directory = json_string_value(json_object_get(command, "directory")),
		.quiet = true,
	};
	char *here = working_directory();
	json_t *word;
	size_t i;
	int status;

	json_array_foreach(arguments, i, word)
		strings_add(&words, json_string_value(word));
	strings_add(&words, "-fsyntax-only");
	strings_add(&words, "-w");
	if (depfile) {
		strings_add(&words, "-MD");
		strings_add(&words, "-MF");
		strings_take(&words, path_join(here, depfile));
		strings_add(&words, "-MT");
		strings_add(&words, target);
	}
	status = process_run(&process, NULL);
	strings_free(&words);
	free(here);
	if (process_interrupted())
		exit(128 + process_interrupted());
	return status == 0;
}

static json_t *note(const char *file, int line, const char *side, const char *message)
{
	return json_pack("{s:s, s:i, s:i, s:s, s:s}", "file", file, "line", line, "column", 1,
			 "message", message, "side", side);
}

json_t *finding_object(const char *rule, const char *severity, const char *file, int line, const char *function,
		       const char *message)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:[o,o], s:s}", "type",
			 "finding", "rule", rule, "severity", severity, "file", file, "line", line, "column", 2,
			 "function", function, "door", function, "slot", "read", "table", "fops", "struct", "thing",
			 "teardown", "thing_remove", "message", message, "notes",
			 note(file, line, "operation", "reads 'thing->base'"),
			 note(file, line + 1, "unbind", "unmaps 'thing->base'"), "fingerprint", rule);
}

static json_t *object_for(const char *said, const char *file, int line, const char *function)
{
	char rule[64], severity[32];

	if (sscanf(said, "finding %63s %31s", rule, severity) == 2)
		return finding_object(rule, severity, file, line, function, "'thing_read' reads 'thing->base'");
	if (!strncmp(said, "fence", 5))
		return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:[s]}", "type",
				 "fence", "struct", "thing", "lock", "sem", "mode", "shared",
				 "predicate", "ops", "teardown", "thing_remove", "barrier", "down_write",
				 "file", file, "line", line, "shape", "S1", "doors", "thing_read");
	if (!strncmp(said, "slot", 4))
		return json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:s, s:s, s:s, s:b}", "type", "slot", "struct",
				 "thing_ops", "slot", "read", "called_in", "thing_call", "file", file, "line", line,
				 "lock", "sem", "lock_struct", "thing", "predicate", "ops", "predicate_struct",
				 "thing", "fenced", 1);
	if (!strncmp(said, "coverage", 8))
		return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:s, s:[{s:s, s:s, s:s}]}", "type",
				 "coverage", "function", "thing_read", "slot", "read", "table", "fops",
				 "registration", "misc", "command", "", "file", file, "line", line, "state",
				 "fenced", "reason", "", "fences", "struct", "thing", "lock", "sem", "predicate",
				 "ops");
	if (!strncmp(said, "door", 4))
		return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:s, s:s}", "type", "door",
				 "function", "thing_read", "slot", "read", "table", "fops", "struct",
				 "thing", "file", file, "line", line, "registration", "misc_register",
				 "verdict", "fenced", "fence", "sem");
	return NULL;
}

static void read_comment(struct said *said, const char *at, const char *whole, int number)
{
	char word[64], value[64];
	json_t *object = object_for(at, whole, number, "thing_read");

	if (object)
		json_array_append_new(said->objects, object);
	else if (sscanf(at, "stop %63s", word) == 1)
		json_array_append_new(said->stops, json_string(word));
	else if (sscanf(at, "exports %63s %63s", word, value) == 2)
		json_object_set_new(said->exports, word, json_string(value));
	else if (sscanf(at, "imports %63s", word) == 1)
		json_array_append_new(said->imports, json_pack("{s:s, s:s, s:i}", "name", word, "file", whole,
							       "line", number));
	else if (sscanf(at, "status %63s", word) == 1)
		said->status = copy(word), said->detail = "as told";
	else if (!strcmp(at, "damage-facts"))
		said->damage_facts = true;
	else if (!strcmp(at, "damage"))
		said->damage = true;
	else if (!strncmp(at, "die", 3))
		raise(SIGKILL);
	else if (sscanf(at, "sleep %63s", word) == 1)
		sleep((unsigned)atoi(word));
}

static char *module_in(const json_t *command)
{
	struct unit one = {.name = (char *)""};
	const char *why;

	if (!compile_from_json(command, &one.compile, &why))
		return copy("");

	char *module = module_of(&one);

	return module ? module : copy("");
}

struct said hear(const struct asked *asked, const char *target)
{
	static const char mark[] = "// fake: ";
	json_t *command = json_load_file(asked->unit, 0, NULL);
	const char *file = json_string_value(json_object_get(command, "file"));
	struct said said = {.objects = json_array(), .stops = json_array(), .exports = json_object(),
			    .imports = json_array(), .status = "ok", .detail = ""};
	char *source, *whole;
	int number = 0;

	if (!file)
		fail(asked->unit, "not a command");
	said.file = copy(file);
	said.module = module_in(command);
	if (!parse(command, asked->depfile, target)) {
		said.status = "parse-error";
		said.detail = "clang refused it";
	}
	whole = path_plain(json_string_value(json_object_get(command, "directory")), file);
	source = file_read(whole, NULL);
	for (char *line = source, *end; line && *line; line = end) {
		char *at;

		number++;
		end = line + strcspn(line, "\n");
		if (*end)
			*end++ = '\0';
		at = strstr(line, mark);
		if (at)
			read_comment(&said, at + strlen(mark), whole, number);
	}
	free(source);
	free(whole);
	json_decref(command);
	return said;
}

static char *add_line(char *text, json_t *object)
{
	char *line = json_dumps(object, JSON_COMPACT), *longer = format("%s%s\n", text, line);

	free(line);
	free(text);
	return longer;
}

char *record_of(const struct said *said, const json_t *extra)
{
	json_t *object, *unit = json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:O, s:[]}", "type", "unit", "file",
					  said->file, "status", said->status, "detail", said->detail, "doors", 2,
					  "teardowns", 1, "explored", 0, "budget_stops", said->stops, "not_reached");
	char *text = copy("");
	size_t i;

	json_array_foreach(said->objects, i, object)
		text = add_line(text, object);
	if (extra)
		json_object_update(unit, (json_t *)(uintptr_t)extra);
	text = add_line(text, unit);
	if (said->damage)
		strcpy(text + strlen(text) / 2, "\n");
	json_decref(unit);
	return text;
}

void put_text(const char *path, const char *text)
{
	FILE *to = fopen(path, "w");

	if (!to || fputs(text, to) < 0)
		fail(path, strerror(errno));
	errno = 0;
	if (fclose(to) != 0)
		fail(path, strerror(errno));
}

// A line of what was done, in FAKE_RUNS or beside it.
static void count(const char *end, const char *what)
{
	const char *runs = getenv("FAKE_RUNS");

	if (!runs)
		return;

	char *path = format("%s%s", runs, end);
	FILE *to = fopen(path, "a");

	fprintf(to, "%s\n", what);
	fclose(to);
	free(path);
}

static int analyse(const struct asked *asked)
{
	struct said said;

	count("", asked->unit);
	said = hear(asked, asked->output);
	put_text(asked->output, record_of(&said, NULL));
	return 0;
}

static int run(const struct asked *asked)
{
	if (asked->list) {
		if (!asked->merged)
			fail("--merged", "missing");
		count(".links", asked->list);
		return link_facts(asked);
	}
	if (!asked->unit || !asked->output)
		fail("--unit", "missing");
	if (asked->import) {
		count(".checks", asked->unit);
		return check_with_import(asked);
	}
	if (asked->facts) {
		count("", asked->unit);
		return write_facts(asked);
	}
	return analyse(asked);
}

int main(int argc, char **argv)
{
	struct asked asked = {0};
	const struct {
		const char *name;
		const char **value;
	} options[] = {
		{"--unit", &asked.unit}, {"--output", &asked.output}, {"--depfile", &asked.depfile},
		{"--facts", &asked.facts}, {"--import", &asked.import}, {"--alone", &asked.alone},
		{"--link", &asked.list}, {"--merged", &asked.merged},
	};

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--version")) {
			const char *llvm = getenv("FAKE_LLVM");

			printf("strongfence-unit 0 (LLVM %s)\n", llvm ? llvm : "19.1.7");
			return 0;
		}
		if (!strcmp(argv[i], "--list-rules")) {
			list_rules();
			return 0;
		}
		if (!strcmp(argv[i], "--list-words")) {
			const char *words = getenv("FAKE_WORDS");

			puts(words ? words : "call int\ncall include\ncall fake");
			return 0;
		}
		if (!strcmp(argv[i], "--list-rows")) {
			puts("{}\n{}");
			return 0;
		}
		if (!strcmp(argv[i], "--check-model"))
			return check_models(argv + i + 1);
		if (i + 1 == argc)
			fail(argv[i], "unknown option");
		for (size_t j = 0; j < sizeof(options) / sizeof(*options); j++)
			if (!strcmp(argv[i], options[j].name))
				*options[j].value = argv[i + 1];
		i++;
	}
	return run(&asked);
}
