// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "boot.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "complain.h"
#include "files.h"
#include "image.h"
#include "process.h"
#include "progress.h"
#include "words.h"

#define QEMU "qemu-system-x86_64"

enum { MEGABYTES = 512 };

// Seconds: a console that has not grown for so long after a report has all of it, and after so long it is
// enough in any case.
static const double QUIET = 1, ENOUGH = 5;

// Not panic_on_warn: __warn() would panic before it prints the call trace.
static const char common_arguments[] = "panic=-1 hung_task_panic=1";

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	stopped = signal;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// UML maps a file as its memory; on anything but a tmpfs that is written out to the disk.
static char *scratch_for_uml(const char *work, long jobs)
{
	static const char shm[] = "/dev/shm";
	struct statfs info;
	char *folder;

	if (!statfs(shm, &info) && info.f_type == TMPFS_MAGIC && !access(shm, W_OK) &&
	    (uint64_t)info.f_bavail * (uint64_t)info.f_bsize >= (uint64_t)jobs * MEGABYTES << 20)
		return copy(shm);
	folder = path_join(work, "memory");
	if (make_directories(folder) < 0)
		fatal("%s: %s", folder, strerror(errno));
	say("%s has no room for %ld boots of %d MB: UML's memory is kept in %s", shm, jobs, MEGABYTES,
	    folder);
	return folder;
}

struct machine machine_open(enum tier tier, const char *build, const char *work, long jobs)
{
	static const char *const images[TIERS] = {"linux", "arch/x86/boot/bzImage"};
	struct machine machine = {.tier = tier,
				  .build = path_real(NULL, build),
				  .work = format("%s/%s", work, tier_names[tier]),
				  .logs = format("%s/logs", work)};
	char *maker;

	machine.kernel = path_join(machine.build, images[tier]);
	machine.base = path_join(machine.work, "base.cpio");
	maker = path_join(machine.build, "usr/gen_init_cpio");
	if (!file_exists(machine.kernel))
		fatal("%s: there is no such kernel; testcases/reference/kernels/build makes it", machine.kernel);
	if (!is_program(maker))
		fatal("%s: there is no such program; testcases/reference/kernels/build makes it", maker);
	if (make_directories(machine.work) < 0)
		fatal("%s: %s", machine.work, strerror(errno));
	if (make_directories(machine.logs) < 0)
		fatal("%s: %s", machine.logs, strerror(errno));
	if (tier == TIER_UML) {
		char *sockets = path_join(machine.work, "sockets");

		// A UML that is killed leaves its own there.
		remove_tree(sockets);
		free(sockets);
		machine.scratch = scratch_for_uml(machine.work, jobs);
	} else {
		char *program = program_path(QEMU);

		if (!program)
			fatal("%s: there is no such program; Debian has it in qemu-system-x86", QEMU);
		free(program);
	}
	free(maker);
	return machine;
}

void machine_free(struct machine *machine)
{
	free(machine->build);
	free(machine->kernel);
	free(machine->base);
	free(machine->work);
	free(machine->logs);
	free(machine->scratch);
	*machine = (struct machine){0};
}

static char *joined(const struct strings *words)
{
	char *text = copy("");

	for (size_t i = 0; i < words->count; i++) {
		char *longer = format("%s %s", text, words->at[i]);

		free(text);
		text = longer;
	}
	return text;
}

// What init reads; see the head of init.c.
static char *job_text(const struct boot *boot)
{
	char *parameters = joined(&boot->parameters), *storm = joined(&boot->storm);
	char *text = format("module /board.ko\nmodule /%s%s\nstorm%s\nseconds %lu\n%s%s\n",
			    path_name(boot->module), parameters, storm, boot->limit,
			    boot->kmemleak ? "kmemleak\n" : "",
			    // UML restarts itself on a reboot.
			    boot->machine->tier == TIER_UML ? "poweroff" : "reboot");

	free(storm);
	free(parameters);
	return text;
}

static struct strings uml_words(const struct boot *boot, const char *image)
{
	struct strings words = {0};

	strings_add(&words, boot->machine->kernel);
	strings_take(&words, format("mem=%dM", MEGABYTES));
	strings_take(&words, format("initrd=%s", image));
	strings_take(&words, format("uml_dir=%s/sockets/", boot->machine->work));
	strings_add(&words, "con=null");
	strings_add(&words, "con0=null,fd:1");
	words_split(common_arguments, &words);
	if (boot->kmemleak)
		strings_add(&words, "kmemleak=on");
	return words;
}

// The processors are in two sockets: without ACPI the kernel finds them in the MP table, where SeaBIOS
// lists one for each socket.
static struct strings qemu_words(const struct boot *boot, const char *image)
{
	static const char fixed[] =
		QEMU " -M pc -accel tcg,thread=multi -cpu max -smp 2,sockets=2,cores=1,threads=1 -nodefaults "
		     "-no-user-config -display none -serial stdio -no-reboot";
	struct strings words = {0};

	words_split(fixed, &words);
	strings_add(&words, "-m");
	strings_take(&words, format("%dM", MEGABYTES));
	strings_add(&words, "-kernel");
	strings_add(&words, boot->machine->kernel);
	strings_add(&words, "-initrd");
	strings_add(&words, image);
	strings_add(&words, "-append");
	// A host under load can be too late for check_timer(), which panics then.
	strings_take(&words, format("console=ttyS0 no_timer_check %s%s", common_arguments,
				    boot->kmemleak ? " kmemleak=on" : ""));
	return words;
}

