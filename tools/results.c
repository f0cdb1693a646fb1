// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "results.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "complain.h"
#include "files.h"

void results_start(struct results *results)
{
	*results = (struct results){
		.findings = json_array(),
		.fences = json_array(),
		.doors = json_array(),
		.coverage = json_array(),
		.stops = json_array(),
	};
}

void results_free(struct results *results)
{
	json_decref(results->findings);
	json_decref(results->fences);
	json_decref(results->doors);
	json_decref(results->coverage);
	json_decref(results->stops);
	*results = (struct results){0};
}

static void relate(json_t *object, const char *directory, const char *root)
{
	const char *file = json_string_value(json_object_get(object, "file"));

	if (!file || !*file)
		return;
	char *whole = path_plain(directory, file);
	const char *below = path_below(root, whole);

	json_object_set_new(object, "file", json_string(below && *below ? below : whole));
	free(whole);
}

// The places of a fence.
static void relate_parts(json_t *object, const char *directory, const char *root)
{
	relate(json_object_get(object, "acquire"), directory, root);
	relate(json_object_get(object, "kill"), directory, root);
	relate(json_object_get(object, "barrier"), directory, root);
}

static char *take_unit(struct results *results, const json_t *unit, const char *directory,
		       const char *root, bool *retry)
{
	const char *status = json_string_value(json_object_get(unit, "status"));
	const char *detail = json_string_value(json_object_get(unit, "detail"));
	json_t *stops = json_object_get(unit, "budget_stops");
	json_t *file = json_pack("{s:O?}", "file", json_object_get(unit, "file"));
	json_t *not_reached = json_object_get(unit, "not_reached");
	json_t *stop;
	size_t i;

	results->door_count += (size_t)json_integer_value(json_object_get(unit, "doors"));
	results->teardown_count += (size_t)json_integer_value(json_object_get(unit, "teardowns"));
	results->timeouts += status && !strcmp(status, "timeout");
	relate(file, directory, root);
	json_array_foreach(stops, i, stop)
		json_array_append_new(results->stops, json_pack("{s:O?, s:O}", "file",
								json_object_get(file, "file"),
								"function", stop));
	json_decref(file);
	if (json_is_array(not_reached))
		results->not_reached += json_array_size(not_reached);
	else
		results->not_reached += (size_t)json_integer_value(not_reached);
	if (status && !strcmp(status, "ok"))
		return NULL;
	// A unit that failed has no whole depfile: the header that was missing may be there
	// the next time, and nothing would tell.
	*retry = true;
	if (!status)
		return copy("its record has no status");
	return detail && *detail ? format("%s: %s", status, detail) : copy(status);
}

char *results_add_record(struct results *results, const char *text, const char *directory,
			 const char *root, bool *retry)
{
	bool ended = false;
	char *fault = NULL;
	size_t number = 0;

	*retry = false;
	while (*text) {
		size_t length = strcspn(text, "\n");
		json_error_t error;
		json_t *object;
		const char *type;

		number++;
		if (!length) {
			text++;
			continue;
		}
		object = json_loadb(text, length, 0, &error);
		type = json_string_value(json_object_get(object, "type"));
		text += length + (text[length] == '\n');
		if (!type || ended) {
			*retry = true;
			free(fault);
			fault = !object ? format("its record is damaged in line %zu: %s", number, error.text)
					: format("its record is damaged in line %zu", number);
			json_decref(object);
			return fault;
		}
		if (!strcmp(type, "unit")) {
			ended = true;
			fault = take_unit(results, object, directory, root, retry);
			json_decref(object);
			continue;
		}

		json_t *to = !strcmp(type, "finding") ? results->findings
			   : !strcmp(type, "fence")   ? results->fences
			   : !strcmp(type, "door")    ? results->doors
			   : !strcmp(type, "coverage") ? results->coverage
						      : NULL;

		if (to) {
			json_t *note;
			size_t i;

			relate(object, directory, root);
			relate_parts(object, directory, root);
			relate(json_object_get(object, "touch"), directory, root);
			json_array_foreach(json_object_get(object, "fences"), i, note)
				relate_parts(note, directory, root);
			json_array_foreach(json_object_get(object, "notes"), i, note)
				relate(note, directory, root);
			json_object_del(object, "type");
			json_array_append(to, object);
		}
		json_decref(object);
	}
	if (!ended) {
		*retry = true;
		return copy("its record is not whole");
	}
	return fault;
}

void results_read(struct results *results, struct units *units, const struct state *state)
{
	for (size_t i = 0; i < units->count; i++) {
		struct unit *unit = &units->at[i];
		char *path, *text;
		bool retry = false;

		if (unit->aside)
			continue;
		if (unit->fault) {
			results->failed++;
			continue;
		}
		path = format("%s/units/%s.jsonl", state->path, unit->id);
		text = file_read(path, NULL);
		if (text)
			unit->fault = results_add_record(results, text, unit->compile.directory,
							 units->root, &retry);
		else
			unit->fault = format("its record cannot be read: %s", strerror(errno));
		if (retry)
			unlink(path);
		if (unit->fault)
			results->failed++;
		else
			results->analysed++;
		free(text);
		free(path);
	}
}

static int compare_text(const json_t *a, const json_t *b, const char *key)
{
	const char *left = json_string_value(json_object_get(a, key));
	const char *right = json_string_value(json_object_get(b, key));

	return strcmp(left ? left : "", right ? right : "");
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
	return order;
}

static bool same_finding(const json_t *a, const json_t *b)
{
	return !compare_text(a, b, "fingerprint") && !compare_text(a, b, "file") &&
	       !compare_number(a, b, "line") && !compare_text(a, b, "rule");
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

void results_settle(struct results *results, enum severity least)
{
	sort_and_merge(results->findings, same_finding);
	sort_and_merge(results->fences, same_object);
	sort_and_merge(results->doors, same_object);
	sort_and_merge(results->coverage, same_object);
	for (size_t i = json_array_size(results->findings); i-- > 0;) {
		const json_t *finding = json_array_get(results->findings, i);

		// An unknown severity is above all others: it is shown.
		if (severity_of(json_string_value(json_object_get(finding, "severity"))) >= least)
			continue;
		json_array_remove(results->findings, i);
		results->hidden++;
	}
}
