// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The storm against a folder that looks like sysfs: what it refuses, and what it finds wrong with nodes that cannot be
// unbound. What it finds in a driver is seen in a kernel, by the reference and its mutants.

#include "bed.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define DRIVER "sys/bus/platform/drivers/foo"
#define DEVICE "sys/devices/platform/foo.0"

// The device foo.0 is bound to foo; foo.1 is there too. The node is /dev/null, and hangs where a test says.
static int setup(void **state)
{
	if (bed_setup(state))
		return -1;
	put(DRIVER "/bind", "");
	put(DRIVER "/unbind", "");
	put(DEVICE "/foo/foo0/dev", "1:3\n");
	put("sys/devices/platform/foo.1/uevent", "");
	put("sys/bus/platform/devices/x", "");
	put("sys/dev/char/x", "");
	if (symlink("../../../../devices/platform/foo.0", DRIVER "/foo.0") ||
	    symlink("../../../bus/platform/drivers/foo", DEVICE "/driver") ||
	    symlink("../../../devices/platform/foo.0", "sys/bus/platform/devices/foo.0") ||
	    symlink("../../../devices/platform/foo.1", "sys/bus/platform/devices/foo.1") ||
	    symlink("../../devices/platform/foo.0/foo/foo0", "sys/dev/char/1:3") ||
	    symlink("../../devices/platform/foo.0/foo/foo0", "sys/dev/char/1:5"))
		return -1;
	return 0;
}

#define PLACE(node) "--node", node, "--driver", DRIVER, "--device", "foo.0"
#define storm(...) run(PLACE("/dev/null"), __VA_ARGS__, NULL)

// Exit 2, and one line.
#define assert_storm_refuses(expected)                                                                                 \
	do {                                                                                                           \
		const char *said = last_run()->err;                                                                    \
		if (last_run()->status != 2 || !strstr(said, expected))                                                \
			print_error("status %d, stderr: %s\n", last_run()->status, said);                              \
		assert_int_equal(last_run()->status, 2);                                                               \
		assert_int_equal(strncmp(said, "storm: ", 7), 0);                                                      \
		assert_non_null(strstr(said, expected));                                                               \
		assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);                                         \
	} while (0)

#define assert_storm_says(expected)                                                                                    \
	do {                                                                                                           \
		if (!strstr(last_run()->out, expected))                                                                \
			print_error("stdout: %s\n", last_run()->out);                                                  \
		assert_non_null(strstr(last_run()->out, expected));                                                    \
	} while (0)

static void refuses_wrong_options(void **state)
{
	static const struct {
		const char *option, *value, *said;
	} wrong[] = {
		{"--cycles", "0", "--cycles: '0' is not a number from 1 to"},
		{"--cycles", "1e3", "--cycles: '1e3' is not a number"},
		{"--seconds", "-1", "--seconds: '-1' is not a number"},
		{"--seconds", "", "--seconds: '' is not a number"},
		{"--hang", "99999999999999999999999", "--hang: "},
		{"--threads", "65", "--threads: '65' is not a number from 1 to 64"},
		{"--mmap", "0x", "--mmap: '0x' is not a number"},
		{"--ioctl", "f", "--ioctl: 'f' is not NUMBER or NUMBER:VALUE"},
		{"--ioctl", "0x6600:", "--ioctl: '0x6600:' is not NUMBER or NUMBER:VALUE"},
		{"--ioctl", "0x100000000", "--ioctl: '0x100000000' is not"},
		{"--held", "GONE", "--held: 'GONE' is not the name of an error"},
		{"--device", "../foo.0", "--device: '../foo.0' is not a name"},
		{"--twice", "1", "unknown option '--twice'"},
		{"loose", "word", "unknown option 'loose'"},
	};

	(void)state;
	run(NULL);
	assert_storm_refuses("--node is missing");
	run("--node", "/dev/null", "--driver", DRIVER, NULL);
	assert_storm_refuses("--device is missing");
	storm("--cycles");
	assert_storm_refuses("--cycles needs a value");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		storm(wrong[i].option, wrong[i].value);
		assert_storm_refuses(wrong[i].said);
	}
}