// In a process group of its own, so that all of it can be killed: UML runs each of its processes in one of ours.
static int spawn(const struct boot *boot, const struct strings *words)
{
	pid_t parent = getpid(), pid = fork();
	int input, output;

	if (pid < 0)
		fatal("fork: %s", strerror(errno));
	if (pid) {
		setpgid(pid, pid);
		return pid;
	}
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_DFL);
	input = open("/dev/null", O_RDONLY);
	output = open(boot->log, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (input < 0 || output < 0 || dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
	    dup2(output, STDERR_FILENO) < 0 || getppid() != parent)
		_exit(127);
	if (boot->machine->scratch)
		setenv("TMPDIR", boot->machine->scratch, 1);
	execvp(words->at[0], words->at);
	_exit(127);
}

static void start(struct boot *boot, size_t slot)
{
	const struct machine *machine = boot->machine;
	char *image = format("%s/boot-%zu.cpio", machine->work, slot), *job = job_text(boot);
	struct strings words;

	image_for(machine->build, machine->base, boot->module, job, image);
	boot->log = format("%s/%s.log", machine->logs, boot->name);
	boot->slot = slot;
	// A report of an earlier run is none of this boot.
	remove(boot->log);
	words = machine->tier == TIER_UML ? uml_words(boot, image) : qemu_words(boot, image);
	boot->began = now();
	boot->pid = spawn(boot, &words);
	strings_free(&words);
	free(job);
	free(image);
}

static void finish(struct boot *boot)
{
	char *console;
	size_t length;

	// What is left of UML's own processes.
	kill(-boot->pid, SIGKILL);
	boot->pid = 0;
	boot->seconds = now() - boot->began;
	console = file_read(boot->log, &length);
	if (!console)
		fatal("%s: %s", boot->log, strerror(errno));
	for (size_t i = 0; i < length; i++)
		if (!console[i])
			console[i] = '?';
	boot->seen = seen_read(console, boot->cycles, boot->overtime);
	free(console);
}

static void kill_all(struct boot *boots, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (boots[i].pid) {
			kill(-boots[i].pid, SIGKILL);
			waitpid(boots[i].pid, NULL, 0);
		}
}

// Whether a boot whose first report is all that counts has printed it.
static bool has_said_it(struct boot *boot)
{
	struct stat info;
	double time = now();

	if (!boot->one_report || stat(boot->log, &info) < 0)
		return false;
	if (info.st_size != boot->size) {
		boot->size = info.st_size;
		char *console = file_read(boot->log, NULL);
		struct strings lines = console_lines(console ? console : "");
		struct report report;

		boot->grown = time;
		if (report_find(&lines, &report)) {
			boot->whole = report.whole;
			boot->reported = boot->reported ? boot->reported : time;
		}
		strings_free(&lines);
		free(console);
	}
	return boot->whole ||
	       (boot->reported && (time - boot->grown > QUIET || time - boot->reported > ENOUGH));
}

// Looks after those that run; returns how many have ended.
static size_t look(struct boot *boots, size_t started, bool *slots)
{
	size_t ended = 0;

	for (size_t i = 0; i < started; i++) {
		struct boot *boot = &boots[i];

		if (!boot->pid)
			continue;
		if (!boot->overtime && now() - boot->began > (double)boot->limit) {
			boot->overtime = true;
			kill(-boot->pid, SIGKILL);
		} else if (has_said_it(boot)) {
			kill(-boot->pid, SIGKILL);
		}
		if (waitpid(boot->pid, NULL, WNOHANG) == boot->pid) {
			slots[boot->slot] = false;
			finish(boot);
			ended++;
		}
	}
	return ended;
}

void boots_run(struct boot *boots, size_t count, long jobs)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	const struct timespec moment = {.tv_nsec = 20 * 1000 * 1000};
	struct sigaction action = {.sa_handler = stop}, old[3];
	bool *slots = allocate((size_t)jobs * sizeof(*slots));
	size_t started = 0, ended = 0;

	for (size_t i = 0; i < 3; i++)
		sigaction(signals[i], &action, &old[i]);
	progress_start(count ? tier_names[boots->machine->tier] : "");
	while (ended < count && !stopped && !process_interrupted()) {
		size_t slot = 0;

		while (slot < (size_t)jobs && slots[slot])
			slot++;
		if (started < count && slot < (size_t)jobs) {
			slots[slot] = true;
			start(&boots[started++], slot);
			continue;
		}
		ended += look(boots, started, slots);
		progress_show(ended, count);
		nanosleep(&moment, NULL);
	}
	progress_clear();
	if (ended < count) {
		kill_all(boots, started);
		fatal("interrupted");
	}
	for (size_t i = 0; i < 3; i++)
		sigaction(signals[i], &old[i], NULL);
	free(slots);
}

struct boot boot_again(const struct boot *boot, char *name)
{
	struct boot again = {.machine = boot->machine,
			     .name = name,
			     .module = copy(boot->module),
			     .kmemleak = boot->kmemleak,
			     .cycles = boot->cycles,
			     .limit = boot->limit,
			     .one_report = boot->one_report};

	strings_add_all(&again.parameters, &boot->parameters);
	strings_add_all(&again.storm, &boot->storm);
	return again;
}

void boot_free(struct boot *boot)
{
	free(boot->name);
	free(boot->module);
	free(boot->log);
	strings_free(&boot->parameters);
	strings_free(&boot->storm);
	seen_free(&boot->seen);
	*boot = (struct boot){0};
}
