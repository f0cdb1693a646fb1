// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mail.h"

#include <jansson.h>
#include <stdio.h>

#include "rules.h"
#include "test.h"

static const char phantom[] =
	"{'rule':'UnfencedFileOp','severity':'high','file':'drivers/misc/phantom.c','line':174,'column':20,"
	"'function':'phantom_ioctl','door':'phantom_ioctl','slot':'unlocked_ioctl','table':'phantom_file_ops',"
	"'struct':'phantom_device','teardown':'phantom_remove','message':'`phantom_ioctl` accesses registers through "
	"`iaddr` that `phantom_remove` unmaps, and no fence excludes the two','notes':["
	"{'file':'drivers/misc/phantom.c','line':171,'message':'Takes `regs_lock` of `struct phantom_device`',"
	"'side':'operation'},"
	"{'file':'drivers/misc/phantom.c','line':441,'message':'`phantom_remove` calls `device_destroy`, which does not "
	"wait for operations on open files','side':'unbind'},"
	"{'file':'drivers/misc/phantom.c','line':449,'message':'`phantom_remove` unmaps it','side':'unbind'},"
	"{'file':'drivers/misc/phantom.c','line':174,'message':'Accesses registers through `iaddr`','side':'operation'}],"
	"'fingerprint':'f9fe7c0f6c2185a38db9','engines':['clang']}";

static const char fence[] =
	"{'struct':'phantom_device','lock':'gate','mode':'shared','predicate':'gone','predicate_struct':'phantom_device',"
	"'bit':'','teardown':'phantom_shut','root':'phantom_remove','shape':'S1','file':'drivers/misc/phantom.c','line':150,"
	"'acquire':{'file':'drivers/misc/phantom.c','line':149},'kill':{'file':'drivers/misc/phantom.c','line':430},"
	"'barrier':{'file':'drivers/misc/phantom.c','line':429},'doors':['phantom_poll','phantom_mmap']}";

// JSON in C: ' for ", ` for '.
static json_t *object(const char *text)
{
	char *whole = copy(text);
	json_t *made;

	for (char *at = whole; *at; at++)
		*at = *at == '\'' ? '"' : *at == '`' ? '\'' : *at;
	made = json_loads(whole, JSON_DECODE_ANY, NULL);
	assert_non_null(made);
	free(whole);
	return made;
}

static char *mail_of(json_t *finding, json_t *fences, const char *kernel)
{
	char *text = NULL, *made;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	mail_write(to, finding, fences, kernel);
	fclose(to);
	json_decref(finding);
	json_decref(fences);
	made = copy(text);
	free(text);
	return made;
}

static void assert_holds(const char *text, const char *part)
{
	if (!strstr(text, part))
		print_error("no \"%s\" in:\n%s\n", part, text);
	assert_non_null(strstr(text, part));
}

static void assert_lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		print_error("\"%s\" in:\n%s\n", part, text);
	assert_null(strstr(text, part));
}

// Each line but one of a path alone.
static void assert_narrow(const char *text)
{
	for (const char *at = text; *at;) {
		size_t length = strcspn(at, "\n");

		if (length > 75 && memchr(at + strspn(at, " "), ' ', length - strspn(at, " ")))
			print_error("%zu columns: %.*s\n", length, (int)length, at);
		assert_true(length <= 75 || !memchr(at + strspn(at, " "), ' ', length - strspn(at, " ")));
		at += length + (at[length] == '\n');
	}
}

