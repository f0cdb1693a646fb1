// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test.h"

#include "compile.h"
#include "flags.h"
#include "words.h"

static struct strings clean(const char *command)
{
	struct strings from = {0}, to = {0};

	assert_true(words_split(command, &from));
	flags_clean(&from, "clang-19", &to);
	strings_free(&from);
	return to;
}

static void output_and_dependencies_go(void **state)
{
	struct strings to = clean("clang-14 -Wp,-MMD,.a.o.d -MD -MF x -MT y -DX -c -o a.o -oa.o a.c");

	(void)state;
	assert_words(&to, "clang-19", "-DX", "a.c", NULL);
	strings_free(&to);
}

static void errors_from_warnings_go(void **state)
{
	struct strings to = clean("clang -Werror -Werror=date-time -Wall -Wno-error=x a.c");

	(void)state;
	assert_words(&to, "clang-19", "-Wall", "-Wno-error=x", "a.c", NULL);
	strings_free(&to);
}

static void back_end_options_go_with_their_values(void **state)
{
	struct strings to = clean("clang -mllvm -asan-stack=0 --param x=1 -fplugin=a.so "
				  "-frandomize-layout-seed-file=s a.c");

	(void)state;
	assert_words(&to, "clang-19", "a.c", NULL);
	strings_free(&to);
}

static void gcc_flags_go_from_gcc_commands(void **state)
{
	struct strings to = clean("gcc -fconserve-stack -fno-allow-store-data-races -mpreferred-stack-boundary=3 "
				  "-mindirect-branch=thunk-extern -mindirect-branch-register -mrecord-mcount "
				  "-fno-ipa-sra -fno-var-tracking-assignments -O2 -m64 -c -o a.o a.c");

	(void)state;
	assert_words(&to, "clang-19", "-O2", "-m64", "a.c", "-Wno-unknown-warning-option",
		     "-Wno-ignored-optimization-argument", "-Qunused-arguments", NULL);
	strings_free(&to);
}

static void clang_commands_keep_what_clang_knows(void **state)
{
	struct strings to = clean("clang-19 -mfunction-return=thunk-extern -fsanitize=kcfi @more a.c");

	(void)state;
	assert_words(&to, "clang-19", "-mfunction-return=thunk-extern", "-fsanitize=kcfi", "@more",
		     "a.c", NULL);
	strings_free(&to);
}

static void cross_gcc_names_its_target(void **state)
{
	struct strings to = clean("/opt/bin/aarch64-linux-gnu-gcc-12 -c a.c");

	(void)state;
	assert_string_equal(to.at[1], "--target=aarch64-linux-gnu");
	strings_free(&to);
}

static void ccache_is_not_the_compiler(void **state)
{
	struct strings to = clean("ccache clang -c a.c");

	(void)state;
	assert_words(&to, "clang-19", "a.c", NULL);
	strings_free(&to);
}

static void targets_of_names(void **state)
{
	char *target = flags_target("/usr/bin/arm-linux-gnueabihf-gcc");

	(void)state;
	assert_string_equal(target, "arm-linux-gnueabihf");
	free(target);
	assert_null(flags_target("gcc"));
	assert_null(flags_target("gcc-12"));
	assert_null(flags_target("my-gcc"));
	assert_null(flags_target("cc"));
}

static void names_become_absolute(void **state)
{
	struct strings to = clean("clang -Ia -I b -I./c -I/d -include e.h -isystem f --sysroot=g -DI=x s.c");

	(void)state;
	flags_anchor(&to, "/k", "s.c");
	assert_words(&to, "clang-19", "-I/k/a", "-I", "/k/b", "-I/k/./c", "-I/d", "-include", "/k/e.h",
		     "-isystem", "/k/f", "--sysroot=/k/g", "-DI=x", "/k/s.c", NULL);
	strings_free(&to);
}

static bool read_entry(const char *text, struct compile *one, const char **why)
{
	json_t *entry = json_loads(text, 0, NULL);
	bool good = compile_from_json(entry, one, why);

	json_decref(entry);
	return good;
}

static void entries_have_two_forms(void **state)
{
	struct compile one;
	const char *why;

	(void)state;
	assert_true(read_entry("{\"directory\":\"/d\",\"file\":\"a b.c\",\"command\":\"cc 'a b.c'\"}", &one,
			       &why));
	assert_words(&one.arguments, "cc", "a b.c", NULL);
	compile_free(&one);
	assert_true(read_entry("{\"directory\":\"/d\",\"file\":\"a.c\",\"arguments\":[\"cc\",\"$x\"],"
			       "\"command\":\"other\"}",
			       &one, &why));
	assert_words(&one.arguments, "cc", "$x", NULL);
	compile_free(&one);
}

static void entries_that_are_none_say_why(void **state)
{
	static const char *const bad[][2] = {
		{"3", "is not an object"},
		{"{\"directory\":\"/d\",\"command\":\"cc\"}", "has no \"file\""},
		{"{\"file\":\"a.c\",\"command\":\"cc\"}", "has no \"directory\""},
		{"{\"directory\":\"/d\",\"file\":\"a.c\"}", "has neither \"command\" nor \"arguments\""},
		{"{\"directory\":\"/d\",\"file\":\"a.c\",\"command\":\"cc 'a\"}",
		 "has a \"command\" with an open quote"},
		{"{\"directory\":\"/d\",\"file\":\"a.c\",\"arguments\":[]}", "has an empty command"},
		{"{\"directory\":\"/d\",\"file\":\"a.c\",\"arguments\":[1]}",
		 "has \"arguments\" that are not all strings"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		json_t *entry = json_loads(bad[i][0], JSON_DECODE_ANY, NULL);
		struct compile one;
		const char *why = NULL;

		assert_false(compile_from_json(entry, &one, &why));
		assert_string_equal(why, bad[i][1]);
		json_decref(entry);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_and_dependencies_go),
		cmocka_unit_test(errors_from_warnings_go),
		cmocka_unit_test(back_end_options_go_with_their_values),
		cmocka_unit_test(gcc_flags_go_from_gcc_commands),
		cmocka_unit_test(clang_commands_keep_what_clang_knows),
		cmocka_unit_test(cross_gcc_names_its_target),
		cmocka_unit_test(ccache_is_not_the_compiler),
		cmocka_unit_test(targets_of_names),
		cmocka_unit_test(names_become_absolute),
		cmocka_unit_test(entries_have_two_forms),
		cmocka_unit_test(entries_that_are_none_say_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
