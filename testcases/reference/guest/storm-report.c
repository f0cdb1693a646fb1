// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "storm.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_SENTENCES = 20, SENTENCE = 512 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char sentences[MOST_SENTENCES][SENTENCE];
static size_t n_sentences;
static _Atomic unsigned long count;

// One write a line: the kernel, or a second process, may write to the same console.
static void put(const char *before, const char *text)
{
	char line[SENTENCE + 32];
	int length = snprintf(line, sizeof(line) - 1, "storm: %s%s", before, text);

	if (length > (int)sizeof(line) - 2)
		length = (int)sizeof(line) - 2;
	for (int i = 0; i < length; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 127)
			line[i] = '?';
	line[length++] = '\n';
	if (write(STDOUT_FILENO, line, (size_t)length) < 0)
		return; // nobody to tell
}

void say(const char *format, ...)
{
	char text[SENTENCE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	put("", text);
}

void note(const char *format, ...)
{
	char text[SENTENCE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	put("note: ", text);
}

void wrong(const char *format, ...)
{
	char text[SENTENCE];
	va_list args;
	size_t i = 0;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	atomic_fetch_add(&count, 1);
	pthread_mutex_lock(&lock);
	while (i < n_sentences && strcmp(sentences[i], text))
		i++;
	if (i == n_sentences && n_sentences < MOST_SENTENCES) {
		strcpy(sentences[n_sentences++], text);
		put("wrong: ", text);
	}
	pthread_mutex_unlock(&lock);
}

unsigned long wrongs(void)
{
	return atomic_load(&count);
}

// Where in the kernel the thread is; needs root and CONFIG_STACKTRACE.
void say_stack(pid_t tid)
{
	char path[64], text[4096], *rest = NULL;
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stack", (int)tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	if (length <= 0)
		return;
	text[length] = '\0';
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		say("  %s", line);
}
