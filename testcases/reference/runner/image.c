// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "complain.h"
#include "files.h"
#include "process.h"

// Appends the archive of `list`, in gen_init_cpio's own language, to `path`.
static void append(const char *kernel_build, const char *list, const char *path)
{
	char *program = path_join(kernel_build, "usr/gen_init_cpio"), *file = format("%s.list", path);
	char *log = format("%s.log", path), *shell;
	struct strings words = {0};
	struct process process = {.words = &words, .output_file = log};
	int status;

	if (file_write(file, list, strlen(list)) < 0)
		fatal("%s: %s", file, strerror(errno));
	// Its output is binary, and standard error must not be in it.
	shell = copy("exec \"$1\" \"$2\" >>\"$3\"");
	strings_add(&words, "/bin/sh");
	strings_add(&words, "-c");
	strings_add(&words, shell);
	strings_add(&words, "sh");
	strings_add(&words, program);
	strings_add(&words, file);
	strings_add(&words, path);
	remove(log);
	status = process_run(&process, NULL);
	if (status) {
		char *said = file_read(log, NULL);

		fatal("%s %s: %s", program, file, said && *said ? said : "failed");
	}
	remove(log);
	remove(file);
	strings_free(&words);
	free(shell);
	free(log);
	free(file);
	free(program);
}

void image_base(const char *kernel_build, const char *init, const char *storm, const char *board,
		const char *path)
{
	char *list = format("dir /dev 0755 0 0\n"
			    "nod /dev/console 0600 0 0 c 5 1\n"
			    "dir /proc 0755 0 0\n"
			    "dir /sys 0755 0 0\n"
			    "dir /tmp 0755 0 0\n"
			    "file /init %s 0755 0 0\n"
			    "file /storm %s 0755 0 0\n"
			    "file /board.ko %s 0644 0 0\n",
			    init, storm, board);

	remove(path);
	append(kernel_build, list, path);
	free(list);
}

void image_for(const char *kernel_build, const char *base, const char *module, const char *job,
	       const char *path)
{
	char *job_file = format("%s.job", path);
	char *list = format("file /%s %s 0644 0 0\nfile /job %s 0644 0 0\n", path_name(module), module,
			    job_file);
	size_t length;
	char *start = file_read(base, &length);

	if (!start)
		fatal("%s: %s", base, strerror(errno));
	if (file_write(job_file, job, strlen(job)) < 0)
		fatal("%s: %s", job_file, strerror(errno));
	if (file_write(path, start, length) < 0)
		fatal("%s: %s", path, strerror(errno));
	append(kernel_build, list, path);
	remove(job_file);
	free(start);
	free(list);
	free(job_file);
}
