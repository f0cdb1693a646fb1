// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *task = "";
static bool drawn;
static time_t started;
static size_t last_tenth;

void progress_start(const char *what)
{
	progress_clear();
	task = what;
	started = time(NULL);
	last_tenth = 0;
}

void progress_rename(const char *what)
{
	task = what;
}

void progress_clear(void)
{
	if (drawn)
		fputs("\r\033[K", stderr);
	drawn = false;
}

void progress_show(size_t done, size_t total)
{
	if (!total)
		return;
	if (isatty(STDERR_FILENO)) {
		time_t spent = time(NULL) - started;

		fprintf(stderr, "\r\033[K%s: %zu/%zu", task, done, total);
		if (done && spent > 2) {
			long left = (long)((double)spent * (double)(total - done) / (double)done);

			fprintf(stderr, ", %ld:%02ld left", left / 60, left % 60);
		}
		drawn = true;
	} else if (total >= 20 && done * 10 / total > last_tenth) {
		last_tenth = done * 10 / total;
		fprintf(stderr, "%s: %zu/%zu\n", task, done, total);
	}
	fflush(stderr);
}

void progress_note(const char *text)
{
	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r\033[K%s: %.*s", task, (int)strcspn(text, "\n") > 60 ? 60 : (int)strcspn(text, "\n"),
		text);
	drawn = true;
	fflush(stderr);
}
