// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "suppressions.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "rules.h"

static const char mark[] = "strongfence:";

enum { MARK = sizeof(mark) - 1 };

struct scanner {
	const char *at, *end;
	size_t line;
	bool code; // the line has code before `at`
	struct suppressions *list;
	size_t waiting; // those from here on wait for the next line with code
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\0';
}

bool reason_given(const char *text)
{
	for (; *text; text++)
		if (isalnum((unsigned char)*text) || (unsigned char)*text >= 0x80)
			return true;
	return false;
}

// The length of the end of line that stands there, 0 for none.
static size_t newline(const char *at, const char *end)
{
	if (at == end || (*at != '\n' && *at != '\r'))
		return 0;
	return *at == '\r' && at + 1 < end && at[1] == '\n' ? 2 : 1;
}

// The length of a continuation: a backslash and the end of the line. Compilers take blanks between the two.
static size_t continuation(const char *at, const char *end)
{
	const char *behind = at + 1;
	size_t length;

	if (at == end || *at != '\\')
		return 0;
	while (behind < end && is_blank(*behind))
		behind++;
	length = newline(behind, end);
	return length ? (size_t)(behind - at) + length : 0;
}

static bool take_newline(struct scanner *scanner, size_t length)
{
	scanner->at += length;
	if (!length)
		return false;
	scanner->line++;
	scanner->code = false;
	return true;
}

static bool take_continuation(struct scanner *scanner)
{
	return take_newline(scanner, continuation(scanner->at, scanner->end));
}

// Takes the character and another one behind it, continuations between them; nothing when they do not stand there.
static bool take_pair(struct scanner *scanner, char first, char second)
{
	const struct scanner before = *scanner;

	if (scanner->at == scanner->end || *scanner->at != first)
		return false;
	scanner->at++;
	while (take_continuation(scanner))
		;
	if (scanner->at < scanner->end && *scanner->at == second) {
		scanner->at++;
		return true;
	}
	*scanner = before;
	return false;
}

static struct suppression *add(struct suppressions *list, size_t line)
{
	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 8;
		list->at = reallocate(list->at, list->room, sizeof(*list->at));
	}
	list->at[list->count] = (struct suppression){.line = line};
	return &list->at[list->count++];
}

static const char *skip_blanks(const char *at)
{
	return at + strspn(at, " ");
}

// Notes the rule once.
static void note_rule(const char **found, size_t *count, const char *rule)
{
	for (size_t i = 0; i < *count; i++)
		if (found[i] == rule)
			return;
	found[(*count)++] = rule;
}

// Reads "RULE[, RULE...] - reason". Gives the fault, or NULL.
static char *read_rules(const char *at, const char **found, size_t *count, const char **reason)
{
	for (;;) {
		size_t length;
		const char *rule;

		at = skip_blanks(at);
		length = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.");
		if (!length)
			return copy("it names no rule");
		rule = rule_find(at, length);
		if (!rule)
			return format("unknown rule '%.*s'", (int)(length < 60 ? length : 60), at);
		note_rule(found, count, rule);
		at = skip_blanks(at + length);
		if (*at != ',')
			break;
		at++;
	}
	if (*at && *at != '-')
		return format("neither ',' nor ' - ' follows '%s'", found[*count - 1]);
	*reason = skip_blanks(at + strspn(at, "-"));
	return reason_given(*reason) ? NULL : copy("it gives no reason");
}

// What a comment says from its mark on, as one line.
static void read_statement(struct suppressions *list, const char *text, size_t line)
{
	const char **found = allocate(rule_count * sizeof(*found)), *reason = NULL, *at = skip_blanks(text + MARK);
	size_t count = 0;
	char *fault;

	if (strncmp(at, "ok", 2) || (at[2] && at[2] != ' '))
		fault = copy("'ok RULE - reason' does not follow");
	else
		fault = read_rules(at + 2, found, &count, &reason);
	if (fault)
		add(list, line)->fault = fault;
	for (size_t i = 0; !fault && i < count; i++) {
		struct suppression *each = add(list, line);

		each->rule = found[i];
		each->reason = copy(reason);
	}
	free(found);
}

