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
	struct scripts scripts = {0};

	if (!version)
		fatal("spatch: %s", fault);
	free(version);
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
	char *self = program_self(), *fault = NULL, *version = spatch_version(&fault);

	if (!version)
		fatal("spatch: %s", fault);
	state_link(state, "strongfence", self);
	state_link(state, "cocci", scripts->folder);
	state_update(state, "scripts.json",
		     json_pack("{s:o, s:s, s:o, s:I}", "program", file_state(self), "spatch", version, "rules",
			       digests(scripts), "timeout", (json_int_t)options->timeout));
	free(version);
	free(self);
}

void scripts_free(struct scripts *scripts)
{
	strings_free(&scripts->rules);
	free(scripts->folder);
	*scripts = (struct scripts){0};
}
