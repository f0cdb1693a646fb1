// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The comments of a source that say that a finding is none.

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "suppressions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct suppressions list = {0};
	size_t lines = 1;

	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n' || data[i] == '\r';
	suppressions_parse((const char *)data, size, &list);
	for (size_t i = 0; i < list.count; i++) {
		const struct suppression *one = &list.at[i];

		// It stands in the source, and covers a line of it.
		if (!one->line || one->line > lines || one->covers > lines)
			abort();
		// It has an effect and says why, or has none and says why not.
		if (one->fault ? one->rule || one->reason : !one->rule || !one->reason || !reason_given(one->reason))
			abort();
		if (one->reason && strchr(one->reason, '\n'))
			abort();
	}
	suppressions_free(&list);
	return 0;
}
