// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "printable.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "complain.h"

static size_t length_of(unsigned char first)
{
	return first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3
	     : first >= 0xf0 && first < 0xf5			? 4
								: 0;
}

// The character there and its length; 0 for a byte that begins none.
static size_t decode(const unsigned char *at, size_t room, uint32_t *character)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t length = length_of(*at);

	if (!length || length > room)
		return 0;
	*character = length == 1 ? *at : *at & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		*character = *character << 6 | (at[i] & 0x3f);
	}
	if (*character < least[length] || *character > 0x10ffff || (*character >= 0xd800 && *character < 0xe000))
		return 0;
	return length;
}

// Directions, joiners, separators of lines, tags.
static bool unseen(uint32_t c)
{
	return c == 0xad || c == 0x61c || c == 0x180e || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
	       (c >= 0xe0000 && c <= 0xe007f);
}

char *printable(const char *bytes, size_t length, size_t most)
{
	const unsigned char *at = (const unsigned char *)bytes, *end = at + length, *stop = at + most;
	char *text = NULL;
	size_t made;
	FILE *to = open_memstream(&text, &made);

	if (!to)
		fatal("out of memory");
	while (at < end) {
		uint32_t c = 0;
		size_t size = decode(at, (size_t)(end - at), &c);

		if (length > most && at + (size ? size : 1) > stop) {
			fputs("\xe2\x80\xa6", to);
			break;
		}
		if (!size || (c >= 0x80 && c < 0xa0))
			fputs("\xef\xbf\xbd", to);
		else if (c < 0x20 && c != '\t')
			fprintf(to, "\xe2\x90%c", (int)(0x80 + c));
		else if (c == 0x7f)
			fputs("\xe2\x90\xa1", to);
		else if (unseen(c))
			fprintf(to, "<U+%04X>", (unsigned)c);
		else
			fwrite(at, 1, size, to);
		at += size ? size : 1;
	}
	fclose(to);
	return text;
}
