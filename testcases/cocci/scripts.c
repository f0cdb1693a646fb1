// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "scripts.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "process.h"
#include "rules.h"
#include "test.h"

char *script_path(const char *rule)
{
	return format(SCRIPTS "/%s.cocci", rule);
}

struct strings scripts(void)
{
	struct strings list = {0};

	for (size_t i = 0; i < rule_count; i++) {
		char *path = script_path(rules[i].key);

		if (file_exists(path))
			strings_add(&list, rules[i].key);
		free(path);
	}
	assert_true(list.count >= 7);
	return list;
}

char *script_text(const char *rule)
{
	char *path = script_path(rule), *text = file_read(path, NULL);

	assert_non_null(text);
	free(path);
	return text;
}

bool script_has_mode(const char *rule, const char *mode)
{
	char *text = script_text(rule), *rest = text, *line;
	bool found = false;

	while ((line = strsep(&rest, "\n"))) {
		if (strncmp(line, "virtual ", 8))
			continue;
		for (char *word = strtok(line + 8, ", ;"); word; word = strtok(NULL, ", ;"))
			found |= !strcmp(word, mode);
	}
	free(text);
	return found;
}

static void keep(void *context, char *line)
{
	strings_add(context, line);
}

static struct said run_words(struct strings *words)
{
	struct said said = {0};
	struct process process = {.words = words, .line = keep, .context = &said.lines, .join_errors = true};

	said.status = process_run(&process, NULL);
	if (said.status == 127)
		fail_msg("spatch could not be started: install coccinelle");
	strings_free(words);
	return said;
}

struct said spatch(const char *first, ...)
{
	struct strings words = {0};
	va_list rest;

	strings_add(&words, "spatch");
	va_start(rest, first);
	for (const char *word = first; word; word = va_arg(rest, const char *))
		strings_add(&words, word);
	va_end(rest);
	return run_words(&words);
}

void said_free(struct said *said)
{
	strings_free(&said->lines);
}

struct said script_run(const char *rule, const char *mode, const char *path)
{
	static const char options[] = "// Options:";
	char *text = script_text(rule), *script = script_path(rule), *head = strstr(text, options);
	struct strings words = {0};

	assert_non_null(head);
	head += strlen(options);
	head[strcspn(head, "\n")] = '\0';
	strings_add(&words, "spatch");
	strings_add(&words, "-D");
	strings_add(&words, mode);
	strings_add(&words, "--very-quiet");
	if (strcmp(mode, "patch") && strcmp(mode, "context"))
		strings_add(&words, "--no-show-diff");
	for (char *word = strtok(head, " "); word; word = strtok(NULL, " "))
		strings_add(&words, word);
	strings_add(&words, "-I");
	strings_add(&words, ROOT "/testcases/Inputs/include");
	strings_add(&words, "--cocci-file");
	strings_add(&words, script);
	if (is_directory(path))
		strings_add(&words, "--dir");
	strings_add(&words, path);
	free(script);
	free(text);
	return run_words(&words);
}

json_t *script_findings(const char *rule, const char *path)
{
	struct said said = script_run(rule, "json", path);
	json_t *findings = json_array();

	for (size_t i = 0; i < said.lines.count; i++) {
		json_t *finding = json_loads(said.lines.at[i], 0, NULL);

		if (!finding)
			fail_msg("%s on %s: %s", rule, path, said.lines.at[i]);
		json_array_append_new(findings, finding);
	}
	assert_int_equal(said.status, 0);
	said_free(&said);
	return findings;
}
