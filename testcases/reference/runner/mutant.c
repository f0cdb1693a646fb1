// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mutant.h"

#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "files.h"
#include "words.h"

// "fenced_" and the name must fit into struct module's name[MODULE_NAME_LEN].
enum { NAME_LENGTH = 55 - 7 };

const char *const tier_names[TIERS] = {"uml", "qemu"};
const char *const flavour_names[FLAVOURS] = {"rwsem", "srcu", "close"};

static const char licence[] = "SPDX-License-Identifier: GPL-2.0-only";
static const char patch_starts[] = "--- a/fenced.c";

// The obligations' rules; checker/rules.def has those that exist.
static const char *const rules[] = {
	"FreedUnderOpenFile", "UnreferencedOpen",  "UnfencedFileOp", "RacyAliveCheck",
	"FenceNeverClosed",   "DevmOnClassDevice", "TeardownOrder",  "TeardownHang",
	"AsyncAfterTeardown", "MmapOutlivesDevice", "OpenBeforeReady",
};

enum field { RULE, FENCE, FUNCTION, KERNEL, NAMES, PARAMETERS, STORM, CAUGHT, FIELDS };

static const struct {
	const char *name;
	bool needed, may_be_empty;
} fields[FIELDS] = {
	[RULE] = {"Rule", true, false},	      [FENCE] = {"Fence", true, false},
	[FUNCTION] = {"Function", true, false}, [KERNEL] = {"Kernel", true, false},
	[NAMES] = {"Names", true, false},      [PARAMETERS] = {"Parameters", true, true},
	[STORM] = {"Storm", false, false},     [CAUGHT] = {"Caught", true, false},
};

const char *mutant_rule(size_t index)
{
	return index < sizeof(rules) / sizeof(*rules) ? rules[index] : NULL;
}

bool mutant_rule_known(const char *rule)
{
	for (size_t i = 0; mutant_rule(i); i++)
		if (!strcmp(mutant_rule(i), rule))
			return true;
	return false;
}

