// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "git.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "files.h"
#include "process.h"

// What a user's configuration must not change, and what git might write by the way.
static const char *const always[] = {"git", "--no-optional-locks", "-c", "core.splitIndex=false", "-c",
				     "core.fsmonitor=false"};

static struct strings git_words(const char *first, va_list args)
{
	struct strings words = {0};

	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		strings_add(&words, always[i]);
	for (const char *word = first; word; word = va_arg(args, const char *))
		strings_add(&words, word);
	return words;
}

struct answer {
	char *first, *last;
};

static void keep_line(void *context, char *line)
{
	struct answer *answer = context;

	if (!answer->first)
		answer->first = copy(line);
	free(answer->last);
	answer->last = copy(line);
}

// The line that it printed; *status is its exit status. With `errors` what it says of a failure counts.
static char *ask(const struct repository *repository, const struct strings *words, bool errors, int *status)
{
	struct answer answer = {0};
	struct process process = {.words = words, .set = &repository->set, .directory = repository->top,
				  .join_errors = errors, .line = keep_line, .context = &answer};

	*status = process_run(&process, NULL);
	if (*status == 127 && errno)
		fatal("git: %s", strerror(errno));
	if (process_interrupted())
		fatal("interrupted");
	if (!*status && errors) {
		free(answer.first);
		return answer.last;
	}
	free(answer.last);
	return answer.first;
}

// Fatal, with what git says, when it fails.
static void must(const struct repository *repository, const struct strings *words)
{
	int status;
	char *said = ask(repository, words, true, &status);

	if (status)
		fatal("git %s: %s", words->at[sizeof(always) / sizeof(*always)],
		      said ? said : "it failed and printed nothing");
	free(said);
}

char *git_line(const struct repository *repository, const char *first, ...)
{
	struct strings words;
	char *said;
	va_list args;
	int status;

	va_start(args, first);
	words = git_words(first, args);
	va_end(args);
	said = ask(repository, &words, false, &status);
	strings_free(&words);
	if (status) {
		free(said);
		return NULL;
	}
	return said ? said : copy("");
}

char *git_setting(const struct repository *repository, const char *name)
{
	char *value = git_line(repository, "config", "--path", "--get", name, NULL);

	if (value && !*value) {
		free(value);
		return NULL;
	}
	return value;
}

struct repository git_open(void)
{
	// A commit of some files alone has an index of its own.
	static const char *const taken[] = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"};
	static const char *const question[] = {"git", "rev-parse", "--show-toplevel"};
	struct repository none = {0}, repository = {0};
	struct strings words = {0};
	int status;
	char *folder, *index, *whole;

	if (!(whole = program_path("git")))
		fatal("git: not found");
	free(whole);
	for (size_t i = 0; i < sizeof(question) / sizeof(*question); i++)
		strings_add(&words, question[i]);
	repository.top = ask(&none, &words, true, &status);
	if (status || !repository.top)
		fatal("hook: %s", repository.top ? repository.top : "git does not say where the work tree is");
	strings_free(&words);
	folder = git_line(&none, "rev-parse", "--absolute-git-dir", NULL);
	index = git_line(&none, "rev-parse", "--git-path", "index", NULL);
	if (!folder || !index)
		fatal("hook: git does not say where the repository is");
	whole = path_plain(NULL, index);
	strings_take(&repository.set, format("GIT_DIR=%s", folder));
	strings_take(&repository.set, format("GIT_WORK_TREE=%s", repository.top));
	strings_take(&repository.set, format("GIT_INDEX_FILE=%s", whole));
	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
		unsetenv(taken[i]);
	free(whole);
	free(index);
	free(folder);
	return repository;
}

// The next NUL-terminated word of what is left, NULL at the end.
static const char *next(const char **at, const char *end)
{
	const char *word = *at, *stop = word < end ? memchr(word, '\0', (size_t)(end - word)) : NULL;

	if (!stop)
		return NULL;
	*at = stop + 1;
	return word;
}

static char *word_of(const char **at)
{
	size_t length = strcspn(*at, " ");
	char *word = copy_span(*at, length);

	*at += length + ((*at)[length] == ' ');
	return word;
}

