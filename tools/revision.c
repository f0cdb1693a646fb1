// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "revision.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "process.h"

char *revision_unquote(const char *line)
{
	static const char letters[] = "abtnvfr\"\\", meant[] = "\a\b\t\n\v\f\r\"\\";
	char *name, *end;

	if (*line != '"')
		return *line ? copy(line) : NULL;
	name = end = allocate(strlen(line));
	for (line++; *line != '"'; line++) {
		const char *letter;

		if (*line != '\\') {
			if (!*line)
				goto wrong;
			*end++ = *line;
			continue;
		}
		line++;
		letter = *line ? strchr(letters, *line) : NULL;
		if (letter) {
			*end++ = meant[letter - letters];
		} else if (*line >= '0' && *line <= '3' && strspn(line, "01234567") >= 3) {
			*end++ = (char)((line[0] - '0') * 64 + (line[1] - '0') * 8 + (line[2] - '0'));
			line += 2;
		} else {
			goto wrong;
		}
	}
	if (!line[1] && end > name)
		return name;
wrong:
	free(name);
	return NULL;
}

static void keep_line(void *context, char *line)
{
	strings_add(context, line);
}

// What the words print, both streams. False when it failed.
static bool ask(const char *root, const char *const *words, struct strings *lines)
{
	struct strings all = {0};
	struct process process = {.words = &all, .line = keep_line, .context = lines, .join_errors = true};
	int status;

	strings_add(&all, "git");
	strings_add(&all, "-C");
	strings_add(&all, root);
	for (; *words; words++)
		strings_add(&all, *words);
	status = process_run(&process, NULL);
	if (status == 127 && errno)
		fatal("--since: git: %s; install git", strerror(errno));
	strings_free(&all);
	return status == 0;
}

// The first line that says what is wrong; what git advises follows it.
static const char *reason(const struct strings *lines)
{
	static const char *const marks[] = {"fatal: ", "error: "};

	for (size_t m = 0; m < sizeof(marks) / sizeof(*marks); m++)
		for (size_t i = 0; i < lines->count; i++)
			if (!strncmp(lines->at[i], marks[m], strlen(marks[m])))
				return lines->at[i] + strlen(marks[m]);
	return lines->count ? lines->at[0] : "failed";
}

static void add_names(const char *root, const char *const *words, struct strings *names)
{
	static const char *const noise[] = {"warning: ", "hint: "};
	struct strings lines = {0};

	if (!ask(root, words, &lines))
		fatal("--since: git in %s: %s", root, reason(&lines));
	for (size_t i = 0; i < lines.count; i++) {
		char *name;

		if (!strncmp(lines.at[i], noise[0], strlen(noise[0])) || !strncmp(lines.at[i], noise[1], strlen(noise[1]))) {
			say("git: %s", lines.at[i]);
			continue;
		}
		name = revision_unquote(lines.at[i]);
		if (!name)
			fatal("--since: git in %s: no file name: %s", root, lines.at[i]);
		strings_take(names, name);
	}
	strings_free(&lines);
}

static char *find_commit(const char *root, const char *revision)
{
	char *commit = format("%s^{commit}", revision), *found;
	const char *const words[] = {"rev-parse", "--verify", commit, NULL};
	const char *const inside[] = {"rev-parse", "--is-inside-work-tree", NULL};
	struct strings lines = {0};

	// Which of the two it is that git does not know.
	if (!ask(root, inside, &lines) || !lines.count || strcmp(lines.at[lines.count - 1], "true"))
		fatal("--since: git in %s: %s", root,
		      lines.count && !strcmp(lines.at[lines.count - 1], "false") ? "not a work tree" : reason(&lines));
	strings_free(&lines);
	if (*revision == '-' || !*revision || !ask(root, words, &lines) || !lines.count)
		fatal("--since: '%s' names no commit in %s", revision, root);
	found = copy(lines.at[lines.count - 1]);
	strings_free(&lines);
	free(commit);
	return found;
}

struct strings revision_changes(const char *root, const char *revision)
{
	char *commit = find_commit(root, revision);
	const char *const changed[] = {"-c", "core.quotePath=true", "diff", "--name-only", "--relative", "--no-renames",
				       "--no-ext-diff", "--no-color", commit, "--", NULL};
	const char *const fresh[] = {"-c", "core.quotePath=true", "ls-files", "--others", "--exclude-standard", NULL};
	struct strings all = {0}, once = {0};

	add_names(root, changed, &all);
	add_names(root, fresh, &all);
	strings_sort(&all);
	for (size_t i = 0; i < all.count; i++)
		if (!i || strcmp(all.at[i - 1], all.at[i]))
			strings_add(&once, all.at[i]);
	strings_free(&all);
	free(commit);
	return once;
}
