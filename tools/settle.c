// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The order of results, and what is one thing that several units saw.

#include "results.h"

#include <stdlib.h>
#include <string.h>

#include "engines.h"

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static int compare_text(const json_t *a, const json_t *b, const char *key)
{
	return strcmp(text_of(a, key), text_of(b, key));
}

static int compare_number(const json_t *a, const json_t *b, const char *key)
{
	json_int_t left = json_integer_value(json_object_get(a, key));
	json_int_t right = json_integer_value(json_object_get(b, key));

	return (left > right) - (left < right);
}

static int by_place(const void *left, const void *right)
{
	static const char *const keys[] = {"rule",     "fingerprint", "table", "slot",
					   "function", "struct",      "lock",  "predicate",
					   "teardown",  "command"};
	const json_t *a = *(json_t *const *)left, *b = *(json_t *const *)right;
	int order = compare_text(a, b, "file");

	if (!order)
		order = compare_number(a, b, "line");
	for (size_t i = 0; !order && i < sizeof(keys) / sizeof(*keys); i++)
		order = compare_text(a, b, keys[i]);
	if (!order)
		order = compare_number(a, b, "column");
	return order ? order : engine_clang(b) - engine_clang(a);
}

static bool same_finding(const json_t *a, const json_t *b)
{
	return !compare_text(a, b, "fingerprint") && !compare_text(a, b, "file") &&
	       !compare_number(a, b, "line") && !compare_text(a, b, "rule") &&
	       engine_clang(a) == engine_clang(b);
}

static bool same_object(const json_t *a, const json_t *b)
{
	return json_equal(a, b);
}

static void sort_and_merge(json_t *array, bool (*same)(const json_t *, const json_t *))
{
	size_t count = json_array_size(array), kept = 0;
	json_t **order = allocate(count * sizeof(*order));

	for (size_t i = 0; i < count; i++)
		order[i] = json_incref(json_array_get(array, i));
	qsort(order, count, sizeof(*order), by_place);
	json_array_clear(array);
	for (size_t i = 0; i < count; i++) {
		if (kept && same(order[i], json_array_get(array, kept - 1))) {
			json_decref(order[i]);
			continue;
		}
		json_array_append_new(array, order[i]);
		kept++;
	}
	free(order);
}

static const char *const fence_keys[] = {"struct", "lock", "predicate", "predicate_struct", "bit", "teardown"};
enum { FENCE_KEYS = sizeof(fence_keys) / sizeof(*fence_keys) };

// Whether the unit that saw it is the one that ends it, and so knows its root and its readers best.
static bool at_home(const json_t *fence)
{
	const char *unit = json_string_value(json_array_get(json_object_get(fence, "units"), 0));

	return unit && !strcmp(unit, text_of(json_object_get(fence, "kill"), "file"));
}

static int by_fence(const void *left, const void *right)
{
	const json_t *a = *(json_t *const *)left, *b = *(json_t *const *)right;
	int order = 0;

	for (size_t i = 0; !order && i < FENCE_KEYS; i++)
		order = compare_text(a, b, fence_keys[i]);
	if (!order)
		order = at_home(b) - at_home(a);
	if (!order)
		order = by_place(left, right);
	return order ? order : compare_text(a, b, "root");
}

static bool same_place(const json_t *a, const json_t *b)
{
	return !compare_text(a, b, "file") && !compare_number(a, b, "line");
}

static bool same_names(const json_t *a, const json_t *b)
{
	for (size_t i = 0; i < FENCE_KEYS; i++)
		if (compare_text(a, b, fence_keys[i]))
			return false;
	return true;
}

// Drivers that have nothing to do with each other use the same names, too: what tells them apart is where teardown
// ends the fence, which a unit that sees readers alone need not know.
static bool same_places(const json_t *a, const json_t *b)
{
	static const char *const places[] = {"kill", "barrier"};
	bool known = false;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		const json_t *left = json_object_get(a, places[i]), *right = json_object_get(b, places[i]);

		if (!*text_of(left, "file") || !*text_of(right, "file"))
			continue;
		if (!same_place(left, right))
			return false;
		known = true;
	}
	return known || *text_of(a, "struct") || same_place(a, b);
}

static json_t *find_fence(const json_t *array, const json_t *fence)
{
	for (size_t i = json_array_size(array); i-- > 0;) {
		json_t *known = json_array_get(array, i);

		if (!same_names(known, fence))
			return NULL; // they are sorted by name
		if (same_places(known, fence))
			return known;
	}
	return NULL;
}

static void join(json_t *to, const json_t *from)
{
	json_t *each;
	size_t i, j;

	json_array_foreach(from, i, each) {
		for (j = 0; j < json_array_size(to) && !json_equal(json_array_get(to, j), each); j++)
			;
		if (j == json_array_size(to))
			json_array_append(to, each);
	}
}

// Where else the fence is taken, each place once.
static void join_places(json_t *to, json_t *from)
{
	json_t *own = json_object_get(to, "acquire"), *other = json_object_get(from, "acquire");
	json_t *also = json_object_get(to, "also");

	if (!*text_of(other, "file") || same_place(own, other))
		return;
	if (!*text_of(own, "file")) {
		json_object_set(to, "acquire", other);
		return;
	}
	for (size_t i = 0; i < json_array_size(also); i++)
		if (same_place(json_array_get(also, i), other))
			return;
	if (!also) {
		also = json_array();
		json_object_set_new(to, "also", also);
	}
	json_array_append(also, other);
}

