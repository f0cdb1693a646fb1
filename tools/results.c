// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "results.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "files.h"

void results_start(struct results *results)
{
	*results = (struct results){
		.findings = json_array(),
		.fences = json_array(),
		.doors = json_array(),
		.coverage = json_array(),
		.slots = json_array(),
		.gaps = json_array(),
		.stops = json_array(),
		.unread = json_array(),
		.suppressed = json_array(),
		.unused = json_array(),
		.faulty = json_array(),
		.known = json_array(),
		.gone = json_array(),
	};
}

void results_free(struct results *results)
{
	json_decref(results->findings);
	json_decref(results->fences);
	json_decref(results->doors);
	json_decref(results->coverage);
	json_decref(results->slots);
	json_decref(results->gaps);
	json_decref(results->stops);
	json_decref(results->unread);
	json_decref(results->suppressed);
	json_decref(results->unused);
	json_decref(results->faulty);
	json_decref(results->known);
	json_decref(results->gone);
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

// A unit whose imports are not whole is not clean, whatever was found in it.
static void take_gaps(struct results *results, const json_t *unit, json_t *file, const char *directory,
		      const char *root)
{
	json_t *unresolved = json_object_get(unit, "unresolved"), *missing = json_array(), *text;
	size_t i;

	results->imported += (size_t)json_integer_value(json_object_get(unit, "imported"));
	// "FILE: REASON".
	json_array_foreach(json_object_get(unit, "missing"), i, text) {
		const char *whole = json_string_value(text), *reason = whole ? strstr(whole, ": ") : NULL;
		json_t *place;

		if (!reason) {
			json_array_append(missing, text);
			continue;
		}
		place = json_pack("{s:s%}", "file", whole, (size_t)(reason - whole));
		relate(place, directory, root);
		json_array_append_new(missing, json_sprintf("%s%s", json_string_value(json_object_get(place, "file")),
							    reason));
		json_decref(place);
	}
	if (json_array_size(missing) || json_array_size(unresolved))
		json_array_append_new(results->gaps,
				      json_pack("{s:O?, s:I, s:O, s:O?}", "file", file, "doors",
						json_integer_value(json_object_get(unit, "doors")), "missing", missing,
						"unresolved", unresolved));
	json_decref(missing);
}

// How much of each array is of earlier records.
struct mark {
	size_t fences, doors, coverage;
};

// What several units see must know who they are: see settle.c.
static void mark_units(struct results *results, const struct mark *from, json_t *file)
{
	if (!file)
		return;
	for (size_t i = from->fences; i < json_array_size(results->fences); i++)
		json_object_set_new(json_array_get(results->fences, i), "units", json_pack("[O]", file));
	for (size_t i = from->doors; i < json_array_size(results->doors); i++)
		json_object_set(json_array_get(results->doors, i), "unit", file);
	for (size_t i = from->coverage; i < json_array_size(results->coverage); i++)
		json_object_set(json_array_get(results->coverage, i), "unit", file);
}

// What spatch left out of a unit. It says so, where it is asked.
static void take_unread(struct results *results, const json_t *unit, json_t *file)
{
	json_int_t unread = json_integer_value(json_object_get(unit, "unread"));

	if (unread > 0)
		json_array_append_new(results->unread,
				      json_pack("{s:O?, s:I, s:O?, s:O?}", "file", file, "unread", unread, "lines",
						json_object_get(unit, "lines"), "first_unread",
						json_object_get(unit, "first_unread")));
}

static char *take_unit(struct results *results, const json_t *unit, const struct mark *from, const char *directory,
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
	if (status && strcmp(status, "parse-error"))
		take_unread(results, unit, json_object_get(file, "file"));
	if (status && !strcmp(status, "ok"))
		take_gaps(results, unit, json_object_get(file, "file"), directory, root);
	mark_units(results, from, json_object_get(file, "file"));
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
	const struct mark from = {json_array_size(results->fences), json_array_size(results->doors),
				  json_array_size(results->coverage)};
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
		if (!strcmp(type, "deferred")) {
			// The record of a unit checked alone that waits for its check.
			*retry = true;
			json_decref(object);
			free(fault);
			return copy("it was not checked");
		}
		if (!strcmp(type, "unit")) {
			ended = true;
			fault = take_unit(results, object, &from, directory, root, retry);
			json_decref(object);
			continue;
		}

		json_t *to = !strcmp(type, "finding") ? results->findings
			   : !strcmp(type, "fence")   ? results->fences
			   : !strcmp(type, "door")    ? results->doors
			   : !strcmp(type, "coverage") ? results->coverage
			   : !strcmp(type, "slot")     ? results->slots
						       : NULL;

		if (to && (to == results->findings || to == results->fences || !results->findings_alone)) {
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
			if (to == results->findings && !json_object_get(object, "engines"))
				json_object_set_new(object, "engines", json_pack("[s]", "clang"));
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

void results_add_merged(struct results *results, const json_t *merged, const char *root)
{
	static const char *const kinds[] = {"fences", "slots"};
	json_t *const to[] = {results->fences, results->slots};

	for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++) {
		json_t *each;
		size_t i;

		json_array_foreach(json_object_get(merged, kinds[k]), i, each) {
			json_t *object = json_copy(each);

			relate(object, root, root);
			relate_parts(object, root, root);
			json_object_del(object, "type");
			json_array_append_new(to[k], object);
		}
	}
}

// What the record of the unit lacks, NULL for nothing. Caller frees.
static char *read_record(struct results *results, const struct units *units, const struct unit *unit,
			 const struct state *state, const char *end, bool *retry)
{
	char *path = format("%s/units/%s.%s", state->path, unit->id, end), *text = file_read(path, NULL), *fault;

	*retry = false;
	if (text)
		fault = results_add_record(results, text, unit->compile.directory, units->root, retry);
	else
		fault = format("its record cannot be read: %s", strerror(errno));
	free(text);
	free(path);
	return fault;
}

void results_read(struct results *results, struct units *units, const struct state *state, int engines)
{
	for (size_t i = 0; i < units->count; i++) {
		struct unit *unit = &units->at[i];
		bool retry, was_skipped = unit->skipped;

		if (unit->aside)
			continue;
		if ((engines & ENGINE_CLANG) && !unit->fault) {
			unit->fault = read_record(results, units, unit, state, "jsonl", &retry);
			if (retry)
				unit_forget(unit, state);
		}
		if ((engines & ENGINE_COCCI) && !was_skipped && !unit->mismatch) {
			unit->mismatch = read_record(results, units, unit, state, "cocci.jsonl", &retry);
			if (retry)
				unit_forget_match(unit, state);
			results->matched += !unit->mismatch;
		}
		if (unit->fault || unit->mismatch)
			results->failed++;
		else
			results->analysed++;
	}
}