static void the_whole_mail(void **state)
{
	char *made = mail_of(object(phantom), json_array(), "Linux 6.12.117");

	(void)state;
	assert_string_equal(
		made,
		"Subject: [BUG?] misc: phantom: phantom_ioctl() can race with phantom_remove()\n"
		"\n"
		"Hello,\n"
		"\n"
		"in Linux 6.12.117, drivers/misc/phantom.c:174:\n"
		"\n"
		"phantom_ioctl() accesses registers through 'iaddr' that phantom_remove()\n"
		"unmaps, and no fence excludes the two.\n"
		"\n"
		"phantom_ioctl() is the unlocked_ioctl operation of phantom_file_ops, called\n"
		"here on a file that was opened before the device went. Devices of this bus\n"
		"can be taken away at any time, and root can unbind the driver through\n"
		"sysfs.\n"
		"\n"
		"The order that goes wrong:\n"
		"\n"
		"    CPU0                                CPU1\n"
		"    phantom_ioctl()                     phantom_remove()\n"
		"    ---------------                     ----------------\n"
		"    Takes 'regs_lock' of struct\n"
		"      phantom_device\n"
		"                                        Calls device_destroy(), which does\n"
		"                                          not wait for operations on open\n"
		"                                          files\n"
		"                                        Unmaps it\n"
		"    Accesses registers through 'iaddr'\n"
		"\n"
		"Where, in the order of the story:\n"
		"\n"
		"  drivers/misc/phantom.c:171: Takes 'regs_lock' of struct phantom_device\n"
		"  drivers/misc/phantom.c:441:\n"
		"      phantom_remove() calls device_destroy(), which does not wait for\n"
		"      operations on open files\n"
		"  drivers/misc/phantom.c:449: phantom_remove() unmaps it\n"
		"  drivers/misc/phantom.c:174: Accesses registers through 'iaddr'\n"
		"\n"
		"No fence was inferred that is for this. What would serve: a lock and a\n"
		"state that says \"gone\", in memory that the open file keeps. The operation\n"
		"takes the lock, tests the state, and holds the lock until after the last\n"
		"use; teardown changes the state under the same lock (with SRCU: clears the\n"
		"pointer, then synchronize_srcu()) before it takes anything away.\n"
		"\n"
		"How it was found: static analysis by strongfence " STRONGFENCE_VERSION ", rule\n"
		"teardown.UnfencedFileOp (a checker of the Clang Static Analyzer).\n"
		"\n"
		"This was found by reading the source with a tool; it was not reproduced. If\n"
		"something that the tool does not see makes it safe, please say so.\n"
		"\n"
		"fingerprint: f9fe7c0f6c2185a38db9\n");
	free(made);
}

static void the_inferred_fence_is_the_one_to_take(void **state)
{
	json_t *fences = json_array();
	char *made;

	(void)state;
	json_array_append_new(fences, object(fence));
	made = mail_of(object(phantom), fences, NULL);
	assert_holds(made, "The fence to take, inferred from what other functions of the driver do:\n\n"
			   "  lock       'gate' of struct phantom_device (shared)\n"
			   "             taken at drivers/misc/phantom.c:149\n"
			   "  test       'gone' of struct phantom_device\n"
			   "             made at drivers/misc/phantom.c:150\n"
			   "  closed by  phantom_shut() from phantom_remove()\n"
			   "             closed at drivers/misc/phantom.c:430\n"
			   "  taken by   phantom_poll(), phantom_mmap()\n\n"
			   "What would mend it: phantom_ioctl() takes 'gate', tests 'gone' under it,\nand holds the lock until after the use.\n");
	assert_lacks(made, "What would serve");
	assert_lacks(made, "Linux");
	free(made);
}

// One that another driver has, that the kernel's core waits for, or that ends with a file, is nobody's to take.
static void a_fence_is_not_invented(void **state)
{
	static const char *const others[][2] = {{"struct", "other"}, {"lock", ""}, {"shape", "S5"}, {"shape", "S8"}, {"shape", "S6c"}};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		json_t *fences = json_array(), *other = object(fence);
		char *made;

		json_object_set_new(other, others[i][0], json_string(others[i][1]));
		if (!i) {
			json_object_set_new(other, "predicate_struct", json_string("other"));
			json_object_set_new(other, "file", json_string("drivers/misc/other.c"));
		}
		json_array_append_new(fences, other);
		made = mail_of(object(phantom), fences, NULL);
		assert_lacks(made, "'gate'");
		assert_holds(made, "No fence was inferred that is for this.");
		free(made);
	}
	// Where nobody looked, nothing is said of the driver.
	char *made = mail_of(object(phantom), NULL, NULL);

	assert_lacks(made, "inferred");
	assert_holds(made, "What would mend it: a lock and a state");
	free(made);
}

// Of the same teardown, about another object: shown, and not said to be the one to take.
static void a_fence_for_something_else_is_not_the_one_to_take(void **state)
{
	json_t *fences = json_array(), *other = object(fence);
	char *made;

	(void)state;
	json_object_set_new(other, "struct", json_string("queue"));
	json_object_set_new(other, "predicate_struct", json_string("queue"));
	json_array_append_new(fences, other);
	made = mail_of(object(phantom), fences, NULL);
	assert_holds(made, "about something else");
	assert_holds(made, "  lock       'gate' of struct queue (shared)\n");
	assert_holds(made, "No fence was inferred that is for this.");
	assert_lacks(made, "takes 'gate'");
	free(made);
}

