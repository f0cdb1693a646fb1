// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Unbinds and binds the driver: at random times, and at moments when something is under way on the node.

#include "storm.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	MOMENT_MS = 10,     // how long to wait for one
	WAITS_EVERY = 16,   // cycles, with --waits-for-close
	LONGEST_PAUSE = 3000, // us
};

enum step { RESTING, UNBINDING, BINDING, HOLDING };

_Atomic bool unbinder_end;

static _Atomic bool done;
static _Atomic int step;
static _Atomic int64_t step_since; // ms
static _Atomic pid_t tid;
static _Atomic unsigned long cycles;
static unsigned long bind_errors[256];
static uint64_t randoms;

static void enter(enum step next)
{
	atomic_store(&step_since, now_ms());
	atomic_store(&step, next);
}

static int control(const char *name)
{
	char path[MOST_PATH];
	int fd, error = 0;

	snprintf(path, sizeof(path), "%s/%s", options.driver, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (write(fd, options.device, strlen(options.device)) < 0)
		error = errno;
	close(fd);
	return error;
}

// Moments. Each says whether it is now.

static char state_of(const struct worker *worker)
{
	static int files[MOST_WORKERS + 1];
	int *file = &files[worker - workers];
	char path[64], text[256], *end;
	ssize_t length;

	if (!*file) {
		snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)atomic_load(&worker->tid));
		*file = open(path, O_RDONLY | O_CLOEXEC);
	}
	length = pread(*file, text, sizeof(text) - 1, 0);
	if (length <= 0)
		return 'S'; // without /proc, the operation must do
	text[length] = '\0';
	end = strrchr(text, ')');
	return end && end[1] ? end[2] : 'S';
}

// Somebody is in such an operation, and asleep if that matters.
static bool somebody_in(int first, int last, bool asleep)
{
	for (size_t i = 0; i < n_workers; i++) {
		int kind = atomic_load(&workers[i].kind);

		if (kind >= first && kind <= last && (!asleep || state_of(&workers[i]) != 'R'))
			return true;
	}
	return false;
}

static bool asleep_in_read(void)
{
	return somebody_in(SLEEP, SLEEP, true);
}

static bool asleep_in_ioctl(void)
{
	return somebody_in(IOCTL, FILE_READ - 1, true);
}

static bool in_poll(void)
{
	return somebody_in(POLL, POLL, false);
}

static bool in_write(void)
{
	return somebody_in(WRITE, WRITE, false);
}

static bool in_file(void)
{
	return somebody_in(FILE_READ, KINDS - 1, false);
}

static bool just_opened(void)
{
	static unsigned seen;
	unsigned now = atomic_load(&opens);
	bool more = now != seen;

	seen = now;
	return more;
}

static bool mapped(void)
{
	for (size_t i = 0; i < n_workers; i++)
		if (atomic_load(&workers[i].mapped))
			return true;
	return false;
}

enum special { AT_ONCE = 1, TWICE = 2, ANY_TIME = 4 };

static struct moment {
	const char *name;
	bool (*now)(void);
	int special, wants;
	unsigned long tried, missed;
} moments[] = {
	{"asleep in read", asleep_in_read, 0, SLEEP, 0, 0},
	{"any time", NULL, ANY_TIME, NO_OPERATION, 0, 0},
	{"asleep in ioctl", asleep_in_ioctl, 0, IOCTL, 0, 0},
	{"at once after bind", NULL, AT_ONCE, NO_OPERATION, 0, 0},
	{"mapped", mapped, 0, MMAP, 0, 0},
	{"just opened", just_opened, 0, OPEN, 0, 0},
	{"in write", in_write, 0, WRITE, 0, 0},
	{"twice", NULL, TWICE | ANY_TIME, NO_OPERATION, 0, 0},
	{"in poll", in_poll, 0, POLL, 0, 0},
	{"in a file's read", in_file, 0, FILE_READ, 0, 0},
};

enum { MOMENTS = sizeof(moments) / sizeof(*moments) };

static bool possible(const struct moment *moment)
{
	if (moment->now == asleep_in_read)
		return place_access() != O_WRONLY && options.threads > 1;
	if (moment->now == asleep_in_ioctl)
		return options.n_ioctls > 0;
	if (moment->now == mapped)
		return options.mmap > 0;
	if (moment->now == in_write)
		return place_access() != O_RDONLY;
	if (moment->now == in_file)
		return options.n_files > 0;
	return true;
}

static struct moment *next_moment(void)
{
	static size_t next;
	struct moment *moment;

	do
		moment = &moments[next++ % MOMENTS];
	while (!possible(moment));
	return moment;
}

