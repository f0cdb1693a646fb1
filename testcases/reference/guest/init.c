// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Process 1 of the test kernel: does what the file /job says, prints one line about how it went, turns
 * the machine off.
 *
 *     module FILE [PARAMETER=VALUE...]   loaded in this order, unloaded in the reverse one
 *     storm ARGUMENT...                  runs /storm; once at most
 *     seconds N                          the storm is killed after that long (600)
 *     kmemleak                           looks for leaks at the end; the kernel needs kmemleak=on
 *     poweroff | reboot                  how this machine ends
 *
 * Whatever may block in a driver runs in a child with a time limit, so that this process can always
 * tell, and end the machine.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "init.h"

#define KMEMLEAK "/sys/kernel/debug/kmemleak"
#define OUT_OF_TREE (1UL << 12) /* TAINT_OOT_MODULE: ours always are */

void say(const char *format, ...)
{
	char line[512] = "init: ";
	va_list arguments;
	size_t length;

	va_start(arguments, format);
	vsnprintf(line + 6, sizeof(line) - 7, format, arguments);
	va_end(arguments);
	length = strlen(line);
	line[length] = '\n';
	/* One write a line: the kernel writes to the same console. */
	if (write(STDOUT_FILENO, line, length + 1) < 0)
		return;
}

static void pause_ms(long ms)
{
	struct timespec left = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool read_file(const char *file, char *text, size_t size)
{
	size_t got = 0;
	ssize_t n = -1;
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	while (got < size - 1 && (n = read(fd, text + got, size - 1 - got)) > 0)
		got += n;
	text[got] = '\0';
	close(fd);
	return n >= 0;
}

static bool write_file(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);
	bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (!written)
		say("cannot write '%s' to %s: %s", text, file, strerror(errno));
	if (fd >= 0)
		close(fd);
	return written;
}

/*
 * Waits for `child` and gives its status as a shell would: 128 + the signal that ended it. A child that
 * is not over in time gets SIGKILL and, if it sleeps where no signal reaches it, is left behind: -1 in
 * both cases.
 */
static int await(pid_t child, long ms)
{
	long end = now_ms() + ms, left;
	bool killed = false;
	sigset_t set;
	int status;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD); /* blocked: it stays pending until asked for */
	for (;;) {
		struct timespec wait;
		pid_t ended;

		/* Process 1 inherits orphans: reap whoever ended. */
		while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
			if (ended != child)
				continue;
			if (killed)
				return -1;
			return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
		}
		left = end - now_ms();
		if (left <= 0) {
			if (killed)
				return -1;
			killed = true;
			kill(child, SIGKILL);
			end = now_ms() + 1000;
			continue;
		}
		wait = (struct timespec){ left / 1000, left % 1000 * 1000000 };
		sigtimedwait(&set, NULL, &wait);
	}
}

/* Runs `step` in a child; its status, or -1 after that many seconds. `what` goes into the complaint. */
static int in_child(int (*step)(void *), void *argument, int seconds, const char *what)
{
	pid_t child = fork();
	int status;

	if (child < 0) {
		say("%s: cannot fork: %s", what, strerror(errno));
		return -1;
	}
	if (!child)
		_exit(step(argument));
	status = await(child, seconds * 1000L);
	if (status < 0)
		say("%s: not over after %d s", what, seconds);
	else if (status > 128)
		say("%s: killed by signal %d (%s)", what, status - 128, strsignal(status - 128));
	return status;
}

static int prepare(void *unused)
{
	static const struct {
		const char *type, *at;
	} mounts[] = {
		{ "proc", "/proc" },
		{ "sysfs", "/sys" },
		{ "devtmpfs", "/dev" },
		{ "debugfs", "/sys/kernel/debug" },
		{ "tmpfs", "/tmp" },
	};
	int status = 0;

	(void)unused;
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].at, 0755);
		if (mount(mounts[i].type, mounts[i].at, mounts[i].type, 0, NULL) && errno != EBUSY) {
			say("cannot mount %s on %s: %s", mounts[i].type, mounts[i].at, strerror(errno));
			status = 1;
		}
	}
	if (!write_file("/proc/sys/kernel/hung_task_timeout_secs", "2"))
		status = 1;
	return status;
}

static int load(void *argument)
{
	struct module *module = argument;
	int fd = open(module->file, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && !syscall(SYS_finit_module, fd, module->parameters, 0))
		return 0;
	say("cannot load %s: %s", module->file, strerror(errno));
	return 1;
}

/* Tries for five seconds: a killed thread releases its files only when it has ended. */
static int unload(void *argument)
{
	struct module *module = argument;

	for (int i = 0; i < 100; i++) {
		if (!syscall(SYS_delete_module, module->name, O_NONBLOCK))
			return 0;
		if (errno != EAGAIN && errno != EBUSY)
			break;
		pause_ms(50);
	}
	say("cannot unload %s: %s", module->name, strerror(errno));
	return 1;
}

static int storm(void *unused)
{
	sigset_t none;

	(void)unused;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execv(job.storm[0], job.storm);
	say("cannot run %s: %s", job.storm[0], strerror(errno));
	return 2;
}