// What only leads to the next step is in the list and not in the drawing; who keeps or waits comes before teardown.
static void the_drawing_is_an_order_that_can_happen(void **state)
{
	json_t *finding = object(phantom);
	char *made, *drawing;

	(void)state;
	json_object_set_new(finding, "rule", json_string("TeardownHang"));
	json_array_append_new(json_object_get(finding, "notes"),
			      object("{'file':'drivers/misc/phantom.c','line':60,'message':'Calling `phantom_wait`',"
				     "'side':'operation'}"));
	made = mail_of(finding, NULL, NULL);
	drawing = strstr(made, "CPU0");
	assert_true(strstr(drawing, "Accesses registers") < strstr(drawing, "Calls device_destroy()"));
	assert_holds(made, "\n  drivers/misc/phantom.c:60: Calling phantom_wait()\n");
	assert_lacks(made, "\n    Calling");
	free(made);
	// Teardown holds what the operation then waits for.
	finding = object(phantom);
	json_object_set_new(finding, "rule", json_string("TeardownHang"));
	json_object_set_new(finding, "line", json_integer(449));
	made = mail_of(finding, NULL, NULL);
	drawing = strstr(made, "CPU0");
	assert_true(strstr(drawing, "Accesses registers") > strstr(drawing, "Calls device_destroy()"));
	free(made);
}

// Of two that fit the message says which.
static void the_fence_that_the_message_speaks_of(void **state)
{
	json_t *fences = json_array(), *other = object(fence), *finding = object(phantom);
	char *made;

	(void)state;
	json_object_set_new(other, "lock", json_string("regs_lock"));
	json_object_set_new(finding, "message", json_string("'phantom_ioctl' tests 'gone' outside 'regs_lock'"));
	json_array_append_new(fences, object(fence));
	json_array_append_new(fences, other);
	made = mail_of(finding, fences, NULL);
	assert_holds(made, "phantom_ioctl() takes 'regs_lock', tests 'gone'");
	assert_lacks(made, "'gate'");
	free(made);
}

static void a_loop_is_drawn_once(void **state)
{
	json_t *finding = object(phantom), *notes = json_object_get(finding, "notes"), *release;
	char *made, *drawing, *path;

	(void)state;
	release = object("{'file':'drivers/misc/phantom.c','line':172,'message':'Releases `regs_lock`','side':'operation'}");
	for (int i = 0; i < 3; i++) {
		json_array_insert(notes, 0, release);
		json_array_insert_new(notes, 0, json_deep_copy(json_array_get(notes, json_array_size(notes) - 4)));
	}
	json_decref(release);
	made = mail_of(finding, NULL, NULL);
	drawing = strstr(made, "    Takes 'regs_lock' of struct\n      phantom_device\n    Releases 'regs_lock'\n    Takes");
	path = strstr(made, "Where, in");
	assert_non_null(drawing);
	assert_null(strstr(drawing + 80, "    Releases 'regs_lock'\n    Takes"));
	assert_non_null(strstr(strstr(strstr(path, ":172: ") + 1, ":172: ") + 1, ":172: "));
	free(made);
}

static void who_takes_it_too_early_is_told_so(void **state)
{
	json_t *fences = json_array(), *taken = object(fence);
	char *made;

	(void)state;
	json_array_append_new(json_object_get(taken, "doors"), json_string("phantom_ioctl"));
	json_array_append_new(fences, taken);
	made = mail_of(object(phantom), fences, NULL);
	assert_holds(made, "phantom_ioctl() is among those who take 'gate', but not from the test until\nafter the use.\n");
	free(made);
}

// Every rule has a subject and a repair of its own, and none of them claims more than was seen.
static void every_rule(void **state)
{
	(void)state;
	for (size_t i = 0; i < rule_count; i++) {
		json_t *finding = object(phantom);
		char *made;

		json_object_set_new(finding, "rule", json_string(rules[i].key));
		made = mail_of(finding, NULL, "Linux 6.12");
		if (strstr(made, "possible bug"))
			print_error("%s\n", rules[i].key);
		assert_lacks(made, "possible bug");
		assert_holds(made, "What would mend it: ");
		assert_holds(made, "it was not reproduced");
		assert_int_equal(strncmp(made, "Subject: [BUG?] misc: phantom: ", 31), 0);
		assert_narrow(strstr(made, "\n\n"));
		free(made);
	}
}

