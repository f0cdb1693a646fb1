// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SHA-1, which the checkers' fingerprints are made of. It names findings and guards nothing.

#ifndef STRONGFENCE_SHA1_H
#define STRONGFENCE_SHA1_H

#include <stddef.h>
#include <stdint.h>

struct sha1 {
	uint32_t state[5];
	uint64_t length; // in bytes
	unsigned char block[64];
};

struct sha1 sha1_start(void);
void sha1_add(struct sha1 *sha1, const void *bytes, size_t length);
void sha1_end(struct sha1 *sha1, char hex[41]);

#endif
