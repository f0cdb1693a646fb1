// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The headers of mutants, read strictly; and the mutants that there are.

#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "files.h"
#include "sources.h"

#define START                                                                                      \
	"SPDX-License-Identifier: GPL-2.0-only\n"                                                  \
	"The reader does not wait: and this is prose, not a field.\n"                              \
	"\n"
#define RULE "Rule: TeardownHang\n"
#define FENCE "Fence: srcu\n"
#define FUNCTION "Function: fenced_ioctl fenced_wait\n"
#define KERNEL "Kernel: INFO: task .* blocked\n"
#define NAMES "Names: fenced_(ioctl|remove)\n"
#define PARAMETERS "Parameters: slow_us=500 step_us=10\n"
#define CAUGHT "Caught: qemu\n"
#define PATCH "\n--- a/fenced.c\n+++ b/fenced.c\n@@ -1 +1 @@\n-Kernel: x\n+y\n"
#define NAME "TeardownHang-unwoken.patch"

static char *said; // what the last parse complained about

static bool parse(const char *path, const char *text, struct mutant *mutant)
{
	char name[] = "/tmp/strongfence-mutant-XXXXXX";
	int file = mkstemp(name), old = dup(STDERR_FILENO);
	bool good;

	assert_true(file >= 0 && old >= 0);
	fflush(stderr);
	dup2(file, STDERR_FILENO);
	good = mutant_parse(path, text, mutant);
	fflush(stderr);
	dup2(old, STDERR_FILENO);
	close(old);
	close(file);
	free(said);
	said = file_read(name, NULL);
	unlink(name);
	return good;
}

static void assert_refused(const char *text, const char *why)
{
	struct mutant mutant;

	assert_false(parse(NAME, text, &mutant));
	if (!strstr(said, why))
		fail_msg("'%s' is not in: %s", why, said);
	mutant_free(&mutant);
}

static void a_whole_header_is_taken(void **state)
{
	struct mutant mutant;

	(void)state;
	assert_true(parse("mutants/" NAME,
			  START RULE FENCE FUNCTION KERNEL NAMES PARAMETERS "Storm: --cycles 50 --seed '1 2'\n" CAUGHT
				PATCH,
			  &mutant));
	assert_string_equal(said, "");
	assert_string_equal(mutant.name, "TeardownHang-unwoken");
	assert_string_equal(mutant.rule, "TeardownHang");
	assert_int_equal(mutant.fence, FLAVOUR_SRCU);
	assert_words(&mutant.functions, "fenced_ioctl", "fenced_wait", NULL);
	assert_words(&mutant.parameters, "slow_us=500", "step_us=10", NULL);
	assert_words(&mutant.storm, "--cycles", "50", "--seed", "1 2", NULL);
	assert_false(mutant.caught[TIER_UML]);
	assert_true(mutant.caught[TIER_QEMU]);
	assert_int_equal(regexec(&mutant.kernel, "INFO: task storm:3 blocked for", 0, NULL, 0), 0);
	assert_int_not_equal(regexec(&mutant.names, "fenced_read", 0, NULL, 0), 0);
	mutant_free(&mutant);
}

static void what_may_be_left_out_may(void **state)
{
	struct mutant mutant;

	(void)state;
	assert_true(parse(NAME, START RULE FENCE FUNCTION KERNEL NAMES "Parameters:\n" CAUGHT PATCH, &mutant));
	assert_int_equal(mutant.parameters.count, 0);
	assert_int_equal(mutant.storm.count, 0);
	mutant_free(&mutant);
}

static void what_is_missing_is_named(void **state)
{
	static const char *const parts[] = {RULE, FENCE, FUNCTION, KERNEL, NAMES, PARAMETERS, CAUGHT};

	(void)state;
	for (size_t left = 0; left < sizeof(parts) / sizeof(*parts); left++) {
		char *text = copy(START), *why, *longer;

		for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
			longer = format("%s%s", text, i == left ? "" : parts[i]);
			free(text);
			text = longer;
		}
		longer = format("%s%s", text, PATCH);
		why = format("the field %.*s is missing", (int)strcspn(parts[left], ":"), parts[left]);
		assert_refused(longer, why);
		free(why);
		free(longer);
		free(text);
	}
	assert_refused(RULE FENCE FUNCTION KERNEL NAMES PARAMETERS CAUGHT PATCH, NAME ":1: it does not begin with");
	assert_refused(START RULE FENCE FUNCTION KERNEL NAMES PARAMETERS CAUGHT, "it has no '--- a/fenced.c'");
}