static void refuses_a_node_that_is_none(void **state)
{
	(void)state;
	run(PLACE("dev/none"), NULL);
	assert_storm_refuses("there is no node dev/none");
	run(PLACE("two\nlines"), NULL);
	assert_storm_refuses("there is no node two?lines");
	run(PLACE(DRIVER), NULL);
	assert_storm_refuses(DRIVER " is not a character device");
	put("file", "");
	run(PLACE("file"), NULL);
	assert_storm_refuses("file is not a character device");
	assert_string_equal(get(DRIVER "/unbind"), "");
}

static void refuses_a_driver_that_cannot_be_unbound(void **state)
{
	(void)state;
	run("--node", "/dev/null", "--driver", "sys/bus/platform/drivers/bar", "--device", "foo.0", NULL);
	assert_storm_refuses("there is no driver folder sys/bus/platform/drivers/bar");
	run("--node", "/dev/null", "--driver", DRIVER "/bind", "--device", "foo.0", NULL);
	assert_storm_refuses(DRIVER "/bind is not a driver's folder: Not a directory");
	run("--node", "/dev/null", "--driver", DRIVER, "--device", "foo.1", NULL);
	assert_storm_refuses("device 'foo.1' is not bound to " DRIVER);
	run("--node", "/dev/null", "--driver", DRIVER, "--device", "foo.2", NULL);
	assert_storm_refuses("the bus of " DRIVER " has no device 'foo.2'");
	assert_int_equal(unlink(DRIVER "/bind"), 0);
	storm("--cycles", "1");
	assert_storm_refuses(DRIVER " has no file 'bind': its driver cannot be unbound (suppress_bind_attrs)");
	assert_int_equal(unlink(DRIVER "/unbind"), 0);
	storm("--cycles", "1");
	assert_storm_refuses(DRIVER " has no file 'unbind'");
}

static void hang_node_from(const char *target)
{
	assert_int_equal(unlink("sys/dev/char/1:3"), 0);
	assert_int_equal(symlink(target, "sys/dev/char/1:3"), 0);
}

static void refuses_the_node_of_another_driver(void **state)
{
	(void)state;
	put("sys/devices/platform/bar.0/misc/bar/dev", "");
	put("sys/bus/platform/drivers/bar/unbind", "");
	assert_int_equal(symlink("../../../bus/platform/drivers/bar", "sys/devices/platform/bar.0/driver"), 0);
	hang_node_from("../../devices/platform/bar.0/misc/bar");
	storm("--cycles", "1");
	assert_storm_refuses("/dev/null (1:3) belongs to the driver ");
	assert_said("/sys/bus/platform/drivers/bar, not to ");

	assert_int_equal(unlink("sys/devices/platform/bar.0/driver"), 0);
	assert_int_equal(symlink("../../../bus/platform/drivers/foo", "sys/devices/platform/bar.0/driver"), 0);
	storm("--cycles", "1");
	assert_storm_refuses("/dev/null (1:3) belongs to the device bar.0 of this driver, not to foo.0");

	// A class device without a parent: nobody can tell.
	put("sys/devices/virtual/misc/null/dev", "");
	hang_node_from("../../devices/virtual/misc/null");
	storm("--cycles", "1");
	assert_int_equal(last_run()->status, 0);
	assert_storm_says("storm: note: sysfs does not tell which driver /dev/null (1:3) belongs to");
}

static void refuses_what_it_may_not_use(void **state)
{
	(void)state;
	// The superuser may use everything, but not without these.
	if (!geteuid() &&
	    (prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE) || prctl(PR_CAPBSET_DROP, CAP_DAC_READ_SEARCH)))
		skip();
	assert_int_equal(chmod(DRIVER "/unbind", 0444), 0);
	storm("--cycles", "1");
	assert_storm_refuses("cannot write to ");
	assert_said(DRIVER "/unbind: Permission denied");
	assert_int_equal(chmod(DRIVER "/unbind", 0644), 0);

	storm("--file", "none");
	assert_storm_refuses("cannot read none: No such file or directory");
	storm("--file", "sys");
	assert_storm_refuses("cannot read sys: Is a directory");

	put("shut/node", "");
	assert_int_equal(chmod("shut", 0), 0);
	run(PLACE("shut/node"), NULL);
	assert_storm_refuses("cannot look at shut/node: Permission denied");
	assert_int_equal(chmod("shut", 0755), 0);
	if (mknod("null", S_IFCHR, makedev(1, 3))) // few may
		return;
	run(PLACE("null"), NULL);
	assert_storm_refuses("cannot open null: Permission denied");
}

