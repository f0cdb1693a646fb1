// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sarif.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "sarif-rules.h"
#include "utf8.h"

// What becomes of a finding, and in which order they are shown: what is gone stands last.
enum standing { FOUND, SUPPRESSED, KNOWN, GONE };

struct result {
	const json_t *finding;
	enum standing standing;
	size_t index; // among those of its standing
	size_t ordinal; // among those of its fingerprint, from 1
	bool kept;
};

struct log {
	const struct results *results;
	struct locations *locations;
	struct result *at;
	size_t count;
	struct left_out left;
};

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static long long number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static int by_place(const void *left, const void *right)
{
	const struct result *a = left, *b = right;
	int order = (a->standing == GONE) - (b->standing == GONE);

	if (!order)
		order = strcmp(text_of(a->finding, "file"), text_of(b->finding, "file"));
	for (size_t i = 0; !order && i < 2; i++) {
		long long x = number_of(a->finding, i ? "column" : "line");
		long long y = number_of(b->finding, i ? "column" : "line");

		order = (x > y) - (x < y);
	}
	if (!order)
		order = strcmp(text_of(a->finding, "rule"), text_of(b->finding, "rule"));
	if (!order)
		order = (int)a->standing - (int)b->standing;
	return order ? order : (a->index > b->index) - (a->index < b->index);
}

// One function may be wrong in the same way twice, and a fingerprint holds no line: the second one is another result.
static void count_fingerprints(struct log *log)
{
	json_t *seen = json_object();

	for (size_t i = 0; i < log->count; i++) {
		const char *fingerprint = text_of(log->at[i].finding, "fingerprint");

		log->at[i].ordinal = (size_t)number_of(seen, fingerprint) + 1;
		json_object_set_new(seen, fingerprint, json_integer((json_int_t)log->at[i].ordinal));
	}
	json_decref(seen);
}

// The most severe, of these the first; of what is gone what then has room.
static void choose(struct log *log)
{
	size_t kept = 0;

	for (int gone = 0; gone < 2; gone++)
		for (int level = SEVERITY_UNKNOWN; level >= SEVERITY_INFO; level--)
			for (size_t i = 0; i < log->count && kept < SARIF_RESULTS; i++) {
				struct result *result = &log->at[i];

				if ((result->standing == GONE) != gone ||
				    (int)severity_of(text_of(result->finding, "severity")) != level)
					continue;
				result->kept = true;
				kept++;
			}
	log->left.results = log->count - kept;
}

static void gather(struct log *log)
{
	const json_t *const lists[] = {
		[FOUND] = log->results->findings,
		[SUPPRESSED] = log->results->suppressed,
		[KNOWN] = log->results->known,
		[GONE] = log->results->gone,
	};
	const json_t *finding;
	size_t all = 0, i;

	for (int s = FOUND; s <= GONE; s++)
		all += json_array_size(lists[s]);
	log->at = allocate((all + 1) * sizeof(*log->at));
	for (int s = FOUND; s <= GONE; s++)
		json_array_foreach(lists[s], i, finding)
			log->at[log->count++] = (struct result){.finding = finding, .standing = (enum standing)s,
								.index = i};
	qsort(log->at, log->count, sizeof(*log->at), by_place);
	count_fingerprints(log);
	choose(log);
}

static bool is_unbind(const json_t *note)
{
	return !strcmp(text_of(note, "side"), "unbind");
}

// The step that is the finding, and the one before which it must not happen.
static bool is_essential(const json_t *finding, const json_t *notes, size_t at)
{
	const json_t *note = json_array_get(notes, at);

	if (!is_unbind(note))
		return !strcmp(text_of(note, "file"), text_of(finding, "file")) &&
		       number_of(note, "line") == number_of(finding, "line");
	while (++at < json_array_size(notes))
		if (is_unbind(json_array_get(notes, at)))
			return false;
	return true;
}

static json_t *thread_flow(const char *id, json_t *steps)
{
	return json_pack("{s:s, s:O}", "id", id, "locations", steps);
}

