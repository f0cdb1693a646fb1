// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The threads that use the node, by role.

#include "storm.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	MOST_OPERATIONS = 24, // on one open file
	BUFFER = 1 << 14,     // what _IOC_SIZE can say
};

struct worker workers[MOST_WORKERS + 1];
size_t n_workers;
_Atomic bool stopping;

// A file, or a short pause.
static bool take_file(struct worker *worker, bool sleeps)
{
	worker->file.sleeps = sleeps;
	if (!operate(worker, OPEN))
		return true;
	pause_us(300);
	return false;
}

// Whether a user of the node has to leave: it may be all that unbind waits for.
static bool asked_to_leave(void)
{
	return atomic_load(&stopping) || (options.waits_for_close && atomic_load(&leaving));
}

static int use_mapping(struct worker *worker)
{
	int error = operate(worker, MMAP);

	for (int i = 0; !error && i < 4; i++)
		error = operate(worker, TOUCH);
	return error;
}

static void hammer(struct worker *worker)
{
	unsigned left = 1 + random_below(&worker->random, MOST_OPERATIONS);

	if (!take_file(worker, false))
		return;
	for (; left && !asked_to_leave(); left--) {
		int kind = pick_kind(worker);
		int error = kind == MMAP ? use_mapping(worker) : operate(worker, kind);

		if (!means_gone(error))
			continue;
		// Mostly closes now; else goes on a little, as a program does that does not look.
		if (options.waits_for_close || random_below(&worker->random, 4))
			break;
		if (left > 4)
			left = 4;
	}
	let_go(worker);
	sched_yield();
}

static void sleeper(struct worker *worker)
{
	unsigned left = 1 + random_below(&worker->random, 8);
	bool reads = place_access() != O_WRONLY;

	if (!take_file(worker, true))
		return;
	for (; left && !asked_to_leave(); left--) {
		int hint = atomic_load(&wanted);
		bool read = reads && hint != IOCTL && (hint == SLEEP || !options.n_ioctls || random_below(&worker->random, 2));
		int kind = read ? SLEEP : IOCTL + (int)random_below(&worker->random, (unsigned)options.n_ioctls);

		if (means_gone(operate(worker, kind)))
			break;
	}
	let_go(worker);
}

static void mapper(struct worker *worker)
{
	unsigned left = 1 + random_below(&worker->random, 64);
	int error;

	if (!take_file(worker, false))
		return;
	error = operate(worker, MMAP);
	if (!error && random_below(&worker->random, 2))
		operate(worker, CLOSE); // the mapping keeps the file
	for (; !error && left && !asked_to_leave(); left--) {
		for (int i = 0; !error && i < 16; i++)
			error = operate(worker, TOUCH);
		pause_us(100 + random_below(&worker->random, 400));
	}
	let_go(worker);
	if (error)
		pause_us(300);
}

static void opener(struct worker *worker)
{
	worker->file.sleeps = random_below(&worker->random, 2);
	if (!operate(worker, OPEN))
		let_go(worker);
	else if (atomic_load(&leaving))
		pause_us(300); // until bind has begun
	sched_yield();
}

static void file_reader(struct worker *worker)
{
	if (operate(worker, FILE_READ + (int)random_below(&worker->random, (unsigned)options.n_files)))
		pause_us(300);
}

static void *work(void *context)
{
	static const struct sched_param none;
	struct worker *worker = context;

	atomic_store(&worker->tid, gettid());
	// Whoever an unbind or a bind waits for gets the CPU at once: that is where the time goes if there is one CPU, and a
	// thread that is stopped in the middle of an operation is what the storm is about.
	if (worker->role != holder_role)
		sched_setscheduler(0, SCHED_IDLE, &none);
	while (!atomic_load(&stopping))
		worker->role(worker);
	let_go(worker);
	for (size_t i = 0; i < options.n_files; i++)
		if (worker->kept[i] >= 0)
			close(worker->kept[i]);
	atomic_store(&worker->done, true);
	return NULL;
}

static void add(void (*role)(struct worker *))
{
	struct worker *worker = &workers[n_workers++];
	uint64_t seed = options.seed + n_workers;

	worker->role = role;
	worker->random = random_next(&seed) | 1;
	worker->file.fd = -1;
	worker->buffer = calloc(1, BUFFER);
	if (!worker->buffer)
		refused("no memory");
	for (size_t i = 0; i < MOST_FILES; i++)
		worker->kept[i] = -1;
	atomic_store(&worker->kind, NO_OPERATION);
}

void workers_start(void)
{
	bool sleeps = place_access() != O_WRONLY || options.n_ioctls;
	void (*const roles[])(struct worker *) = {
		hammer,
		sleeps ? sleeper : hammer,
		options.mmap ? mapper : hammer,
		hammer,
		opener,
		options.n_files ? file_reader : hammer,
		hammer,
		sleeps ? sleeper : hammer,
	};

	for (long i = 0; i < options.threads; i++)
		add(roles[(size_t)i % (sizeof(roles) / sizeof(*roles))]);
	add(holder_role);
	for (size_t i = 0; i < n_workers; i++)
		thread_start(&workers[i].thread, work, &workers[i]);
}
