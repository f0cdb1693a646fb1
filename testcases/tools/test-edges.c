// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The text of build.ninja, and what ninja's lines say.

#include "test.h"

#include "edges.h"

#define A "aaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbb"
#define C "cccccccccccccccc"

static char *written(const struct edges *edges, const struct options *options)
{
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	edges_write(to, edges, options);
	fclose(to);
	return text;
}

static void the_rules_keep_to_the_unit_programs_interface(void **state)
{
	struct options options = {.budget = 7, .timeout = 9};
	struct edges edges = {0};
	char *text;

	(void)state;
	strings_add(&options.models, "my $model.yaml");
	strings_add(&options.rules, "A");
	strings_add(&options.rules, "B");
	options.launcher = (char *)"srun -n1";
	text = written(&edges, &options);
#define OPTIONS " --kernel-model tool/model-0.yaml --rules A,B --budget 7 --timeout 9 && test -e units/$id."
	assert_non_null(strstr(text, "rule facts\n"
				     "  command = rm -f units/$id.alone.jsonl && "
				     "$$STRONGFENCE_LAUNCHER tool/unit --unit units/$id.cmd.json --facts "
				     "units/$id.facts.json --output units/$id.alone.jsonl --depfile units/$id.d" OPTIONS
				     "alone.jsonl\n  depfile = units/$id.d\n  deps = gcc\n  restat = 1\n  description = facts $id\n"));
	assert_non_null(strstr(text, "rule link\n"
				     "  command = tool/unit --link link.list --merged facts.json\n"
				     "  restat = 1\n  description = link\n"));
	assert_non_null(strstr(text, "rule check\n"
				     "  command = rm -f units/$id.jsonl && "
				     "$$STRONGFENCE_LAUNCHER tool/unit --unit units/$id.cmd.json --import "
				     "units/$id.import.json --alone units/$id.alone.jsonl --output units/$id.jsonl" OPTIONS
				     "jsonl\n  restat = 1\n  description = check $id\n"));
	assert_non_null(strstr(text, "rule single\n"
				     "  command = rm -f units/$id.jsonl && "
				     "$$STRONGFENCE_LAUNCHER tool/unit --unit units/$id.cmd.json --output "
				     "units/$id.jsonl --depfile units/$id.d" OPTIONS "jsonl\n  depfile = units/$id.d\n"));
	assert_null(strstr(text, "my $model"));
	assert_null(strstr(text, "srun"));
	strings_free(&options.models);
	strings_free(&options.rules);
	free(text);
}

static void a_scan_links_the_facts_of_its_units(void **state)
{
	struct options options = {0};
	struct edges edges = {0};
	char *text;

	(void)state;
	strings_add(&edges.linked, A);
	strings_add(&edges.linked, B);
	strings_add(&edges.single, C);
	strings_add(&edges.facts, A);
	strings_add(&edges.import, A);
	strings_add(&edges.import, B);
	strings_add(&edges.wanted, B);
	text = written(&edges, &options);
	assert_non_null(strstr(text, "build units/" A ".facts.json units/" A ".alone.jsonl: facts units/" A
				     ".cmd.json | options.json\n  id = " A "\n"));
	assert_non_null(strstr(text, "build units/" A ".jsonl: check units/" A ".cmd.json units/" A ".facts.json units/" A
				     ".alone.jsonl units/" A ".import.json | options.json\n  id = " A "\n"));
	assert_non_null(strstr(text, "build units/" C ".jsonl: single units/" C ".cmd.json | options.json\n  id = " C
				     "\n"));
	// The facts of B are lost: it is projected for without waiting for them.
	assert_non_null(strstr(text, "build facts.json units/" A ".import.json units/" B
				     ".import.json: link link.list units/" A ".facts.json | options.json\n"));
	assert_non_null(strstr(text, "build wanted: phony units/" B ".jsonl\n"));
	free(text);
	strings_free(&edges.import);
	strings_free(&edges.facts);
	text = written(&edges, &options);
	assert_null(strstr(text, ": link "));
	free(text);
	edges_free(&edges);
}

