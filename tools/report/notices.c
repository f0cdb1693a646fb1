// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "notices.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "memory.h"
#include "rules.h"

enum kind {
	UNIT_FAILED,
	FACTS_FAILED,
	SPATCH_FAILED,
	PATH_LEFT_OUT,
	BUDGET_STOP,
	FACTS_MISSING,
	FUNCTION_UNKNOWN,
	PARTLY_PARSED,
	RULES_WITHOUT_SCRIPT,
	UNITS_SET_ASIDE,
	BELOW_SEVERITY,
	RESULTS_LEFT_OUT,
	KINDS
};

// Errors are what makes the exit status 2.
static const struct {
	const char *id, *level, *what;
} kinds[KINDS] = {
	[UNIT_FAILED] = {"unit-failed", "error", "A unit could not be analysed."},
	[FACTS_FAILED] = {"facts-failed", "warning", "A unit that is read for its facts alone could not be read."},
	[SPATCH_FAILED] = {"spatch-failed", "error", "The semantic patches failed on a unit."},
	[PATH_LEFT_OUT] = {"path-left-out", "error", "A path that was named has no compile commands."},
	[BUDGET_STOP] = {"budget-stop", "warning", "A function's exploration was cut because it is too large."},
	[FACTS_MISSING] = {"facts-missing", "warning", "A unit was checked without the facts of a file of its module."},
	[FUNCTION_UNKNOWN] = {"function-unknown", "note", "What is known of another file's function could not be used."},
	[PARTLY_PARSED] = {"partly-parsed", "warning", "spatch left out lines of a unit that it cannot parse."},
	[RULES_WITHOUT_SCRIPT] = {"rules-without-script", "note", "The semantic patches look for a part of the rules."},
	[UNITS_SET_ASIDE] = {"units-set-aside", "note", "Units with nothing to look for were not analysed."},
	[BELOW_SEVERITY] = {"below-severity", "note", "Findings below the asked severity are not shown."},
	[RESULTS_LEFT_OUT] = {"left-out", "warning", "More than code scanning takes: the rest was left out."},
};

json_t *notice_kinds(void)
{
	json_t *list = json_array();

	for (size_t i = 0; i < KINDS; i++)
		json_array_append_new(list, json_pack("{s:s, s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}}", "id", kinds[i].id,
						      "shortDescription", "text", kinds[i].what, "fullDescription",
						      "text", kinds[i].what, "help", "text", kinds[i].what,
						      "defaultConfiguration", "level", kinds[i].level));
	return list;
}

// Takes the text and, unless it is NULL, the location.
static void add(json_t *list, enum kind kind, json_t *location, char *text)
{
	json_t *notice = json_pack("{s:{s:s, s:i}, s:s, s:o}", "descriptor", "id", kinds[kind].id, "index", (int)kind,
				   "level", kinds[kind].level, "message", location_message(text));

	if (location)
		json_object_set_new(notice, "locations", json_pack("[o]", location));
	json_array_append_new(list, notice);
	free(text);
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "?";
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void add_units(json_t *list, const struct units *units)
{
	for (size_t i = 0; i < units->count; i++) {
		const struct unit *unit = &units->at[i];

		if (unit->fault)
			add(list, unit->aside ? FACTS_FAILED : UNIT_FAILED, location_of_file(unit->name),
			    format("%s: %s", unit->name, unit->fault));
		if (unit->mismatch)
			add(list, SPATCH_FAILED, location_of_file(unit->name),
			    format("%s: spatch: %s", unit->name, unit->mismatch));
	}
}

static void add_stops(json_t *list, const json_t *stops, struct locations *locations)
{
	const json_t *stop;
	size_t i;

	json_array_foreach(stops, i, stop) {
		json_t *location = location_of(locations, stop, NULL);

		json_object_set_new(location, "logicalLocations", json_pack("[{s:s, s:s}]", "name",
									    text_of(stop, "function"), "kind",
									    "function"));
		add(list, BUDGET_STOP, location, format("%s: the budget ended the exploration of %s",
							text_of(stop, "file"), text_of(stop, "function")));
	}
}

static void add_gaps(json_t *list, const json_t *gaps, struct locations *locations)
{
	const json_t *gap, *each;
	size_t i, j;

	json_array_foreach(gaps, i, gap) {
		const char *file = text_of(gap, "file");

		json_array_foreach(json_object_get(gap, "missing"), j, each)
			if (json_is_string(each))
				add(list, FACTS_MISSING, location_of(locations, gap, NULL),
				    format("%s: checked without the facts of %s", file, json_string_value(each)));
		json_array_foreach(json_object_get(gap, "unresolved"), j, each)
			if (json_is_string(each))
				add(list, FUNCTION_UNKNOWN, location_of(locations, gap, NULL),
				    format("%s: what is known of %s could not be used", file,
					   json_string_value(each)));
	}
}

static void add_unread(json_t *list, const json_t *units, struct locations *locations)
{
	const json_t *unit;
	size_t i;

	json_array_foreach(units, i, unit) {
		json_t *place = json_pack("{s:O?, s:O?}", "file", json_object_get(unit, "file"), "line",
					  json_object_get(unit, "first_unread"));

		add(list, PARTLY_PARSED, location_of(locations, place, NULL),
		    format("%s: spatch left out %lld of %lld lines, the first error in line %lld",
			   text_of(unit, "file"), (long long)json_integer_value(json_object_get(unit, "unread")),
			   (long long)json_integer_value(json_object_get(unit, "lines")),
			   (long long)json_integer_value(json_object_get(unit, "first_unread"))));
		json_decref(place);
	}
}

static void add_left_out(json_t *list, const struct left_out *left)
{
	if (left->results)
		add(list, RESULTS_LEFT_OUT, NULL,
		    format("%zu result%s left out, the least severe", left->results, plural(left->results)));
	if (left->places)
		add(list, RESULTS_LEFT_OUT, NULL,
		    format("%zu further place%s of results left out", left->places, plural(left->places)));
	if (left->steps)
		add(list, RESULTS_LEFT_OUT, NULL,
		    format("%zu step%s of interleavings left out", left->steps, plural(left->steps)));
}

json_t *notices_of(const struct analysis *analysis, const struct left_out *left, struct locations *locations)
{
	const struct results *results = &analysis->results;
	json_t *list = json_array();

	add_units(list, &analysis->units);
	if (!analysis->complete)
		add(list, PATH_LEFT_OUT, NULL, copy("Some of the paths that were named have no compile commands"));
	add_stops(list, results->stops, locations);
	add_gaps(list, results->gaps, locations);
	add_unread(list, results->unread, locations);
	if ((analysis->engines & ENGINE_COCCI) && analysis->scripts.rules.count < rule_count)
		add(list, RULES_WITHOUT_SCRIPT, NULL, format("spatch looks for %zu of %zu rules",
							     analysis->scripts.rules.count, rule_count));
	if (analysis->aside)
		add(list, UNITS_SET_ASIDE, NULL,
		    format("%zu unit%s with nothing to look for not analysed", analysis->aside,
			   plural(analysis->aside)));
	if (results->hidden)
		add(list, BELOW_SEVERITY, NULL,
		    format("%zu finding%s below the asked severity not shown", results->hidden,
			   plural(results->hidden)));
	add_left_out(list, left);
	return list;
}