// The folder's unbind does nothing, so that everything goes on answering.

static void runs_the_cycles_it_was_told(void **state)
{
	(void)state;
	storm("--cycles", "4", "--seed", "0x7", "--file", "sys/devices/platform/foo.1/uevent");
	assert_int_equal(last_run()->status, 0);
	assert_string_equal(last_run()->err, "");
	assert_storm_says("storm: seed 7\n");
	assert_storm_says("\nstorm: 4 cycles, ");
	assert_storm_says(" operations, 0 wrong\n");
	assert_string_equal(get(DRIVER "/unbind"), "foo.0");
	assert_string_equal(get(DRIVER "/bind"), "foo.0");
}

static void finds_files_that_outlive_the_device(void **state)
{
	(void)state;
	storm("--cycles", "30", "--held", "ENODEV", "--ioctl", "0x5401", "--quiet");
	assert_int_equal(last_run()->status, 1);
	assert_storm_says("storm: wrong: read on a file that was held across unbind succeeds, and must fail with ENODEV\n");
	assert_storm_says("storm: wrong: write on a file that was held across unbind succeeds");
	assert_storm_says("storm: wrong: unbind of foo.0, which was not bound: success, not ENODEV");
	// /dev/null has neither: that says nothing of the device.
	assert_null(strstr(last_run()->out, "wrong: poll"));
	assert_null(strstr(last_run()->out, "wrong: ioctl"));
	assert_storm_says("storm: note: ioctl 0x5401 never succeeded\n");
	assert_null(strstr(last_run()->out, "storm: read: "));
}

static void finds_pages_that_outlive_the_device(void **state)
{
	(void)state;
	run(PLACE("/dev/zero"), "--cycles", "20", "--mmap", "4096", NULL);
	assert_int_equal(last_run()->status, 1);
	assert_storm_says("storm: wrong: a page of /dev/zero that was mapped before unbind still answers after it\n");
}

static void finds_an_unbind_that_does_not_wait(void **state)
{
	(void)state;
	storm("--cycles", "4", "--waits-for-close");
	assert_int_equal(last_run()->status, 1);
	assert_storm_says("storm: wrong: unbind of foo.0 returned while /dev/null was still open\n");
}

static void finds_an_unbind_that_does_not_return(void **state)
{
	(void)state;
	assert_int_equal(unlink(DRIVER "/unbind"), 0);
	assert_int_equal(mkfifo(DRIVER "/unbind", 0644), 0);
	storm("--hang", "1");
	assert_int_equal(last_run()->status, 1);
	assert_storm_says("storm: wrong: unbind of foo.0 has not returned for 1 s\n");
	assert_storm_says("storm: wrong: no cycle of unbind and bind was completed\n");
	assert_storm_says("\nstorm: 0 cycles, ");
}

static void a_signal_ends_it_in_order(void **state)
{
	int pid = start(PLACE("/dev/null"), "--seconds", "600", NULL);

	(void)state;
	usleep(300000);
	assert_int_equal(kill(pid, SIGTERM), 0);
	finish(pid);
	assert_in_range(last_run()->status, 0, 1);
	assert_storm_says(" cycles, ");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, bed_teardown)
	const struct CMUnitTest tests[] = {
		TEST(refuses_wrong_options),
		TEST(refuses_a_node_that_is_none),
		TEST(refuses_a_driver_that_cannot_be_unbound),
		TEST(refuses_the_node_of_another_driver),
		TEST(runs_the_cycles_it_was_told),
		TEST(finds_files_that_outlive_the_device),
		TEST(finds_pages_that_outlive_the_device),
		TEST(finds_an_unbind_that_does_not_wait),
		TEST(finds_an_unbind_that_does_not_return),
		TEST(a_signal_ends_it_in_order),
		TEST(refuses_what_it_may_not_use), // last: it gives up rights
	};

	return cmocka_run_group_tests_name("storm", tests, NULL, NULL);
}