// The text of one line of a comment, without what frames it.
static const char *bare(const char *at, const char *end, size_t *length)
{
	while (at < end && (is_blank(*at) || *at == '*' || *at == '/'))
		at++;
	while (at < end && (is_blank(end[-1]) || end[-1] == '\\' || end[-1] == '*'))
		end--;
	*length = (size_t)(end - at);
	return at;
}

// A statement begins where a line of the comment begins. It ends with the comment, at an empty line or at the next one.
static void read_comment(struct suppressions *list, const char *at, const char *end, size_t line)
{
	size_t have = 0, begun = 0; // 0: in no statement
	char *statement;

	if (at == end || !memmem(at, (size_t)(end - at), mark, MARK))
		return;
	statement = allocate((size_t)(end - at) + 2);
	while (at < end) {
		const char *stop = at, *text;
		size_t length;
		bool begins;

		while (stop < end && *stop != '\n' && *stop != '\r')
			stop++;
		text = bare(at, stop, &length);
		begins = length >= MARK && !memcmp(text, mark, MARK);
		if (begun && (begins || !length)) {
			read_statement(list, statement, begun);
			begun = 0;
		}
		if (begins) {
			have = 0;
			begun = line;
		}
		if (begun) {
			if (have)
				statement[have++] = ' ';
			for (size_t i = 0; i < length; i++)
				statement[have++] = iscntrl((unsigned char)text[i]) ? ' ' : text[i];
			statement[have] = '\0';
		}
		line++;
		at = stop + newline(stop, end);
	}
	if (begun)
		read_statement(list, statement, begun);
	free(statement);
}

// It stands behind the code of that line, 0: of none.
static void take_comment(struct scanner *scanner, bool block, size_t behind)
{
	const char *start = scanner->at, *stop;
	const size_t line = scanner->line, first = scanner->list->count;

	for (;;) {
		stop = scanner->at;
		if (stop == scanner->end)
			break;
		if (block ? take_pair(scanner, '*', '/') : newline(stop, scanner->end) > 0)
			break;
		if (!take_continuation(scanner) && !take_newline(scanner, newline(scanner->at, scanner->end)))
			scanner->at++;
	}
	read_comment(scanner->list, start, stop, line);
	if (!behind)
		return;
	for (size_t i = first; i < scanner->list->count; i++)
		scanner->list->at[i].covers = behind;
}

static void take_literal(struct scanner *scanner)
{
	const char quote = *scanner->at++;

	// Without its end it ends with the line, as for compilers.
	while (scanner->at < scanner->end && !newline(scanner->at, scanner->end)) {
		char c = *scanner->at;

		if (take_continuation(scanner))
			continue;
		scanner->at++;
		if (c == quote)
			return;
		if (c != '\\')
			continue;
		while (take_continuation(scanner))
			;
		if (scanner->at < scanner->end && !newline(scanner->at, scanner->end))
			scanner->at++;
	}
}

static void take_code(struct scanner *scanner)
{
	struct suppressions *list = scanner->list;

	scanner->code = true;
	for (; scanner->waiting < list->count; scanner->waiting++)
		if (!list->at[scanner->waiting].covers)
			list->at[scanner->waiting].covers = scanner->line;
	if (*scanner->at == '"' || *scanner->at == '\'')
		take_literal(scanner);
	else
		scanner->at++;
}

void suppressions_parse(const char *text, size_t length, struct suppressions *list)
{
	struct scanner scanner = {.at = text, .end = text + length, .line = 1, .list = list, .waiting = list->count};

	if (!length || !memmem(text, length, mark, MARK))
		return;
	while (scanner.at < scanner.end) {
		const size_t behind = scanner.code ? scanner.line : 0;

		if (take_newline(&scanner, newline(scanner.at, scanner.end)) || take_continuation(&scanner))
			continue;
		if (is_blank(*scanner.at))
			scanner.at++;
		else if (take_pair(&scanner, '/', '*'))
			take_comment(&scanner, true, behind);
		else if (take_pair(&scanner, '/', '/'))
			take_comment(&scanner, false, behind);
		else
			take_code(&scanner);
	}
}

void suppressions_free(struct suppressions *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->at[i].reason);
		free(list->at[i].fault);
	}
	free(list->at);
	*list = (struct suppressions){0};
}
