// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "words.h"

#include <stdlib.h>
#include <string.h>

// A word under construction.
struct draft {
	char *text;
	size_t length;
	size_t room;
};

static void push(struct draft *draft, const char *from, size_t length)
{
	if (draft->length + length + 1 > draft->room) {
		draft->room = (draft->length + length + 1) * 2;
		draft->text = reallocate(draft->text, draft->room, 1);
	}
	memcpy(draft->text + draft->length, from, length);
	draft->length += length;
}

// After an opening double quote: pushes what it holds, returns the place of the
// closing one, or NULL when there is none.
static const char *push_double_quoted(struct draft *draft, const char *p)
{
	for (; *p != '"'; p++) {
		if (!*p)
			return NULL;
		if (p[0] == '\\' && p[1] == '\n') {
			p++;
			continue;
		}
		if (p[0] == '\\' && p[1] && strchr("\\\"$`", p[1]))
			p++;
		push(draft, p, 1);
	}
	return p;
}

// Reads the next word at *at into *word (NULL when none is left before the end
// of the command). Stops at a separator when `list` is true.
static bool next_word(const char **at, bool list, char **word)
{
	const char *plain = list ? " \t\r\n\\'\";|&()" : " \t\r\n\\'\"";
	const char *p = *at;
	struct draft draft = {0};

	*word = NULL;
	for (;; p++) {
		if (p[0] == '\\' && p[1] == '\n')
			p++;
		else if (*p != ' ' && *p != '\t' && *p != '\r' && (list || *p != '\n'))
			break;
	}
	*at = p;
	if (!*p || (list && strchr("\n;|&()", *p)))
		return true;

	push(&draft, "", 0);
	while (*p && !strchr(" \t\r\n", *p) && !(list && strchr(";|&()", *p))) {
		const char *end;

		if (*p == '\'') {
			end = strchr(p + 1, '\'');
			if (!end)
				goto unclosed;
			push(&draft, p + 1, (size_t)(end - p - 1));
			p = end + 1;
		} else if (*p == '"') {
			end = push_double_quoted(&draft, p + 1);
			if (!end)
				goto unclosed;
			p = end + 1;
		} else if (p[0] == '\\' && p[1] == '\n') {
			p += 2;
		} else if (p[0] == '\\' && p[1]) {
			push(&draft, p + 1, 1);
			p += 2;
		} else {
			size_t length = strcspn(p, plain);

			push(&draft, p, length ? length : 1);
			p += length ? length : 1;
		}
	}
	draft.text[draft.length] = '\0';
	*word = draft.text;
	*at = p;
	return true;
unclosed:
	free(draft.text);
	*at = p;
	return false;
}

bool words_split(const char *text, struct strings *words)
{
	char *word;

	for (;;) {
		if (!next_word(&text, false, &word))
			return false;
		if (!word)
			return true;
		strings_take(words, word);
	}
}

bool words_each_command(const char *text, command_seen *each, void *context)
{
	struct strings words = {0};
	bool closed = true;

	for (;;) {
		char *word;

		if (!next_word(&text, true, &word)) {
			closed = false;
			break;
		}
		if (word) {
			strings_take(&words, word);
			continue;
		}
		if (words.count)
			each(context, &words);
		strings_free(&words);
		if (!*text)
			break;
		text++;
	}
	strings_free(&words);
	return closed;
}
