// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a run says of itself on stderr: what failed, what was not fully analysed, and the sums.

#include "analyse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engines.h"
#include "rules.h"

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void report_gaps(const json_t *gaps)
{
	const json_t *gap, *each;
	size_t i, j;

	json_array_foreach(gaps, i, gap) {
		const char *file = json_string_value(json_object_get(gap, "file"));

		json_array_foreach(json_object_get(gap, "missing"), j, each)
			if (json_is_string(each))
				say("%s: checked without the facts of %s", file ? file : "?", json_string_value(each));
		json_array_foreach(json_object_get(gap, "unresolved"), j, each)
			if (json_is_string(each))
				say("%s: what is known of %s could not be used", file ? file : "?",
				    json_string_value(each));
	}
}

// spatch cannot read one driver in ten as a whole: without -v a tree's list is cut.
static void report_unread(const json_t *units, bool verbose)
{
	size_t i, shown = verbose ? json_array_size(units) : 10;
	const json_t *unit;

	json_array_foreach(units, i, unit) {
		const char *file = json_string_value(json_object_get(unit, "file"));

		if (i == shown) {
			say("and %zu more (-v names them)", json_array_size(units) - i);
			break;
		}
		say("partly parsed by spatch: %s (%lld of %lld lines left out, the first error in line %lld)", file ? file : "?",
		    (long long)json_integer_value(json_object_get(unit, "unread")),
		    (long long)json_integer_value(json_object_get(unit, "lines")),
		    (long long)json_integer_value(json_object_get(unit, "first_unread")));
	}
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "?";
}

static long long line_of(const json_t *object)
{
	return json_integer_value(json_object_get(object, "line"));
}

static void report_suppressions(const struct results *results, bool verbose)
{
	const json_t *each;
	size_t i;

	json_array_foreach(results->faulty, i, each)
		complain("%s:%lld: suppression without effect: %s", text_of(each, "file"), line_of(each),
			 text_of(each, "why"));
	json_array_foreach(results->unused, i, each)
		say("%s:%lld: unused suppression of %s", text_of(each, "file"), line_of(each), text_of(each, "rule"));
	if (!verbose)
		return;
	json_array_foreach(results->suppressed, i, each) {
		const json_t *by = json_object_get(each, "suppression");

		say("%s:%lld: suppressed: %s - %s (%s:%lld)", text_of(each, "file"), line_of(each),
		    text_of(each, "rule"), text_of(by, "reason"), text_of(by, "file"), line_of(by));
	}
}

void analysis_report_trouble(const struct analysis *analysis, bool verbose)
{
	const json_t *stop;
	size_t i;

	for (i = 0; i < analysis->units.count; i++) {
		const struct unit *unit = &analysis->units.at[i];

		if (unit->fault && (verbose || !unit->aside))
			complain("%s: %s", unit->name, unit->fault);
		if (unit->mismatch)
			complain("%s: spatch: %s", unit->name, unit->mismatch);
	}
	report_unread(analysis->results.unread, verbose);
	report_suppressions(&analysis->results, verbose);
	if (!verbose)
		return;

	json_array_foreach(analysis->results.stops, i, stop) {
		const char *file = json_string_value(json_object_get(stop, "file"));
		const char *function = json_string_value(json_object_get(stop, "function"));

		say("%s: the budget ended the exploration of %s", file ? file : "?",
		    function ? function : "?");
	}
	report_gaps(analysis->results.gaps);
}

static char *per_rule(const json_t *findings)
{
	char *text = copy("");

	for (size_t r = 0; r < rule_count; r++) {
		size_t count = 0, i;
		json_t *finding;

		json_array_foreach(findings, i, finding) {
			const char *rule = json_string_value(json_object_get(finding, "rule"));

			count += rule && !strcmp(rule, rules[r].key);
		}
		if (!count)
			continue;
		char *longer = format("%s%s%s %zu", text, *text ? ", " : "", rules[r].key, count);

		free(text);
		text = longer;
	}
	return text;
}

static void summarise_aside(const struct analysis *analysis)
{
	char *mates = analysis->mates ? format("; the facts of %zu of them were read", analysis->mates) : copy("");

	if (analysis->aside)
		say("%zu unit%s %s nothing to look for and %s not analysed (--all analyses everything)%s",
		    analysis->aside, plural(analysis->aside), analysis->aside == 1 ? "has" : "have",
		    analysis->aside == 1 ? "is" : "are", mates);
	free(mates);
}

static void summarise_since(const struct analysis *analysis)
{
	const struct since *since = &analysis->since;

	if (since->config.count) {
		char *more = since->config.count > 1 ? format(" and %zu more", since->config.count - 1) : copy("");

		say("%s%s changed: what that means for the configuration and the commands is not followed", since->config.at[0],
		    more);
		free(more);
	}
	if (since->unknown && analysis->across)
		say("%zu of the other unit%s %s never scanned: what %s to the affected ones is not known", since->unknown,
		    plural(since->unknown), since->unknown == 1 ? "was" : "were", since->unknown == 1 ? "it says" : "they say");
	say("%zu file%s changed since %s: %zu unit%s affected, %zu of them by other units, %zu not", since->files,
	    plural(since->files), since->revision, since->direct + since->others, plural(since->direct + since->others),
	    since->others, since->rest);
}

