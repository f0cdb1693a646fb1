// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The operations on a node, what they gave, and whether they may give that once the device has gone.

#include "storm.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ioctl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	ERRORS = 256,
	GONE = ERRORS - 1, // poll reported POLLHUP or POLLERR, the mapping gave SIGBUS
	MOST_READ = 4096,
	MOST_WRITTEN = 64,
	DEFAULT_MASK = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM, // the kernel's, of a file without poll()
};

_Atomic unsigned unbinds;
_Atomic unsigned opens;
_Atomic bool leaving;
_Atomic int wanted = NO_OPERATION;

static _Atomic unsigned long counts[KINDS][ERRORS];
static _Atomic bool other_mask; // poll has said more than DEFAULT_MASK
static int table[2 * MOST_IOCTLS + 16];
static size_t n_table;

static _Thread_local sigjmp_buf fault;
static _Thread_local volatile sig_atomic_t fault_expected;

const char *kind_name(int kind)
{
	static const char *const names[] = {"open",  "read",  "read (blocking)", "write", "poll",
					    "mmap", "touch", "fasync", "dup",   "close"};
	static _Thread_local char name[MOST_PATH];

	if (kind < IOCTL)
		return names[kind];
	if (kind < FILE_READ)
		snprintf(name, sizeof(name), "ioctl 0x%lx", options.ioctls[kind - IOCTL].number);
	else
		snprintf(name, sizeof(name), "file %s", options.files[kind - FILE_READ]);
	return name;
}

bool means_gone(int error)
{
	return error == ENODEV || error == ENXIO || error == EIO || error == GONE;
}

static void on_fault(int number)
{
	if (fault_expected)
		siglongjmp(fault, 1);
	signal(number, SIG_DFL); // ours: happens again, and kills
}

static void on_signal(int number)
{
	(void)number;
}

static void handle(int number, void (*handler)(int), int flags)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

	sigaction(number, &action, NULL);
}

static void add_kind(int kind, int weight)
{
	while (weight--)
		table[n_table++] = kind;
}

void operations_setup(void)
{
	handle(SIGBUS, on_fault, SA_NODEFER); // siglongjmp() leaves the mask alone
	handle(SIGSEGV, on_fault, SA_NODEFER);
	handle(SIGIO, on_signal, SA_RESTART);
	handle(SIGUSR1, on_signal, 0); // ends a sleep
	handle(SIGPIPE, SIG_IGN, 0);
	if (place_access() != O_WRONLY)
		add_kind(READ, 2);
	if (place_access() != O_RDONLY)
		add_kind(WRITE, 2);
	if (options.mmap)
		add_kind(MMAP, 2);
	add_kind(POLL, 2);
	add_kind(ASYNC, 1);
	add_kind(DUP, 1);
	for (size_t i = 0; i < options.n_ioctls; i++)
		add_kind(IOCTL + (int)i, 1);
}

int pick_kind(struct worker *worker)
{
	int hint = atomic_load(&wanted);

	if ((hint == WRITE || hint == POLL || hint == MMAP) && random_below(&worker->random, 2))
		return hint;
	return table[random_below(&worker->random, (unsigned)n_table)];
}

static int result(long got)
{
	return got < 0 ? errno : 0;
}

static int do_open(struct file *file)
{
	int flags = place_access() | O_CLOEXEC | O_NOCTTY | (file->sleeps ? 0 : O_NONBLOCK);

	file->fd = open(place_now()->node, flags);
	if (file->fd < 0)
		return errno;
	file->async = false;
	// Afterwards: it may be the device before the one that is counted here, never the one after.
	file->opened = atomic_load(&unbinds);
	atomic_fetch_add(&opens, 1);
	return 0;
}

static int do_read(struct worker *worker)
{
	static const unsigned sizes[] = {64, 64, 8, MOST_READ};

	return result(read(worker->file.fd, worker->buffer, sizes[random_below(&worker->random, 4)]));
}

