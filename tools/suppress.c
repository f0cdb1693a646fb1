// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "suppress.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "rules.h"
#include "suppressions.h"

// A source with suppressions.
struct source {
	char *name;
	struct suppressions list;
};

struct sources {
	struct source *at;
	size_t count;
};

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

// A reason may be bytes in some old encoding, which JSON cannot hold.
static json_t *reason_json(const char *reason)
{
	json_t *made = json_string(reason);
	char *ascii;

	if (made)
		return made;
	ascii = copy(reason);
	for (char *at = ascii; *at; at++)
		if ((unsigned char)*at >= 0x80)
			*at = '?';
	made = json_string(ascii);
	free(ascii);
	return made;
}

static struct strings names_of(const struct results *results, const struct scope *scope)
{
	struct strings all = {0}, once = {0};
	const json_t *finding;
	size_t i;

	strings_add_all(&all, &scope->analysed);
	json_array_foreach(results->findings, i, finding)
		if (*text_of(finding, "file"))
			strings_add(&all, text_of(finding, "file"));
	strings_sort(&all);
	for (i = 0; i < all.count; i++)
		if (!i || strcmp(all.at[i - 1], all.at[i]))
			strings_add(&once, all.at[i]);
	strings_free(&all);
	return once;
}

static struct sources read_sources(const struct strings *names, const struct scope *scope)
{
	struct sources sources = {.at = allocate((names->count + 1) * sizeof(*sources.at))};

	for (size_t i = 0; i < names->count; i++) {
		char *path = path_join(scope->root, names->at[i]), *text;
		struct suppressions list = {0};
		size_t length;

		text = scope->read ? scope->read(scope->context, path, &length) : file_read(path, &length);
		if (text)
			suppressions_parse(text, length, &list);
		else
			complain("%s: its suppressions are not known: %s", names->at[i], strerror(errno));
		if (list.count)
			sources.at[sources.count++] = (struct source){copy(names->at[i]), list};
		else
			suppressions_free(&list);
		free(text);
		free(path);
	}
	return sources;
}

static int compare_name(const void *name, const void *source)
{
	return strcmp(name, ((const struct source *)source)->name);
}

// Every comment and every row that is about the finding is used; the first of them is what it goes by.
static json_t *suppression_of(const json_t *finding, struct sources *sources, struct waivers *waivers)
{
	const char *file = text_of(finding, "file"), *rule = text_of(finding, "rule");
	const json_int_t line = json_integer_value(json_object_get(finding, "line"));
	struct source *source = bsearch(file, sources->at, sources->count, sizeof(*sources->at), compare_name);
	json_t *found = NULL;

	for (size_t i = 0; source && i < source->list.count; i++) {
		struct suppression *each = &source->list.at[i];

		if (!each->rule || strcmp(each->rule, rule) || !each->covers || (json_int_t)each->covers != line)
			continue;
		each->used = true;
		if (!found)
			found = json_pack("{s:s, s:o, s:s, s:I}", "kind", "inSource", "reason",
					  reason_json(each->reason), "file", file, "line", (json_int_t)each->line);
	}
	for (size_t i = 0; i < waivers->count; i++) {
		struct waiver *row = &waivers->at[i];

		if (!waiver_fits(row, finding))
			continue;
		row->used = true;
		if (!found)
			found = json_pack("{s:s, s:o, s:s, s:I}", "kind", "external", "reason",
					  reason_json(row->reason), "file", WAIVERS_FILE, "line",
					  (json_int_t)row->line);
	}
	return found;
}

static void apply(struct results *results, struct sources *sources, struct waivers *waivers)
{
	json_t *left = json_array(), *finding;
	size_t i;

	json_array_foreach(results->findings, i, finding) {
		json_t *by = suppression_of(finding, sources, waivers);

		if (by)
			json_object_set_new(finding, "suppression", by);
		json_array_append(by ? results->suppressed : left, finding);
	}
	json_decref(results->findings);
	results->findings = left;
}

static void say_unused(json_t *unused, const char *file, size_t line, const char *rule)
{
	json_array_append_new(unused, json_pack("{s:s, s:I, s:s}", "file", file, "line", (json_int_t)line, "rule",
						rule));
}

