// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "storm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct options options = {.threads = 8, .hang = 20};

static const char usage[] =
	"usage: storm --node /dev/foo --driver /sys/bus/BUS/drivers/foo --device NAME [option...]\n"
	"Uses a device node from many threads while it unbinds and binds the driver of the device.\n"
	"It writes random bytes to the node: for a test machine only.\n"
	"  --seconds N           how long (10)\n"
	"  --cycles N            unbinds and binds that often; with --seconds, whichever ends first\n"
	"  --threads N           threads that use the node (8)\n"
	"  --seed N              of all random choices\n"
	"  --ioctl NUMBER[:VALUE]\n"
	"                        calls this ioctl too; VALUE is the argument, or, when the number says that the\n"
	"                        argument is a buffer (_IOC_SIZE), what the buffer begins with (0)\n"
	"  --mmap BYTES          maps this much of the node, and reads from it\n"
	"  --file PATH           reads this file too, e.g. one of sysfs or debugfs\n"
	"  --held ERRNO          each operation on a file held across unbind must fail with it, e.g. ENODEV;\n"
	"                        poll must report POLLHUP or POLLERR\n"
	"  --waits-for-close     unbind must wait until the node is closed everywhere\n"
	"  --hang SECONDS        an unbind or a bind that takes longer is wrong (20)\n"
	"  --quiet               no summary\n"
	"Exit status: 0 nothing was wrong, 1 something was, 2 the storm could not be run.\n";

void refused(const char *format, ...)
{
	char line[2 * MOST_PATH];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	for (char *at = line; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 127)
			*at = '?';
	fprintf(stderr, "storm: %s\n", line);
	exit(2);
}

// Decimal or 0x..., up to `end`.
static bool number_until(const char *text, const char *end, uint64_t most, uint64_t *value)
{
	uint64_t base = 10, number = 0;

	if (end - text > 2 && text[0] == '0' && (text[1] | 32) == 'x') {
		base = 16;
		text += 2;
	}
	if (text == end)
		return false;
	for (; text < end; text++) {
		static const char digits[] = "0123456789abcdef";
		const char *digit = memchr(digits, *text >= 'A' && *text <= 'F' ? *text | 32 : *text, base);

		if (!digit || number > (most - (uint64_t)(digit - digits)) / base)
			return false;
		number = number * base + (uint64_t)(digit - digits);
	}
	*value = number;
	return true;
}

static uint64_t number(const char *option, const char *text, uint64_t least, uint64_t most)
{
	uint64_t value;

	if (!number_until(text, text + strlen(text), most, &value) || value < least)
		refused("%s: '%s' is not a number from %llu to %llu", option, text, (unsigned long long)least,
			(unsigned long long)most);
	return value;
}

static void add_ioctl(const char *text)
{
	const char *colon = strchr(text, ':');
	uint64_t request, value = 0;

	if (options.n_ioctls == MOST_IOCTLS)
		refused("--ioctl: more than %d of them", MOST_IOCTLS);
	if (!number_until(text, colon ? colon : text + strlen(text), UINT32_MAX, &request) ||
	    (colon && !number_until(colon + 1, colon + strlen(colon), UINT64_MAX, &value)))
		refused("--ioctl: '%s' is not NUMBER or NUMBER:VALUE, decimal or 0x", text);
	options.ioctls[options.n_ioctls].number = request;
	options.ioctls[options.n_ioctls++].value = value;
}

static int errno_of(const char *name)
{
	for (int error = 1; error < 256; error++) {
		const char *known = strerrorname_np(error);

		if (known && !strcmp(known, name))
			return error;
	}
	refused("--held: '%s' is not the name of an error, like ENODEV", name);
}

static void add_file(const char *path)
{
	if (options.n_files == MOST_FILES)
		refused("--file: more than %d of them", MOST_FILES);
	options.files[options.n_files++] = path;
}

static void take(const char *option, const char *value)
{
	if (!strcmp(option, "--node"))
		options.node = value;
	else if (!strcmp(option, "--driver"))
		options.driver = value;
	else if (!strcmp(option, "--device"))
		options.device = value;
	else if (!strcmp(option, "--seconds"))
		options.seconds = (long)number(option, value, 1, 10000000);
	else if (!strcmp(option, "--cycles"))
		options.cycles = (long)number(option, value, 1, 1000000000);
	else if (!strcmp(option, "--threads"))
		options.threads = (long)number(option, value, 1, MOST_WORKERS);
	else if (!strcmp(option, "--hang"))
		options.hang = (long)number(option, value, 1, 86400);
	else if (!strcmp(option, "--seed"))
		options.seed = number(option, value, 0, UINT64_MAX);
	else if (!strcmp(option, "--ioctl"))
		add_ioctl(value);
	else if (!strcmp(option, "--mmap"))
		options.mmap = number(option, value, 1, 1 << 30);
	else if (!strcmp(option, "--file"))
		add_file(value);
	else if (!strcmp(option, "--held"))
		options.held = errno_of(value);
}

static const char *const with_value[] = {"--node", "--driver", "--device", "--seconds", "--cycles", "--threads",
					 "--seed", "--ioctl",  "--mmap",   "--file",    "--held",   "--hang"};

static const char *value_option(const char *word, size_t length)
{
	for (size_t i = 0; i < sizeof(with_value) / sizeof(*with_value); i++)
		if (strlen(with_value[i]) == length && !strncmp(word, with_value[i], length))
			return with_value[i];
	return NULL;
}

void options_read(int argc, char **argv)
{
	bool seeded = false;

	for (int i = 1; i < argc; i++) {
		size_t length = strcspn(argv[i], "=");
		const char *option = value_option(argv[i], length);

		if (option) {
			if (!argv[i][length] && i + 1 == argc)
				refused("%s needs a value", option);
			seeded |= !strcmp(option, "--seed");
			take(option, argv[i][length] ? argv[i] + length + 1 : argv[i + 1]);
			i += !argv[i][length];
		} else if (!strcmp(argv[i], "--waits-for-close")) {
			options.waits_for_close = true;
		} else if (!strcmp(argv[i], "--quiet")) {
			options.quiet = true;
		} else if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			fputs(usage, stdout);
			exit(0);
		} else {
			refused("unknown option '%s'; see storm --help", argv[i]);
		}
	}
	if (!options.node || !options.driver || !options.device)
		refused("%s is missing; see storm --help", !options.node     ? "--node"
							   : !options.driver ? "--driver"
									     : "--device");
	if (!*options.device || strchr(options.device, '/') || *options.device == '.')
		refused("--device: '%s' is not a name; it is the one under %s", options.device, options.driver);
	if (!options.seconds && !options.cycles)
		options.seconds = 10;
	if (!seeded) {
		struct timespec now;

		clock_gettime(CLOCK_REALTIME, &now);
		options.seed = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	}
}