// ":OLDMODE NEWMODE OLDBLOB NEWBLOB STATUS", then a path, of a rename two.
static struct changes read_raw(const char *text, size_t length)
{
	const char *at = text, *end = text + length, *head;
	struct changes changes = {0};
	size_t room = 0;

	while ((head = next(&at, end))) {
		struct change one = {0};
		const char *path = next(&at, end);

		if (*head != ':' || !path)
			fatal("git diff --raw: not understood: %s", head);
		head++;
		one.old_mode = word_of(&head);
		one.new_mode = word_of(&head);
		one.old_blob = word_of(&head);
		one.new_blob = word_of(&head);
		one.status = *head;
		if (one.status == 'R' || one.status == 'C') {
			one.old_path = copy(path);
			if (!(path = next(&at, end)))
				fatal("git diff --raw: not understood: %s", one.old_path);
		}
		one.path = copy(path);
		if (changes.count == room) {
			room = 2 * room + 8;
			changes.at = reallocate(changes.at, room, sizeof(one));
		}
		changes.at[changes.count++] = one;
	}
	return changes;
}

struct changes git_changes(const struct repository *repository, const char *tree, const char *keep)
{
	static const char *const form[] = {"--raw", "-z", "--no-abbrev", "--no-ext-diff", "--no-relative",
					   "--ignore-submodules"};
	struct changes changes;
	struct strings words = {0};
	size_t length;
	char *text;

	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		strings_add(&words, always[i]);
	strings_add(&words, "diff");
	for (size_t i = 0; i < sizeof(form) / sizeof(*form); i++)
		strings_add(&words, form[i]);
	strings_take(&words, format("--output=%s", keep));
	if (tree) {
		strings_add(&words, "--cached");
		strings_add(&words, "-M");
		if (*tree)
			strings_add(&words, tree);
	} else {
		strings_add(&words, "--no-renames");
	}
	strings_add(&words, "--");
	must(repository, &words);
	text = file_read(keep, &length);
	if (!text)
		fatal("%s: %s", keep, strerror(errno));
	changes = read_raw(text, length);
	strings_free(&words);
	free(text);
	return changes;
}

void changes_free(struct changes *changes)
{
	for (size_t i = 0; i < changes->count; i++) {
		struct change *one = &changes->at[i];

		free(one->path);
		free(one->old_path);
		free(one->old_mode);
		free(one->new_mode);
		free(one->old_blob);
		free(one->new_blob);
	}
	free(changes->at);
	*changes = (struct changes){0};
}

bool git_is_file(const char *mode)
{
	return !strncmp(mode, "100", 3);
}

static void start_words(struct strings *words, const char *command)
{
	strings_free(words);
	*words = (struct strings){0};
	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		strings_add(words, always[i]);
	strings_add(words, command);
}

void git_extract(const struct repository *repository, const struct strings *names, const struct strings *contents,
		 const char *folder)
{
	enum { AT_A_TIME = 500 };
	struct repository with = {.top = repository->top};
	struct strings words = {0};

	// An index of these files alone, so that git writes them the way it writes a work tree.
	for (size_t i = 0; i < repository->set.count; i++)
		if (strncmp(repository->set.at[i], "GIT_INDEX_FILE=", 15))
			strings_add(&with.set, repository->set.at[i]);
	strings_take(&with.set, format("GIT_INDEX_FILE=%s.index", folder));
	if (make_directories(folder) < 0)
		fatal("%s: %s", folder, strerror(errno));
	for (size_t i = 0; i < names->count;) {
		start_words(&words, "update-index");
		strings_add(&words, "--add");
		for (size_t j = 0; j < AT_A_TIME && i < names->count; i++, j++) {
			strings_add(&words, "--cacheinfo");
			strings_take(&words, format("%.6s,%s,%s", contents->at[i], contents->at[i] + 7, names->at[i]));
		}
		must(&with, &words);
	}
	if (names->count) {
		start_words(&words, "checkout-index");
		strings_add(&words, "--all");
		strings_take(&words, format("--prefix=%s/", folder));
		must(&with, &words);
	}
	strings_free(&words);
	strings_free(&with.set);
}
