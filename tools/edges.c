// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "edges.h"

#include <string.h>

static const char *const names[STAGES] = {"facts", "link", "check", "cocci"};

// The launcher changes where a unit runs, not what comes out of it: it is taken from the environment so
// that another launcher makes no edge dirty.
//
// A launcher that loses a job may end with 0 (srun does when a node fails): what counts is `last`, the file that
// the unit program writes last, and that it is not an old one.
static void write_unit_rule(FILE *to, const char *name, const char *forms, const char *last, const char *description,
			    bool parses, const struct options *options)
{
	fprintf(to,
		"rule %s\n  command = rm -f units/$id.%s && "
		"$$STRONGFENCE_LAUNCHER tool/unit --unit units/$id.cmd.json %s",
		name, last, forms);
	for (size_t i = 0; i < options->models.count; i++)
		fprintf(to, " --kernel-model tool/model-%zu.yaml", i);
	for (size_t i = 0; i < options->rules.count; i++)
		fprintf(to, "%s%s", i ? "," : " --rules ", options->rules.at[i]);
	if (options->budget)
		fprintf(to, " --budget %ld", options->budget);
	if (options->timeout)
		fprintf(to, " --timeout %ld", options->timeout);
	fprintf(to, " && test -e units/$id.%s\n", last);
	if (parses)
		fputs("  depfile = units/$id.d\n  deps = gcc\n", to);
	fprintf(to, "  restat = 1\n  description = %s $id\n", description);
}

static void write_rules(FILE *to, const struct options *options)
{
	fputs("ninja_required_version = 1.10\n", to);
	write_unit_rule(to, "facts",
			"--facts units/$id.facts.json --output units/$id.alone.jsonl --depfile units/$id.d", "alone.jsonl",
			names[STAGE_FACTS], true, options);
	fprintf(to,
		"rule link\n  command = tool/unit --link link.list --merged facts.json\n"
		"  restat = 1\n  description = %s\n",
		names[STAGE_LINK]);
	// Its sources are those whose digest the facts hold: it needs no depfile.
	write_unit_rule(to, "check",
			"--import units/$id.import.json --alone units/$id.alone.jsonl --output units/$id.jsonl",
			"jsonl", names[STAGE_CHECK], false, options);
	write_unit_rule(to, "single", "--output units/$id.jsonl --depfile units/$id.d", "jsonl", names[STAGE_CHECK],
			true, options);
}

// Of its own: it takes no kernel model, and which rules there are is not the unit program's to say.
static void write_cocci_rule(FILE *to, const struct edges *edges, const struct options *options)
{
	fputs("rule cocci\n  command = rm -f units/$id.cocci.jsonl && "
	      "$$STRONGFENCE_LAUNCHER tool/strongfence cocci-unit --unit units/$id.cmd.json --scripts tool/cocci "
	      "--output units/$id.cocci.jsonl --depfile units/$id.cocci.d",
	      to);
	for (size_t i = 0; i < edges->rules.count; i++)
		fprintf(to, "%s%s", i ? "," : " --rules ", edges->rules.at[i]);
	if (options->timeout)
		fprintf(to, " --timeout %ld", options->timeout);
	fprintf(to,
		" && test -e units/$id.cocci.jsonl\n  depfile = units/$id.cocci.d\n  deps = gcc\n"
		"  restat = 1\n  description = %s $id\n",
		names[STAGE_COCCI]);
	for (size_t i = 0; i < edges->cocci.count; i++) {
		const char *id = edges->cocci.at[i];

		fprintf(to, "build units/%s.cocci.jsonl: cocci units/%s.cmd.json | scripts.json\n  id = %s\n", id, id, id);
	}
}

void edges_write(FILE *to, const struct edges *edges, const struct options *options)
{
	write_rules(to, options);
	for (size_t i = 0; i < edges->linked.count; i++) {
		const char *id = edges->linked.at[i];

		fprintf(to,
			"build units/%s.facts.json units/%s.alone.jsonl: facts units/%s.cmd.json | options.json\n"
			"  id = %s\n"
			"build units/%s.jsonl: check units/%s.cmd.json units/%s.facts.json units/%s.alone.jsonl "
			"units/%s.import.json | options.json\n  id = %s\n",
			id, id, id, id, id, id, id, id, id, id);
	}
	for (size_t i = 0; i < edges->single.count; i++) {
		const char *id = edges->single.at[i];

		fprintf(to, "build units/%s.jsonl: single units/%s.cmd.json | options.json\n  id = %s\n", id, id, id);
	}
	if (edges->import.count) {
		fputs("build facts.json", to);
		for (size_t i = 0; i < edges->import.count; i++)
			fprintf(to, " units/%s.import.json", edges->import.at[i]);
		fputs(": link link.list", to);
		for (size_t i = 0; i < edges->facts.count; i++)
			fprintf(to, " units/%s.facts.json", edges->facts.at[i]);
		fputs(" | options.json\n", to);
	}
	if (edges->cocci.count)
		write_cocci_rule(to, edges, options);
	fputs("build wanted: phony", to);
	for (size_t i = 0; i < edges->wanted.count; i++)
		fprintf(to, " units/%s.jsonl", edges->wanted.at[i]);
	for (size_t i = 0; i < edges->match.count; i++)
		fprintf(to, " units/%s.cocci.jsonl", edges->match.at[i]);
	fputs("\n", to);
}

void edges_free(struct edges *edges)
{
	strings_free(&edges->linked);
	strings_free(&edges->single);
	strings_free(&edges->facts);
	strings_free(&edges->import);
	strings_free(&edges->wanted);
	strings_free(&edges->cocci);
	strings_free(&edges->match);
	strings_free(&edges->rules);
}

bool edges_status(const char *line, struct status *status)
{
	int used = 0;

	if (*line != '\001' || sscanf(line + 1, "%zu/%zu %n", &status->done, &status->total, &used) != 2 || !used)
		return false;
	line += 1 + used;
	for (int stage = 0; stage < STAGES; stage++) {
		size_t length = strlen(names[stage]);

		if (strncmp(line, names[stage], length))
			continue;
		status->stage = (enum stage)stage;
		status->id = line[length] == ' ' ? line + length + 1 : NULL;
		return !status->id == (stage == STAGE_LINK);
	}
	return false;
}

bool edges_failed(const char *line, struct status *status)
{
	static const char mark[] = "FAILED: ", folder[] = "units/";

	if (strncmp(line, mark, strlen(mark)))
		return false;
	line += strlen(mark);
	*status = (struct status){.stage = STAGE_LINK};
	if (strncmp(line, folder, strlen(folder)))
		return true;
	status->id = line + strlen(folder);
	line = status->id + strcspn(status->id, ".");
	status->stage = !strncmp(line, ".facts.", 7)   ? STAGE_FACTS
			: !strncmp(line, ".cocci.", 7) ? STAGE_COCCI
						       : STAGE_CHECK;
	return true;
}
