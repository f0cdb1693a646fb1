// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "utf8.h"

#include <stdio.h>
#include <string.h>

#include "memory.h"

// RFC 3629: neither longer than needed, nor a surrogate, nor beyond U+10FFFF.
size_t utf8_step(const char *at, size_t left)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *byte = (const unsigned char *)at;
	size_t length;
	uint32_t character;

	if (!left)
		return 0;
	if (*byte < 0x80)
		return 1;
	length = *byte >= 0xf0 ? 4 : *byte >= 0xe0 ? 3 : 2;
	if (*byte < 0xc2 || *byte > 0xf4 || length > left)
		return 0;
	character = *byte & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
		character = character << 6 | (byte[i] & 0x3f);
	}
	if (character < least[length] || character > 0x10ffff || (character >= 0xd800 && character < 0xe000))
		return 0;
	return length;
}

size_t utf8_count(const char *text, size_t bytes)
{
	size_t count = 0;

	for (size_t at = 0; at < bytes; count++) {
		size_t step = utf8_step(text + at, bytes - at);

		at += step ? step : 1;
	}
	return count;
}

char *utf8_text(const char *text)
{
	size_t left = strlen(text);
	char *made = allocate(left * 4 + 1), *to = made;

	while (left) {
		size_t step = utf8_step(text, left);

		if (step)
			to = mempcpy(to, text, step);
		else
			to += sprintf(to, "\\x%02x", (unsigned char)*text);
		text += step ? step : 1;
		left -= step ? step : 1;
	}
	return made;
}