static int index_of(const char *const *names, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

struct parse {
	const char *path;
	size_t line;
	struct mutant *mutant;
	size_t seen[FIELDS]; // the line, 0 when it has not come
	bool good;
};

static void __attribute__((format(printf, 3, 4)))
wrong(struct parse *parse, size_t line, const char *pattern, ...)
{
	va_list args;
	char *text;

	va_start(args, pattern);
	if (vasprintf(&text, pattern, args) < 0)
		abort();
	va_end(args);
	complain("%s:%zu: %s", parse->path, line, text);
	free(text);
	parse->good = false;
}

static void take_expression(struct parse *parse, const char *value, char **text, regex_t *compiled)
{
	regex_t made;
	int error = regcomp(&made, value, REG_EXTENDED | REG_NEWLINE);
	char why[128];

	if (error) {
		regerror(error, &made, why, sizeof(why));
		wrong(parse, parse->line, "'%s' is no regular expression: %s", value, why);
		return;
	}
	*compiled = made;
	*text = copy(value);
}

static void take_words(struct parse *parse, const char *value, struct strings *words)
{
	if (!words_split(value, words))
		wrong(parse, parse->line, "a quote is not closed");
}

static void take_parameters(struct parse *parse, const char *value)
{
	take_words(parse, value, &parse->mutant->parameters);
	for (size_t i = 0; i < parse->mutant->parameters.count; i++)
		if (!strchr(parse->mutant->parameters.at[i], '='))
			wrong(parse, parse->line, "'%s' is not PARAMETER=VALUE",
			      parse->mutant->parameters.at[i]);
}

static void take_caught(struct parse *parse, const char *value)
{
	struct strings words = {0};

	take_words(parse, value, &words);
	for (size_t i = 0; i < words.count; i++) {
		int tier = index_of(tier_names, TIERS, words.at[i]);

		if (tier < 0)
			wrong(parse, parse->line, "'%s' is neither uml nor qemu", words.at[i]);
		else
			parse->mutant->caught[tier] = true;
	}
	strings_free(&words);
}

static void take_fence(struct parse *parse, const char *value)
{
	int flavour = index_of(flavour_names, FLAVOURS, value);

	if (flavour < 0)
		wrong(parse, parse->line, "'%s' is not rwsem, srcu or close", value);
	else
		parse->mutant->fence = (enum flavour)flavour;
}

static void take_rule(struct parse *parse, const char *value)
{
	size_t length = strlen(value);

	if (!mutant_rule_known(value))
		wrong(parse, parse->line, "there is no rule '%s'", value);
	else if (strncmp(parse->mutant->name, value, length) || parse->mutant->name[length] != '-')
		wrong(parse, parse->line, "the file's name does not begin with '%s-'", value);
	parse->mutant->rule = copy(value);
}

static void take_field(struct parse *parse, enum field field, const char *value)
{
	struct mutant *mutant = parse->mutant;

	if (parse->seen[field]) {
		wrong(parse, parse->line, "%s is there twice, first in line %zu", fields[field].name,
		      parse->seen[field]);
		return;
	}
	parse->seen[field] = parse->line;
	if (!*value && !fields[field].may_be_empty) {
		wrong(parse, parse->line, "%s is empty", fields[field].name);
		return;
	}
	switch (field) {
	case RULE: take_rule(parse, value); break;
	case FENCE: take_fence(parse, value); break;
	case FUNCTION: take_words(parse, value, &mutant->functions); break;
	case KERNEL: take_expression(parse, value, &mutant->kernel_text, &mutant->kernel); break;
	case NAMES: take_expression(parse, value, &mutant->names_text, &mutant->names); break;
	case PARAMETERS: take_parameters(parse, value); break;
	case STORM: take_words(parse, value, &mutant->storm); break;
	case CAUGHT: take_caught(parse, value); break;
	case FIELDS: break;
	}
}

// A line "Word: value" is a field; every other line is prose.
static void see_line(struct parse *parse, const char *line)
{
	size_t length = 0;
	char *name, *value;
	enum field field = 0;

	while (isalpha((unsigned char)line[length]) || (length && line[length] == '-'))
		length++;
	if (!isupper((unsigned char)*line) || line[length] != ':')
		return;
	name = copy_span(line, length);
	line += length + 1;
	line += strspn(line, " \t");
	length = strlen(line);
	while (length && isspace((unsigned char)line[length - 1]))
		length--;
	value = copy_span(line, length);
	while (field < FIELDS && strcmp(fields[field].name, name))
		field++;
	if (field == FIELDS)
		wrong(parse, parse->line, "unknown field '%s'", name);
	else
		take_field(parse, field, value);
	free(value);
	free(name);
}

// After the header: nothing but fenced.c may be changed.
static bool see_patch(struct parse *parse, const char *line)
{
	if (strncmp(line, "--- ", 4))
		return false;
	if (strncmp(line, patch_starts, strlen(patch_starts)))
		wrong(parse, parse->line, "a mutant changes fenced.c alone");
	return true;
}

static char *name_of(const char *path)
{
	const char *name = path_name(path), *end = strstr(name, ".patch");

	return end ? copy_span(name, (size_t)(end - name)) : copy(name);
}

bool mutant_parse(const char *path, const char *text, struct mutant *mutant)
{
	struct parse parse = {.path = path, .mutant = mutant, .good = true};
	bool patch = false;

	*mutant = (struct mutant){.path = copy(path), .name = name_of(path)};
	if (strlen(mutant->name) > NAME_LENGTH)
		wrong(&parse, 1, "the name of the module would be too long: at most %d characters before "
		      ".patch", NAME_LENGTH);
	while (*text) {
		size_t length = strcspn(text, "\n");
		char *line = copy_span(text, length);

		parse.line++;
		if (parse.line == 1 && strcmp(line, licence))
			wrong(&parse, 1, "it does not begin with '%s'", licence);
		patch |= see_patch(&parse, line);
		if (parse.line > 1 && !patch)
			see_line(&parse, line);
		free(line);
		text += length + (text[length] == '\n');
	}
	if (!patch)
		wrong(&parse, parse.line, "it has no '%s'", patch_starts);
	for (enum field field = 0; field < FIELDS; field++)
		if (fields[field].needed && !parse.seen[field])
			wrong(&parse, parse.line, "the field %s is missing", fields[field].name);
	return parse.good;
}

void mutant_free(struct mutant *mutant)
{
	if (mutant->kernel_text)
		regfree(&mutant->kernel);
	if (mutant->names_text)
		regfree(&mutant->names);
	free(mutant->kernel_text);
	free(mutant->names_text);
	free(mutant->name);
	free(mutant->path);
	free(mutant->rule);
	strings_free(&mutant->functions);
	strings_free(&mutant->parameters);
	strings_free(&mutant->storm);
	*mutant = (struct mutant){0};
}

size_t mutants_read(const char *directory, struct mutants *mutants)
{
	char *pattern = format("%s/*.patch", directory);
	size_t wrong_ones = 0;
	glob_t found;

	*mutants = (struct mutants){0};
	if (glob(pattern, 0, NULL, &found))
		found.gl_pathc = 0;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char *text = file_read(found.gl_pathv[i], NULL);
		struct mutant mutant;

		if (!text)
			fatal("%s: %s", found.gl_pathv[i], strerror(errno));
		if (mutant_parse(found.gl_pathv[i], text, &mutant)) {
			mutants->at = reallocate(mutants->at, mutants->count + 1, sizeof(*mutants->at));
			mutants->at[mutants->count++] = mutant;
		} else {
			wrong_ones++;
			mutant_free(&mutant);
		}
		free(text);
	}
	if (found.gl_pathc)
		globfree(&found);
	free(pattern);
	return wrong_ones;
}
