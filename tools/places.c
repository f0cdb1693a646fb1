// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "places.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "memory.h"

static const char *file_of(const json_t *object)
{
	const char *file = json_string_value(json_object_get(object, "file"));

	return file ? file : "";
}

static int line_of(const json_t *object)
{
	return (int)json_integer_value(json_object_get(object, "line"));
}

char *place_of(const json_t *object)
{
	char *file = visible(file_of(object));
	char *place = format("%s:%d", file, line_of(object));

	free(file);
	return place;
}

static void put_place(FILE *to, const char *does, const json_t *object)
{
	char *place;

	if (!*file_of(object))
		return;
	place = place_of(object);
	fprintf(to, "%s%s %s", ftell(to) ? ", " : "", does, place);
	free(place);
}

char *places_of(const json_t *fence)
{
	const json_t *kill = json_object_get(fence, "kill"), *barrier = json_object_get(fence, "barrier");
	const json_t *acquire = json_object_get(fence, "acquire"), *other;
	char *text = NULL;
	size_t length, i;
	FILE *to = open_memstream(&text, &length);

	if (!to)
		fatal("out of memory");
	// Where the test takes it too, it is tested.
	if (strcmp(file_of(acquire), file_of(fence)) || line_of(acquire) != line_of(fence))
		put_place(to, "taken at", acquire);
	json_array_foreach(json_object_get(fence, "also"), i, other)
		put_place(to, "and at", other);
	put_place(to, "tested at", fence);
	put_place(to, "ended at", kill);
	if (strcmp(file_of(kill), file_of(barrier)) || line_of(kill) != line_of(barrier))
		put_place(to, "barrier at", barrier);
	fclose(to);
	return text;
}