static void await(struct moment *moment)
{
	int64_t end = now_ms() + MOMENT_MS;

	if (moment->special & ANY_TIME)
		pause_us(random_below(&randoms, LONGEST_PAUSE));
	atomic_store(&wanted, moment->wants);
	while (moment->now && !moment->now()) {
		if (now_ms() >= end) {
			moment->missed++;
			break;
		}
		pause_us(50 + random_below(&randoms, 200));
	}
	atomic_store(&wanted, NO_OPERATION);
	moment->tried++;
}

// Steps of a cycle.

static bool unbind(void)
{
	int error;

	atomic_store(&leaving, true);
	enter(UNBINDING);
	error = control("unbind");
	if (!error)
		atomic_fetch_add(&unbinds, 1);
	enter(RESTING);
	if (error)
		wrong("unbind of %s failed: %s", options.device, strerror(error));
	return !error;
}

static void unbind_again(void)
{
	int error;

	enter(UNBINDING);
	error = control("unbind");
	enter(RESTING);
	if (error != ENODEV)
		wrong("unbind of %s, which was not bound: %s, not ENODEV", options.device,
		      error ? strerrorname_np(error) : "success");
}

// A driver may run out of numbers for a while, or find something still in use.
static bool bind(void)
{
	int64_t end = now_ms() + options.hang * 1000;
	int error;

	atomic_store(&leaving, false);
	for (;;) {
		enter(BINDING);
		error = control("bind");
		if (!error || now_ms() >= end)
			break;
		bind_errors[error & 255]++;
		pause_us(2000);
	}
	if (error) {
		wrong("bind of %s failed: %s", options.device, strerror(error));
		return false;
	}
	enter(RESTING);
	while (!place_find()) {
		if (now_ms() >= end) {
			wrong("bind of %s has returned, and %s has not come back for %ld s", options.device,
			      options.node, options.hang);
			return false;
		}
		pause_us(200);
	}
	return true;
}

static bool hold(bool map)
{
	bool held;

	enter(HOLDING);
	held = holder_take(map);
	enter(RESTING);
	return held;
}

static void finish_holding(void)
{
	enter(HOLDING);
	holder_finish();
	enter(RESTING);
}

static bool cycle(unsigned long number)
{
	struct moment *moment = next_moment();
	bool held = options.waits_for_close ? number % WAITS_EVERY == 1 : random_below(&randoms, 2);
	bool early = random_below(&randoms, 2), unbound;

	held = held && !(moment->special & AT_ONCE) && hold(options.mmap && random_below(&randoms, 2));
	await(moment);
	unbound = unbind();
	if (held)
		holder_returned();
	if (held && early)
		finish_holding(); // the held file meets no device; else it meets the next one
	if (unbound && moment->special & TWICE)
		unbind_again();
	if (!unbound || !bind())
		return false;
	if (held && !early)
		finish_holding();
	atomic_fetch_add(&cycles, 1);
	return true;
}

static bool enough(void)
{
	return atomic_load(&unbinder_end) ||
	       (options.cycles && atomic_load(&cycles) >= (unsigned long)options.cycles);
}

static void *body(void *context)
{
	unsigned long number = 0;

	(void)context;
	atomic_store(&tid, gettid());
	while (!enough() && cycle(number))
		number++;
	atomic_store(&done, true);
	return NULL;
}

void unbinder_start(void)
{
	static pthread_t thread;
	uint64_t seed = options.seed;

	randoms = random_next(&seed) | 1;
	thread_start(&thread, body, NULL);
}

bool unbinder_done(void)
{
	return atomic_load(&done);
}

unsigned long unbinder_cycles(void)
{
	return atomic_load(&cycles);
}

bool unbinder_hangs(void)
{
	int now = atomic_load(&step);
	int64_t s = (now_ms() - atomic_load(&step_since)) / 1000;

	if (now == RESTING || s < options.hang || now != atomic_load(&step))
		return false;
	if (now == HOLDING)
		wrong("an operation on %s, which one thread keeps open, has not returned for %lld s", options.node,
		      (long long)s);
	else
		wrong("%s of %s has not returned for %lld s", now == UNBINDING ? "unbind" : "bind", options.device,
		      (long long)s);
	say_stack(atomic_load(&tid));
	return true;
}

void unbinder_summary(void)
{
	char line[512];
	size_t length = 0;

	for (size_t i = 0; i < MOMENTS && length < sizeof(line); i++)
		if (moments[i].tried)
			length += (size_t)snprintf(line + length, sizeof(line) - length, "%s%s %lu of %lu",
						   length ? ", " : "", moments[i].name,
						   moments[i].tried - moments[i].missed, moments[i].tried);
	if (length && !options.quiet)
		say("moments of unbind: %s", line);
	for (int error = 1; error < 256; error++)
		if (bind_errors[error])
			note("bind failed with %s and was tried again, %lu times", strerrorname_np(error),
			     bind_errors[error]);
}
