// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the device is: its node, its driver's folder, and whether the two belong together.

#include "storm.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { MOST_PLACES = 64 };

static struct place places[MOST_PLACES];
static size_t n_places;
static _Atomic(const struct place *) current;
static char *siblings; // the folder in sysfs that the device's own folder is in; NULL when not known
static int node_access;

const struct place *place_now(void)
{
	return atomic_load_explicit(&current, memory_order_acquire);
}

int place_access(void)
{
	return node_access;
}

static char *joined(const char *folder, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		abort();
	return path;
}

// Only whole components of a path count: "foo1" is no part of "foo12".
static char *renamed(const char *path, const char *from, const char *to)
{
	size_t length = strlen(from), size;
	char *text = NULL;
	FILE *out = open_memstream(&text, &size);

	for (const char *at = path; *at;) {
		bool begins = at == path || at[-1] == '/';

		if (begins && !strncmp(at, from, length) && (at[length] == '/' || !at[length])) {
			fputs(to, out);
			at += length;
		} else {
			fputc(*at++, out);
		}
	}
	if (fclose(out))
		abort();
	return text;
}

// Makes the device's name the current one. Places are kept for good: other threads may still look at an old one.
static void enter(const char *name)
{
	struct place *place = places;

	while (place < places + n_places && strcmp(place->name, name))
		place++;
	if (place == places + n_places) {
		if (n_places == MOST_PLACES)
			return;
		place->name = strdup(name);
		place->node = renamed(options.node, places[0].name, name);
		for (size_t i = 0; i < options.n_files; i++)
			place->files[i] = renamed(options.files[i], places[0].name, name);
		n_places++;
	}
	atomic_store_explicit(&current, place, memory_order_release);
}

static size_t stem(const char *name)
{
	size_t length = strlen(name);

	while (length && name[length - 1] >= '0' && name[length - 1] <= '9')
		length--;
	return length;
}

// Whether the device's folder has this name now; if not, takes the one that differs in its number only.
static void look_for_name(void)
{
	const struct place *place = place_now();
	size_t length = stem(places[0].name);
	struct dirent *entry;
	char *path = joined(siblings, place->name);
	bool same = !access(path, F_OK);
	DIR *folder;

	free(path);
	folder = same ? NULL : opendir(siblings);
	if (!folder)
		return;
	while ((entry = readdir(folder))) {
		if (stem(entry->d_name) == length && !strncmp(entry->d_name, places[0].name, length)) {
			enter(entry->d_name);
			break;
		}
	}
	closedir(folder);
}

bool place_find(void)
{
	struct stat info;

	if (siblings)
		look_for_name();
	return !stat(place_now()->node, &info) && S_ISCHR(info.st_mode);
}

// The part of `driver` before "/bus/": the root of sysfs.
static char *sysfs_root(const char *driver)
{
	const char *bus = strstr(driver, "/bus/");
	char *root = bus ? strndup(driver, (size_t)(bus - driver)) : strdup("/sys");

	if (!root)
		abort();
	return root;
}

static bool is_below(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	return !strncmp(path, folder, length) && path[length] == '/';
}

// Which device the node belongs to, as far as sysfs tells: the nearest one above it that has a driver.
static void check_owner(const char *driver, const char *device, dev_t number)
{
	char *root = sysfs_root(driver), *link, *path, *above;

	if (asprintf(&link, "%s/dev/char/%u:%u", root, major(number), minor(number)) < 0)
		abort();
	path = realpath(link, NULL);
	if (path && is_below(path, device)) {
		char *slash = strrchr(path, '/');

		places[0].name = strdup(slash + 1);
		*slash = '\0';
		siblings = path;
		free(link);
		free(root);
		return;
	}
	above = path ? strdup(path) : NULL;
	while (above && strlen(above) > strlen(root)) {
		char *to = joined(above, "driver"), *other = realpath(to, NULL);

		free(to);
		// A node may hang from an ancestor of the device, as those of some USB drivers do.
		if (other && !is_below(device, above) && strcmp(device, above)) {
			if (strcmp(other, driver))
				refused("%s (%u:%u) belongs to the driver %s, not to %s", options.node, major(number),
					minor(number), other, driver);
			refused("%s (%u:%u) belongs to the device %s of this driver, not to %s", options.node,
				major(number), minor(number), strrchr(above, '/') + 1, options.device);
		}
		if (other)
			break;
		*strrchr(above, '/') = '\0';
	}
	note("sysfs does not tell which driver %s (%u:%u) belongs to; believing the command line", options.node,
	     major(number), minor(number));
	free(above);
	free(path);
	free(link);
	free(root);
}

static void check_driver(char **driver, char **device)
{
	static const char *const controls[] = {"unbind", "bind"};
	struct stat info;
	char *path;

	if (stat(options.driver, &info) && (errno == ENOENT || errno == ENOTDIR))
		refused("there is no driver folder %s", options.driver);
	*driver = realpath(options.driver, NULL);
	if (!*driver || !S_ISDIR(info.st_mode))
		refused("%s is not a driver's folder: %s", options.driver, strerror(*driver ? ENOTDIR : errno));
	for (size_t i = 0; i < 2; i++) {
		path = joined(*driver, controls[i]);
		if (faccessat(AT_FDCWD, path, F_OK, AT_EACCESS))
			refused("%s has no file '%s': its driver cannot be unbound (suppress_bind_attrs)",
				options.driver, controls[i]);
		free(path);
	}
	path = joined(*driver, options.device);
	*device = realpath(path, NULL);
	free(path);
	if (!*device) {
		char *devices = joined(*driver, "../../devices"), *other = joined(devices, options.device);

		if (!access(devices, F_OK) && access(other, F_OK))
			refused("the bus of %s has no device '%s'", options.driver, options.device);
		refused("device '%s' is not bound to %s", options.device, options.driver);
	}
	for (size_t i = 0; i < 2; i++) {
		path = joined(*driver, controls[i]);
		if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS))
			refused("cannot write to %s: %s", path, strerror(errno));
		free(path);
	}
}

static dev_t check_node(void)
{
	static const int ways[] = {O_RDWR, O_RDONLY, O_WRONLY};
	struct stat info;
	int fd = -1;

	if (stat(options.node, &info)) {
		if (errno == ENOENT || errno == ENOTDIR)
			refused("there is no node %s", options.node);
		refused("cannot look at %s: %s", options.node, strerror(errno));
	}
	if (!S_ISCHR(info.st_mode))
		refused("%s is not a character device", options.node);
	for (size_t i = 0; i < 3 && fd < 0; i++) {
		node_access = ways[i];
		fd = open(options.node, ways[i] | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	}
	if (fd < 0)
		refused("cannot open %s: %s", options.node, strerror(errno));
	close(fd);
	if (options.mmap && node_access == O_WRONLY)
		refused("--mmap: %s cannot be opened for reading", options.node);
	return info.st_rdev;
}

void place_check(void)
{
	char *driver, *device;
	dev_t number;

	check_driver(&driver, &device);
	number = check_node();
	check_owner(driver, device, number);
	for (size_t i = 0; i < options.n_files; i++) {
		int fd = open(options.files[i], O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		char byte;

		if (fd < 0 || (read(fd, &byte, 1) < 0 && errno == EISDIR))
			refused("cannot read %s: %s", options.files[i], strerror(errno));
		close(fd);
		places[0].files[i] = strdup(options.files[i]);
	}
	places[0].node = strdup(options.node);
	n_places = 1;
	atomic_store(&current, &places[0]);
	free(driver);
	free(device);
}
