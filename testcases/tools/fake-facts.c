// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The stand-in's facts, link and check. A fact is a name with a value; a unit imports the names that it asks for
// and that another unit of its module exports.

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"
#include "files.h"
#include "memory.h"

static void update(const char *path, const json_t *value, size_t *changed)
{
	char *text = json_dumps(value, JSON_COMPACT), *old = file_read(path, NULL);

	if (old && !strcmp(old, text))
		*changed -= 1;
	*changed += 1;
	if (file_update(path, text, strlen(text)) < 0)
		fail(path, strerror(errno));
	free(old);
	free(text);
}

int write_facts(const struct asked *asked)
{
	struct said said = hear(asked, asked->facts);
	json_t *facts = json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:O, s:O}", "strongfence", "facts", "version", 1,
				  "file", said.file, "module", said.module, "status", said.status, "detail",
				  said.detail, "exports", said.exports, "imports", said.imports);
	size_t changed = 0;

	if (said.damage_facts) {
		char *text = json_dumps(facts, JSON_COMPACT);

		text[strlen(text) / 2] = '\0';
		put_text(asked->facts, text);
		free(text);
	} else {
		update(asked->facts, facts, &changed);
	}
	if (json_array_size(said.imports) && !strcmp(said.status, "ok")) {
		char *line = format("{\"type\":\"deferred\",\"file\":\"%s\"}\n", said.file);

		put_text(asked->output, line);
		free(line);
	} else {
		put_text(asked->output, record_of(&said, NULL));
	}
	return 0;
}

struct one {
	char *facts_path, *import_path;
	json_t *facts; // NULL: bad
	char *problem; // NULL: good
	const char *module;
	char *file;
};

// The unit's name where its facts do not say it: what its command says.
static void name_by_command(struct one *one)
{
	char *path = format("%.*s.cmd.json", (int)(strstr(one->facts_path, ".facts.") - one->facts_path),
			    one->facts_path);
	json_t *command = json_load_file(path, 0, NULL);
	const char *file = json_string_value(json_object_get(command, "file"));

	one->file = copy(file ? file : one->facts_path);
	json_decref(command);
	free(path);
}

static void read_one(struct one *one)
{
	json_error_t error;
	const char *status;

	one->facts = json_load_file(one->facts_path, 0, &error);
	status = json_string_value(json_object_get(one->facts, "status"));
	if (!one->facts) {
		one->problem = copy(file_exists(one->facts_path) ? "truncated" : "missing");
	} else if (json_integer_value(json_object_get(one->facts, "version")) != 1) {
		one->problem = copy("facts of another version");
	} else {
		one->file = copy(json_string_value(json_object_get(one->facts, "file")));
		one->module = json_string_value(json_object_get(one->facts, "module"));
		if (strcmp(status, "ok"))
			one->problem = format("%s: %s", status,
					      json_string_value(json_object_get(one->facts, "detail")));
		return;
	}
	name_by_command(one);
	one->module = NULL;
}

static json_t *project(const struct one *all, size_t count, size_t at)
{
	json_t *functions = json_object(), *missing = json_array(), *parts = json_array(), *import;
	size_t i;

	for (size_t j = 0; j < count; j++) {
		const char *mine = all[at].module, *other = all[j].module;

		const bool mate = !other || (mine && !strcmp(other, mine));
		bool any = false;

		// A unit of which nothing is known may be of any module, but a source of no module imports nothing.
		if (j == at || !mine || !*mine || (!mate && all[j].problem))
			continue;
		if (all[j].problem) {
			char *text = format("%s: %s", all[j].file, all[j].problem);

			json_array_append_new(missing, json_string(text));
			free(text);
			continue;
		}
		json_array_foreach(json_object_get(all[at].facts, "imports"), i, import) {
			const char *name = json_string_value(json_object_get(import, "name"));
			json_t *value = json_object_get(json_object_get(all[j].facts, "exports"), name);

			if (!value || (!mate && strncmp(name, "open_", 5)))
				continue;
			json_object_set(functions, name, value);
			any = true;
		}
		if (any)
			json_array_append_new(parts, json_pack("{s:s}", "facts", path_name(all[j].facts_path)));
	}
	return json_pack("{s:s, s:i, s:s, s:o, s:o, s:o}", "strongfence", "import", "version", 1, "file", all[at].file,
			 "functions", functions, "missing", missing, "parts", parts);
}

int link_facts(const struct asked *asked)
{
	char *list = file_read(asked->list, NULL);
	json_t *problems = json_array();
	struct one *all = NULL;
	size_t count = 0, changed = 0, merged_changed = 0;
	const char *told = getenv("FAKE_LINK");

	if (told && !strcmp(told, "fail"))
		fail("link", "told to fail");
	if (!list)
		fail(asked->list, strerror(errno));
	for (char *line = list, *end; *line; line = end + 1) {
		char *tab;

		end = strchr(line, '\n');
		*end = '\0';
		tab = strchr(line, '\t');
		if (!tab)
			fail(asked->list, "a line without a tab");
		all = reallocate(all, count + 1, sizeof(*all));
		all[count] = (struct one){.facts_path = copy_span(line, (size_t)(tab - line)),
					  .import_path = copy(tab + 1)};
		read_one(&all[count]);
		if (all[count].problem)
			json_array_append_new(problems, json_pack("{s:s, s:s}", "file", all[count].file, "detail",
								  all[count].problem));
		count++;
	}
	for (size_t i = 0; i < count; i++) {
		json_t *import = project(all, count, i);

		update(all[i].import_path, import, &changed);
		json_decref(import);
	}
	update(asked->merged,
	       json_pack("{s:s, s:i, s:i, s:o}", "strongfence", "merged", "version", 1, "units", (int)count, "problems",
			 problems),
	       &merged_changed);
	printf("linked %zu units, 0 functions, %zu projections (%zu changed), %zu problems\n", count, count, changed,
	       json_array_size(problems));
	return 0;
}

int check_with_import(const struct asked *asked)
{
	json_t *import = json_load_file(asked->import, 0, NULL), *each;
	json_t *functions = json_object_get(import, "functions"), *missing = json_array(), *extra;
	char *alone = asked->alone ? file_read(asked->alone, NULL) : NULL;
	struct said said;
	size_t i;

	json_array_extend(missing, json_object_get(import, "missing"));
	if (json_integer_value(json_object_get(import, "version")) != 1)
		json_array_append_new(missing, json_string(import ? "the import: of another version"
								  : "the import: truncated"));
	if (alone && !json_object_size(functions) && !json_array_size(missing) && !strstr(alone, "\"deferred\"")) {
		put_text(asked->output, alone);
		return 0;
	}
	said = hear(asked, asked->output);
	json_array_foreach(said.imports, i, each) {
		const char *name = json_string_value(json_object_get(each, "name"));
		const char *value = json_string_value(json_object_get(functions, name));
		const char *file = json_string_value(json_object_get(each, "file"));
		int line = (int)json_integer_value(json_object_get(each, "line"));

		if (value && !strcmp(value, "bad"))
			json_array_append_new(said.objects, finding_object("UnfencedFileOp", "high", file, line, name,
									   "imported and bad"));
	}
	extra = json_pack("{s:i, s:o, s:[]}", "imported", (int)json_object_size(functions), "missing", missing,
			  "unresolved");
	put_text(asked->output, record_of(&said, extra));
	return 0;
}