// Two threads: the operation, and teardown. The order of the notes is the one in which it goes wrong.
static json_t *code_flow(struct log *log, const json_t *finding)
{
	const json_t *notes = json_object_get(finding, "notes"), *note;
	const char *door = text_of(finding, "door"), *teardown = text_of(finding, "teardown");
	json_t *operation = json_array(), *unbind = json_array(), *flows = json_array();
	size_t count = json_array_size(notes), essential = 0, taken = 0, i;
	char *other;

	json_array_foreach(notes, i, note)
		essential += count > SARIF_STEPS && is_essential(finding, notes, i);
	json_array_foreach(notes, i, note) {
		bool matters = is_essential(finding, notes, i);

		if (!matters && taken + essential >= SARIF_STEPS) {
			log->left.steps++;
			continue;
		}
		if (matters && essential)
			essential--;
		taken++;
		json_array_append_new(is_unbind(note) ? unbind : operation,
				      json_pack("{s:o, s:i, s:s}", "location",
						location_of(log->locations, note, text_of(note, "message")),
						"executionOrder", (int)i + 1, "importance",
						matters ? "essential" : "important"));
	}
	door = *door ? door : *text_of(finding, "function") ? text_of(finding, "function") : "operation";
	teardown = *teardown ? teardown : "unbind";
	// Where both sides are of one function, the threads still need two names.
	other = format("%s%s", teardown, strcmp(door, teardown) ? "" : " (unbind)");
	if (json_array_size(operation))
		json_array_append_new(flows, thread_flow(door, operation));
	if (json_array_size(unbind))
		json_array_append_new(flows, thread_flow(other, unbind));
	free(other);
	json_decref(operation);
	json_decref(unbind);
	return flows;
}

static json_t *also_of(struct log *log, const json_t *finding)
{
	const json_t *also = json_object_get(finding, "also"), *place;
	json_t *list = json_array();
	size_t i;

	json_array_foreach(also, i, place) {
		json_t *location;

		if (i >= SARIF_LOCATIONS - 1) {
			log->left.places++;
			continue;
		}
		location = location_of(log->locations, place, "The same");
		json_object_set_new(location, "id", json_integer((json_int_t)i + 1));
		json_array_append_new(list, location);
	}
	return list;
}

// Code scanning knows a result by primaryLocationLineHash alone. Its upload action would hash the line, and two doors
// to one touch are on the same line: the finding's own fingerprint takes the place.
static json_t *fingerprints_of(const struct result *result)
{
	const char *fingerprint = text_of(result->finding, "fingerprint");
	char *own = result->ordinal == 1 ? copy(fingerprint) : format("%s:%zu", fingerprint, result->ordinal);
	char *theirs = format("%s:%zu", fingerprint, result->ordinal);
	json_t *both = json_pack("{s:s, s:s}", "strongfence/v1", own, "primaryLocationLineHash", theirs);

	free(theirs);
	free(own);
	return both;
}

static json_t *suppressions_of(struct log *log, const json_t *finding)
{
	const json_t *why = json_object_get(finding, "suppression");
	json_t *suppression = json_pack("{s:s, s:s}", "kind",
					strcmp(text_of(why, "kind"), "inSource") ? "external" : "inSource", "status",
					"accepted");

	if (*text_of(why, "reason"))
		json_object_set_new(suppression, "justification", json_string(text_of(why, "reason")));
	if (*text_of(why, "file"))
		json_object_set_new(suppression, "location", location_of(log->locations, why, NULL));
	return json_pack("[o]", suppression);
}

static json_t *properties_of(const json_t *finding)
{
	static const char *const members[] = {"severity", "engines", "door", "slot", "table", "struct", "teardown"};
	json_t *properties = json_object();

	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		json_t *value = json_object_get(finding, members[i]);

		if (value && !(json_is_string(value) && !*json_string_value(value)))
			json_object_set(properties, members[i], value);
	}
	return properties;
}

// Nobody has to act on what is suppressed, so that it is not "new".
static const char *baseline_state(enum standing standing)
{
	return standing == FOUND ? "new" : standing == GONE ? "absent" : "unchanged";
}

