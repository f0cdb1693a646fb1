// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "html.h"

#include <stdlib.h>
#include <string.h>

#include "coverage.h"
#include "engines.h"
#include "excerpts.h"
#include "files.h"
#include "places.h"
#include "printable.h"
#include "rules.h"

// page_head and page_tail: page.html with its style and script, in front of the data and behind them.
#include "page.inc"

// The page while it is put together. Files are numbered in the order in which they are named.
struct page {
	json_t *files;
	json_t *numbers; // FILE: number
	json_t *seen;	 // FINGERPRINT: how often
	struct excerpts excerpts;
};

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static json_t *shown(const char *text)
{
	size_t length = strlen(text);
	char *clean = printable(text, length, length);
	json_t *made = json_string(clean);

	free(clean);
	return made;
}

static json_t *member(const json_t *object, const char *key)
{
	return shown(text_of(object, key));
}

static void copy_members(json_t *to, const json_t *from, const char *const *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (*text_of(from, keys[i]))
			json_object_set_new(to, keys[i], member(from, keys[i]));
}

// [file, line, column]
static json_t *place(struct page *page, const json_t *object, bool excerpt)
{
	const char *file = text_of(object, "file");
	json_int_t line = json_integer_value(json_object_get(object, "line"));
	json_t *number = json_object_get(page->numbers, file);

	if (!number) {
		number = json_integer((json_int_t)json_array_size(page->files));
		json_object_set_new(page->numbers, file, number);
		json_array_append_new(page->files, json_pack("{s:o}", "name", shown(file)));
	}
	if (excerpt)
		excerpts_want(&page->excerpts, file, line > 0 && line <= 0x7fffffff ? (long)line : 0);
	return json_pack("[O, I, I]", number, line, json_integer_value(json_object_get(object, "column")));
}

// The step that meets what the other side does: the last one of the operation. The finding itself may be teardown's
// mistake. -1 without steps.
static json_int_t touch_of(const json_t *notes)
{
	size_t count = json_array_size(notes);

	for (size_t i = count; i-- > 0;)
		if (strcmp(text_of(json_array_get(notes, i), "side"), "unbind"))
			return (json_int_t)i;
	return (json_int_t)count - 1;
}

// "drivers/usb" of drivers/usb/misc/a.c: the first two folders.
static json_t *subsystem_of(const char *file)
{
	const char *slash = strrchr(file, '/'), *second = strchr(file + (*file == '/'), '/');
	char *folder;
	json_t *made;

	if (!slash)
		return json_string("");
	second = second && second < slash ? strchr(second + 1, '/') : NULL;
	if (!second || second > slash)
		second = slash;
	folder = copy_span(file, (size_t)(second - file));
	made = shown(folder);
	free(folder);
	return made;
}

// In a report two findings may have one fingerprint: the second is "FINGERPRINT:2".
static json_t *name_of(struct page *page, const char *fingerprint)
{
	json_int_t count = json_integer_value(json_object_get(page->seen, fingerprint)) + 1;

	json_object_set_new(page->seen, fingerprint, json_integer(count));
	return count == 1 ? shown(fingerprint) : json_sprintf("%s:%lld", fingerprint, (long long)count);
}

static json_t *steps_of(struct page *page, const json_t *notes, bool excerpt)
{
	json_t *steps = json_array(), *note;
	size_t i;

	json_array_foreach(notes, i, note)
		json_array_append_new(steps, json_pack("{s:o, s:b, s:o}", "at", place(page, note, excerpt), "unbind",
						       !strcmp(text_of(note, "side"), "unbind"), "message",
						       member(note, "message")));
	return steps;
}

