// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "spatch.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "files.h"
#include "process.h"
#include "words.h"

enum {
	MEMORY = 6, // GiB, as the unit program's
	GRACE = 5,  // seconds of processor time after spatch's own time-out
};

void spatch_bounds(long timeout)
{
	const rlim_t memory = (rlim_t)MEMORY << 30, seconds = (rlim_t)timeout + GRACE;

	setrlimit(RLIMIT_AS, &(struct rlimit){memory, memory});
	setrlimit(RLIMIT_CPU, &(struct rlimit){seconds, seconds + GRACE});
}

static bool starts(const char *line, const char *with)
{
	return !strncmp(line, with, strlen(with));
}

// spatch takes what begins with a dash for an option.
static char *source_of(const struct compile *unit)
{
	return *unit->file == '-' ? format("./%s", unit->file) : copy(unit->file);
}

static struct trouble not_started(void)
{
	return (struct trouble){"crash", format("spatch: %s", strerror(errno))};
}

struct parse {
	char *place; // how a line begins that has the place of an error in the source, not in a header
	long first, good, unread;
	bool ended, headers;
	bool open; // a string or a comment was
};

static void see_parse(void *context, char *line)
{
	struct parse *parse = context;

	if (starts(line, parse->place) && !parse->first)
		parse->first = atol(line + strlen(parse->place));
	else if (starts(line, "LEXER: ") && strstr(line, "end of file"))
		parse->open |= !parse->headers;
	else if (starts(line, "including "))
		parse->headers = true;
	else if (sscanf(line, "nb good = %ld, nb bad = %ld", &parse->good, &parse->unread) == 2)
		parse->ended = true;
}

static long count_lines(const struct compile *unit)
{
	char *path = path_join(unit->directory, unit->file), *text = file_read(path, NULL);
	long lines = 0;

	for (const char *at = text; at && *at; at += *at == '\n' ? 1 : strcspn(at, "\n"))
		lines += *at == '\n';
	free(text);
	free(path);
	return lines;
}

struct readable spatch_parse(const struct compile *unit)
{
	char *source = source_of(unit);
	struct parse parse = {.place = format(" = File \"%s\", line ", source)};
	struct readable readable = {0};
	struct strings words = {0};
	struct process process = {.words = &words, .directory = unit->directory, .line = see_parse,
				  .context = &parse, .join_errors = true};
	int status;

	strings_add(&words, "spatch");
	strings_add(&words, "--parse-c");
	strings_take(&words, source);
	status = process_run(&process, NULL);
	if (status == 127 && errno)
		readable.trouble = not_started();
	else if (status == 128 + SIGXCPU || status == 128 + SIGKILL)
		readable.trouble = (struct trouble){"timeout", copy("parsing it took too long")};
	else if (status || !parse.ended)
		readable.trouble = (struct trouble){"crash", format("spatch --parse-c ended with %d", status)};
	else if (parse.open)
		readable.trouble = (struct trouble){"parse-error", copy("a string or a comment has no end")};
	else if (parse.unread > 0 && parse.good <= 0)
		readable.trouble = (struct trouble){"parse-error",
						    format("nothing of it could be read, see line %ld", parse.first)};
	readable.lines = count_lines(unit);
	readable.unread = parse.unread;
	readable.first = parse.first;
	strings_free(&words);
	free(parse.place);
	return readable;
}

struct match {
	const char *rule;
	json_t *findings;
	struct strings *headers;
	char *last;   // line that was no other
	char *python; // what Python said before spatch said that it failed
	char *fatal;  // OCaml's exception
	bool timeout, damaged;
};

static void keep(char **slot, const char *text)
{
	free(*slot);
	*slot = copy(text);
}

static void see_finding(struct match *match, const char *line)
{
	json_t *finding = json_loads(line, 0, NULL);
	const char *type = json_string_value(json_object_get(finding, "type"));
	const char *rule = json_string_value(json_object_get(finding, "rule"));

	if (type && !strcmp(type, "finding") && rule && !strcmp(rule, match->rule) &&
	    json_is_string(json_object_get(finding, "file")) && json_is_integer(json_object_get(finding, "line")) &&
	    json_is_string(json_object_get(finding, "message")))
		json_array_append(match->findings, finding);
	else
		match->damaged = true;
	json_decref(finding);
}