static void what_is_wrong_is_named_with_its_line(void **state)
{
	(void)state;
	assert_refused(START RULE FENCE FUNCTION KERNEL NAMES PARAMETERS CAUGHT "Wanted: x\n" PATCH,
		       NAME ":11: unknown field 'Wanted'");
	assert_refused(START RULE FENCE FUNCTION KERNEL NAMES PARAMETERS CAUGHT RULE PATCH,
		       NAME ":11: Rule is there twice, first in line 4");
	assert_refused(START "Rule: TeardownHangs\n" FENCE FUNCTION KERNEL NAMES PARAMETERS CAUGHT PATCH,
		       NAME ":4: there is no rule 'TeardownHangs'");
	assert_refused(START "Rule: TeardownOrder\n" FENCE FUNCTION KERNEL NAMES PARAMETERS CAUGHT PATCH,
		       NAME ":4: the file's name does not begin with 'TeardownOrder-'");
	assert_refused(START RULE "Fence: rcu\n" FUNCTION KERNEL NAMES PARAMETERS CAUGHT PATCH,
		       NAME ":5: 'rcu' is not rwsem, srcu or close");
	assert_refused(START RULE FENCE "Function:  \n" KERNEL NAMES PARAMETERS CAUGHT PATCH,
		       NAME ":6: Function is empty");
	assert_refused(START RULE FENCE FUNCTION "Kernel: (\n" NAMES PARAMETERS CAUGHT PATCH,
		       NAME ":7: '(' is no regular expression");
	assert_refused(START RULE FENCE FUNCTION KERNEL NAMES "Parameters: slow_us\n" CAUGHT PATCH,
		       NAME ":9: 'slow_us' is not PARAMETER=VALUE");
	assert_refused(START RULE FENCE FUNCTION KERNEL NAMES PARAMETERS "Caught: uml xen\n" PATCH,
		       NAME ":10: 'xen' is neither uml nor qemu");
	assert_refused(START RULE FENCE FUNCTION KERNEL NAMES PARAMETERS CAUGHT PATCH "--- a/fenced.h\n",
		       ": a mutant changes fenced.c alone");
}

static void a_name_must_fit_a_module(void **state)
{
	struct mutant mutant;

	(void)state;
	assert_false(parse("TeardownHang-a-name-that-is-longer-than-a-module-can-have.patch",
			   START RULE FENCE FUNCTION KERNEL NAMES PARAMETERS CAUGHT PATCH, &mutant));
	assert_non_null(strstr(said, "too long"));
	mutant_free(&mutant);
}

// Each can be read and applies.
static void the_mutants_are_in_step_with_the_driver(void **state)
{
	char folder[] = "/tmp/strongfence-mutants-XXXXXX";
	struct mutants mutants;
	struct sources sources;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(mutants_read(REFERENCE "/mutants", &mutants), 0);
	assert_true(mutants.count >= 24);
	sources = sources_write(REFERENCE, &mutants, folder);
	for (size_t i = 0; i < sources.count; i++)
		if (sources.at[i].fault)
			fail_msg("%s: %s", sources.at[i].stem, sources.at[i].fault);
	assert_int_equal(sources.count, mutants.count + FLAVOURS);
	sources_free(&sources);
	remove_tree(folder);
	for (size_t i = 0; i < mutants.count; i++)
		if (!mutants.at[i].caught[TIER_UML] && !mutants.at[i].caught[TIER_QEMU])
			fail_msg("%s is to be caught nowhere", mutants.at[i].name);
	for (size_t i = 0; i < mutants.count; i++)
		mutant_free(&mutants.at[i]);
	free(mutants.at);
}

static void every_rule_has_mutants(void **state)
{
	(void)state;
	for (size_t i = 0; mutant_rule(i); i++) {
		char *pattern = format("%s/mutants/%s-", REFERENCE, mutant_rule(i));
		struct mutants mutants;
		size_t count = 0;

		mutants_read(REFERENCE "/mutants", &mutants);
		for (size_t j = 0; j < mutants.count; j++) {
			count += !strncmp(mutants.at[j].path, pattern, strlen(pattern));
			mutant_free(&mutants.at[j]);
		}
		if (count < 2)
			fail_msg("%s has %zu mutants", mutant_rule(i), count);
		free(mutants.at);
		free(pattern);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_header_is_taken),
		cmocka_unit_test(what_may_be_left_out_may),
		cmocka_unit_test(what_is_missing_is_named),
		cmocka_unit_test(what_is_wrong_is_named_with_its_line),
		cmocka_unit_test(a_name_must_fit_a_module),
		cmocka_unit_test(the_mutants_are_in_step_with_the_driver),
		cmocka_unit_test(every_rule_has_mutants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
