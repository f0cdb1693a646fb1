// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lists.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "program.h"

// Which rows make a list. A row's names are those in `column`, or, where it has none, in `instead`. `by` is a column
// whose value is appended to the list's name: `touches.` by `resource` gives touches.mmio, touches.regmap and so on;
// a row without it counts as `otherwise`, and where that is NULL not at all. `only` is a column that a row must have, its
// value beginning with `prefix`; of `never`, columns with spaces between them, it must have none.
// Of a name, what stands before `until`, and none without it.
static const struct source {
	const char *list, *section, *column, *instead, *by, *otherwise, *by_too, *only, *never, *prefix, *until;
} sources[] = {
	{.list = "locks.", .section = "locks", .column = "function", .by = "action"},
	{.list = "locks.take", .section = "locks", .column = "function", .only = "action", .prefix = "acquire"},
	{.list = "locks.take.", .section = "locks", .column = "function", .by = "mode", .otherwise = "exclusive",
	 .only = "action", .prefix = "acquire"},
	{.list = "kills", .section = "kills", .column = "function"},
	{.list = "wakes", .section = "wakes", .column = "function"},
	{.list = "waits.unbounded", .section = "waits", .column = "function", .never = "bounded prepares"},
	{.list = "managed.", .section = "resources", .column = "managed", .by = "name"},
	{.list = "released", .section = "resources", .column = "released"},
	{.list = "released.", .section = "resources", .column = "released", .by = "name"},
	{.list = "touches", .section = "touches", .column = "functions"},
	{.list = "touches.", .section = "touches", .column = "functions", .by = "resource"},
	{.list = "registrations", .section = "registrations", .column = "function"},
	{.list = "registrations.", .section = "registrations", .column = "function", .by = "kind", .otherwise = "file"},
	{.list = "registrations.structs", .section = "registrations", .column = "struct"},
	{.list = "drivers", .section = "drivers", .column = "struct"},
	{.list = "drivers.hotplug", .section = "drivers", .column = "struct", .only = "hotplug"},
	{.list = "drivers.remove", .section = "drivers", .column = "remove"},
	{.list = "drivers.probe", .section = "drivers", .column = "probe", .instead = "=probe"},
	{.list = "calls.", .section = "calls", .column = "function", .by = "means"},
	{.list = "publish", .section = "publications", .column = "publish"},
	{.list = "publish.managed", .section = "publications", .column = "publish", .only = "managed"},
	{.list = "publish.interrupt", .section = "publications", .column = "publish", .only = "interrupt"},
	{.list = "stops", .section = "stops", .column = "functions"},
	{.list = "asyncs", .section = "asyncs", .column = "macros", .instead = "start"},
	{.list = "asyncs.", .section = "asyncs", .column = "macros", .instead = "start", .by = "kind"},
	{.list = "asyncs.managed", .section = "asyncs", .column = "start", .only = "device"},
	{.list = "async-calls.", .section = "async-calls", .column = "function", .by = "does"},
	{.list = "async-calls.", .section = "async-calls", .column = "function", .by = "kind", .by_too = "does"},
	{.list = "class-devices", .section = "class-devices", .column = "device"},
	{.list = "class-devices.late-structs", .section = "class-devices", .column = "late-slots", .until = "."},
	{.list = "managed-calls", .section = "managed-calls", .column = "function"},
	{.list = "managed-calls.", .section = "managed-calls", .column = "function", .by = "kind"},
	{.list = "attributes.add", .section = "attributes", .column = "add"},
	{.list = "attributes.remove", .section = "attributes", .column = "remove"},
};

// NAME.each.COLUMN says what a row's column holds of each of its keys, as KEY=VALUE.
static const struct {
	const char *section, *key, *columns; // columns NULL: all others
} details[] = {
	{"class-devices", "device", NULL},
	{"calls", "function", "argument"},
	{"managed-calls", "function", NULL},
	{"attributes", "add", "remove"},
	{"publications", "publish", "name object tables slots withdraw"},
	{"stops", "functions", "verb does resource uses starts"},
	{"resources", "name", "touch loss released"},
	{"touches", "resource", "functions"},
};

