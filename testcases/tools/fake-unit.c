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
//
// Each source has two doors and one teardown root. FAKE_LLVM, FAKE_RULES and FAKE_WORDS replace what --version, --list-rules and --list-words print. Each analysis adds a line to the
// file that FAKE_RUNS names.

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "memory.h"
#include "process.h"
#include "rules.h"

static const char *unit, *output, *depfile;

static _Noreturn void fail(const char *what, const char *why)
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

static bool parse(const json_t *command)
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
		strings_add(&words, output);
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

static json_t *object_for(const char *said, const char *file, int line, const char *function)
{
	char rule[64], severity[32];

	if (sscanf(said, "finding %63s %31s", rule, severity) == 2)
		return json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, "
				 "s:[o,o], s:s}",
				 "type", "finding", "rule", rule, "severity", severity, "file", file,
				 "line", line, "column", 2, "function", function, "door", function,
				 "slot", "read", "table", "fops", "struct", "thing", "teardown",
				 "thing_remove", "message", "'thing_read' reads 'thing->base'", "notes",
				 note(file, line, "operation", "reads 'thing->base'"),
				 note(file, line + 1, "unbind", "unmaps 'thing->base'"), "fingerprint",
				 rule);
	if (!strncmp(said, "fence", 5))
		return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:[s]}", "type",
				 "fence", "struct", "thing", "lock", "sem", "mode", "shared",
				 "predicate", "ops", "teardown", "thing_remove", "barrier", "down_write",
				 "file", file, "line", line, "shape", "S1", "doors", "thing_read");
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

static void analyse(void)
{
	static const char mark[] = "// fake: ";
	json_t *command = json_load_file(unit, 0, NULL), *stops = json_array();
	const char *file = json_string_value(json_object_get(command, "file"));
	const char *runs = getenv("FAKE_RUNS");
	const char *status = "ok", *detail = "";
	char *text, *source, *whole, word[64];
	bool damage = false;
	FILE *to;

	if (!file)
		fail(unit, "not a command");
	if (runs) {
		to = fopen(runs, "a");
		fprintf(to, "%s\n", unit);
		fclose(to);
	}
	if (!parse(command)) {
		status = "parse-error";
		detail = "clang refused it";
	}
	whole = path_plain(json_string_value(json_object_get(command, "directory")), file);
	source = file_read(whole, NULL);
	to = fopen(output, "w");
	if (!to)
		fail(output, strerror(errno));
	for (char *line = source, *end; line && *line; line = end) {
		static int number;
		char *at;
		json_t *object;

		number++;
		end = line + strcspn(line, "\n");
		if (*end)
			*end++ = '\0';
		at = strstr(line, mark);
		if (!at)
			continue;
		at += strlen(mark);
		object = object_for(at, whole, number, "thing_read");
		if (object) {
			text = json_dumps(object, JSON_COMPACT);
			fprintf(to, "%s\n", text);
			free(text);
			json_decref(object);
		} else if (sscanf(at, "stop %63s", word) == 1) {
			json_array_append_new(stops, json_string(word));
		} else if (sscanf(at, "status %63s", word) == 1) {
			status = copy(word);
			detail = "as told";
		} else if (!strncmp(at, "damage", 6)) {
			damage = true;
		} else if (!strncmp(at, "die", 3)) {
			raise(SIGKILL);
		} else if (sscanf(at, "sleep %63s", word) == 1) {
			sleep((unsigned)atoi(word));
		}
	}
	text = json_dumps(json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:o, s:[]}", "type", "unit", "file",
				    file, "status", status, "detail", detail, "doors", 2, "teardowns", 1,
				    "explored", 0, "budget_stops", stops, "not_reached"),
			  JSON_COMPACT);
	if (damage)
		text[strlen(text) / 2] = '\0';
	fprintf(to, "%s\n", text);
	errno = 0;
	if (fclose(to) != 0)
		fail(output, strerror(errno));
}

int main(int argc, char **argv)
{
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
		if (!strcmp(argv[i], "--check-model"))
			return check_models(argv + i + 1);
		if (i + 1 == argc)
			fail(argv[i], "unknown option");
		if (!strcmp(argv[i], "--unit"))
			unit = argv[i + 1];
		else if (!strcmp(argv[i], "--output"))
			output = argv[i + 1];
		else if (!strcmp(argv[i], "--depfile"))
			depfile = argv[i + 1];
		i++;
	}
	if (!unit || !output)
		fail("--unit", "missing");
	analyse();
	return 0;
}
