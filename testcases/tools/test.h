// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What every cmocka test needs, in the order cmocka wants it.

#ifndef STRONGFENCE_TEST_H
#define STRONGFENCE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "memory.h"

// Asserts that the list holds exactly these words; the last is NULL.
static inline void assert_words(const struct strings *list, ...)
{
	va_list args;
	const char *word;
	size_t i = 0;

	va_start(args, list);
	while ((word = va_arg(args, const char *))) {
		assert_true(i < list->count);
		assert_string_equal(list->at[i++], word);
	}
	va_end(args);
	assert_int_equal(list->count, i);
}

#endif
