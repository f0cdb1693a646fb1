// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "kernel.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "files.h"
#include "process.h"

static bool has(const char *directory, const char *name)
{
	char *path = path_join(directory, name);
	bool found = file_exists(path);

	free(path);
	return found;
}

void kernel_check_source(const char *src)
{
	if (!is_directory(src))
		fatal("%s: no such directory", src);
	if (!has(src, "Kbuild") || !has(src, "Kconfig") || !has(src, "scripts/Makefile.build"))
		fatal("%s: not a Linux kernel source tree (it has no Kbuild, Kconfig and "
		      "scripts/Makefile.build)",
		      src);
}

char *kernel_source_of(const char *build)
{
	char *link = path_join(build, "source");
	char *source = is_directory(link) && has(link, "scripts/Makefile.build") ? path_real(NULL, link) : NULL;

	free(link);
	return source;
}

bool kernel_built_in_place(const char *src)
{
	char *pattern;
	glob_t found;
	bool generated;

	// What Kbuild itself looks at before it accepts O= (target outputmakefile).
	if (has(src, ".config") || has(src, "include/config"))
		return true;
	pattern = format("%s/arch/*/include/generated", src);
	generated = glob(pattern, 0, NULL, &found) == 0;
	if (generated)
		globfree(&found);
	free(pattern);
	return generated;
}

struct kernel kernel_open(const char *src, const char *build)
{
	struct kernel kernel = {0};

	kernel_check_source(src);
	kernel.src = path_real(NULL, src);
	if (kernel_built_in_place(src)) {
		kernel.in_place = true;
		kernel.build = copy(kernel.src);
		return kernel;
	}
	if (!build)
		fatal("%s: no build directory given; name one with --kernel-build (strongfence prepare "
		      "makes it)",
		      src);
	if (!is_directory(build) || !has(build, ".config"))
		fatal("%s: never prepared: it has no .config; run 'strongfence prepare --kernel-src %s "
		      "--kernel-build %s'",
		      build, src, build);
	if (!has(build, "include/generated/autoconf.h") || !has(build, "include/generated/bounds.h"))
		fatal("%s: configured but not prepared; run 'strongfence prepare --kernel-src %s "
		      "--kernel-build %s --config %s/.config'",
		      build, src, build, build);
	kernel.build = path_real(NULL, build);
	return kernel;
}

// The value of `name="..."` in the configuration, NULL when it is not there.
static char *config_text(const char *config, const char *name)
{
	char *key = format("\n%s=\"", name);
	const char *at = strstr(config, key);
	char *value = NULL;

	if (at) {
		at += strlen(key);
		value = copy_span(at, strcspn(at, "\"\n"));
	}
	free(key);
	return value;
}

// The first comment of a .config reads "# Linux/x86 6.12.0 Kernel Configuration".
static char *config_arch(const char *config)
{
	const char *at = strstr(config, "# Linux/");

	if (!at)
		return NULL;
	at += strlen("# Linux/");
	return copy_span(at, strcspn(at, " \n"));
}

static int version_in(const char *text)
{
	const char *at = strstr(text, "clang version ");
	int major = 0;

	if (at)
		sscanf(at, "clang version %d", &major);
	return major;
}

struct strings kernel_make(const struct kernel *kernel)
{
	struct strings words = {0};
	char *path = path_join(kernel->build, ".config");
	char *config = file_read(path, NULL);
	char *arch, *compiler;

	if (!config)
		fatal("%s: %s", path, strerror(errno));
	arch = config_arch(config);
	compiler = config_text(config, "CONFIG_CC_VERSION_TEXT");
	strings_add(&words, "make");
	strings_add(&words, "-C");
	strings_add(&words, kernel->src);
	strings_take(&words, format("O=%s", kernel->build));
	if (arch)
		strings_take(&words, format("ARCH=%s", arch));
	if (compiler && strstr(config, "\nCONFIG_CC_IS_CLANG=y")) {
		int major = version_in(compiler);
		char *name = format("clang-%d", major);
		char *program = program_path(name);

		strings_take(&words, program ? format("LLVM=-%d", major) : copy("LLVM=1"));
		free(program);
		free(name);
	} else if (compiler) {
		// "aarch64-linux-gnu-gcc-12 (Debian ...) 12.2.0": the name it was called by.
		size_t length = strcspn(compiler, " ");
		const char *gcc = strstr(compiler, "-gcc");

		if (gcc && gcc < compiler + length)
			strings_take(&words, format("CROSS_COMPILE=%.*s-", (int)(gcc - compiler), compiler));
		strings_take(&words, format("CC=%.*s", (int)length, compiler));
	}
	free(arch);
	free(compiler);
	free(config);
	free(path);
	return words;
}
