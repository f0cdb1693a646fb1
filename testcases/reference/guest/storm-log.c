// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the kernel says meanwhile: /dev/kmsg from its first record on. Reports that are older than the storm are told, not
// counted.

#include "storm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_OLD = 5 };

static const char *const reports[] = {"KASAN:",	 "BUG:", "WARNING:",  "INFO: task",  "ODEBUG", "possible circular",
				      "Oops", "refcount_t:", "Kernel panic"};

static int log_fd = -1;
static bool storming; // what was in the log before has been read
static unsigned old, lost;
static bool whole = true; // it still had its first record
static bool first = true;
static bool has_kasan;

static bool is_report(const char *text)
{
	for (size_t i = 0; i < sizeof(reports) / sizeof(*reports); i++)
		if (strstr(text, reports[i]))
			return true;
	return false;
}

// "priority,sequence,microseconds,flags;text\n continued"
static void take(char *record)
{
	unsigned long long priority, sequence;
	char *text = strchr(record, ';');

	if (!text || sscanf(record, "%llu,%llu", &priority, &sequence) != 2)
		return;
	text++;
	text[strcspn(text, "\n")] = '\0';
	if (first)
		whole = sequence == 0;
	first = false;
	if (priority >> 3) // the facility: not the kernel, but a process that writes there
		return;
	if (strstr(text, "KernelAddressSanitizer initialized"))
		has_kasan = true;
	if (!is_report(text))
		return;
	if (storming)
		wrong("kernel: %s", text);
	else if (old++ < MOST_OLD)
		note("kernel, before the storm: %s", text);
}

void log_drain(void)
{
	static char record[8192 + 1024]; // CONSOLE_EXT_LOG_MAX is 8192
	ssize_t length;

	if (log_fd < 0)
		return;
	for (;;) {
		length = read(log_fd, record, sizeof(record) - 1);
		if (length > 0) {
			record[length] = '\0';
			take(record);
		} else if (length < 0 && errno == EPIPE) {
			lost++; // overwritten before it was read; the next read goes on behind
		} else if (length == 0 || errno != EINTR) {
			return;
		}
	}
}

// User-mode Linux says it before there is a log.
static bool knows_kasan(void)
{
	FILE *symbols = fopen("/proc/kallsyms", "re");
	char line[512];
	bool found = !symbols;

	while (!found && fgets(line, sizeof(line), symbols))
		found = strstr(line, " kasan_report\n") != NULL;
	if (symbols)
		fclose(symbols);
	return found;
}

void log_open(void)
{
	unsigned before;

	log_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log_fd < 0) {
		note("cannot read /dev/kmsg (%s): look for the kernel's own reports elsewhere", strerror(errno));
		return;
	}
	log_drain();
	storming = true;
	before = lost;
	lost = 0;
	if (old > MOST_OLD)
		note("kernel, before the storm: %u more reports", old - MOST_OLD);
	if (old)
		note("KASAN and lockdep may report once a boot only: reboot before you believe a clean storm");
	if (whole && !before && !has_kasan && !knows_kasan())
		note("this kernel was built without KASAN: a use after free may go unseen");
}

void log_close(void)
{
	log_drain();
	if (lost)
		note("%u times the kernel's log was overwritten before it could be read", lost);
}
