// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"

extern char **environ;

static volatile sig_atomic_t caught;
static volatile sig_atomic_t running;

static void pass_on(int signal)
{
	caught = signal;
	if (running > 0)
		kill((pid_t)running, signal);
}

int process_interrupted(void)
{
	return caught;
}

// make writes its jobserver into MAKEFLAGS: run from a Makefile we must not
// hand it down, and messages that are read back must be in English.
static void make_environment(const struct process *process, struct strings *made)
{
	static const char *const hidden[] = {"MAKEFLAGS=", "MFLAGS=", "MAKELEVEL=", "LC_ALL="};

	for (char **at = environ; *at; at++) {
		bool hide = false;

		for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++)
			hide |= !strncmp(*at, hidden[i], strlen(hidden[i]));
		for (size_t i = 0; process->set && i < process->set->count; i++)
			hide |= !strncmp(*at, process->set->at[i],
					 strcspn(process->set->at[i], "=") + 1);
		if (!hide)
			strings_add(made, *at);
	}
	strings_add(made, "LC_ALL=C.UTF-8");
	if (process->set)
		strings_add_all(made, process->set);
}

static void read_lines(int fd, const struct process *process)
{
	FILE *stream = fdopen(fd, "r");
	char *line = NULL;
	size_t room = 0;
	ssize_t length;

	if (!stream) {
		close(fd);
		return;
	}
	while ((length = getline(&line, &room, stream)) >= 0) {
		if (length && line[length - 1] == '\n')
			line[length - 1] = '\0';
		process->line(process->context, line);
	}
	free(line);
	fclose(stream);
}

int process_run(const struct process *process, struct rusage *usage)
{
	static const int passed[] = {SIGINT, SIGTERM, SIGHUP};
	enum { PASSED = sizeof(passed) / sizeof(*passed) };
	struct sigaction old[PASSED], action = {.sa_handler = pass_on, .sa_flags = SA_RESTART};
	struct strings environment = {0};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int pipes[2] = {-1, -1};
	int error, status;
	sigset_t defaults;
	pid_t pid;

	if (process->line && pipe2(pipes, O_CLOEXEC) < 0)
		return 127;
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (process->directory)
		posix_spawn_file_actions_addchdir_np(&files, process->directory);
	if (process->output_file || process->quiet) {
		posix_spawn_file_actions_addopen(
			&files, STDOUT_FILENO, process->quiet ? "/dev/null" : process->output_file,
			O_WRONLY | O_CREAT | O_APPEND, 0666);
		posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
	}
	if (process->line) {
		posix_spawn_file_actions_adddup2(&files, pipes[1], STDOUT_FILENO);
		if (process->join_errors)
			posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
	}
	posix_spawnattr_init(&attributes);
	sigemptyset(&defaults);
	for (size_t i = 0; i < PASSED; i++)
		sigaddset(&defaults, passed[i]);
	sigaddset(&defaults, SIGPIPE);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	make_environment(process, &environment);

	sigemptyset(&action.sa_mask);
	running = 0;
	for (size_t i = 0; i < PASSED; i++)
		sigaction(passed[i], &action, &old[i]);
	error = posix_spawnp(&pid, process->words->at[0], &files, &attributes, process->words->at,
			     environment.at);
	if (!error) {
		running = pid;
		if (caught)
			kill(pid, caught);
	}
	if (pipes[1] >= 0)
		close(pipes[1]);
	if (!error && process->line)
		read_lines(pipes[0], process);
	else if (pipes[0] >= 0)
		close(pipes[0]);
	if (!error) {
		while (wait4(pid, &status, 0, usage) < 0 && errno == EINTR)
			;
		running = 0;
	}
	for (size_t i = 0; i < PASSED; i++)
		sigaction(passed[i], &old[i], NULL);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	strings_free(&environment);
	if (error) {
		errno = error;
		return 127;
	}
	errno = 0;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void keep_line(void *context, char *line)
{
	char **text = context;
	char *longer = *text ? format("%s\n%s", *text, line) : copy(line);

	free(*text);
	*text = longer;
}

char *process_output(const struct strings *words)
{
	char *text = copy("");
	struct process process = {.words = words, .line = keep_line, .context = &text};

	free(text);
	text = NULL;
	if (process_run(&process, NULL) != 0) {
		free(text);
		return NULL;
	}
	return text ? text : copy("");
}

char *program_path(const char *name)
{
	const char *search = getenv("PATH");

	if (strchr(name, '/'))
		return is_program(name) ? copy(name) : NULL;
	if (!search)
		search = "/usr/bin:/bin";
	for (const char *at = search; *at;) {
		size_t length = strcspn(at, ":");
		char *directory = copy_span(at, length);
		char *path = path_join(length ? directory : ".", name);

		free(directory);
		if (is_program(path))
			return path;
		free(path);
		at += length + (at[length] == ':');
	}
	return NULL;
}
