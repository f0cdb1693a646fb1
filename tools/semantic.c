// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// strongfence cocci-unit: what the scan's edges run, as they run the unit program. Runs the semantic patches on one
// unit and writes its record.

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "complain.h"
#include "compile.h"
#include "files.h"
#include "process.h"
#include "rules.h"
#include "scripts.h"
#include "sha1.h"
#include "spatch.h"

enum { SECONDS = 120 }; // for each rule, without --timeout

struct asked {
	const char *unit, *folder, *output, *depfile;
	struct strings rules;
	long timeout;
};

static struct asked read_options(int argc, char **argv)
{
	static const struct option longs[] = {
		{"unit", required_argument, NULL, 'u'},	  {"scripts", required_argument, NULL, 's'},
		{"output", required_argument, NULL, 'o'}, {"depfile", required_argument, NULL, 'd'},
		{"rules", required_argument, NULL, 'r'},  {"timeout", required_argument, NULL, 't'},
		{0},
	};
	struct asked asked = {.timeout = SECONDS};
	int which;

	opterr = 0;
	optind = 1;
	while ((which = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		switch (which) {
		case 'u': asked.unit = optarg; break;
		case 's': asked.folder = optarg; break;
		case 'o': asked.output = optarg; break;
		case 'd': asked.depfile = optarg; break;
		case 't': asked.timeout = atol(optarg); break;
		case 'r':
			for (const char *at = optarg; *at; at += strcspn(at, ","), at += *at == ',')
				strings_take(&asked.rules, copy_span(at, strcspn(at, ",")));
			break;
		default: fatal("cocci-unit: unknown option, or one without its value");
		}
	}
	if (!asked.unit || !asked.folder || !asked.output || optind < argc || asked.timeout < 1)
		fatal("usage: strongfence cocci-unit --unit CMD.json --scripts DIR --output OUT [--depfile D] "
		      "[--rules A,B] [--timeout SECONDS]");
	return asked;
}

static struct compile read_unit(const char *path)
{
	json_error_t error;
	json_t *entry = json_load_file(path, 0, &error);
	struct compile unit;
	const char *why;

	if (!entry)
		fatal("%s:%d: %s", path, error.line, error.text);
	if (!compile_from_json(entry, &unit, &why))
		fatal("%s: %s", path, why);
	json_decref(entry);
	return unit;
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

// The same as the checkers': see checker/model/Fingerprint.cpp.
static json_t *fingerprint(const json_t *finding)
{
	const char *const parts[] = {text_of(finding, "rule"), path_name(text_of(finding, "file")),
				     text_of(finding, "door"), text_of(finding, "message")};
	struct sha1 sha1 = sha1_start();
	char hex[41];

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		sha1_add(&sha1, parts[i], strlen(parts[i]) + 1);
	sha1_end(&sha1, hex);
	return json_stringn(hex, 20);
}

// The level is what the finding has when only root can unbind the device.
static const char *severity(const json_t *finding)
{
	if (json_is_true(json_object_get(finding, "hotplug")))
		return "high";
	for (size_t i = 0; i < rule_count; i++)
		if (!strcmp(rules[i].key, text_of(finding, "rule")) && !rule_is_alpha(&rules[i]))
			return rules[i].level;
	return "medium";
}

static void complete(json_t *finding)
{
	json_object_set_new(finding, "severity", json_string(severity(finding)));
	json_object_set_new(finding, "fingerprint", fingerprint(finding));
	json_object_set_new(finding, "engines", json_pack("[s]", "cocci"));
	json_object_del(finding, "hotplug");
}

static void escape(FILE *to, const char *name)
{
	for (; *name; name++) {
		if (strchr(" #\\", *name))
			fputc('\\', to);
		else if (*name == '$')
			fputc('$', to);
		fputc(*name, to);
	}
}

static void write_text(const char *path, char *text, size_t length)
{
	if (file_write(path, text, length) < 0)
		fatal("%s: %s", path, strerror(errno));
	free(text);
}

static void write_depfile(const struct asked *asked, const struct compile *unit, const struct strings *headers)
{
	char *text = NULL, *source = path_plain(unit->directory, unit->file);
	size_t length;
	FILE *to = open_memstream(&text, &length);

	if (!to)
		fatal("out of memory");
	escape(to, asked->output);
	fputs(":", to);
	// ninja cannot read a newline; the command's file holds the state of such a source.
	if (!strchr(source, '\n')) {
		fputs(" ", to);
		escape(to, source);
	}
	for (size_t i = 0; i < headers->count; i++) {
		char *header = path_plain(unit->directory, headers->at[i]);

		if (!strchr(header, '\n')) {
			fputs(" \\\n  ", to);
			escape(to, header);
		}
		free(header);
	}
	fputs("\n", to);
	fclose(to);
	free(source);
	write_text(asked->depfile, text, length);
}

static void write_record(const struct asked *asked, const struct compile *unit, const json_t *findings,
			 const struct readable *readable, const struct trouble *trouble)
{
	json_t *last = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I}", "type", "unit", "file", unit->file, "status",
				 trouble->status ? trouble->status : "ok", "detail",
				 trouble->detail ? trouble->detail : "", "lines", (json_int_t)readable->lines, "unread",
				 (json_int_t)readable->unread, "first_unread", (json_int_t)readable->first);
	char *text = NULL;
	size_t length, i;
	FILE *to = open_memstream(&text, &length);
	json_t *finding;

	if (!to || !last)
		fatal("%s: its record cannot be written", asked->unit);
	json_array_foreach(findings, i, finding) {
		json_dumpf(finding, to, JSON_COMPACT);
		fputs("\n", to);
	}
	json_dumpf(last, to, JSON_COMPACT);
	fputs("\n", to);
	fclose(to);
	json_decref(last);
	write_text(asked->output, text, length);
}

int command_cocci_unit(int argc, char **argv)
{
	struct asked asked = read_options(argc, argv);
	struct compile unit = read_unit(asked.unit);
	struct strings chosen = {0}, headers = {0};
	json_t *findings = json_array(), *finding;
	struct readable readable;
	struct trouble trouble;
	char *folder = path_real(NULL, asked.folder);
	size_t i;

	if (asked.rules.count)
		strings_add_all(&chosen, &asked.rules);
	else
		chosen = scripts_rules(folder, &asked.rules);
	if (!chosen.count)
		fatal("%s: no semantic patches there", asked.folder);
	spatch_bounds(asked.timeout);
	readable = spatch_parse(&unit);
	trouble = readable.trouble;
	// A rule that fails keeps no other from being looked for; the first is the one that is told.
	for (i = 0; i < chosen.count && !process_interrupted() && !readable.trouble.status; i++) {
		char *script = scripts_path(folder, chosen.at[i]);
		struct trouble its = {"crash", NULL};

		if (script)
			its = spatch_match(&unit, chosen.at[i], script, asked.timeout, findings, &headers);
		else
			its.detail = format("%s: its script is gone", chosen.at[i]);
		if (trouble.status)
			free(its.detail);
		else
			trouble = its;
		free(script);
	}
	if (process_interrupted())
		return VERDICT_TROUBLE;
	json_array_foreach(findings, i, finding)
		complete(finding);
	strings_sort(&headers);
	if (asked.depfile)
		write_depfile(&asked, &unit, &headers);
	write_record(&asked, &unit, findings, &readable, &trouble);
	free(trouble.detail);
	json_decref(findings);
	strings_free(&headers);
	strings_free(&chosen);
	strings_free(&asked.rules);
	compile_free(&unit);
	free(folder);
	return VERDICT_CLEAN;
}