// A record may say less: no door, no struct, no notes.
static void a_bare_finding(void **state)
{
	char *made = mail_of(object("{'rule':'FreedUnderOpenFile','file':'x.c','line':3,'message':'m',"
				    "'fingerprint':'abcd1234'}"),
			     json_array(), NULL);

	(void)state;
	assert_int_equal(strncmp(made, "Subject: [BUG?] x: possible bug at unbind\n\n", 43), 0);
	assert_holds(made, "in x.c:3:\n\nm.\n\nWhere, in the order of the story:\n\n  x.c:3: as said above\n\n");
	assert_lacks(made, "CPU0");
	free(made);
}

static void subjects_name_the_driver(void **state)
{
	static const char *const names[][2] = {
		{"drivers/char/tpm/tpm-dev.c", "tpm: dev: "},
		{"drivers/char/tpm/tpm2-cmd.c", "tpm: tpm2-cmd: "},
		{"drivers/misc/bcm-vk/bcm_vk_dev.c", "misc: bcm-vk: dev: "},
		{"drivers/hid/hid-alps.c", "hid: alps: "},
		{"drivers/char/ipmi/bt-bmc.c", "ipmi: bt-bmc: "},
		{"drivers/char/ppdev.c", "char: ppdev: "},
		{"drivers/hid/hidraw.c", "hid: hidraw: "},
		{"drivers/usb/misc/legousbtower.c", "usb: misc: legousbtower: "},
		{"sound/core/timer.c", "sound: core: timer: "},
		{"/tmp/out of tree/foo.c", "foo: "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		json_t *finding = object(phantom);
		char *made, *expected = format("Subject: [BUG?] %sphantom_ioctl() can race", names[i][1]);

		json_object_set_new(finding, "file", json_string(names[i][0]));
		made = mail_of(finding, NULL, NULL);
		assert_holds(made, expected);
		free(expected);
		free(made);
	}
}

// Names come from files that anybody may have written: no new header, no second line, no byte outside ASCII.
static void names_are_only_text(void **state)
{
	json_t *finding = object(phantom);
	char *made;

	(void)state;
	json_object_set_new(finding, "file", json_string("drivers/a\nBcc: x@y/caf\xc3\xa9.c"));
	json_object_set_new(finding, "message", json_string("one\n.\nBcc: z \xe2\x80\x9cq\xe2\x80\x9d"));
	json_object_set_new(finding, "door", json_string("d\nBcc: w"));
	json_object_set_new(finding, "fingerprint", json_string("f\nX: y"));
	made = mail_of(finding, NULL, NULL);
	for (const char *at = made; *at; at++)
		assert_true(*at == '\n' || (*at >= ' ' && *at < 0x7f));
	assert_lacks(made, "\nBcc");
	assert_lacks(made, "\n.\n");
	assert_lacks(made, "\nX: y");
	assert_holds(made, "caf\\xc3\\xa9");
	free(made);
}

static void both_engines_and_further_places(void **state)
{
	json_t *finding = object(phantom);
	char *made;

	(void)state;
	json_object_set_new(finding, "engines", json_pack("[s,s]", "clang", "cocci"));
	json_object_set_new(finding, "also", json_pack("[{s:s, s:i}]", "file", "drivers/misc/phantom.c", "line", 180));
	made = mail_of(finding, NULL, NULL);
	assert_holds(made, "teardown.UnfencedFileOp (a checker of the Clang Static Analyzer, and a\nsemantic patch for Coccinelle).");
	assert_holds(made, "  drivers/misc/phantom.c:180: The same\n");
	free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_mail),
		cmocka_unit_test(the_inferred_fence_is_the_one_to_take),
		cmocka_unit_test(a_fence_is_not_invented),
		cmocka_unit_test(a_fence_for_something_else_is_not_the_one_to_take),
		cmocka_unit_test(the_drawing_is_an_order_that_can_happen),
		cmocka_unit_test(the_fence_that_the_message_speaks_of),
		cmocka_unit_test(a_loop_is_drawn_once),
		cmocka_unit_test(who_takes_it_too_early_is_told_so),
		cmocka_unit_test(every_rule),
		cmocka_unit_test(a_bare_finding),
		cmocka_unit_test(subjects_name_the_driver),
		cmocka_unit_test(names_are_only_text),
		cmocka_unit_test(both_engines_and_further_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