struct list {
	char *name;
	struct strings names;
};

struct lists {
	struct list *at;
	size_t count;
	json_t *spellings; // compiler's name: [sources' names]
};

static const char *text_of(const json_t *row, const char *column)
{
	return json_string_value(json_object_get(row, column));
}

static struct strings *find(const struct lists *lists, const char *name)
{
	for (size_t i = 0; i < lists->count; i++)
		if (!strcmp(lists->at[i].name, name))
			return &lists->at[i].names;
	return NULL;
}

const struct strings *lists_find(const struct lists *lists, const char *name)
{
	return find(lists, name);
}

static void add_name(const struct lists *lists, struct strings *to, const char *name, const char *until)
{
	json_t *spelling;
	size_t i;

	if (until) {
		const char *end = strstr(name, until);
		char *start = end ? copy_span(name, (size_t)(end - name)) : NULL;

		if (start && !strings_have(to, start))
			strings_add(to, start);
		free(start);
		return;
	}
	if (!strings_have(to, name))
		strings_add(to, name);
	json_array_foreach(json_object_get(lists->spellings, name), i, spelling)
		if (!strings_have(to, json_string_value(spelling)))
			strings_add(to, json_string_value(spelling));
}

static void add(struct lists *lists, char *name, const json_t *values, const char *until)
{
	struct strings *names = find(lists, name);
	json_t *each;
	size_t i;

	if (names) {
		free(name);
	} else {
		lists->at = reallocate(lists->at, lists->count + 1, sizeof(*lists->at));
		lists->at[lists->count] = (struct list){.name = name};
		names = &lists->at[lists->count++].names;
	}
	if (json_is_string(values))
		add_name(lists, names, json_string_value(values), until);
	json_array_foreach(values, i, each)
		add_name(lists, names, json_string_value(each), until);
}

static bool has(const json_t *row, const char *column)
{
	const char *value = text_of(row, column);

	return value && strcmp(value, "false");
}

static bool has_any(const json_t *row, const char *columns)
{
	bool any = false;

	for (const char *at = columns; *at;) {
		size_t length = strcspn(at, " ");
		char *column = copy_span(at, length);

		any |= has(row, column);
		free(column);
		at += length + (at[length] == ' ');
	}
	return any;
}

static bool takes(const struct source *source, const json_t *row)
{
	if (source->only) {
		if (!has(row, source->only))
			return false;
		if (source->prefix && strncmp(text_of(row, source->only), source->prefix, strlen(source->prefix)))
			return false;
	}
	return !source->never || !has_any(row, source->never);
}

static void add_row(struct lists *lists, const struct source *source, const json_t *row)
{
	const json_t *values = json_object_get(row, source->column);
	const char *by = source->by ? text_of(row, source->by) : "", *by_too = NULL;
	json_t *own = NULL;

	if (!takes(source, row))
		return;
	if (!values && source->instead)
		values = *source->instead == '=' ? (own = json_string(source->instead + 1))
						 : json_object_get(row, source->instead);
	if (!by)
		by = source->otherwise;
	if (source->by_too)
		by_too = text_of(row, source->by_too);
	if (values && by && (by_too || !source->by_too))
		add(lists, format("%s%s%s%s", source->list, by, by_too ? "." : "", by_too ? by_too : ""), values, source->until);
	json_decref(own);
}

// The name and what sources call it; "NAME()" is a callback of that function.
static struct strings spellings_of(const struct lists *lists, const char *name)
{
	size_t length = strlen(name);
	bool callback = length > 2 && !strcmp(name + length - 2, "()");
	char *bare = copy_span(name, callback ? length - 2 : length);
	struct strings all = {0};
	json_t *each;
	size_t i;

