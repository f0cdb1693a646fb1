// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "plugin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "memory.h"
#include "process.h"
#include "program.h"
#include "rules.h"

char *plugin_find(int llvm, char **looked_for)
{
	// ../lib in a build tree, ../lib or ../lib/TRIPLET, each with /strongfence, when installed.
	static const char *const folders[] = {"../lib", "../" STRONGFENCE_LIBDIR "/strongfence", "../lib/strongfence"};
	const char *named = getenv("STRONGFENCE_PLUGIN");
	char *name = format("StrongfenceChecker-%d.so", llvm), *directory, *found = NULL;

	*looked_for = NULL;
	if (named && *named) {
		free(name);
		if (file_exists(named))
			return path_real(NULL, named);
		*looked_for = format("%s (from STRONGFENCE_PLUGIN)", named);
		return NULL;
	}
	directory = program_directory();
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders) && !found; i++) {
		char *folder = path_join(directory, folders[i]), *path = path_join(folder, name);
		char *plain = path_plain(NULL, path);

		if (file_exists(plain))
			found = copy(plain);
		else if (!*looked_for)
			*looked_for = copy(plain);
		free(plain);
		free(path);
		free(folder);
	}
	free(directory);
	free(name);
	return found;
}

static void keep_line(void *context, char *line)
{
	strings_add(context, line);
}

static int ask(const struct strings *words, struct strings *answer)
{
	struct process process = {.words = words, .line = keep_line, .context = answer, .join_errors = true};
	int status = process_run(&process, NULL);

	if (status == 127 && errno)
		strings_add(answer, strerror(errno));
	return status;
}

static bool lists(const struct strings *lines, const char *checker)
{
	for (size_t i = 0; i < lines->count; i++)
		if (!strcmp(lines->at[i] + strspn(lines->at[i], " "), checker))
			return true;
	return false;
}

// The first: "plugin is not compatible" comes before "no such checker". NULL when there is none.
static const char *complaint(const struct strings *lines)
{
	static const char *const marks[] = {"error: ", "warning: "};
	const char *first = NULL;

	for (size_t i = 0; i < lines->count && !first; i++)
		for (size_t j = 0; j < sizeof(marks) / sizeof(*marks) && !first; j++) {
			const char *at = strstr(lines->at[i], marks[j]);

			first = at ? at + strlen(marks[j]) : NULL;
		}
	return first;
}

// Asks for all rules, those of level alpha by their package: what clang then lists is what it would run.
char *plugin_fault(const char *plugin, const char *clang)
{
	struct strings words = {0}, answer = {0};
	bool alpha = false;
	char *fault = NULL;
	const char *why;
	int status;

	for (size_t i = 0; i < rule_count; i++)
		alpha |= rule_is_alpha(&rules[i]);
	strings_add(&words, clang);
	strings_add(&words, "-cc1");
	strings_add(&words, "-load");
	strings_add(&words, plugin);
	strings_add(&words, "-analyze");
	strings_take(&words, format("-analyzer-checker=teardown%s", alpha ? ",alpha.teardown" : ""));
	strings_add(&words, "-analyzer-list-enabled-checkers");
	strings_add(&words, "-x");
	strings_add(&words, "c");
	strings_add(&words, "/dev/null");
	// A list without them and exit status 0 is what clang prints for a plugin that it could not even load.
	status = ask(&words, &answer);
	why = complaint(&answer);
	if (status || why)
		fault = format("%s does not load it: %s (a plugin fits the version of clang that it was built with, and no other)",
			       clang, why ? why : answer.count ? answer.at[0] : "it printed nothing");
	else if (!lists(&answer, "teardown.Model"))
		fault = format("%s takes none of its checkers: it was built with another version of clang", clang);
	for (size_t i = 0; i < rule_count && !fault; i++) {
		char *checker = format("%s%s", rule_package(rules[i].key), rules[i].key);

		if (!lists(&answer, checker))
			fault = format("does not know the rule %s of level %s: it was built from another version",
				       rules[i].key, rules[i].level);
		free(checker);
	}
	strings_free(&answer);
	strings_free(&words);
	return fault;
}

int clang_major(const char *clang, char **version)
{
	static const char mark[] = "clang version ";
	struct strings words = {0};
	char *text;
	const char *at;
	int major = 0;

	strings_add(&words, clang);
	strings_add(&words, "--version");
	text = process_output(&words);
	at = text ? strstr(text, mark) : NULL;
	if (at) {
		at += strlen(mark);
		major = atoi(at);
		if (version)
			*version = copy_span(at, strcspn(at, " \n"));
	} else if (version) {
		*version = NULL;
	}
	free(text);
	strings_free(&words);
	return major;
}
