// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "engines.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static bool same(const json_t *a, const json_t *b, const char *key)
{
	return !strcmp(text_of(a, key), text_of(b, key));
}

static bool has(const json_t *finding, const char *engine)
{
	const json_t *each;
	size_t i;

	json_array_foreach(json_object_get(finding, "engines"), i, each)
		if (json_is_string(each) && !strcmp(json_string_value(each), engine))
			return true;
	return false;
}

bool engine_clang(const json_t *finding)
{
	return has(finding, "clang");
}

bool engine_cocci(const json_t *finding)
{
	return has(finding, "cocci");
}

// Places of one defect: the door names it, or the function where there is no door.
static bool same_defect(const json_t *a, const json_t *b)
{
	return same(a, b, "rule") && same(a, b, "file") && same(a, b, "struct") && same(a, b, "door") &&
	       (*text_of(a, "door") || same(a, b, "function"));
}

static bool may_be(const json_t *a, const json_t *b, const char *key)
{
	return !*text_of(a, key) || !*text_of(b, key) || same(a, b, key);
}

// An engine need not know the door or the struct: then the function has to be the same.
static bool agree(const json_t *a, const json_t *b)
{
	return same_defect(a, b) || (same(a, b, "rule") && same(a, b, "file") && same(a, b, "function") &&
				     may_be(a, b, "door") && may_be(a, b, "struct"));
}

static json_t *place_of(const json_t *finding)
{
	json_t *place = json_object();

	json_object_set(place, "file", json_object_get(finding, "file"));
	json_object_set(place, "line", json_object_get(finding, "line"));
	if (json_object_get(finding, "column"))
		json_object_set(place, "column", json_object_get(finding, "column"));
	return place;
}

static void add_place(json_t *to, const json_t *from)
{
	json_t *place = place_of(from), *own = place_of(to), *also = json_object_get(to, "also");
	bool known = json_equal(own, place);

	for (size_t i = 0; i < json_array_size(also); i++)
		known |= json_equal(json_array_get(also, i), place);
	if (!known && !also) {
		also = json_array();
		json_object_set_new(to, "also", also);
	}
	if (!known)
		json_array_append(also, place);
	json_decref(own);
	json_decref(place);
}

// A list of findings of one file: those of a file are compared with each other alone.
static void merge_file(json_t **at, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!at[i] || engine_clang(at[i]))
			continue;
		for (size_t j = i + 1; j < count; j++) {
			if (!at[j] || engine_clang(at[j]) || !same_defect(at[i], at[j]))
				continue;
			add_place(at[i], at[j]);
			json_decref(at[j]);
			at[j] = NULL;
		}
	}
	for (size_t i = 0; i < count; i++) {
		bool taken = false;

		if (!at[i] || engine_clang(at[i]))
			continue;
		for (size_t j = 0; j < count; j++) {
			if (!at[j] || !engine_clang(at[j]) || !agree(at[j], at[i]))
				continue;
			json_object_set_new(at[j], "engines", json_pack("[s, s]", "clang", "cocci"));
			taken = true;
		}
		if (taken) {
			json_decref(at[i]);
			at[i] = NULL;
		}
	}
}

void engines_merge(json_t *findings)
{
	size_t count = json_array_size(findings), end;
	json_t **at = allocate(count * sizeof(*at));

	for (size_t i = 0; i < count; i++)
		at[i] = json_incref(json_array_get(findings, i));
	json_array_clear(findings);
	for (size_t start = 0; start < count; start = end) {
		for (end = start + 1; end < count && same(at[start], at[end], "file"); end++)
			;
		merge_file(at + start, end - start);
	}
	for (size_t i = 0; i < count; i++)
		if (at[i])
			json_array_append_new(findings, at[i]);
	free(at);
}