static json_t *one_finding(struct page *page, const json_t *finding, const char *state)
{
	static const char *const keys[] = {"fingerprint", "rule", "severity", "function", "door",    "slot",
					   "table",	  "struct", "teardown", "bus",	  "message"};
	const json_t *notes = json_object_get(finding, "notes"), *also = json_object_get(finding, "also"), *each;
	const json_t *suppression = json_object_get(finding, "suppression");
	json_t *made = json_object(), *others;
	bool excerpt = strcmp(state, "gone"); // its lines are those of another source
	size_t i;

	json_object_set_new(made, "id", name_of(page, text_of(finding, "fingerprint")));
	json_object_set_new(made, "state", json_string(state));
	copy_members(made, finding, keys, sizeof(keys) / sizeof(*keys));
	json_object_set_new(made, "subsystem", subsystem_of(text_of(finding, "file")));
	json_object_set_new(made, "engine",
			    json_string(!engine_cocci(finding) ? "clang" : engine_clang(finding) ? "both" : "spatch"));
	json_object_set_new(made, "at", place(page, finding, excerpt));
	json_object_set_new(made, "steps", steps_of(page, notes, excerpt));
	json_object_set_new(made, "touch", json_integer(touch_of(notes)));
	if (json_array_size(also)) {
		others = json_array();
		json_array_foreach(also, i, each)
			json_array_append_new(others, place(page, each, false));
		json_object_set_new(made, "also", others);
	}
	if (suppression) {
		others = json_pack("{s:o, s:o}", "kind", member(suppression, "kind"), "reason",
				   member(suppression, "reason"));
		if (*text_of(suppression, "file"))
			json_object_set_new(others, "at", place(page, suppression, false));
		json_object_set_new(made, "suppression", others);
	}
	return made;
}

static void add_findings(struct page *page, json_t *to, const json_t *findings, const char *state)
{
	const json_t *finding;
	size_t i;

	json_array_foreach(findings, i, finding)
		json_array_append_new(to, one_finding(page, finding, state));
}

// The files, each with the lines that were wanted of it.
static json_t *sources_of(struct page *page)
{
	json_t *sources = excerpts_read(&page->excerpts), *number, *source;
	const char *file;

	json_object_foreach(sources, file, source) {
		number = json_object_get(page->numbers, file);
		json_object_update(json_array_get(page->files, (size_t)json_integer_value(number)), source);
	}
	json_decref(sources);
	return json_incref(page->files);
}

// A tree has tens of thousands of ops tables of which there is nothing to be said. `found` has the findings' files.
static bool wanted(const struct coverage_table *table, const json_t *found)
{
	if (table->width || json_object_get(found, text_of(table->rows[0], "file")))
		return true;
	for (size_t i = 0; i < table->count; i++)
		if (coverage_state_of(table->rows[i]) == COVERAGE_NOT_FENCED)
			return true;
	return false;
}

static void add_text(json_t *list, const char *text)
{
	json_t *made = *text ? shown(text) : NULL;

	for (size_t i = 0; made && i < json_array_size(list); i++)
		if (json_equal(json_array_get(list, i), made)) {
			json_decref(made);
			return;
		}
	if (made)
		json_array_append_new(list, made);
}

static json_t *fence_of(const json_t *fence)
{
	char *title = coverage_fence(fence), *places = places_of(fence);
	json_t *made = json_pack("{s:o, s:o, s:s, s:o}", "title", shown(title), "lock", member(fence, "lock"), "places",
				 places, "struct", member(fence, "struct"));

	free(places);
	free(title);
	return made;
}

static json_t *row_of(const struct coverage_table *table, const json_t *row)
{
	static const char *const keys[] = {"slot", "function", "command"};
	json_t *made = json_object(), *by = json_array();
	char *reason = coverage_reason(table, row);

	copy_members(made, row, keys, sizeof(keys) / sizeof(*keys));
	json_object_set_new(made, "line", json_integer(json_integer_value(json_object_get(row, "line"))));
	json_object_set_new(made, "state", json_string(coverage_states[coverage_state_of(row)]));
	for (size_t i = 0; i < table->width; i++)
		if (coverage_covers(table->columns[i], row))
			json_array_append_new(by, json_integer((json_int_t)i));
	json_object_set_new(made, "by", by);
	if (reason)
		json_object_set_new(made, "reason", shown(reason));
	free(reason);
	return made;
}

