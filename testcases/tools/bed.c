// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"

static struct run last;
static char *home;

const struct run *last_run(void)
{
	return &last;
}

int bed_setup(void **state)
{
	char name[] = "/tmp/strongfence-test-XXXXXX";

	(void)state;
	if (!mkdtemp(name) || chdir(name) < 0)
		return -1;
	home = copy(name);
	use_fake_unit();
	unsetenv("FAKE_LLVM");
	unsetenv("FAKE_RULES");
	return 0;
}

int bed_teardown(void **state)
{
	(void)state;
	if (chdir("/") < 0)
		return -1;
	remove_tree(home);
	free(home);
	free(last.out);
	free(last.err);
	home = last.out = last.err = NULL;
	return 0;
}

void use_fake_unit(void)
{
	setenv("STRONGFENCE_UNIT", FAKE_UNIT, 1);
	setenv("FAKE_RUNS", "runs", 1);
	if (home) {
		char *path = path_join(home, "runs");

		setenv("FAKE_RUNS", path, 1);
		free(path);
	}
}

void use_real_unit(void)
{
	unsetenv("STRONGFENCE_UNIT");
}

bool have_real_unit(void)
{
	return is_program(REAL_UNIT);
}

static char **words_of(const char *first, va_list args)
{
	static char *words[64];
	size_t count = 0;

	words[count++] = (char *)(uintptr_t)STRONGFENCE;
	for (const char *word = first; word; word = va_arg(args, const char *))
		words[count++] = (char *)(uintptr_t)word;
	words[count] = NULL;
	return words;
}

static int start_words(char **words)
{
	int pid = fork();

	assert_true(pid >= 0);
	if (pid)
		return pid;
	if (!freopen("out.txt", "w", stdout) || !freopen("err.txt", "w", stderr))
		_exit(126);
	execv(words[0], words);
	_exit(126);
}

const struct run *finish(int pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		assert_int_equal(errno, EINTR);
	free(last.out);
	free(last.err);
	last.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	last.out = get("out.txt");
	last.err = get("err.txt");
	return &last;
}

int start(const char *first, ...)
{
	va_list args;
	int pid;

	va_start(args, first);
	pid = start_words(words_of(first, args));
	va_end(args);
	return pid;
}

const struct run *run(const char *first, ...)
{
	va_list args;
	int pid;

	va_start(args, first);
	pid = start_words(words_of(first, args));
	va_end(args);
	return finish(pid);
}

void put(const char *path, const char *text)
{
	char *folder = path_parent(path);

	assert_int_equal(make_directories(folder), 0);
	assert_int_equal(file_write(path, text, strlen(text)), 0);
	free(folder);
}

char *get(const char *path)
{
	return file_read(path, NULL);
}

size_t lines_in(const char *path)
{
	char *text = get(path);
	size_t count = 0;

	for (const char *at = text; at && *at; at++)
		count += *at == '\n';
	free(text);
	return count;
}

void assert_lines_are_ours(const char *text)
{
	for (const char *at = text; *at;) {
		const char *end = strchr(at, '\n');

		if (strncmp(at, "strongfence: ", 13) || !end)
			print_error("not a line of ours: %s\n", at);
		assert_non_null(end);
		assert_int_equal(strncmp(at, "strongfence: ", 13), 0);
		at = end + 1;
	}
}

void make_kernel(const char *path)
{
	static const char makefile[] =
		"srctree := $(CURDIR)\n"
		"a := drivers/a/one.o drivers/a/two.o\n"
		"b := drivers/b/three.o\n"
		"include $(srctree)/drivers/a/Makefile\n"
		"allmodconfig defconfig olddefconfig:\n"
		"\tmkdir -p $(O)/include/config $(O)/include/generated\n"
		"\ttouch $(O)/include/generated/autoconf.h\n"
		"\tln -sfn $(srctree) $(O)/source\n"
		"\ttest -e $(O)/.config || printf '# Linux/x86 6.12.0 Kernel Configuration\\n"
		"CONFIG_CC_VERSION_TEXT=\"clang version 19.1.7\"\\nCONFIG_CC_IS_CLANG=y\\n' > $(O)/.config\n"
		"modules_prepare:\n"
		"\ttouch $(O)/include/generated/bounds.h\n"
		"drivers/: $(a) $(b)\n"
		"drivers/a/: $(a)\n"
		"drivers/b/: $(b)\n"
		"drivers/empty/:\n"
		"$(a) $(b): %.o: FORCE\n"
		"\tset -e; echo '  CC $@'; clang-19 -D__KERNEL__ -I$(srctree)/include $(more) $(KCFLAGS) -c -o $@ "
		"$(srctree)/$*.c; rm -f .$@.d\n"
		"FORCE:\n"
		".PHONY: FORCE drivers/ drivers/a/ drivers/b/ drivers/empty/\n";
	char *old = working_directory();

	assert_int_equal(make_directories(path), 0);
	assert_int_equal(chdir(path), 0);
	put("Kbuild", "");
	put("Kconfig", "");
	put("scripts/Makefile.build", "");
	put("Makefile", makefile);
	put("include/linux/thing.h", "int thing(void);\n");
	put("drivers/a/Makefile", "");
	put("drivers/b/Makefile", "");
	put("drivers/empty/Makefile", "");
	put("drivers/a/one.c", "#include <linux/thing.h>\nint one; // fake: finding UnfencedFileOp high\n");
	put("drivers/a/two.c", "int two;\n");
	put("drivers/b/three.c", "int three; // fake: finding RacyAliveCheck low\n");
	assert_int_equal(chdir(old), 0);
	free(old);
}
