// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The coverage matrix as text.

#include "test.h"

#include <stdio.h>

#include "matrix.h"

static char *render(const char *fences, const char *coverage)
{
	json_t *left = json_loads(fences, 0, NULL), *right = json_loads(coverage, 0, NULL);
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	assert_non_null(left);
	assert_non_null(right);
	matrix_text(to, left, right);
	fclose(to);
	json_decref(left);
	json_decref(right);
	return text;
}

#define SEM                                                                                        \
	"{\"file\":\"a.c\",\"line\":7,\"struct\":\"p\",\"lock\":\"sem\",\"mode\":\"shared\","               \
	"\"predicate\":\"ops\",\"predicate_struct\":\"p\",\"bit\":\"\",\"teardown\":\"a_kill\","              \
	"\"root\":\"a_remove\",\"kill\":{\"file\":\"a.c\",\"line\":30},"                                   \
	"\"barrier\":{\"file\":\"a.c\",\"line\":31},\"acquire\":{\"file\":\"a.c\",\"line\":6},\"shape\":\"S1\",\"doors\":[\"a_ioctl\"]}"
#define BY_SEM "\"fences\":[{\"struct\":\"p\",\"lock\":\"sem\",\"predicate\":\"ops\"}]"
#define ROW(slot, function, command, line, state, reason)                                          \
	"{\"file\":\"a.c\",\"table\":\"fops\",\"registration\":\"misc\",\"slot\":\"" slot                 \
	"\",\"function\":\"" function "\",\"command\":\"" command "\",\"line\":" line                      \
	",\"state\":\"" state "\",\"reason\":\"" reason "\","

static void commands_stand_below_their_door(void **state)
{
	char *made = render(
		"[" SEM "]",
		"[" ROW("unlocked_ioctl", "a_ioctl", "A_SET", "19", "not fenced", "no fence is held")
		"\"fences\":[],\"touch\":{\"file\":\"a.c\",\"line\":20,\"does\":\"writes registers through 'base'\","
		"\"goes\":\"'a_remove' unmaps\",\"struct\":\"p\"}},"
		ROW("unlocked_ioctl", "a_ioctl", "A_GET", "15", "fenced", "") BY_SEM "},"
		ROW("unlocked_ioctl", "a_ioctl", "A_NAME", "17", "own memory only", "") "\"fences\":[]},"
		ROW("read", "a_read", "", "1", "not analysed", "the budget cut the exploration") "\"fences\":[]}]");

	(void)state;
	assert_string_equal(made,
			    "a.c: fops (misc) of struct p\n"
			    "\n"
			    "  A  p.sem (shared), tests ops; ended by a_kill from a_remove; S1 [1]\n"
			    "\n"
			    "                            A\n"
			    "  read            a_read    not analysed     [2]\n"
			    "  unlocked_ioctl  a_ioctl\n"
			    "                    A_GET   fenced\n"
			    "                    A_NAME  own memory only\n"
			    "                    A_SET   not fenced       [3]\n"
			    "\n"
			    "  [1] taken at a.c:6, tested at a.c:7, ended at a.c:30, barrier at a.c:31\n"
			    "  [2] the budget cut the exploration\n"
			    "  [3] a.c:20 writes registers through 'base' that 'a_remove' unmaps: no fence is held\n"
			    "\n"
			    "1 fence, 4 rows: 1 fenced, 1 not fenced, 1 own memory only, 1 not analysed\n");
	free(made);
}

static void what_holds_for_every_command_stands_first(void **state)
{
	char *made = render("[" SEM "]",
			    "[" ROW("unlocked_ioctl", "a_ioctl", "A_GET", "5", "own memory only", "")
			    "\"fences\":[]}," ROW("unlocked_ioctl", "a_ioctl", "", "9", "fenced", "") BY_SEM "}]");

	(void)state;
	assert_non_null(strstr(made, "  unlocked_ioctl  a_ioctl, any command  fenced\n"
				     "                    A_GET               own memory only\n"));
	free(made);
}

static void a_door_that_takes_the_fence_says_so_where_it_was_cut(void **state)
{
	char *made = render("[" SEM "]", "[" ROW("unlocked_ioctl", "a_ioctl", "", "9", "not analysed", "cut")
						 "\"fences\":[]}]");

	(void)state;
	assert_non_null(strstr(made, "[2] cut; it takes the fence\n"));
	free(made);
}

static void a_row_under_another_fence_has_a_dash(void **state)
{
	char *made = render("[" SEM "]",
			    "[" ROW("unlocked_ioctl", "a_ioctl", "", "9", "fenced", "") BY_SEM "},"
			    ROW("release", "a_release", "", "2", "fenced", "")
			    "\"fences\":[{\"struct\":\"\",\"lock\":\"list\",\"predicate\":\"list\",\"predicate_struct\":\"\","
			    "\"teardown\":\"a_remove\",\"root\":\"a_remove\",\"shape\":\"S5\","
			    "\"kill\":{\"file\":\"a.c\",\"line\":40},\"barrier\":{\"file\":\"a.c\",\"line\":40}}]}]");

	(void)state;
	assert_non_null(strstr(made, "  B  list; ended by a_remove; S5 [2]\n"));
	assert_non_null(strstr(made, "                             A                B\n"
				     "  release         a_release  -                fenced\n"
				     "  unlocked_ioctl  a_ioctl    fenced           -\n"));
	assert_non_null(strstr(made, "  [2] ended at a.c:40\n"));
	free(made);
}