static void semantic_patches_have_edges_of_their_own(void **state)
{
	struct options options = {.timeout = 9};
	struct edges edges = {0};
	char *text;

	(void)state;
	strings_add(&edges.single, A);
	strings_add(&edges.wanted, A);
	text = written(&edges, &options);
	assert_null(strstr(text, "cocci"));
	free(text);
	strings_add(&edges.cocci, A);
	strings_add(&edges.cocci, B);
	strings_add(&edges.match, B);
	strings_add(&edges.rules, "X");
	strings_add(&edges.rules, "Y");
	text = written(&edges, &options);
	assert_non_null(strstr(text, "rule cocci\n"
				     "  command = rm -f units/$id.cocci.jsonl && $$STRONGFENCE_LAUNCHER tool/strongfence "
				     "cocci-unit --unit units/$id.cmd.json --scripts tool/cocci --output "
				     "units/$id.cocci.jsonl --depfile units/$id.cocci.d --rules X,Y --timeout 9 && test "
				     "-e units/$id.cocci.jsonl\n  depfile = units/$id.cocci.d\n  deps = gcc\n"
				     "  restat = 1\n  description = cocci $id\n"));
	assert_non_null(strstr(text, "build units/" A ".cocci.jsonl: cocci units/" A ".cmd.json | scripts.json\n  id = " A
				     "\n"));
	assert_non_null(strstr(text, "build wanted: phony units/" A ".jsonl units/" B ".cocci.jsonl\n"));
	free(text);
	edges_free(&edges);
}

static void status_lines_are_told_from_others(void **state)
{
	struct status status;

	(void)state;
	assert_true(edges_status("\00112/345 facts " A, &status));
	assert_int_equal(status.done, 12);
	assert_int_equal(status.total, 345);
	assert_int_equal(status.stage, STAGE_FACTS);
	assert_string_equal(status.id, A);
	assert_true(edges_status("\0013/4 check " A, &status));
	assert_int_equal(status.stage, STAGE_CHECK);
	assert_true(edges_status("\0013/4 cocci " A, &status));
	assert_int_equal(status.stage, STAGE_COCCI);
	assert_true(edges_status("\0013/4 link", &status));
	assert_int_equal(status.stage, STAGE_LINK);
	assert_null(status.id);
	assert_false(edges_status("12/345 check x", &status));
	assert_false(edges_status("\0013/4 other x", &status));
	assert_false(edges_status("\0013/4 facts", &status));
	assert_false(edges_status("\001", &status));
	assert_false(edges_status("FAILED: units/x.jsonl", &status));
}

static void the_edge_that_failed_is_known_by_its_outputs(void **state)
{
	struct status status;

	(void)state;
	assert_true(edges_failed("FAILED: units/" A ".facts.json units/" A ".alone.jsonl ", &status));
	assert_int_equal(status.stage, STAGE_FACTS);
	assert_int_equal(strncmp(status.id, A, 16), 0);
	assert_true(edges_failed("FAILED: units/" B ".jsonl ", &status));
	assert_int_equal(status.stage, STAGE_CHECK);
	assert_int_equal(strncmp(status.id, B, 16), 0);
	assert_true(edges_failed("FAILED: units/" B ".cocci.jsonl ", &status));
	assert_int_equal(status.stage, STAGE_COCCI);
	assert_int_equal(strncmp(status.id, B, 16), 0);
	assert_true(edges_failed("FAILED: facts.json units/" A ".import.json ", &status));
	assert_int_equal(status.stage, STAGE_LINK);
	assert_null(status.id);
	assert_false(edges_failed("tool/unit --unit units/" A ".cmd.json", &status));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rules_keep_to_the_unit_programs_interface),
		cmocka_unit_test(a_scan_links_the_facts_of_its_units),
		cmocka_unit_test(semantic_patches_have_edges_of_their_own),
		cmocka_unit_test(status_lines_are_told_from_others),
		cmocka_unit_test(the_edge_that_failed_is_known_by_its_outputs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