static void see_match(void *context, char *line)
{
	static const char including[] = "including ", exception[] = "Fatal error: exception ";
	struct match *match = context;

	if (*line == '{')
		see_finding(match, line);
	else if (starts(line, including))
		strings_add(match->headers, line + strlen(including));
	else if (starts(line, "timeout (we abort)"))
		match->timeout = true;
	else if (starts(line, exception))
		keep(&match->fatal, line + strlen(exception));
	else if (strstr(line, ": Python failure"))
		keep(&match->python, match->last ? match->last : "no reason given");
	else if (line[strspn(line, " \t")] && !starts(line, "exn while in timeout_function"))
		keep(&match->last, line + strspn(line, " \t"));
}

static struct trouble judge(const struct match *match, int status, int error, long timeout)
{
	const char *rule = match->rule;

	if (status == 127 && error) {
		errno = error;
		return not_started();
	}
	if (match->timeout || status == 128 + SIGXCPU || status == 128 + SIGKILL)
		return (struct trouble){"timeout", format("%s: no result after %ld s", rule, timeout)};
	if (match->python)
		return (struct trouble){"crash", format("%s: Python failure: %s", rule, match->python)};
	if (match->fatal && strstr(match->fatal, "Out_of_memory"))
		return (struct trouble){"memory", format("%s: more than %d GiB", rule, MEMORY)};
	if (match->fatal)
		return (struct trouble){"crash", format("%s: %s", rule, match->fatal)};
	if (status)
		return (struct trouble){"crash", format("%s: ended with %d: %s", rule, status,
							match->last ? match->last : "it said nothing")};
	if (match->damaged)
		return (struct trouble){"crash", format("%s: what it printed is damaged", rule)};
	return (struct trouble){0};
}

// The script's line "// Options: ..." names what it has to be run with.
static bool add_options(struct strings *words, const char *script)
{
	static const char mark[] = "Options:";
	char *text = file_read(script, NULL);
	bool good = text;

	for (const char *at = text; at && *at; at += *at == '\n') {
		size_t length = strcspn(at, "\n"), slashes = strspn(at, "/");
		const char *from = at + slashes + strspn(at + slashes, " ");

		if (slashes >= 2 && starts(from, mark)) {
			char *line = copy_span(from + strlen(mark), length - (size_t)(from - at) - strlen(mark));

			good &= words_split(line, words);
			free(line);
		}
		at += length;
	}
	free(text);
	return good;
}

static void add_folders(struct strings *words, const struct strings *arguments)
{
	for (size_t i = 0; i < arguments->count; i++) {
		const char *word = arguments->at[i];

		if (!starts(word, "-I"))
			continue;
		if (!word[2] && i + 1 < arguments->count)
			word = arguments->at[++i];
		else
			word += 2;
		strings_add(words, "-I");
		strings_add(words, word);
	}
}

struct trouble spatch_match(const struct compile *unit, const char *rule, const char *script, long timeout,
			    json_t *findings, struct strings *headers)
{
	struct match match = {.rule = rule, .findings = findings, .headers = headers};
	struct strings words = {0}, set = {0};
	struct process process = {.words = &words, .directory = unit->directory, .set = &set, .line = see_match,
				  .context = &match, .join_errors = true};
	struct trouble trouble;
	int status;

	strings_add(&words, "spatch");
	strings_add(&words, "--sp-file");
	strings_add(&words, script);
	if (!add_options(&words, script)) {
		strings_free(&words);
		return (struct trouble){"crash", format("%s: its script or its options cannot be read", rule)};
	}
	// No --very-quiet: it hides which headers were read.
	strings_add(&words, "--verbose-includes");
	strings_add(&words, "--no-show-diff");
	strings_add(&words, "-D");
	strings_add(&words, "json");
	strings_add(&words, "--timeout");
	strings_take(&words, format("%ld", timeout));
	add_folders(&words, &unit->arguments);
	strings_take(&words, source_of(unit));
	// Sets of names come in the same order each time.
	strings_add(&set, "PYTHONHASHSEED=0");
	status = process_run(&process, NULL);
	trouble = judge(&match, status, errno, timeout);
	strings_free(&set);
	strings_free(&words);
	free(match.last);
	free(match.python);
	free(match.fatal);
	return trouble;
}
