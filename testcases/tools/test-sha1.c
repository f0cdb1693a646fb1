// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SHA-1 against the examples of FIPS 180 and messages around a block's end.

#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "sha1.h"

static void assert_digest(const char *text, size_t length, size_t step, const char *expected)
{
	struct sha1 sha1 = sha1_start();
	char hex[41];

	for (size_t at = 0; at < length; at += step)
		sha1_add(&sha1, text + at, length - at < step ? length - at : step);
	sha1_end(&sha1, hex);
	assert_string_equal(hex, expected);
}

static void the_standards_examples(void **state)
{
	static const char two[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	char *many = allocate(1000001);

	(void)state;
	memset(many, 'a', 1000000);
	assert_digest("", 0, 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	assert_digest("abc", 3, 3, "a9993e364706816aba3e25717850c26c9cd0d89d");
	assert_digest(two, strlen(two), strlen(two), "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
	assert_digest(two, strlen(two), 5, "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
	assert_digest(many, 1000000, 1000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
	free(many);
}

static void around_the_end_of_a_block(void **state)
{
	static const struct {
		size_t length;
		const char *digest;
	} cases[] = {
		{55, "cef734ba81a024479e09eb5a75b6ddae62e6abf1"},
		{56, "901305367c259952f4e7af8323f480d59f81335b"},
		{63, "0ddc4e0cccd9a12850deb5abb0853a4425559fec"},
		{64, "bb2fa3ee7afb9f54c6dfb5d021f14b1ffe40c163"},
		{65, "78c741ddc482e4cdf8c474a0876347a0905b6233"},
		{128, "150fa3fbdc899bd0b8f95a9fb6027f564d953762"},
	};
	char text[129];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_digest(text, cases[i].length, 7, cases[i].digest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_standards_examples),
		cmocka_unit_test(around_the_end_of_a_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