static json_t *table_of(const struct coverage_table *table)
{
	json_t *structs = json_array(), *columns = json_array(), *rows = json_array();
	const json_t *first = table->rows[0];

	for (size_t i = 0; i < table->count; i++) {
		add_text(structs, text_of(json_object_get(table->rows[i], "touch"), "struct"));
		json_array_append_new(rows, row_of(table, table->rows[i]));
	}
	for (size_t i = 0; i < table->width; i++) {
		add_text(structs, text_of(table->columns[i], "struct"));
		json_array_append_new(columns, fence_of(table->columns[i]));
	}
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "file", member(first, "file"), "table",
			 member(first, "table"), "registration", member(first, "registration"), "structs", structs,
			 "fences", columns, "rows", rows);
}

static void add_coverage(json_t *page, const struct results *results)
{
	struct coverage coverage = coverage_read(results->fences, results->coverage);
	json_t *tables = json_array(), *lonely = json_array(), *found = json_object(), *each;
	size_t left_tables = 0, left_rows = 0, i;

	json_array_foreach(results->findings, i, each)
		json_object_set_new(found, text_of(each, "file"), json_true());
	for (i = 0; i < coverage.count; i++) {
		if (wanted(&coverage.tables[i], found)) {
			json_array_append_new(tables, table_of(&coverage.tables[i]));
			continue;
		}
		left_tables++;
		left_rows += coverage.tables[i].count;
	}
	json_array_foreach(results->fences, i, each)
		if (!coverage.shown[i])
			json_array_append_new(lonely, fence_of(each));
	json_object_set_new(page, "tables", tables);
	json_object_set_new(page, "lonely", lonely);
	json_object_set_new(page, "left_out", json_pack("{s:I, s:I}", "tables", (json_int_t)left_tables, "rows",
							(json_int_t)left_rows));
	coverage_free(&coverage);
	json_decref(found);
}

static void add_rules(json_t *page)
{
	json_t *made = json_object();

	for (size_t i = 0; i < rule_count; i++)
		json_object_set_new(made, rules[i].key,
				    json_pack("{s:s, s:b}", "summary", rules[i].summary, "alpha", rule_is_alpha(&rules[i])));
	json_object_set_new(page, "rules", made);
}

// The text without the folder's name in front of what is below it, wherever that stands. Owns `text`. Caller frees.
static char *without(char *text, const char *folder)
{
	char *prefix = folder && *folder ? format("%s/", folder) : NULL, *at = prefix ? strstr(text, prefix) : NULL;

	for (; at; at = strstr(at, prefix))
		memmove(at, at + strlen(prefix), strlen(at + strlen(prefix)) + 1);
	free(prefix);
	return text;
}

// Compilers' words name whole paths.
static void say_of(const struct analysis *analysis, json_t *to, const char *file, const char *what)
{
	char *text = without(without(copy(what), analysis->units.root), analysis->inputs.kernel.build);

	json_array_append_new(to, json_pack("{s:o, s:o}", "file", shown(file), "why", shown(text)));
	free(text);
}

static void add_gaps(const struct analysis *analysis, json_t *to)
{
	const json_t *gap, *each;
	size_t i, j;

	json_array_foreach(analysis->results.gaps, i, gap) {
		json_array_foreach(json_object_get(gap, "missing"), j, each) {
			char *text = format("checked without the facts of %s",
					    json_is_string(each) ? json_string_value(each) : "?");

			say_of(analysis, to, text_of(gap, "file"), text);
			free(text);
		}
		json_array_foreach(json_object_get(gap, "unresolved"), j, each) {
			char *text = format("what is known of %s could not be used",
					    json_is_string(each) ? json_string_value(each) : "?");

			say_of(analysis, to, text_of(gap, "file"), text);
			free(text);
		}
	}
}

static void add_unread(const struct analysis *analysis, json_t *to)
{
	const json_t *unit;
	size_t i;

	json_array_foreach(analysis->results.unread, i, unit) {
		char *text = format("%lld of %lld lines left out by spatch, the first error in line %lld",
				    (long long)json_integer_value(json_object_get(unit, "unread")),
				    (long long)json_integer_value(json_object_get(unit, "lines")),
				    (long long)json_integer_value(json_object_get(unit, "first_unread")));

		say_of(analysis, to, text_of(unit, "file"), text);
		free(text);
	}
}

