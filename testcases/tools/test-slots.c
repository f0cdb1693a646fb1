// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Callbacks under a fence of their core, as text.

#include "test.h"

#include <stdio.h>

#include "slots.h"

#define CALL(slot, in, line, lock, fenced)                                                         \
	"{\"struct\":\"rtc_class_ops\",\"slot\":\"" slot "\",\"called_in\":\"" in                          \
	"\",\"file\":\"interface.c\",\"line\":" line ",\"lock\":\"" lock                                  \
	"\",\"lock_struct\":\"rtc_device\",\"predicate\":\"ops\",\"predicate_struct\":\"rtc_device\","      \
	"\"fenced\":" fenced "}"

static char *render(const char *slots, bool follows)
{
	json_t *array = json_loads(slots, 0, NULL);
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	assert_non_null(array);
	slots_text(to, array, follows);
	fclose(to);
	json_decref(array);
	return text;
}

static void each_way_to_call_a_slot_is_a_line(void **state)
{
	char *made = render("[" CALL("read_time", "rtc_read", "100", "ops_lock", "true") ","
			    CALL("read_alarm", "rtc_alarm", "200", "ops_lock", "true") ","
			    CALL("read_time", "rtc_set", "101", "ops_lock", "true") ","
			    CALL("read_time", "rtc_boot", "9", "", "false") "]", false);

	(void)state;
	assert_string_equal(made,
			    "Callbacks under a fence of their core\n"
			    "\n"
			    "  rtc_class_ops.read_alarm\n"
			    "    rtc_device.ops_lock, tests rtc_device.ops: rtc_alarm (interface.c:200)\n"
			    "  rtc_class_ops.read_time\n"
			    "    no lock, tests rtc_device.ops, NOT FENCED: rtc_boot (interface.c:9)\n"
			    "    rtc_device.ops_lock, tests rtc_device.ops: rtc_read (interface.c:100) and 1 more\n");
	free(made);
}

static void a_slot_without_a_fence_is_left_out(void **state)
{
	char *made = render("[" CALL("read_time", "rtc_boot", "9", "ops_lock", "false") "]", true);

	(void)state;
	assert_string_equal(made, "");
	free(made);
	made = render("[]", true);
	assert_string_equal(made, "");
	free(made);
	made = render("[" CALL("read_time", "rtc_boot", "9", "ops_lock", "true") "]", true);
	assert_int_equal(strncmp(made, "\nCallbacks", 10), 0);
	free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_way_to_call_a_slot_is_a_line),
		cmocka_unit_test(a_slot_without_a_fence_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