// Of a scan that found part of its work done.
static void summarise_work(const struct analysis *analysis)
{
	const struct work *work = &analysis->work;
	size_t read = 0, checked = 0;

	for (size_t i = 0; i < analysis->units.count; i++) {
		const struct unit *unit = &analysis->units.at[i];

		read += !unit->skipped;
		checked += !unit->skipped && !unit->aside;
	}
	if ((analysis->engines & ENGINE_COCCI) && work->matched < checked)
		say("semantic patches run again on %zu unit%s, %zu as before", work->matched, plural(work->matched),
		    checked - work->matched);
	if (!analysis->across || work->read >= read)
		return;
	say("facts of %zu unit%s read again, %zu unit%s checked again, %zu as before", work->read,
	    plural(work->read), work->checked, plural(work->checked),
	    work->checked < checked ? checked - work->checked : 0);
}

static void summarise_gaps(const json_t *gaps)
{
	size_t units = 0, doors = 0, functions = 0, i;
	const json_t *gap;

	json_array_foreach(gaps, i, gap) {
		functions += json_array_size(json_object_get(gap, "unresolved"));
		if (!json_array_size(json_object_get(gap, "missing")))
			continue;
		units++;
		doors += (size_t)json_integer_value(json_object_get(gap, "doors"));
	}
	if (units)
		say("%zu unit%s checked without the facts of all files of %s module: %zu door%s NOT FULLY ANALYSED",
		    units, plural(units), units == 1 ? "its" : "their", doors, plural(doors));
	if (functions)
		say("%zu function%s of other files could not be used (-v names them)", functions, plural(functions));
}

// Who found what, and what spatch did not see.
static void summarise_engines(const struct analysis *analysis)
{
	size_t units = json_array_size(analysis->results.unread), clang = 0, cocci = 0, both = 0, lines = 0, i;
	const json_t *each;

	if (!(analysis->engines & ENGINE_COCCI))
		return;
	if (analysis->scripts.rules.count < rule_count)
		say("spatch looks for %zu of %zu rules (see 'strongfence doctor')", analysis->scripts.rules.count,
		    rule_count);
	json_array_foreach(analysis->results.unread, i, each)
		lines += (size_t)json_integer_value(json_object_get(each, "unread"));
	if (units)
		say("%zu unit%s partly parsed by spatch: %zu line%s NOT MATCHED", units, plural(units), lines,
		    plural(lines));
	if (!(analysis->engines & ENGINE_CLANG))
		return;
	json_array_foreach(analysis->results.findings, i, each) {
		both += engine_clang(each) && engine_cocci(each);
		clang += engine_clang(each) && !engine_cocci(each);
		cocci += !engine_clang(each);
	}
	say("found by both engines: %zu, by clang alone: %zu, by spatch alone: %zu", both, clang, cocci);
}

static void summarise_unseen(size_t unseen)
{
	if (unseen)
		say("%zu finding%s of the baseline %s not looked for: another file, rule or engine", unseen, plural(unseen),
		    unseen == 1 ? "was" : "were");
}

// After a failure, or with facts missing, "0 findings" would be read as "clean".
static void count_findings(FILE *to, const struct analysis *analysis)
{
	const struct results *results = &analysis->results;
	const size_t found = json_array_size(results->findings);
	const char *new = results->baselined ? "new " : "";
	char *rules_text = per_rule(results->findings);

	if (found)
		fprintf(to, ", %zu %sfinding%s (%s)", found, new, plural(found), rules_text);
	else if (!results->failed && analysis->complete)
		fprintf(to,
			json_array_size(results->gaps) || json_array_size(results->unread)
				? ", no %sfinding in what was analysed"
				: ", 0 %sfindings",
			new);
	if (results->baselined)
		fprintf(to, ", %zu known from the baseline, %zu gone", json_array_size(results->known),
			json_array_size(results->gone));
	free(rules_text);
}

static void count_suppressions(FILE *to, const struct results *results)
{
	size_t suppressed = json_array_size(results->suppressed), unused = json_array_size(results->unused);
	size_t faulty = json_array_size(results->faulty);

	if (suppressed)
		fprintf(to, ", %zu suppressed", suppressed);
	if (unused)
		fprintf(to, ", %zu unused suppression%s", unused, plural(unused));
	if (faulty)
		fprintf(to, ", %zu suppression%s without effect", faulty, plural(faulty));
}

void analysis_summary(const struct analysis *analysis)
{
	const struct results *results = &analysis->results;
	size_t stops = json_array_size(results->stops);
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	if (!to)
		fatal("out of memory");
	fprintf(to, "%zu unit%s analysed", results->analysed, plural(results->analysed));
	if (results->failed)
		fprintf(to, ", %zu FAILED", results->failed);
	if (results->timeouts)
		fprintf(to, " (%zu time-out%s)", results->timeouts, plural(results->timeouts));
	if (!analysis->complete)
		fputs(", some paths NOT ANALYSED", to);
	count_findings(to, analysis);
	count_suppressions(to, results);
	if (results->hidden)
		fprintf(to, ", %zu below --min-severity", results->hidden);
	if (analysis->engines & ENGINE_CLANG)
		fprintf(to, ", %zu budget stop%s", stops, plural(stops));
	fprintf(to, ", %.1f s", results->seconds);
	fclose(to);
	summarise_aside(analysis);
	if (analysis->since.revision)
		summarise_since(analysis);
	summarise_work(analysis);
	summarise_gaps(results->gaps);
	if (results->imported)
		say("%zu function%s taken from other files", results->imported, plural(results->imported));
	if (analysis->engines & ENGINE_CLANG)
		say("%zu door%s, %zu teardown root%s", results->door_count, plural(results->door_count),
		    results->teardown_count, plural(results->teardown_count));
	summarise_engines(analysis);
	summarise_unseen(results->unseen);
	say("%s", text);
	free(text);
}
