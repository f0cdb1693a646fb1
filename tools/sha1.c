// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// As in FIPS 180-4, 6.1.
#include "sha1.h"

#include <stdio.h>

struct sha1 sha1_start(void)
{
	return (struct sha1){.state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}};
}

static uint32_t rotate(uint32_t word, int by)
{
	return word << by | word >> (32 - by);
}

static void mix(struct sha1 *sha1)
{
	uint32_t a = sha1->state[0], b = sha1->state[1], c = sha1->state[2], d = sha1->state[3], e = sha1->state[4];
	uint32_t words[80];

	for (int i = 0; i < 16; i++)
		words[i] = (uint32_t)sha1->block[4 * i] << 24 | (uint32_t)sha1->block[4 * i + 1] << 16 |
			   (uint32_t)sha1->block[4 * i + 2] << 8 | sha1->block[4 * i + 3];
	for (int i = 16; i < 80; i++)
		words[i] = rotate(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
	for (int i = 0; i < 80; i++) {
		uint32_t chosen = i < 20   ? ((b & c) | (~b & d)) + 0x5a827999
				  : i < 40 ? (b ^ c ^ d) + 0x6ed9eba1
				  : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
					   : (b ^ c ^ d) + 0xca62c1d6;
		uint32_t next = rotate(a, 5) + chosen + e + words[i];

		e = d;
		d = c;
		c = rotate(b, 30);
		b = a;
		a = next;
	}
	sha1->state[0] += a;
	sha1->state[1] += b;
	sha1->state[2] += c;
	sha1->state[3] += d;
	sha1->state[4] += e;
}

void sha1_add(struct sha1 *sha1, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;

	while (length--) {
		sha1->block[sha1->length++ % 64] = *at++;
		if (sha1->length % 64 == 0)
			mix(sha1);
	}
}

void sha1_end(struct sha1 *sha1, char hex[41])
{
	uint64_t bits = sha1->length * 8;
	unsigned char size[8];

	sha1_add(sha1, "\x80", 1);
	while (sha1->length % 64 != 56)
		sha1_add(sha1, "", 1);
	for (int i = 0; i < 8; i++)
		size[i] = (unsigned char)(bits >> (56 - 8 * i));
	sha1_add(sha1, size, sizeof(size));
	for (int i = 0; i < 5; i++)
		snprintf(hex + 8 * i, 9, "%08x", (unsigned)sha1->state[i]);
}
