// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// .strongfence.yaml, and whether its rows are about a finding.

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>

#include "waivers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static json_t *finding;
	struct waivers waivers;
	size_t fitting = 0;
	char *fault;

	if (!finding)
		finding = json_pack("{s:s, s:s, s:s, s:s, s:s}", "rule", "UnfencedFileOp", "file",
				    "drivers/media/platform/allwinner/sun8i-a83t-mipi-csi2/sun8i_a83t_mipi_csi2.c", "function",
				    "a_read", "door", "a_ioctl", "fingerprint", "1e366ef3646676ce8461");
	if (waivers_parse((const char *)data, size, &waivers, &fault) == !!fault || (fault && waivers.count))
		abort();
	for (size_t i = 0; i < waivers.count; i++) {
		const struct waiver *row = &waivers.at[i];

		if (!row->rule || !row->file || !row->reason || !row->line)
			abort();
		fitting += waiver_fits(row, finding) && waiver_is_pattern(row);
	}
	waivers_free(&waivers);
	free(fault);
	return fitting > SIZE_MAX / 2;
}
