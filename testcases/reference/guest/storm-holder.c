// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Keeps the node open, and mapped, across an unbind. Afterwards each operation must say that the device has gone; with
// --waits-for-close there is no afterwards, unbind must wait for this thread.

#include "storm.h"

#include <errno.h>
#include <semaphore.h>
#include <unistd.h>

enum { KEEP_MS = 30 };

static sem_t asked, answered, returned, finished;
static bool ask_map, taken;

static void await(sem_t *semaphore)
{
	while (sem_wait(semaphore))
		; // EINTR
}

static void take(struct worker *worker)
{
	worker->file.sleeps = !options.waits_for_close && random_below(&worker->random, 2);
	taken = !operate(worker, OPEN);
	if (taken && ask_map && !operate(worker, MMAP))
		operate(worker, TOUCH);
}

// operate() judges what these give.
static void use_after_unbind(struct worker *worker)
{
	const int kinds[] = {TOUCH, READ, WRITE, POLL, ASYNC, MMAP, TOUCH};
	int error = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds) && error != EINTR; i++)
		if (kinds[i] == TOUCH ? worker->file.map != NULL : kinds[i] != MMAP || options.mmap)
			error = operate(worker, kinds[i]);
	// EINTR: it slept, and the watching thread ended that; the next one would sleep too.
	for (size_t i = 0; i < options.n_ioctls && error != EINTR; i++)
		error = operate(worker, IOCTL + (int)i);
}

// Unbind has begun or will soon: sees that operations say so, and that it waits all the same.
static void keep_it_waiting(struct worker *worker, unsigned before)
{
	int64_t start = now_ms();
	bool told = false, over;

	while (!atomic_load(&leaving) && now_ms() - start < patience())
		pause_us(200);
	while (options.held && !told && now_ms() - start < patience()) {
		told = means_gone(operate(worker, POLL));
		for (size_t i = 0; !told && i < options.n_ioctls; i++)
			told = operate(worker, IOCTL + (int)i) == options.held;
		if (!told)
			told = operate(worker, READ) == options.held;
		if (!told)
			pause_us(1000);
	}
	if (options.held && !told && atomic_load(&unbinds) == before)
		wrong("unbind of %s waits for %s to be closed, and no operation says so for %lld ms",
		      options.device, options.node, (long long)patience());
	if (worker->file.map)
		operate(worker, CLOSE); // the mapping keeps the file
	pause_us(KEEP_MS * 1000L);
	over = atomic_load(&unbinds) != before;
	if (over && worker->file.fd < 0)
		wrong("unbind of %s returned while %s was still mapped", options.device, options.node);
	let_go(worker);
	await(&returned);
}

void holder_role(struct worker *worker)
{
	unsigned before;

	await(&asked);
	if (atomic_load(&stopping))
		return;
	before = atomic_load(&unbinds);
	take(worker);
	sem_post(&answered);
	if (!taken)
		return;
	if (options.waits_for_close) {
		keep_it_waiting(worker, before);
	} else {
		await(&returned);
		use_after_unbind(worker);
		let_go(worker);
	}
	sem_post(&finished);
}

bool holder_take(bool map)
{
	ask_map = map;
	sem_post(&asked);
	await(&answered);
	return taken;
}

void holder_returned(void)
{
	sem_post(&returned);
}

void holder_finish(void)
{
	await(&finished);
}

void holder_stop(void)
{
	sem_post(&asked);
}
