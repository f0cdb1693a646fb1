// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "complain.h"
#include "memory.h"

char *file_read(const char *path, size_t *length)
{
	struct stat info;
	size_t have = 0, room;
	char *text;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	if (fstat(fd, &info) < 0)
		goto fail;
	room = info.st_size > 0 ? (size_t)info.st_size + 1 : 4096;
	text = reallocate(NULL, room + 1, 1);
	for (;;) {
		ssize_t got = read(fd, text + have, room - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			free(text);
			goto fail;
		}
		if (!got)
			break;
		have += (size_t)got;
		if (have == room) {
			room *= 2;
			text = reallocate(text, room + 1, 1);
		}
	}
	close(fd);
	text[have] = '\0';
	if (length)
		*length = have;
	return text;
fail:;
	int saved = errno;

	close(fd);
	errno = saved;
	return NULL;
}

int file_write(const char *path, const char *data, size_t length)
{
	char *fresh = format("%s.new", path);
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int result = -1;

	if (fd < 0)
		goto done;
	while (length) {
		ssize_t put = write(fd, data, length);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			goto undo;
		data += put;
		length -= (size_t)put;
	}
	if (close(fd) < 0) {
		fd = -1;
		goto undo;
	}
	fd = -1;
	if (rename(fresh, path) < 0)
		goto undo;
	result = 0;
	goto done;
undo:;
	int saved = errno;

	if (fd >= 0)
		close(fd);
	unlink(fresh);
	errno = saved;
done:
	free(fresh);
	return result;
}

int file_update(const char *path, const char *data, size_t length)
{
	size_t have;
	char *old = file_read(path, &have);
	bool same = old && have == length && !memcmp(old, data, length);

	free(old);
	return same ? 0 : file_write(path, data, length);
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

bool is_directory(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool is_program(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISREG(info.st_mode) && access(path, X_OK) == 0;
}

int make_directories(const char *path)
{
	char *name = copy(path);
	int result = 0;

	for (char *at = name + 1; *at; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		mkdir(name, 0777);
		*at = '/';
	}
	if (mkdir(name, 0777) < 0 && !(errno == EEXIST && is_directory(name)))
		result = -1;
	free(name);
	return result;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
	(void)info;
	(void)type;
	(void)walk;
	remove(path);
	return 0;
}

void remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

char *path_join(const char *base, const char *path)
{
	if (*path == '/' || !base || !*base)
		return copy(path);
	size_t length = strlen(base);

	return format("%s%s%s", base, base[length - 1] == '/' ? "" : "/", path);
}

char *path_parent(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return copy(".");
	return copy_span(path, slash == path ? 1 : (size_t)(slash - path));
}

const char *path_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *working_directory(void)
{
	char *path = getcwd(NULL, 0);

	if (!path)
		fatal("cannot read the working directory: %s", strerror(errno));
	return path;
}

char *path_plain(const char *base, const char *path)
{
	char *whole = path_join(base, path);

	if (*whole != '/') {
		char *here = working_directory();
		char *longer = path_join(here, whole);

		free(here);
		free(whole);
		whole = longer;
	}
	char *made = allocate(strlen(whole) + 2);
	char *end = made;

	for (const char *at = whole; *at;) {
		size_t length;

		at += strspn(at, "/");
		length = strcspn(at, "/");
		if (length == 2 && at[0] == '.' && at[1] == '.') {
			while (end > made && *--end != '/')
				;
			*end = '\0';
		} else if (length && !(length == 1 && *at == '.')) {
			*end++ = '/';
			memcpy(end, at, length);
			end += length;
			*end = '\0';
		}
		at += length;
	}
	if (end == made)
		strcpy(made, "/");
	free(whole);
	return made;
}

char *path_real(const char *base, const char *path)
{
	char *plain = path_plain(base, path);
	char *real = realpath(plain, NULL);

	if (!real)
		return plain;
	free(plain);
	return real;
}

const char *path_below(const char *root, const char *path)
{
	size_t length = strlen(root);

	if (!length)
		return NULL;
	if (!strcmp(root, "/"))
		return *path == '/' ? path + 1 : NULL;
	if (strncmp(root, path, length))
		return NULL;
	if (!path[length])
		return path + length;
	return path[length] == '/' ? path + length + 1 : NULL;
}