// The place of the reader's test, or one of teardown's: a unit that does not see it has none.
static void take_place(json_t *to, json_t *from, const char *key)
{
	json_t *other = json_object_get(from, key);

	if (!*text_of(json_object_get(to, key), "file") && *text_of(other, "file"))
		json_object_set(to, key, other);
}

// The roots of all units, from the one that knows best.
static void join_roots(json_t *to, json_t *from)
{
	json_t *root = json_object_get(from, "root"), *list = json_object_get(to, "roots"), *others;

	if (!list && compare_text(to, from, "root")) {
		list = json_pack("[O?]", json_object_get(to, "root"));
		json_object_set_new(to, "roots", list);
	}
	if (!list || !root)
		return;
	others = json_pack("[O]", root);
	join(list, others);
	json_decref(others);
}

static void merge_fence(json_t *to, json_t *from)
{
	join_roots(to, from);
	join(json_object_get(to, "doors"), json_object_get(from, "doors"));
	join(json_object_get(to, "units"), json_object_get(from, "units"));
	take_place(to, from, "kill");
	take_place(to, from, "barrier");
	if (!*text_of(to, "file")) {
		json_object_set(to, "file", json_object_get(from, "file"));
		json_object_set(to, "line", json_object_get(from, "line"));
	}
	join_places(to, from);
}

// A fence that several units see is one, with the doors of all of them.
static void merge_fences(json_t *array)
{
	size_t count = json_array_size(array);
	json_t **order = allocate(count * sizeof(*order));

	for (size_t i = 0; i < count; i++)
		order[i] = json_incref(json_array_get(array, i));
	qsort(order, count, sizeof(*order), by_fence);
	json_array_clear(array);
	for (size_t i = 0; i < count; i++) {
		json_t *known = find_fence(array, order[i]);

		if (known)
			merge_fence(known, order[i]);
		else
			json_array_append(array, order[i]);
		json_decref(order[i]);
	}
	free(order);
	sort_and_merge(array, same_object);
}

// How much a view of a door says. Of two that say as much the worse one counts.
static int rank(const json_t *row)
{
	static const char *const states[] = {"not analysed", "not-reached", "proxied",	     "core-fenced", "own memory only",
					     "no-touch",     "fenced",	    "not fenced", "racy",	    "unfenced"};
	const char *state = text_of(row, *text_of(row, "state") ? "state" : "verdict");

	for (int i = 0; i < (int)(sizeof(states) / sizeof(*states)); i++)
		if (!strcmp(state, states[i]))
			return i;
	return 0;
}

static const char *const view_keys[] = {"file", "table", "slot", "function"};
enum { VIEW_KEYS = sizeof(view_keys) / sizeof(*view_keys) };

static bool same_door(const json_t *a, const json_t *b)
{
	for (size_t i = 0; i < VIEW_KEYS; i++)
		if (compare_text(a, b, view_keys[i]))
			return false;
	return true;
}

static bool same_row(const json_t *a, const json_t *b)
{
	return same_door(a, b) && !compare_text(a, b, "command");
}

static bool own(const json_t *row)
{
	return !strcmp(text_of(row, "unit"), text_of(row, "file"));
}

static int by_view(const void *left, const void *right)
{
	const json_t *a = *(json_t *const *)left, *b = *(json_t *const *)right;
	int order = 0;

	for (size_t i = 0; !order && i < VIEW_KEYS; i++)
		order = compare_text(a, b, view_keys[i]);
	if (!order)
		order = own(b) - own(a);
	if (!order)
		order = compare_text(a, b, "command");
	if (!order)
		order = rank(b) - rank(a);
	return order ? order : by_place(left, right);
}

// A unit that imports a function sees its doors, too. The unit that defines the door sees it best; where none of them
// was analysed, the view that says most counts.
static void merge_views(json_t *array)
{
	size_t count = json_array_size(array);
	json_t **order = allocate(count * sizeof(*order)), *first = NULL, *last = NULL;

	for (size_t i = 0; i < count; i++)
		order[i] = json_incref(json_array_get(array, i));
	qsort(order, count, sizeof(*order), by_view);
	json_array_clear(array);
	for (size_t i = 0; i < count; i++) {
		json_t *row = order[i];
		bool other;

		if (!first || !same_door(first, row))
			first = row;
		other = compare_text(last, row, "unit");
		// One unit has what it has: its rows of a command may differ by place.
		if ((own(first) && !own(row)) || (last && other && same_row(last, row))) {
			json_decref(row);
			continue;
		}
		json_array_append_new(array, row);
		last = row;
	}
	for (size_t i = 0; i < json_array_size(array); i++)
		json_object_del(json_array_get(array, i), "unit");
	free(order);
	sort_and_merge(array, same_object);
}

static size_t hide(json_t *findings, enum severity least)
{
	size_t hidden = 0;

	for (size_t i = json_array_size(findings); i-- > 0;) {
		const json_t *finding = json_array_get(findings, i);

		// An unknown severity is above all others: it is shown.
		if (severity_of(json_string_value(json_object_get(finding, "severity"))) >= least)
			continue;
		json_array_remove(findings, i);
		hidden++;
	}
	return hidden;
}

void results_hide(struct results *results, enum severity least)
{
	results->hidden += hide(results->findings, least);
	results->hidden += hide(results->known, least);
}

void results_settle(struct results *results, enum severity least)
{
	sort_and_merge(results->findings, same_finding);
	engines_merge(results->findings);
	merge_fences(results->fences);
	merge_views(results->doors);
	merge_views(results->coverage);
	sort_and_merge(results->slots, same_object);
	sort_and_merge(results->gaps, same_object);
	sort_and_merge(results->unread, same_object);
	results_hide(results, least);
}