/* Prints kmemleak's records; how many there are, or -1. */
static int print_leaks(void)
{
	FILE *records = fopen(KMEMLEAK, "r");
	char line[256];
	int n = 0;

	if (!records)
		return -1;
	while (fgets(line, sizeof(line), records)) {
		n += !strncmp(line, "unreferenced object", 19);
		fputs(line, stdout);
	}
	fclose(records);
	fflush(stdout);
	return n;
}

/*
 * Two scans: kmemleak_scan() spares an object whose checksum changed since the scan before, so the first
 * one never reports. And it spares what is younger than five seconds, which `settle_ms` is for.
 */
static int leaks(void *argument)
{
	int n = -1;

	/* Fails at once where kmemleak is off: there is no thread to stop. */
	if (write_file(KMEMLEAK, "scan=off")) {
		pause_ms(*(long *)argument);
		if (write_file(KMEMLEAK, "scan") && write_file(KMEMLEAK, "scan"))
			n = print_leaks();
	}
	if (n < 0)
		say("cannot look for leaks; is kmemleak=on on the kernel's command line?");
	return n < 0 ? 127 : n < 126 ? n : 126;
}

static bool is_loaded(const char *name)
{
	static char text[4096];
	size_t length = strlen(name);

	if (!read_file("/proc/modules", text, sizeof(text)))
		return true;
	for (char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
		if (!strncmp(line, name, length) && line[length] == ' ')
			return true;
	return false;
}

static unsigned long taint(void)
{
	char text[32];

	return read_file("/proc/sys/kernel/tainted", text, sizeof(text))
	               ? strtoul(text, NULL, 10) & ~OUT_OF_TREE
	               : ~0UL;
}

/* debug_locks: 0 once lockdep has turned itself off, and then nothing it did not say means anything. */
static int lockdep(void)
{
	static char text[8192];
	char *at;

	if (!read_file("/proc/lockdep_stats", text, sizeof(text)) ||
	    !(at = strstr(text, "debug_locks:")))
		return -1;
	return atoi(at + strlen("debug_locks:"));
}

static bool load_all(void)
{
	for (int i = 0; i < job.n_modules; i++) {
		job.modules[i].loaded = !in_child(load, &job.modules[i], 20, job.modules[i].file);
		if (!job.modules[i].loaded)
			return false;
	}
	return true;
}

static bool unload_all(void)
{
	bool all = true;

	for (int i = job.n_modules - 1; i >= 0; i--) {
		struct module *module = &job.modules[i];

		if (!module->loaded || in_child(unload, module, 20, module->name) ||
		    is_loaded(module->name))
			all = false;
	}
	return all;
}

/* Asked with the modules, whose functions have names only then, and without, when their data holds nothing. */
static int find_leaks(long settle_ms)
{
	int status = in_child(leaks, &settle_ms, 120, "kmemleak");

	return status < 127 ? status : -1;
}

/*
 * reboot(2) locks every device, device_shutdown(), and a hung unbind may hold one: the hung-task
 * detector ends the machine then. Not in a child: UML's uml_cleanup() kills the host's side of this
 * process, and panics if that runs once more.
 */
static void end_machine(void)
{
	write_file("/proc/sys/kernel/hung_task_panic", "1");
	tcdrain(STDOUT_FILENO); /* else the machine is gone before its console is written */
	if (job.ending && reboot(job.ending))
		say("cannot turn the machine off: %s", strerror(errno));
	say("ending the machine by ending process 1");
	tcdrain(STDOUT_FILENO);
	/* do_exit() panics then, and CONFIG_PANIC_TIMEOUT=-1 makes a panic the end. */
	_exit(1);
}

int main(void)
{
	char storm_is[16] = "-", leaks_are[16] = "-";
	int leaked = -1, status;
	bool unloaded = true, good;
	sigset_t set;

	if (getpid() != 1) {
		fputs("init: only for process 1 of a test kernel\n", stderr);
		return 2;
	}
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	good = read_job();
	good &= !in_child(prepare, NULL, 20, "mounting");
	if (!job.ending)
		say("/job: neither poweroff nor reboot");

	if (good && load_all() && job.has_storm) {
		status = in_child(storm, NULL, job.seconds, "storm");
		snprintf(storm_is, sizeof(storm_is), "%d", status < 0 ? 128 + SIGKILL : status);
	}
	kill(-1, SIGKILL); /* what the storm left behind */
	if (job.kmemleak)
		leaked = find_leaks(6000);
	unloaded = unload_all();
	if (leaked >= 0) {
		status = find_leaks(500);
		leaked = status < 0 ? -1 : status > leaked ? status : leaked;
	}
	if (leaked >= 0)
		snprintf(leaks_are, sizeof(leaks_are), "%d", leaked);
	say("result storm=%s taint=0x%lx lockdep=%d unloaded=%s leaks=%s", storm_is, taint(), lockdep(),
	    unloaded ? "yes" : "no", leaks_are);
	end_machine();
}