static void four_fences_are_letters(void **state)
{
	char *fences = copy("["), *made;

	(void)state;
	for (int i = 0; i < 4; i++) {
		char *longer = format("%s%s{\"file\":\"a.c\",\"line\":%d,\"struct\":\"p\",\"lock\":\"l%d\",\"predicate\":"
				      "\"ops\",\"predicate_struct\":\"p\",\"teardown\":\"t\",\"root\":\"t\",\"shape\":\"S2\","
				      "\"doors\":[\"a_read\"]}%s",
				      fences, i ? "," : "", i + 1, i, i == 3 ? "]" : "");

		free(fences);
		fences = longer;
	}
	made = render(fences, "[" ROW("read", "a_read", "", "9", "fenced", "")
				      "\"fences\":[{\"struct\":\"p\",\"lock\":\"l2\",\"predicate\":\"ops\"}]}]");
	assert_non_null(strstr(made, "\n  F fenced, N not fenced, O own memory only, P proxied, ? not analysed\n"
				     "\n"
				     "                A   B   C   D\n"
				     "  read  a_read  -   -   F   -\n"));
	free(made);
	free(fences);
}

static void long_notes_are_broken_at_blanks(void **state)
{
	char *made = render("[]", "[" ROW("read", "a_read", "", "9", "not analysed",
					  "aaaaaaaaaa bbbbbbbbbb cccccccccc dddddddddd eeeeeeeeee ffffffffff gggggggggg "
					  "hhhhhhhhhh iiiiiiiiii") "\"fences\":[]}]");

	(void)state;
	assert_non_null(strstr(made, "  No fence was inferred for it.\n\n  read  a_read  not analysed     [1]\n"));
	assert_non_null(strstr(made, "  [1] aaaaaaaaaa bbbbbbbbbb cccccccccc dddddddddd eeeeeeeeee ffffffffff gggggggggg "
				     "hhhhhhhhhh\n      iiiiiiiiii\n"));
	free(made);
}

static void a_fence_of_another_driver_with_the_same_names_is_no_column(void **state)
{
	static const char other[] =
		"[{\"file\":\"b.c\",\"line\":7,\"struct\":\"p\",\"lock\":\"sem\",\"predicate\":\"ops\",\"predicate_struct\":\"p\","
		"\"teardown\":\"b_kill\",\"root\":\"b_kill\",\"shape\":\"S1\",\"doors\":[\"a_ioctl\"],\"units\":[\"b.c\"]},"
		"{\"file\":\"h.c\",\"line\":7,\"struct\":\"p\",\"lock\":\"sem\",\"predicate\":\"ops\",\"predicate_struct\":\"p\","
		"\"teardown\":\"a_kill\",\"root\":\"a_kill\",\"roots\":[\"a_kill\",\"c_kill\"],\"shape\":\"S1\","
		"\"acquire\":{\"file\":\"h.c\",\"line\":6},\"also\":[{\"file\":\"a.c\",\"line\":3}],"
		"\"doors\":[\"a_ioctl\"],\"units\":[\"h.c\",\"a.c\"]}]";
	char *made = render(other, "[" ROW("unlocked_ioctl", "a_ioctl", "", "9", "fenced", "") BY_SEM "}]");

	(void)state;
	assert_non_null(strstr(made, "a.c: fops (misc) of struct p\n\n"
				     "  A  p.sem, tests ops; ended by a_kill and 1 more; S1 [1]\n\n"));
	assert_non_null(strstr(made, "  [1] taken at h.c:6, and at a.c:3, tested at h.c:7\n"));
	assert_non_null(strstr(made, "Fences that no door in sight takes\n\n  A  p.sem, tests ops; ended by b_kill; S1 [1]\n"));
	free(made);
}

static void fences_of_no_table_are_named(void **state)
{
	char *made = render("[" SEM "]", "[]");

	(void)state;
	assert_string_equal(made, "Fences that no door in sight takes\n\n"
				  "  A  p.sem (shared), tests ops; ended by a_kill from a_remove; S1 [1]\n\n"
				  "  [1] taken at a.c:6, tested at a.c:7, ended at a.c:30, barrier at a.c:31\n");
	free(made);
	made = render("[]", "[]");
	assert_string_equal(made, "");
	free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_stand_below_their_door),
		cmocka_unit_test(what_holds_for_every_command_stands_first),
		cmocka_unit_test(a_door_that_takes_the_fence_says_so_where_it_was_cut),
		cmocka_unit_test(a_row_under_another_fence_has_a_dash),
		cmocka_unit_test(four_fences_are_letters),
		cmocka_unit_test(long_notes_are_broken_at_blanks),
		cmocka_unit_test(a_fence_of_another_driver_with_the_same_names_is_no_column),
		cmocka_unit_test(fences_of_no_table_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