// What keeps "nothing was found" from meaning "clean".
static void add_trouble(json_t *page, const struct analysis *analysis)
{
	json_t *failed = json_array(), *stops = json_array(), *gaps = json_array(), *unread = json_array(), *each;
	size_t i;

	for (i = 0; i < analysis->units.count; i++) {
		const struct unit *unit = &analysis->units.at[i];
		char *text = unit->mismatch ? format("spatch: %s", unit->mismatch) : NULL;

		if (unit->fault)
			say_of(analysis, failed, unit->name, unit->fault);
		if (text)
			say_of(analysis, failed, unit->name, text);
		free(text);
	}
	json_array_foreach(analysis->results.stops, i, each)
		say_of(analysis, stops, text_of(each, "file"), text_of(each, "function"));
	add_gaps(analysis, gaps);
	json_array_foreach(analysis->problems, i, each)
		say_of(analysis, gaps, text_of(each, "file"), text_of(each, "detail"));
	add_unread(analysis, unread);
	json_object_set_new(page, "trouble",
			    json_pack("{s:b, s:o, s:o, s:o, s:o}", "complete", analysis->complete, "failed", failed, "stops",
				      stops, "gaps", gaps, "unread", unread));
}

static void add_run(json_t *page, const struct analysis *analysis)
{
	const struct results *results = &analysis->results;

	json_object_set_new(page, "run",
			    json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:b, s:b}", "analysed",
				      (json_int_t)results->analysed, "failed", (json_int_t)results->failed, "aside",
				      (json_int_t)analysis->aside, "hidden", (json_int_t)results->hidden, "doors",
				      (json_int_t)results->door_count, "teardowns",
				      (json_int_t)results->teardown_count, "not_reached",
				      (json_int_t)results->not_reached, "baselined", results->baselined, "clang",
				      analysis->engines & ENGINE_CLANG, "cocci", analysis->engines & ENGINE_COCCI));
}

// Where sources may be read: beside the root what was named, and what the build generated.
static struct strings folders_of(const struct analysis *analysis)
{
	struct strings folders = {0};

	if (analysis->inputs.kernel.build)
		strings_add(&folders, analysis->inputs.kernel.build);
	for (size_t i = 0; i < analysis->units.count; i++) {
		const struct compile *compile = &analysis->units.at[i].compile;
		char *path;

		if (!compile->directory || !compile->file)
			continue;
		path = path_plain(compile->directory, compile->file);
		if (!path_below(analysis->units.root, path))
			strings_take(&folders, path_parent(path));
		free(path);
	}
	return folders;
}

json_t *html_data(const struct analysis *analysis)
{
	const struct results *results = &analysis->results;
	struct strings folders = folders_of(analysis);
	struct page page = {
		.files = json_array(),
		.numbers = json_object(),
		.seen = json_object(),
		.excerpts = {.root = analysis->units.root, .folders = &folders},
	};
	json_t *data = json_object(), *findings = json_array();

	add_run(data, analysis);
	add_trouble(data, analysis);
	add_rules(data);
	add_findings(&page, findings, results->findings, results->baselined ? "new" : "open");
	add_findings(&page, findings, results->known, "known");
	add_findings(&page, findings, results->suppressed, "suppressed");
	add_findings(&page, findings, results->gone, "gone");
	json_object_set_new(data, "findings", findings);
	json_object_set_new(data, "files", sources_of(&page));
	add_coverage(data, results);
	excerpts_free(&page.excerpts);
	json_decref(page.files);
	json_decref(page.numbers);
	json_decref(page.seen);
	strings_free(&folders);
	return data;
}

// JSON in ASCII in which nothing can end the element or begin another: these three stand in strings only.
static void put_data(FILE *to, const json_t *data)
{
	char *text = json_dumps(data, JSON_COMPACT | JSON_ENSURE_ASCII);

	if (!text)
		fatal("the page's data could not be written");
	for (const char *at = text; *at; at++)
		switch (*at) {
		case '<': fputs("\\u003c", to); break;
		case '>': fputs("\\u003e", to); break;
		case '&': fputs("\\u0026", to); break;
		default: fputc(*at, to);
		}
	free(text);
}

void html_write(FILE *to, const struct analysis *analysis)
{
	json_t *data = html_data(analysis);

	fputs(page_head, to);
	put_data(to, data);
	fputs(page_tail, to);
	json_decref(data);
}
