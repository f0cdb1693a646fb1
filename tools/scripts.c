// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "scripts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "files.h"
#include "process.h"
#include "program.h"
#include "rules.h"

char *scripts_path(const char *folder, const char *rule)
{
	char *path = format("%s/%s.cocci", folder, rule);

	if (file_exists(path))
		return path;
	free(path);
	return NULL;
}

static bool has_any(const char *folder)
{
	for (size_t i = 0; i < rule_count; i++) {
		char *path = scripts_path(folder, rules[i].key);

		free(path);
		if (path)
			return true;
	}
	return false;
}

char *scripts_find(char **looked_for)
{
	static const char *const folders[] = {"../cocci", "../share/strongfence/cocci"};
	const char *named = getenv("STRONGFENCE_COCCI");
	char *directory, *plain = NULL;

	if (named && *named) {
		if (has_any(named))
			return path_real(NULL, named);
		*looked_for = format("%s (from STRONGFENCE_COCCI)", named);
		return NULL;
	}
	directory = program_directory();
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		char *path = path_join(directory, folders[i]);

		free(plain);
		plain = path_plain(NULL, path);
		free(path);
		if (!has_any(plain)) {
			if (!i)
				*looked_for = copy(plain);
			continue;
		}
		free(i ? *looked_for : NULL);
		free(directory);
		return plain;
	}
	free(plain);
	free(directory);
	return NULL;
}

struct strings scripts_rules(const char *folder, const struct strings *asked)
{
	struct strings found = {0};

	for (size_t i = 0; i < rule_count; i++) {
		char *path;

		if (asked->count ? !strings_have(asked, rules[i].key) : rule_is_alpha(&rules[i]))
			continue;
		path = scripts_path(folder, rules[i].key);
		if (path)
			strings_add(&found, rules[i].key);
		free(path);
	}
	return found;
}

static void keep_last(void *context, char *line)
{
	char **last = context;
	size_t length = strcspn(line, "["); // what follows is a list of all that was tried

	while (length && line[length - 1] == ' ')
		length--;
	free(*last);
	*last = copy_span(line, length);
}

// spatch looks for Python's library when a script first needs it, and its --version only says how it was built.
// Debian's coccinelle does not depend on the package that has the library's plain name.
static char *python_fault(void)
{
	static const char script[] = "@initialize:python@\n@@\nprint(\"it works\", flush=True)\n@r@\n@@\n* f(...)\n";
	const char *base = getenv("TMPDIR");
	char *folder = format("%s/strongfence-XXXXXX", base && *base ? base : "/tmp"), *probe, *source, *last = NULL;
	char *fault = NULL;
	struct strings words = {0};
	struct process process = {.words = &words, .line = keep_last, .context = &last, .join_errors = true};

	if (!mkdtemp(folder))
		fatal("%s: %s", folder, strerror(errno));
	probe = path_join(folder, "probe.cocci");
	source = path_join(folder, "probe.c");
	if (file_write(probe, script, strlen(script)) < 0 || file_write(source, "", 0) < 0)
		fatal("%s: %s", folder, strerror(errno));
	strings_add(&words, "spatch");
	strings_add(&words, "--very-quiet");
	strings_add(&words, "--sp-file");
	strings_add(&words, probe);
	strings_add(&words, source);
	process_run(&process, NULL);
	if (!last || strcmp(last, "it works"))
		fault = format("cannot run Python (%s); install libpython3-dev", last ? last : "it said nothing");
	remove_tree(folder);
	strings_free(&words);
	free(source);
	free(probe);
	free(folder);
	free(last);
	return fault;
}

char *spatch_version(char **fault)
{
	static const char start[] = "spatch version ", python[] = "\nPython scripting support: yes";
	struct strings words = {0};
	char *path = program_path("spatch"), *text, *version;
	int parts[3] = {0};

	if (!path) {
		*fault = copy("not found; install coccinelle");
		return NULL;
	}
	free(path);
	strings_add(&words, "spatch");
	strings_add(&words, "--version");
	text = process_output(&words);
	strings_free(&words);
	if (!text || strncmp(text, start, strlen(start))) {
		*fault = copy("does not say which version it is");
		free(text);
		return NULL;
	}
	version = copy_span(text + strlen(start), strcspn(text + strlen(start), " \n"));
	sscanf(version, "%d.%d.%d", &parts[0], &parts[1], &parts[2]);
	if (parts[0] * 10000 + parts[1] * 100 + parts[2] < 10101)
		*fault = format("is version %s; 1.1.1 or newer is needed", version);
	else if (!strstr(text, python))
		*fault = format("%s was built without Python, which the semantic patches need", version);
	else
		*fault = python_fault();
	free(text);
	if (!*fault)
		return version;
	free(version);
	return NULL;
}

static void say_missing(const struct scripts *scripts, const struct strings *asked)
{
	for (size_t i = 0; i < asked->count; i++)
		if (!strings_have(&scripts->rules, asked->at[i]))
			say("%s has no semantic patch: spatch does not look for it", asked->at[i]);
}

struct scripts scripts_require(const struct options *options)
{
	char *looked_for = NULL, *fault = NULL, *version = spatch_version(&fault);
	struct scripts scripts = {.version = version};

	if (!version)
		fatal("spatch: %s", fault);
	scripts.folder = scripts_find(&looked_for);
	if (!scripts.folder)
		fatal("%s: no semantic patches there; 'strongfence cocci --output DIR' writes them", looked_for);
	scripts.rules = scripts_rules(scripts.folder, &options->rules);
	if (!scripts.rules.count)
		fatal("%s: no semantic patch for any of the rules that were asked for", scripts.folder);
	// --alpha names all rules, and means those that there are.
	if (!options->alpha)
		say_missing(&scripts, &options->rules);
	if (options->models.count)
		say("semantic patches are what 'strongfence cocci' made them: --kernel-model changes nothing in them");
	return scripts;
}

static json_t *digests(const struct scripts *scripts)
{
	json_t *all = json_object();

	for (size_t i = 0; i < scripts->rules.count; i++) {
		const char *rule = scripts->rules.at[i];
		char *path = scripts_path(scripts->folder, rule), *text = NULL, *hash;
		size_t length;

		if (path)
			text = file_read(path, &length);
		if (!text)
			fatal("%s/%s.cocci: %s", scripts->folder, rule, strerror(errno));
		hash = format("%016" PRIx64, hash_bytes(HASH_START, text, length));
		json_object_set_new(all, rule, json_string(hash));
		free(hash);
		free(text);
		free(path);
	}
	return all;
}

void scripts_write(const struct scripts *scripts, const struct state *state, const struct options *options)
{
	char *self = program_self();

	state_link(state, "strongfence", self);
	state_link(state, "cocci", scripts->folder);
	state_update(state, "scripts.json",
		     json_pack("{s:o, s:s, s:o, s:I}", "program", file_state(self), "spatch", scripts->version, "rules",
			       digests(scripts), "timeout", (json_int_t)options->timeout));
	free(self);
}

void scripts_free(struct scripts *scripts)
{
	strings_free(&scripts->rules);
	free(scripts->folder);
	free(scripts->version);
	*scripts = (struct scripts){0};
}
