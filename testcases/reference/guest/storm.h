// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The storm: uses one device node from many threads while it unbinds and binds its driver.
//
// Threads: the main one watches (storm.c), one unbinds and binds (storm-unbinder.c), one keeps a file open
// across an unbind (storm-holder.c), the workers do all else (storm-workers.c), all through operate().

#ifndef STORM_H
#define STORM_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <sys/types.h>

enum {
	MOST_IOCTLS = 64,
	MOST_FILES = 16,
	MOST_WORKERS = 64,
	MOST_PATH = 4096,
};

// What the command line says. Constant once options_read() has returned.
struct options {
	const char *node;
	const char *driver; // the driver's folder in sysfs
	const char *device; // as written to bind and unbind
	long seconds;       // 0: no limit
	long cycles;        // 0: no limit
	long threads;
	long hang; // seconds
	uint64_t seed;
	struct {
		unsigned long number, value;
	} ioctls[MOST_IOCTLS];
	size_t n_ioctls;
	size_t mmap; // bytes, 0: not mapped
	const char *files[MOST_FILES];
	size_t n_files;
	int held; // errno of an operation on a file that was held across unbind; 0: not judged
	bool waits_for_close;
	bool quiet;
};

extern struct options options;

// Fills `options`; a wrong one is refused().
void options_read(int argc, char **argv);

// One clear line on stderr, exit 2.
_Noreturn void refused(const char *format, ...) __attribute__((format(printf, 1, 2)));

// The node and the files under the name that the device has now: a driver whose numbers are given out
// again only when the last file is closed comes back as foo1.
struct place {
	char *name; // the kernel's name of the device, NULL when it has none in sysfs
	char *node;
	char *files[MOST_FILES];
};

// Refuses what cannot be stormed.
void place_check(void);
// Looks for the node after bind; false when it is not there (yet).
bool place_find(void);
const struct place *place_now(void);
// How the node was opened when it was checked: O_RDWR, O_RDONLY or O_WRONLY.
int place_access(void);

// Kinds of operations. IOCTL + i is the i-th --ioctl, FILE_READ + i the i-th --file.
enum kind {
	OPEN,
	READ,  // never sleeps
	SLEEP, // read that may sleep
	WRITE,
	POLL,
	MMAP,
	TOUCH, // reads from the mapping
	ASYNC,
	DUP,
	CLOSE,
	IOCTL,
	FILE_READ = IOCTL + MOST_IOCTLS,
	KINDS = FILE_READ + MOST_FILES,
	NO_OPERATION = -1,
};

const char *kind_name(int kind); // for messages: valid until the thread's next call

// An open node. `opened` is how many unbinds had returned then: once there are more, its device has gone.
struct file {
	int fd; // -1: not open
	unsigned opened;
	bool sleeps; // not O_NONBLOCK
	bool async;
	void *map; // NULL: not mapped
};

// A thread that operates on the node.
struct worker {
	pthread_t thread;
	void (*role)(struct worker *);
	struct file file;
	uint64_t random;
	unsigned char *buffer;
	int kept[MOST_FILES]; // files of --file that stay open for a while, or -1

	// What it does now, for the thread that watches and the one that unbinds.
	_Atomic pid_t tid;
	_Atomic int kind;
	_Atomic unsigned serial;  // of the operation
	_Atomic unsigned unbinds; // that had returned when the operation began
	_Atomic bool mapped;
	_Atomic bool done;

	// The watching thread's own.
	unsigned seen; // serial
	int64_t since; // ms: it does what it does, and should not
	bool told;
};

extern struct worker workers[MOST_WORKERS + 1]; // the last one is the holder
extern size_t n_workers;                       // with the holder

extern _Atomic unsigned unbinds;  // that have returned
extern _Atomic unsigned opens;    // that succeeded
extern _Atomic bool leaving;      // an unbind has begun, and no bind yet
extern _Atomic int wanted;       // a kind that the unbinder waits for
extern _Atomic bool stopping;     // every worker ends
extern _Atomic bool unbinder_end; // the unbinder ends, with the driver bound

// Does one operation, counts it, and judges it if the device has gone. 0 or an errno. OPEN fills the file.
int operate(struct worker *worker, int kind);
// Unmaps and closes what is open.
void let_go(struct worker *worker);
bool means_gone(int error);
void operations_setup(void); // signal handlers
int pick_kind(struct worker *worker);
void operations_summary(void);
unsigned long operations_total(void);

// Hands out the roles and starts the threads.
void workers_start(void);

void holder_role(struct worker *worker);
// The unbinder's side: asks the holder to take a file, tells it that unbind has returned, waits until it has let go.
bool holder_take(bool map);
void holder_returned(void);
void holder_finish(void);
void holder_stop(void);

void unbinder_start(void);
bool unbinder_done(void);
// Complains when a step of the unbinder takes longer than --hang.
bool unbinder_hangs(void);
unsigned long unbinder_cycles(void);
void unbinder_summary(void);

void log_open(void);
void log_drain(void);
void log_close(void); // the last lines, and what there is to say about the log itself

// Lines on stdout, each one write; control characters become '?'.
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
// Counted; printed once for each sentence, and 20 sentences at most.
void wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));
unsigned long wrongs(void);
void say_stack(pid_t tid);

int64_t now_ms(void);
// How long, in ms, a thread may need to see that its device has gone.
int64_t patience(void);
void pause_us(long us);
uint64_t random_next(uint64_t *state);
unsigned random_below(uint64_t *state, unsigned limit);
// Starts a thread or refuses; every signal but those of operations_setup() is blocked there.
void thread_start(pthread_t *thread, void *(*body)(void *), void *context);

#endif
