// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "flags.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"

// What never reaches clang, whoever the command was written for.
struct dropped {
	const char *pattern; // fnmatch; a flag is dropped when it matches
	bool with_next;      // and its value is the next word
};

static const struct dropped always[] = {
	// Output and dependencies: analysis must not touch the build.
	{"-c", false},
	{"-S", false},
	{"-o", true},
	{"-o?*", false},
	{"-M", false},
	{"-MM", false},
	{"-MD", false},
	{"-MMD", false},
	{"-MP", false},
	{"-MG", false},
	{"-MF", true},
	{"-MT", true},
	{"-MQ", true},
	{"-M[FTQ]?*", false},
	{"-Wp,-M*", false},
	{"-save-temps*", false},
	{"-gsplit-dwarf*", false},
	// A warning is not why a file cannot be analysed.
	{"-Werror", false},
	{"-Werror=*", false},
	{"-Werror-*", false},
	{"-pedantic-errors", false},
	// Code generation of the back end, and plugins of the compiler.
	{"-mllvm", true},
	{"--param", true},
	{"--param=*", false},
	{"-fplugin=*", false},
	{"-fplugin-arg-*", false},
	{"-fpass-plugin=*", false},
	// The order of members would follow a seed that each build draws anew.
	{"-frandomize-layout-seed*", false},
};

// What gcc knows and clang 19 or 22 answers with "unknown argument" or
// "unsupported option".
static const struct dropped gcc_only[] = {
	{"-fconserve-stack", false},
	{"-fno-conserve-stack", false},
	{"-f*allow-store-data-races", false},
	{"-fasan-shadow-offset=*", false},
	{"-fcallgraph-info*", false},
	{"-fdiagnostics-show-context*", false},
	{"-fdump-*", false},
	{"-femit-struct-debug-*", false},
	{"-flive-patching*", false},
	{"-fmin-function-alignment=*", false},
	{"-f*allocation-dce", false},
	{"-f*code-hoisting", false},
	{"-f*crossjumping", false},
	{"-f*dce", false},
	{"-f*delayed-branch", false},
	{"-f*dse", false},
	{"-f*early-inlining", false},
	{"-f*guess-branch-probability", false},
	{"-f*inline-functions-called-once", false},
	{"-f*ipa-*", false},
	{"-f*isolate-erroneous-paths-*", false},
	{"-f*partial-inlining", false},
	{"-f*reorder-blocks-and-partition", false},
	{"-f*reorder-functions", false},
	{"-f*sched-*", false},
	{"-f*section-anchors", false},
	{"-f*shrink-wrap*", false},
	{"-f*split-loops", false},
	{"-f*stack-reuse*", false},
	{"-f*toplevel-reorder", false},
	{"-f*tree-*", false},
	{"-f*var-tracking*", false},
	{"-fprofile-reproducible*", false},
	{"-fsanitize=bounds-strict", false},
	{"-fstack-check=*", false},
	{"-fzero-init-padding-bits=*", false},
	{"-m*accumulate-outgoing-args", false},
	{"-mindirect-branch=*", false},
	{"-mindirect-branch-register", false},
	{"-mfunction-return=*", false},
	{"-mnop-mcount", false},
	{"-mpreferred-stack-boundary=*", false},
	{"-mrecord-mcount", false},
	{"-fno-stack-limit", false},
	{"-mmanual-endbr", false},
	{"-flto-partition=*", false},
};

// The warning flags of the other compiler, and flags clang takes and ignores,
// then pass in silence.
static const char *const for_gcc_commands[] = {
	"-Wno-unknown-warning-option",
	"-Wno-ignored-optimization-argument",
	"-Qunused-arguments",
};

static const struct dropped *find(const struct dropped *table, size_t count, const char *flag)
{
	for (size_t i = 0; i < count; i++) {
		const char *pattern = table[i].pattern, *at = flag;

		// Before a hundred million calls of fnmatch: what stands before the first wildcard.
		while (*pattern && *pattern == *at && *pattern != '*' && *pattern != '?' && *pattern != '[')
			pattern++, at++;
		if (*pattern ? strchr("*?[", *pattern) && !fnmatch(pattern, at, 0) : !*at)
			return &table[i];
	}
	return NULL;
}

bool flags_of_gcc_alone(const char *flag)
{
	return find(gcc_only, sizeof(gcc_only) / sizeof(*gcc_only), flag);
}

static bool is_launcher(const char *word)
{
	const char *name = path_name(word);

	return !strcmp(name, "ccache") || !strcmp(name, "sccache") || !strcmp(name, "distcc");
}

static size_t compiler_at(const struct strings *arguments)
{
	return arguments->count > 1 && is_launcher(arguments->at[0]) ? 1 : 0;
}

bool flags_of_clang(const struct strings *arguments)
{
	return arguments->count &&
	       !fnmatch("*clang*", path_name(arguments->at[compiler_at(arguments)]), 0);
}

char *flags_target(const char *compiler)
{
	static const char *const names[] = {"-gcc", "-cc", "-clang"};
	const char *name = path_name(compiler);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *at = strstr(name, names[i]);

		// One dash is not a target: it may be "my-gcc".
		if (at && at > name && memchr(name, '-', (size_t)(at - name)))
			return copy_span(name, (size_t)(at - name));
	}
	return NULL;
}

void flags_clean(const struct strings *from, const char *clang, struct strings *to)
{
	bool of_clang = flags_of_clang(from);
	size_t first = compiler_at(from);

	strings_add(to, clang);
	if (!from->count)
		return;
	if (!of_clang) {
		char *target = flags_target(from->at[first]);

		if (target)
			strings_take(to, format("--target=%s", target));
		free(target);
	}
	for (size_t i = first + 1; i < from->count; i++) {
		const char *flag = from->at[i];
		const struct dropped *drop = NULL;

		if (*flag == '-') {
			drop = find(always, sizeof(always) / sizeof(*always), flag);
			if (!drop && !of_clang)
				drop = find(gcc_only, sizeof(gcc_only) / sizeof(*gcc_only), flag);
		}
		if (!drop)
			strings_add(to, flag);
		else if (drop->with_next)
			i++;
	}
	if (!of_clang)
		for (size_t i = 0; i < sizeof(for_gcc_commands) / sizeof(*for_gcc_commands); i++)
			strings_add(to, for_gcc_commands[i]);
}

static void replace(char **word, char *by)
{
	free(*word);
	*word = by;
}

void flags_anchor(struct strings *arguments, const char *directory, const char *source)
{
	static const char *const named[] = {"-I",	  "-isystem",	"-iquote",
					    "-idirafter", "-include",	"-imacros",
					    "-isysroot",  "--sysroot="};

	for (size_t i = 1; i < arguments->count; i++) {
		char **word = &arguments->at[i];

		if (!strcmp(*word, source)) {
			replace(word, path_join(directory, source));
			continue;
		}
		for (size_t j = 0; j < sizeof(named) / sizeof(*named); j++) {
			size_t length = strlen(named[j]);
			const char *value = *word + length;
			char *whole;

			if (strncmp(*word, named[j], length))
				continue;
			// The value is the next word, or the rest of this one. A value that starts with
			// '=' is below the sysroot.
			if (!*value) {
				if (++i < arguments->count && *arguments->at[i] != '=')
					replace(&arguments->at[i],
						path_join(directory, arguments->at[i]));
				break;
			}
			if (*value == '=')
				break;
			whole = path_join(directory, value);
			replace(word, format("%s%s", named[j], whole));
			free(whole);
			break;
		}
	}
}
