// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "storm.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	TICK_MS = 20,
	LOG_TICKS = 10, // between two looks at the kernel's log
	MOST_PATIENCE_MS = 4000,
};

int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t patience(void)
{
	return options.hang * 500 < MOST_PATIENCE_MS ? options.hang * 500 : MOST_PATIENCE_MS;
}

void pause_us(long us)
{
	struct timespec time = {us / 1000000, us % 1000000 * 1000};

	nanosleep(&time, NULL); // shorter when a signal comes
}

// splitmix64
uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

unsigned random_below(uint64_t *state, unsigned limit)
{
	return (unsigned)((random_next(state) >> 32) % limit);
}

void thread_start(pthread_t *thread, void *(*body)(void *), void *context)
{
	int error = pthread_create(thread, NULL, body, context);

	if (error)
		refused("cannot start a thread: %s", strerror(error));
}

static _Noreturn void finish(void)
{
	log_close();
	if (!unbinder_cycles())
		wrong("no cycle of unbind and bind was completed");
	operations_summary();
	unbinder_summary();
	say("%lu cycles, %lu operations, %lu wrong", unbinder_cycles(), operations_total(), wrongs());
	_exit(wrongs() ? 1 : 0); // some threads may be stuck
}

// A thread that sleeps on in an operation, though its device has gone and nobody will wake it, is told once and ended by a
// signal. False when even that does not end it.
static bool watch(struct worker *worker, int64_t now)
{
	unsigned serial = atomic_load(&worker->serial);
	int kind = atomic_load(&worker->kind);
	bool same = serial == worker->seen, ending = atomic_load(&stopping);
	bool stale = kind != NO_OPERATION && atomic_load(&worker->unbinds) != atomic_load(&unbinds);
	int64_t limit = patience();

	worker->seen = serial;
	if (!same || (!stale && !ending)) {
		worker->since = now;
		worker->told = false;
		return true;
	}
	if (stale && now - worker->since < limit)
		return true;
	if (stale && !worker->told) {
		static const char said[] = "%s is still asleep %lld ms after unbind of %s returned";
		static bool stack_said;

		worker->told = true;
		if (options.held || options.waits_for_close)
			wrong(said, kind_name(kind), (long long)limit, options.device);
		else if (!stack_said)
			note(said, kind_name(kind), (long long)limit, options.device);
		if (!stack_said)
			say_stack(atomic_load(&worker->tid));
		stack_said = true;
	}
	pthread_kill(worker->thread, SIGUSR1);
	if (kind == NO_OPERATION || now - worker->since < limit + options.hang * 1000)
		return true;
	wrong("%s does not return, and no signal ends it", kind_name(kind));
	say_stack(atomic_load(&worker->tid));
	return false;
}

// What may be in the way of an unbind that hangs.
static void tell_operations(void)
{
	for (size_t i = 0; i < n_workers; i++) {
		int kind = atomic_load(&workers[i].kind);

		if (kind == NO_OPERATION)
			continue;
		say("meanwhile a thread is in %s", kind_name(kind));
		say_stack(atomic_load(&workers[i].tid));
	}
}

static bool all_done(void)
{
	for (size_t i = 0; i < n_workers; i++)
		if (!atomic_load(&workers[i].done))
			return false;
	return true;
}

// Waits for a signal that ends the storm, for one tick; looks after everybody.
static void tick(const sigset_t *ends)
{
	static const struct timespec time = {0, TICK_MS * 1000000};
	static unsigned ticks;

	if (sigtimedwait(ends, NULL, &time) > 0) {
		if (atomic_load(&unbinder_end))
			finish(); // a second one
		atomic_store(&unbinder_end, true);
	}
	if (ticks++ % LOG_TICKS == 0)
		log_drain();
	if (unbinder_hangs()) {
		tell_operations();
		finish();
	}
	for (size_t i = 0; i < n_workers; i++)
		if (!atomic_load(&workers[i].done) && !watch(&workers[i], now_ms()))
			finish();
}

int main(int argc, char **argv)
{
	sigset_t ends;
	int64_t end;

	options_read(argc, argv);
	place_check();
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &ends, NULL); // of all threads
	say("seed %llu", (unsigned long long)options.seed);
	log_open();
	operations_setup();
	workers_start();
	unbinder_start();
	end = options.seconds ? now_ms() + options.seconds * 1000 : INT64_MAX;
	while (!unbinder_done()) {
		tick(&ends);
		if (now_ms() >= end)
			atomic_store(&unbinder_end, true);
	}
	atomic_store(&stopping, true);
	holder_stop();
	while (!all_done())
		tick(&ends);
	finish();
}