	strings_add(&all, name);
	json_array_foreach(json_object_get(lists->spellings, bare), i, each)
		strings_take(&all, format("%s%s", json_string_value(each), callback ? "()" : ""));
	free(bare);
	return all;
}

static void add_detail(struct lists *lists, const char *section, const char *column, const char *key, const char *value)
{
	struct strings keys = spellings_of(lists, key), values = spellings_of(lists, value);

	for (size_t i = 0; i < keys.count; i++) {
		for (size_t j = 0; j < values.count; j++) {
			json_t *text = json_sprintf("%s=%s", keys.at[i], values.at[j]);

			add(lists, format("%s.each.%s", section, column), text, NULL);
			json_decref(text);
		}
	}
	strings_free(&keys);
	strings_free(&values);
}

// Each string of a string or an array of strings.
#define for_each_text(values, i, text)                                                                                 \
	for (size_t i = 0; (text = json_is_array(values) ? json_string_value(json_array_get(values, i))                \
				   : i ? NULL : json_string_value(values));                                            \
	     i++)

static void add_details(struct lists *lists, const char *section, const json_t *row)
{
	for (size_t d = 0; d < sizeof(details) / sizeof(*details); d++) {
		const json_t *keys = json_object_get(row, details[d].key);
		const char *column, *key, *value;
		json_t *values;

		if (strcmp(section, details[d].section))
			continue;
		json_object_foreach((json_t *)row, column, values) {
			struct strings wanted = {0};
			bool takes_it = strcmp(column, details[d].key) != 0;

			for (const char *at = details[d].columns; at && *at; at += strspn(at, " ")) {
				strings_take(&wanted, copy_span(at, strcspn(at, " ")));
				at += strcspn(at, " ");
			}
			if (details[d].columns)
				takes_it = strings_have(&wanted, column);
			strings_free(&wanted);
			for_each_text(keys, i, key)
				for_each_text(values, j, value)
					if (takes_it && strcmp(value, "false"))
						add_detail(lists, section, column, key, value);
		}
	}
}

static void add_spelling(struct lists *lists, const json_t *row)
{
	const char *compiler = text_of(row, "compiler");
	json_t *known = json_object_get(lists->spellings, compiler);

	if (!known) {
		known = json_array();
		json_object_set_new(lists->spellings, compiler, known);
	}
	json_array_append(known, json_object_get(row, "source"));
}

// A line is SECTION<TAB>JSON object.
static json_t *row_of(const char *program, const char *line, char **section)
{
	const char *tab = strchr(line, '\t');
	json_t *row = tab ? json_loads(tab + 1, 0, NULL) : NULL;

	if (!row)
		fatal("%s: --list-rows printed what is no row: %s", program, line);
	*section = copy_span(line, (size_t)(tab - line));
	return row;
}

struct lists *lists_open(const char *program, const struct strings *models)
{
	struct strings lines = program_lines(program, "--list-rows", models);
	struct lists *lists = allocate(sizeof(*lists));

	lists->spellings = json_object();
	// What sources call a function is known before the first list is made.
	for (int spellings = 1; spellings >= 0; spellings--) {
		for (size_t i = 0; i < lines.count; i++) {
			char *section;
			json_t *row = row_of(program, lines.at[i], &section);

			if (spellings && !strcmp(section, "spellings"))
				add_spelling(lists, row);
			if (!spellings)
				add_details(lists, section, row);
			for (size_t j = 0; !spellings && j < sizeof(sources) / sizeof(*sources); j++)
				if (!strcmp(section, sources[j].section))
					add_row(lists, &sources[j], row);
			free(section);
			json_decref(row);
		}
	}
	strings_free(&lines);
	return lists;
}

void lists_free(struct lists *lists)
{
	for (size_t i = 0; i < lists->count; i++) {
		free(lists->at[i].name);
		strings_free(&lists->at[i].names);
	}
	json_decref(lists->spellings);
	free(lists->at);
	free(lists);
}
