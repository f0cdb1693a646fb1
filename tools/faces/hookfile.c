// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "hookfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "complain.h"
#include "files.h"
#include "inputs.h"
#include "program.h"

static const char ours[] = "# Written by 'strongfence hook --install'; 'strongfence hook --uninstall' removes it.\n";

static const char *const settings[] = {"strongfence.build", "strongfence.source", "strongfence.database",
				       "strongfence.state"};

enum { SETTINGS = sizeof(settings) / sizeof(*settings) };

// In the order of `settings`.
static void places_of(struct options *options, char **places[SETTINGS])
{
	places[0] = &options->kernel_build;
	places[1] = &options->kernel_src;
	places[2] = &options->database;
	places[3] = &options->state;
}

void hook_settings(struct options *options, const struct repository *repository)
{
	bool given = options->kernel_build || options->kernel_src || options->database;
	char **places[SETTINGS], *found;

	places_of(options, places);
	for (size_t i = 0; i < SETTINGS; i++) {
		char *value = *places[i] || (given && places[i] != &options->state)
				      ? NULL
				      : git_setting(repository, settings[i]);

		if (value)
			*places[i] = path_join(repository->top, value);
		free(value);
	}
	if (options->kernel_build || options->kernel_src || options->database)
		return;
	found = path_join(repository->top, "compile_commands.json");
	if (!file_exists(found))
		fatal("no kernel build is known: name it with 'git config strongfence.build DIR', or a "
		      "compile_commands.json with 'git config strongfence.database FILE'");
	options->database = found;
}

// One word for a shell.
static char *quoted(const char *text)
{
	char *made = copy("'"), *longer;

	for (const char *at = text; *at; at++) {
		longer = *at == '\'' ? format("%s'\\''", made) : format("%s%c", made, *at);
		free(made);
		made = longer;
	}
	longer = format("%s'", made);
	free(made);
	return longer;
}

static void add(char **line, const char *option, const char *value)
{
	char *word = value ? quoted(value) : NULL;
	char *longer = format("%s %s%s%s", *line, option, word ? " " : "", word ? word : "");

	free(*line);
	free(word);
	*line = longer;
}

static void add_number(char **line, const char *option, long value)
{
	char *text = format("%ld", value);

	add(line, option, text);
	free(text);
}

// The command as the hook runs it: what is no setting is part of it.
static char *command_of(const struct options *options, const char *program)
{
	char *line = format("%s hook", program);

	if (options->strict)
		add(&line, "--strict", NULL);
	for (size_t i = 0; i < options->rules.count; i++)
		add(&line, "--rules", options->rules.at[i]);
	for (size_t i = 0; i < options->models.count; i++) {
		char *whole = path_real(NULL, options->models.at[i]);

		add(&line, "--kernel-model", whole);
		free(whole);
	}
	if (options->min_severity != SEVERITY_LOW)
		add(&line, "--min-severity", severity_name(options->min_severity));
	if (options->budget)
		add_number(&line, "--budget", options->budget);
	if (options->timeout)
		add_number(&line, "--timeout", options->timeout);
	if (options->llvm != 19)
		add_number(&line, "--llvm", options->llvm);
	return line;
}

static char *hook_path(const struct repository *repository)
{
	char *folder = git_line(repository, "rev-parse", "--git-path", "hooks", NULL);

	if (!folder)
		fatal("hook: git does not say where its hooks are");

	char *whole = path_join(repository->top, folder), *path = path_join(whole, "pre-commit");

	free(whole);
	free(folder);
	return path;
}

// Checks that what is to be written down can be used, and makes names absolute.
static void settle_places(struct options *options, const struct repository *repository)
{
	char **places[SETTINGS];
	struct inputs inputs;

	places_of(options, places);
	for (size_t i = 0; i < SETTINGS; i++)
		if (*places[i])
			*places[i] = path_real(NULL, *places[i]);
	hook_settings(options, repository);
	inputs = inputs_open(options, false);
	if (inputs.database && !file_exists(inputs.database))
		fatal("%s: no such file", inputs.database);
}

int hook_install(struct options *options)
{
	struct repository repository = git_open();
	char *path = hook_path(&repository), *folder = path_parent(path);
	char *program = program_self(), *word = quoted(program), *command = command_of(options, word);
	char *old = file_read(path, NULL), *text, **places[SETTINGS];
	struct options given = *options;

	settle_places(options, &repository);
	if (old && !strstr(old, ours))
		fatal("%s: there is a hook of another hand; add this line to it: %s || exit 1", path, command);
	text = format("#!/bin/sh\n%s"
		      "[ -x %s ] || { echo \"strongfence: its program is gone: nothing was checked\" >&2; exit 0; }\n"
		      "exec %s\n",
		      ours, word, command);
	if (make_directories(folder) < 0)
		fatal("%s: %s", folder, strerror(errno));
	if (file_write(path, text, strlen(text)) < 0 || chmod(path, 0755) < 0)
		fatal("%s: %s", path, strerror(errno));
	say("%s: written", path);
	places_of(options, places);
	// A compile_commands.json that was found at the top is found again.
	if (given.kernel_build || given.kernel_src || given.database || given.state)
		for (size_t i = 0; i < SETTINGS; i++) {
			free(git_line(&repository, "config", "--unset-all", settings[i], NULL));
			if (!*places[i])
				continue;

			char *done = git_line(&repository, "config", settings[i], *places[i], NULL);

			if (!done)
				fatal("git config %s: it could not be set", settings[i]);
			say("git config %s %s", settings[i], *places[i]);
			free(done);
		}
	free(text);
	free(old);
	free(command);
	free(word);
	free(program);
	free(folder);
	free(path);
	return VERDICT_CLEAN;
}

int hook_uninstall(void)
{
	struct repository repository = git_open();
	char *path = hook_path(&repository), *old = file_read(path, NULL);

	if (!old && errno != ENOENT)
		fatal("%s: %s", path, strerror(errno));
	if (old && !strstr(old, ours))
		fatal("%s: it is of another hand and stays as it is", path);
	if (old && unlink(path) < 0)
		fatal("%s: %s", path, strerror(errno));
	say("%s: %s", path, old ? "removed" : "there is none");
	for (size_t i = 0; i < SETTINGS; i++)
		free(git_line(&repository, "config", "--unset-all", settings[i], NULL));
	free(old);
	free(path);
	return VERDICT_CLEAN;
}
