// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test.h"

#include "text.h"

static char *render(void (*print)(FILE *, const json_t *), const char *text)
{
	json_t *value = json_loads(text, 0, NULL);
	char *made = NULL;
	size_t length;
	FILE *to = open_memstream(&made, &length);

	assert_non_null(value);
	print(to, value);
	fclose(to);
	json_decref(value);
	return made;
}

#define FINDING                                                                                     \
	"{\"file\":\"a.c\",\"line\":12,\"column\":5,\"rule\":\"UnfencedFileOp\",\"severity\":\"high\","        \
	"\"message\":\"'a_read' reads 'p->base'\",\"door\":\"a_read\",\"teardown\":\"a_remove\",\"notes\":["   \
	"{\"file\":\"a.c\",\"line\":20,\"column\":3,\"message\":\"unmaps 'p->base'\",\"side\":\"unbind\"},"    \
	"{\"file\":\"a.c\",\"line\":12,\"column\":5,\"message\":\"reads 'p->base'\",\"side\":\"operation\"}]}"

static void findings_look_like_warnings(void **state)
{
	char *made = render(text_findings, "[" FINDING "]");

	(void)state;
	assert_string_equal(made,
			    "a.c:12:5: warning: 'a_read' reads 'p->base' [teardown.UnfencedFileOp] (high)\n"
			    "a.c:20:3: note: unmaps 'p->base'\n"
			    "\n"
			    "    a_read()                                      a_remove()\n"
			    "    --------                                      ----------\n"
			    "                                                  unmaps 'p->base'\n"
			    "    reads 'p->base'\n");
	free(made);
}

static void the_touch_is_not_said_twice(void **state)
{
	char *made = render(text_findings,
			    "[{\"file\":\"a.c\",\"line\":1,\"column\":2,\"message\":\"m\",\"rule\":\"R\","
			    "\"severity\":\"low\",\"door\":\"d\",\"teardown\":\"t\",\"notes\":[{\"file\":\"a.c\","
			    "\"line\":1,\"column\":2,\"message\":\"m\",\"side\":\"operation\"}]}]");

	(void)state;
	assert_null(strstr(made, "note:"));
	assert_non_null(strstr(made, "    m\n"));
	free(made);
}

static void long_notes_stay_in_their_column(void **state)
{
	char *made = render(
		text_interleaving,
		"{\"door\":\"d\",\"teardown\":\"t\",\"notes\":[{\"side\":\"unbind\",\"message\":"
		"\"waits for every reader that entered before the pointer was cleared and frees it\"}]}");

	(void)state;
	assert_string_equal(made,
			    "\n"
			    "    d()                                           t()\n"
			    "    ---                                           ---\n"
			    "                                                  waits for every reader that entered before\n"
			    "                                                    the pointer was cleared and frees it\n");
	free(made);
}

static void a_word_longer_than_the_column_is_cut(void **state)
{
	char *made = render(text_interleaving,
			    "{\"door\":\"d\",\"teardown\":\"t\",\"notes\":[{\"side\":\"operation\",\"message\":"
			    "\"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee\"}]}");

	(void)state;
	assert_non_null(strstr(made, "    aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeee\n      eeeeeee\n"));
	free(made);
}

static void utf8_counts_characters(void **state)
{
	char *made = render(text_interleaving,
			    "{\"door\":\"d\xc3\xa9\",\"teardown\":\"t\",\"notes\":[{\"side\":\"unbind\","
			    "\"message\":\"x\"}]}");

	(void)state;
	assert_non_null(strstr(made, "    d\xc3\xa9()                                          t()\n"
				     "    ----                                          ---\n"));
	free(made);
}

static void a_newline_in_a_name_stays_one_line(void **state)
{
	char *made = render(text_findings, "[{\"file\":\"a\\nb.c\",\"line\":1,\"message\":\"m\",\"rule\":\"R\","
					   "\"severity\":\"low\"}]");

	(void)state;
	assert_string_equal(made, "a\\nb.c:1: warning: m [teardown.R] (low)\n");
	free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(findings_look_like_warnings),
		cmocka_unit_test(the_touch_is_not_said_twice),
		cmocka_unit_test(long_notes_stay_in_their_column),
		cmocka_unit_test(a_word_longer_than_the_column_is_cut),
		cmocka_unit_test(utf8_counts_characters),
		cmocka_unit_test(a_newline_in_a_name_stays_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
