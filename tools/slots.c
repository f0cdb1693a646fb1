// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "slots.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "places.h"

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static int by_slot(const void *left, const void *right)
{
	static const char *const keys[] = {"struct",	"slot",		    "lock_struct", "lock", "predicate_struct",
					   "predicate", "file"};
	const json_t *a = *(json_t *const *)left, *b = *(json_t *const *)right;
	json_int_t one = json_integer_value(json_object_get(a, "line"));
	json_int_t other = json_integer_value(json_object_get(b, "line"));
	int order = 0;

	for (size_t i = 0; !order && i < sizeof(keys) / sizeof(*keys); i++)
		order = strcmp(text_of(a, keys[i]), text_of(b, keys[i]));
	if (!order)
		order = (one > other) - (one < other);
	return order ? order : strcmp(text_of(a, "called_in"), text_of(b, "called_in"));
}

static bool fenced(const json_t *call)
{
	return json_is_true(json_object_get(call, "fenced"));
}

static bool same(const json_t *a, const json_t *b, const char *one, const char *other)
{
	return !strcmp(text_of(a, one), text_of(b, one)) && !strcmp(text_of(a, other), text_of(b, other));
}

static bool same_slot(const json_t *a, const json_t *b)
{
	return same(a, b, "struct", "slot");
}

static bool same_fence(const json_t *a, const json_t *b)
{
	return same_slot(a, b) && same(a, b, "lock_struct", "lock") && same(a, b, "predicate_struct", "predicate") &&
	       fenced(a) == fenced(b);
}

static void put_field(FILE *to, const json_t *call, const char *in, const char *name)
{
	fprintf(to, "%s%s%s", text_of(call, in), *text_of(call, in) ? "." : "", text_of(call, name));
}

static void put_calls(FILE *to, const json_t *call, size_t count)
{
	char *place = place_of(call);

	fputs("    ", to);
	if (*text_of(call, "lock"))
		put_field(to, call, "lock_struct", "lock");
	else
		fputs("no lock", to);
	if (*text_of(call, "predicate")) {
		fputs(", tests ", to);
		put_field(to, call, "predicate_struct", "predicate");
	}
	fprintf(to, "%s: %s (%s)", fenced(call) ? "" : ", NOT FENCED", text_of(call, "called_in"), place);
	if (count > 1)
		fprintf(to, " and %zu more", count - 1);
	fputc('\n', to);
	free(place);
}

void slots_text(FILE *to, const json_t *slots, bool follows)
{
	size_t count = json_array_size(slots);
	const json_t **order = allocate((count + 1) * sizeof(*order));
	bool any = false;

	for (size_t i = 0; i < count; i++)
		order[i] = json_array_get(slots, i);
	qsort(order, count, sizeof(*order), by_slot);
	for (size_t at = 0, end; at < count; at = end) {
		bool some = false;

		for (end = at; end < count && same_slot(order[at], order[end]); end++)
			some |= fenced(order[end]);
		if (!some)
			continue;
		if (!any)
			fprintf(to, "%sCallbacks under a fence of their core\n\n", follows ? "\n" : "");
		any = true;
		fprintf(to, "  %s.%s\n", text_of(order[at], "struct"), text_of(order[at], "slot"));
		for (size_t i = at, next; i < end; i = next) {
			for (next = i; next < end && same_fence(order[i], order[next]); next++)
				;
			put_calls(to, order[i], next - i);
		}
	}
	free(order);
}
