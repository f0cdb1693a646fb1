// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void out_of_memory(void)
{
	fputs("strongfence: out of memory\n", stderr);
	exit(2);
}

void *allocate(size_t size)
{
	void *memory = calloc(1, size ? size : 1);

	if (!memory)
		out_of_memory();
	return memory;
}

void *reallocate(void *old, size_t count, size_t size)
{
	void *memory = reallocarray(old, count, size);

	if (!memory)
		out_of_memory();
	return memory;
}

char *copy(const char *text)
{
	return copy_span(text, strlen(text));
}

char *copy_span(const char *text, size_t length)
{
	char *made = allocate(length + 1);

	memcpy(made, text, length);
	return made;
}

char *format(const char *pattern, ...)
{
	va_list args;
	char *text;

	va_start(args, pattern);
	if (vasprintf(&text, pattern, args) < 0)
		out_of_memory();
	va_end(args);
	return text;
}

void strings_take(struct strings *list, char *text)
{
	if (list->count + 1 >= list->room) {
		list->room = list->room ? list->room * 2 : 16;
		list->at = reallocate(list->at, list->room, sizeof(*list->at));
	}
	list->at[list->count++] = text;
	list->at[list->count] = NULL;
}

void strings_add(struct strings *list, const char *text)
{
	strings_take(list, copy(text));
}

void strings_add_all(struct strings *list, const struct strings *from)
{
	for (size_t i = 0; i < from->count; i++)
		strings_add(list, from->at[i]);
}

bool strings_have(const struct strings *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->at[i], text))
			return true;
	return false;
}

static int compare(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

void strings_sort(struct strings *list)
{
	if (list->count)
		qsort(list->at, list->count, sizeof(*list->at), compare);
}

bool strings_find(const struct strings *sorted, const char *text)
{
	return sorted->count && bsearch(&text, sorted->at, sorted->count, sizeof(*sorted->at), compare);
}

void strings_free(struct strings *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->at[i]);
	free(list->at);
	*list = (struct strings){0};
}

uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;

	while (length--)
		hash = (hash ^ *at++) * UINT64_C(0x100000001b3);
	return hash;
}

uint64_t hash_text(uint64_t hash, const char *text)
{
	return hash_bytes(hash, text, strlen(text) + 1);
}

char *visible(const char *text)
{
	char *made = allocate(strlen(text) * 4 + 1);
	char *to = made;

	for (const char *from = text; *from; from++) {
		unsigned char c = (unsigned char)*from;

		if (c == '\n')
			to = stpcpy(to, "\\n");
		else if (c == '\t')
			to = stpcpy(to, "\\t");
		else if (c < 0x20 || c == 0x7f)
			to += sprintf(to, "\\x%02x", c);
		else
			*to++ = *from;
	}
	return made;
}