static int do_write(struct worker *worker)
{
	for (size_t i = 0; i < MOST_WRITTEN; i += sizeof(uint64_t)) {
		uint64_t some = random_next(&worker->random);

		memcpy(worker->buffer + i, &some, sizeof(some));
	}
	return result(write(worker->file.fd, worker->buffer, 1 + random_below(&worker->random, MOST_WRITTEN)));
}

static int do_poll(struct worker *worker, short *mask)
{
	static const int ms[] = {0, 0, 0, 1, 20};
	struct pollfd one = {.fd = worker->file.fd, .events = DEFAULT_MASK | POLLPRI};

	if (poll(&one, 1, ms[random_below(&worker->random, 5)]) < 0)
		return errno;
	*mask = one.revents;
	if (one.revents & ~DEFAULT_MASK || !one.revents)
		atomic_store_explicit(&other_mask, true, memory_order_relaxed);
	return one.revents & (POLLHUP | POLLERR) ? GONE : 0;
}

static void unmap(struct worker *worker)
{
	if (worker->file.map)
		munmap(worker->file.map, options.mmap);
	worker->file.map = NULL;
	atomic_store(&worker->mapped, false);
}

static int do_mmap(struct worker *worker)
{
	void *map;

	unmap(worker);
	map = mmap(NULL, options.mmap, PROT_READ, MAP_SHARED, worker->file.fd, 0);
	if (map == MAP_FAILED)
		return errno;
	worker->file.map = map;
	atomic_store(&worker->mapped, true);
	return 0;
}

static int do_touch(const struct file *file)
{
	const volatile unsigned char *map = file->map;

	if (sigsetjmp(fault, 0)) {
		fault_expected = 0;
		return GONE;
	}
	fault_expected = 1;
	for (size_t i = 0; i < options.mmap; i += 4096)
		(void)map[i];
	fault_expected = 0;
	return 0;
}

// The kernel sets O_ASYNC in the flags only if the driver has a fasync() and it succeeded.
static int do_fasync(struct file *file)
{
	struct f_owner_ex owner = {F_OWNER_TID, gettid()};
	int flags = fcntl(file->fd, F_GETFL);
	bool on = !file->async;

	if (flags < 0 || (on && fcntl(file->fd, F_SETOWN_EX, &owner) < 0))
		return errno;
	if (fcntl(file->fd, F_SETFL, on ? flags | O_ASYNC : flags & ~O_ASYNC) < 0)
		return errno;
	file->async = on;
	return on && !(fcntl(file->fd, F_GETFL) & O_ASYNC) ? EOPNOTSUPP : 0;
}

static int do_dup(const struct file *file)
{
	int other = fcntl(file->fd, F_DUPFD_CLOEXEC, 0);

	return other < 0 ? errno : result(close(other));
}

static int do_ioctl(struct worker *worker, size_t i)
{
	unsigned long request = options.ioctls[i].number, value = options.ioctls[i].value;
	size_t size = _IOC_SIZE(request);

	if (!size)
		return result(ioctl(worker->file.fd, request, value));
	memset(worker->buffer, 0, size);
	memcpy(worker->buffer, &value, size < sizeof(value) ? size : sizeof(value));
	return result(ioctl(worker->file.fd, request, worker->buffer));
}

