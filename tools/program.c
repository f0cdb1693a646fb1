// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "complain.h"
#include "files.h"
#include "process.h"
#include "rules.h"

char *program_self(void)
{
	char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (length < 0)
		fatal("/proc/self/exe: %s", strerror(errno));
	path[length] = '\0';
	return copy(path);
}

char *program_directory(void)
{
	char *self = program_self(), *directory = path_parent(self);

	free(self);
	return directory;
}

char *program_find(int llvm, char **looked_for)
{
	const char *named = getenv("STRONGFENCE_UNIT");

	if (named && *named) {
		if (is_program(named))
			return path_real(NULL, named);
		*looked_for = format("%s (from STRONGFENCE_UNIT)", named);
		return NULL;
	}

	// A build tree has it beside the command.
	static const char *const folders[] = {".", "../" STRONGFENCE_LIBDIR "/strongfence", "../lib/strongfence"};
	char *directory = program_directory(), *name = format("strongfence-unit-%d", llvm);
	char *found = NULL;

	*looked_for = format("%s/%s", directory, name);
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders) && !found; i++) {
		char *folder = path_join(directory, folders[i]), *path = path_join(folder, name);
		char *plain = path_plain(NULL, path);

		if (is_program(plain))
			found = copy(plain);
		free(plain);
		free(path);
		free(folder);
	}
	if (!found) {
		char *path = path_join(directory, "strongfence-unit");

		if (is_program(path))
			found = copy(path);
		free(path);
	}
	free(name);
	free(directory);
	return found;
}

struct answer {
	struct strings lines;
};

static void keep_line(void *context, char *line)
{
	struct answer *answer = context;

	strings_add(&answer->lines, line);
}

static bool ask(const char *program, const char *option, struct answer *answer)
{
	struct strings words = {0};
	struct process process = {
		.words = &words, .line = keep_line, .context = answer, .join_errors = true};
	int status;

	strings_add(&words, program);
	strings_add(&words, option);
	status = process_run(&process, NULL);
	if (status == 127 && errno)
		strings_add(&answer->lines, strerror(errno));
	strings_free(&words);
	return status == 0;
}

// With the level that we know it by, which decides whether it is on.
static bool lists(const struct answer *answer, const struct rule *rule)
{
	char *start = format("%s\t%s\t", rule->key, rule->level);
	bool found = false;

	for (size_t i = 0; i < answer->lines.count; i++)
		found |= !strncmp(answer->lines.at[i], start, strlen(start));
	free(start);
	return found;
}

char *program_fault(const char *program, int llvm)
{
	struct answer rules_known = {0}, version = {0};
	char *fault = NULL;

	if (!ask(program, "--list-rules", &rules_known)) {
		fault = format("does not run: %s", rules_known.lines.count ? rules_known.lines.at[0]
									 : "it printed nothing");
		goto done;
	}
	for (size_t i = 0; i < rule_count; i++) {
		if (lists(&rules_known, &rules[i]))
			continue;
		fault = format("does not know the rule %s of level %s: it was built from another version",
			       rules[i].key, rules[i].level);
		goto done;
	}
	// "strongfence-unit 0.1.0 (LLVM 19.1.7)"
	if (ask(program, "--version", &version)) {
		const char *at = version.lines.count ? strstr(version.lines.at[0], "LLVM ") : NULL;
		int major = at ? atoi(at + 5) : 0;

		if (major != llvm)
			fault = major ? format("was built with LLVM %d, not LLVM %d", major, llvm)
				      : format("does not say which LLVM it was built with");
	} else {
		fault = copy("does not say which LLVM it was built with");
	}
done:
	strings_free(&rules_known.lines);
	strings_free(&version.lines);
	return fault;
}

char *program_require(int llvm)
{
	char *looked_for = NULL;
	char *program = program_find(llvm, &looked_for);
	char *fault;

	if (!program)
		fatal("%s: no such program; build strongfence for LLVM %d", looked_for, llvm);
	free(looked_for);
	fault = program_fault(program, llvm);
	if (fault)
		fatal("%s: %s", program, fault);
	return program;
}

struct strings program_lines(const char *program, const char *option, const struct strings *models)
{
	struct strings words = {0};
	struct answer answer = {0};
	struct process process = {
		.words = &words, .line = keep_line, .context = &answer, .join_errors = true};

	strings_add(&words, program);
	strings_add(&words, option);
	for (size_t i = 0; i < models->count; i++) {
		strings_add(&words, "--kernel-model");
		strings_add(&words, models->at[i]);
	}
	if (process_run(&process, NULL) != 0)
		fatal("%s %s: %s", program, option, answer.lines.count ? answer.lines.at[0] : "it printed nothing");
	strings_free(&words);
	return answer.lines;
}

void program_check_models(const char *program, const struct strings *models)
{
	struct strings words = {0};
	struct answer answer = {0};
	struct process process = {
		.words = &words, .line = keep_line, .context = &answer, .join_errors = true};
	int status;

	if (!models->count)
		return;
	for (size_t i = 0; i < models->count; i++)
		if (access(models->at[i], R_OK) < 0)
			fatal("%s: %s", models->at[i], strerror(errno));
	strings_add(&words, program);
	strings_add(&words, "--check-model");
	strings_add_all(&words, models);
	status = process_run(&process, NULL);
	if (status != 0) {
		static const char prefix[] = "strongfence-unit: ";

		for (size_t i = 0; i < answer.lines.count; i++) {
			const char *line = answer.lines.at[i];

			if (!strncmp(line, prefix, strlen(prefix)))
				complain("%s", line + strlen(prefix));
		}
		fatal("the kernel model was not accepted");
	}
	strings_free(&answer.lines);
	strings_free(&words);
}