static json_t *result_of(struct log *log, const struct result *result)
{
	const json_t *finding = result->finding;
	const char *rule = text_of(finding, "rule"), *function = text_of(finding, "function");
	json_t *location = location_of(log->locations, finding, NULL), *object, *also, *flows;

	if (!*function)
		function = text_of(finding, "door");
	if (*function)
		json_object_set_new(location, "logicalLocations",
				    json_pack("[{s:s, s:s, s:s}]", "name", function, "fullyQualifiedName", function,
					      "kind", "function"));
	object = json_pack("{s:s}", "ruleId", rule);
	if (sarif_rule_index(rule) >= 0)
		json_object_set_new(object, "ruleIndex", json_integer(sarif_rule_index(rule)));
	json_object_set_new(object, "level", json_string(sarif_level(severity_of(text_of(finding, "severity")))));
	json_object_set_new(object, "message", location_message(text_of(finding, "message")));
	json_object_set_new(object, "locations", json_pack("[o]", location));
	also = also_of(log, finding);
	if (json_array_size(also))
		json_object_set(object, "relatedLocations", also);
	json_decref(also);
	flows = code_flow(log, finding);
	if (json_array_size(flows))
		json_object_set_new(object, "codeFlows", json_pack("[{s:O}]", "threadFlows", flows));
	json_decref(flows);
	json_object_set_new(object, "partialFingerprints", fingerprints_of(result));
	// Both of the next are a run's: where one result has them, the standard wants them for all.
	if (json_array_size(log->results->suppressed))
		json_object_set_new(object, "suppressions", result->standing == SUPPRESSED
								    ? suppressions_of(log, finding)
								    : json_array());
	if (log->results->baselined)
		json_object_set_new(object, "baselineState", json_string(baseline_state(result->standing)));
	json_object_set_new(object, "properties", properties_of(finding));
	return object;
}

static json_t *invocation_of(const struct analysis *analysis, const struct log *log)
{
	const struct results *results = &analysis->results;
	enum verdict verdict = analysis_verdict(results->failed, analysis->complete,
						json_array_size(results->findings));

	return json_pack("{s:b, s:i, s:o, s:{s:I, s:I, s:I, s:I, s:I}}", "executionSuccessful",
			 verdict != VERDICT_TROUBLE, "exitCode", (int)verdict, "toolExecutionNotifications",
			 notices_of(analysis, &log->left, log->locations), "properties", "unitsAnalysed",
			 (json_int_t)results->analysed, "unitsFailed", (json_int_t)results->failed, "unitsSetAside",
			 (json_int_t)analysis->aside, "doors", (json_int_t)results->door_count, "teardownRoots",
			 (json_int_t)results->teardown_count);
}

static json_t *bases_of(const char *root)
{
	char *uri = location_uri(root), *folder = format("%s%s", uri, root[strlen(root) - 1] == '/' ? "" : "/");
	json_t *bases = json_pack("{s:{s:s, s:{s:s}}}", "SRCROOT", "uri", folder, "description", "text",
				  "The folder that was analysed.");

	free(folder);
	free(uri);
	return bases;
}

json_t *sarif_log(const struct analysis *analysis, struct left_out *left)
{
	const char *root = analysis->units.root && *analysis->units.root ? analysis->units.root : "/";
	struct log log = {.results = &analysis->results, .locations = locations_open(root)};
	json_t *results = json_array(), *whole;

	gather(&log);
	for (size_t i = 0; i < log.count; i++)
		if (log.at[i].kept)
			json_array_append_new(results, result_of(&log, &log.at[i]));
	whole = json_pack("{s:s, s:s, s:[{s:{s:o}, s:[o], s:o, s:s, s:o}]}", "$schema",
			  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
			  "version", "2.1.0", "runs", "tool", "driver", sarif_driver(), "invocations",
			  invocation_of(analysis, &log), "originalUriBaseIds", bases_of(root), "columnKind",
			  "unicodeCodePoints", "results", results);
	*left = log.left;
	locations_free(log.locations);
	free(log.at);
	return whole;
}

void sarif_write(FILE *to, const struct analysis *analysis)
{
	struct left_out left;
	json_t *whole = sarif_log(analysis, &left);

	if (json_dumpf(whole, to, JSON_COMPACT) < 0 && !ferror(to))
		fatal("the results could not be written as SARIF");
	fputc('\n', to);
	json_decref(whole);
	if (left.results)
		say("%zu results LEFT OUT of the SARIF file: code scanning takes %d; the most severe are in it",
		    left.results, SARIF_RESULTS);
	if (left.places)
		say("%zu further places LEFT OUT of the SARIF file: code scanning takes %d of a result", left.places,
		    SARIF_LOCATIONS);
	if (left.steps)
		say("%zu steps LEFT OUT of the SARIF file: code scanning takes %d of a result", left.steps,
		    SARIF_STEPS);
}