// Every now and then the file is kept open for later, across an unbind if one comes.
static int do_file(struct worker *worker, size_t i)
{
	int *kept = &worker->kept[i], fd = *kept, error;

	if (fd < 0)
		fd = open(place_now()->files[i], O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	else
		lseek(fd, 0, SEEK_SET);
	if (fd < 0)
		return errno;
	error = result(read(fd, worker->buffer, MOST_READ));
	*kept = random_below(&worker->random, 4) ? -1 : fd;
	if (*kept < 0)
		close(fd);
	return error;
}

static int run(struct worker *worker, int kind, short *mask)
{
	struct file *file = &worker->file;
	int fd;

	switch (kind) {
	case OPEN: return do_open(file);
	case READ:
	case SLEEP: return do_read(worker);
	case WRITE: return do_write(worker);
	case POLL: return do_poll(worker, mask);
	case MMAP: return do_mmap(worker);
	case TOUCH: return do_touch(file);
	case ASYNC: return do_fasync(file);
	case DUP: return do_dup(file);
	case CLOSE:
		fd = file->fd;
		file->fd = -1;
		return result(close(fd));
	}
	return kind < FILE_READ ? do_ioctl(worker, (size_t)(kind - IOCTL))
				: do_file(worker, (size_t)(kind - FILE_READ));
}

static const char *error_name(int kind, int error)
{
	static _Thread_local char number[16];
	const char *name = strerrorname_np(error);

	if (error == GONE)
		return kind == POLL ? "POLLHUP or POLLERR" : "SIGBUS";
	snprintf(number, sizeof(number), "error %d", error);
	return name ? name : number;
}

// A driver without this operation: the kernel itself gives these, whether the device is there or not.
static bool is_missing(int kind, int error)
{
	return (error == EINVAL || error == ENOTTY || error == EBADF || error == ESPIPE) &&
	       !atomic_load_explicit(&counts[kind][0], memory_order_relaxed);
}

// Unbind had returned before the operation began, and the file was opened before that.
static void judge(int kind, int error, short mask)
{
	const char *expected = strerrorname_np(options.held);

	if (options.waits_for_close) {
		wrong("unbind of %s returned while %s was still open", options.device, options.node);
	} else if (kind == TOUCH) {
		if (!error)
			wrong("a page of %s that was mapped before unbind still answers after it", options.node);
	} else if (!options.held || error == EINTR || kind == ASYNC || kind == DUP || kind == CLOSE) {
		return;
	} else if (kind == POLL) {
		if (error != GONE && (mask != DEFAULT_MASK || atomic_load(&other_mask)))
			wrong("poll on a file that was held across unbind reports 0x%x, and must report POLLHUP or POLLERR",
			      (unsigned)mask);
	} else if (kind == MMAP) {
		return; // what counts is whether the page answers
	} else if (!error) {
		wrong("%s on a file that was held across unbind succeeds, and must fail with %s", kind_name(kind),
		      expected);
	} else if (error != options.held && !is_missing(kind, error)) {
		wrong("%s on a file that was held across unbind fails with %s, and must fail with %s", kind_name(kind),
		      error_name(kind, error), expected);
	}
}

int operate(struct worker *worker, int kind)
{
	unsigned before = atomic_load(&unbinds);
	bool gone = kind != OPEN && kind < FILE_READ && worker->file.opened < before;
	short mask = 0;
	int error;

	if (kind == READ && worker->file.sleeps)
		kind = SLEEP;
	atomic_store(&worker->unbinds, before);
	atomic_fetch_add(&worker->serial, 1);
	atomic_store(&worker->kind, kind);
	error = run(worker, kind, &mask);
	atomic_store(&worker->kind, NO_OPERATION);
	atomic_fetch_add_explicit(&counts[kind][error > 0 && error < ERRORS ? error : 0], 1, memory_order_relaxed);
	if (gone)
		judge(kind, error, mask);
	return error;
}

void let_go(struct worker *worker)
{
	unmap(worker);
	if (worker->file.fd >= 0)
		operate(worker, CLOSE);
}

unsigned long operations_total(void)
{
	unsigned long total = 0;

	for (int kind = 0; kind < KINDS; kind++)
		for (int error = 0; error < ERRORS; error++)
			total += atomic_load_explicit(&counts[kind][error], memory_order_relaxed);
	return total;
}

void operations_summary(void)
{
	for (int kind = 0; kind < KINDS; kind++) {
		unsigned long ok = atomic_load(&counts[kind][0]), others = 0;
		char line[512];
		size_t length;

		length = (size_t)snprintf(line, sizeof(line), "%s: %lu ok", kind_name(kind), ok);
		for (int error = 1; error < ERRORS; error++) {
			unsigned long count = atomic_load(&counts[kind][error]);

			others += count;
			if (count && length < sizeof(line))
				length += (size_t)snprintf(line + length, sizeof(line) - length, ", %lu %s", count,
							   error_name(kind, error));
		}
		if ((ok || others) && !options.quiet)
			say("%s", line);
		if (!ok && others)
			note("%s never succeeded", kind_name(kind));
	}
}