static void say_faulty(json_t *faulty, const char *file, size_t line, const char *why)
{
	json_array_append_new(faulty, json_pack("{s:s, s:I, s:s}", "file", file, "line", (json_int_t)line, "why", why));
}

// What has no effect is wrong whatever was looked for.
static void judge_comments(struct results *results, const struct sources *sources, const struct scope *scope)
{
	for (size_t i = 0; i < sources->count; i++) {
		const struct source *source = &sources->at[i];
		const bool whole = !strings_have(&scope->failed, source->name);

		for (size_t j = 0; j < source->list.count; j++) {
			const struct suppression *each = &source->list.at[j];

			if (each->fault)
				say_faulty(results->faulty, source->name, each->line, each->fault);
			else if (whole && !each->used && strings_have(&scope->rules, each->rule))
				say_unused(results->unused, source->name, each->line, each->rule);
		}
	}
}

static bool names_any(const struct waiver *row, const struct strings *files)
{
	for (size_t i = 0; i < files->count; i++)
		if (waiver_names(row, files->at[i]))
			return true;
	return false;
}

static void judge_row(struct results *results, const struct waiver *row, const struct strings *names,
		      const struct scope *scope)
{
	if (row->used)
		return;
	if (!waiver_is_pattern(row)) {
		char *path = path_join(scope->root, row->file);
		bool there = file_exists(path);

		free(path);
		if (!there) {
			char *why = format("there is no file %s", row->file);

			say_faulty(results->faulty, WAIVERS_FILE, row->line, why);
			free(why);
			return;
		}
	} else if (scope->part) {
		return;
	}
	if (strings_have(&scope->rules, row->rule) && names_any(row, names) && !names_any(row, &scope->failed))
		say_unused(results->unused, WAIVERS_FILE, row->line, row->rule);
}

void suppress(struct results *results, struct scope *scope)
{
	struct strings names = names_of(results, scope);
	struct sources sources = read_sources(&names, scope);

	apply(results, &sources, scope->waivers);
	judge_comments(results, &sources, scope);
	for (size_t i = 0; i < scope->waivers->count; i++)
		judge_row(results, &scope->waivers->at[i], &names, scope);
	for (size_t i = 0; i < sources.count; i++) {
		free(sources.at[i].name);
		suppressions_free(&sources.at[i].list);
	}
	free(sources.at);
	strings_free(&names);
}

void scope_free(struct scope *scope)
{
	strings_free(&scope->analysed);
	strings_free(&scope->empty);
	strings_free(&scope->failed);
	strings_free(&scope->rules);
}

static void add_rules(struct strings *to, const struct analysis *analysis, const struct options *options)
{
	if (analysis->engines & ENGINE_COCCI)
		strings_add_all(to, &analysis->scripts.rules);
	if (!(analysis->engines & ENGINE_CLANG))
		return;
	for (size_t i = 0; i < rule_count; i++)
		if (options->rules.count ? strings_have(&options->rules, rules[i].key) : !rule_is_alpha(&rules[i]))
			strings_add(to, rules[i].key);
}

struct scope scope_of(struct analysis *analysis, const struct options *options, bool files_alone)
{
	struct scope scope = {.root = analysis->units.root, .waivers = &analysis->waivers, .part = files_alone || options->since,
			      .engines = analysis->engines};
	const json_t *unread;
	size_t i;

	add_rules(&scope.rules, analysis, options);
	for (i = 0; i < analysis->units.count; i++) {
		const struct unit *unit = &analysis->units.at[i];

		if (unit->unaffected)
			continue;
		if (unit->aside)
			strings_add(&scope.empty, unit->name);
		else
			strings_add(unit->fault || unit->mismatch ? &scope.failed : &scope.analysed, unit->name);
	}
	// Nothing else looked at the lines that spatch left out.
	if (!(analysis->engines & ENGINE_CLANG)) {
		json_array_foreach(analysis->results.unread, i, unread)
			if (json_object_get(unread, "file"))
				strings_add(&scope.failed, text_of(unread, "file"));
	}
	return scope;
}
