// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "remedy.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "advice.h"
#include "memory.h"
#include "text.h"

enum {
	FENCES = 2, // as many that are about something else are shown at most
	NAMES = 5,  // likewise, of those who take one
	FITS = 3,   // how near a fence is, at least, that is about the finding's own object and teardown
	NEAREST = 5,
};

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static long long line_of(const json_t *object)
{
	return (long long)json_integer_value(json_object_get(object, "line"));
}

static bool lists(const json_t *array, const char *text)
{
	const json_t *each;
	size_t i;

	json_array_foreach(array, i, each)
		if (json_is_string(each) && !strcmp(json_string_value(each), text))
			return true;
	return false;
}

static bool quotes(const json_t *finding, const char *name)
{
	char *quoted = format("'%s'", name);
	bool found = strstr(text_of(finding, "message"), quoted);

	free(quoted);
	return found;
}

// How near the fence is to the finding, 0: nothing to do with it. What the kernel's core waits for (S6), what ends with
// a file (S8) and whether something is still in a list (S5) is not for an operation to take.
static int nearness(const json_t *fence, const json_t *finding)
{
	const char *shape = text_of(fence, "shape"), *teardown = text_of(finding, "teardown");
	const char *file = text_of(finding, "file");
	char *bare = finding_struct(finding);
	bool same_struct =
		*bare && (!strcmp(text_of(fence, "struct"), bare) || !strcmp(text_of(fence, "predicate_struct"), bare));
	bool same_teardown = *teardown && (!strcmp(text_of(fence, "root"), teardown) ||
					   !strcmp(text_of(fence, "teardown"), teardown) ||
					   lists(json_object_get(fence, "roots"), teardown));
	bool same_file = !strcmp(text_of(fence, "file"), file) || lists(json_object_get(fence, "units"), file);

	free(bare);
	if (!*text_of(fence, "lock") || !strncmp(shape, "S5", 2) || !strncmp(shape, "S6", 2) ||
	    !strncmp(shape, "S8", 2))
		return 0;
	// A teardown's name alone is not the driver's: many have a foo_remove of the same spelling.
	if (same_teardown && !same_struct && !same_file)
		return 0;
	if (!same_teardown || !same_struct)
		return same_teardown * 2 + (same_struct && same_file);
	// Of two that fit the one to take is the one that the message speaks of.
	return FITS + quotes(finding, text_of(fence, "lock")) + quotes(finding, text_of(fence, "predicate"));
}

// On a line by itself: a path is not cut.
static void write_place(FILE *to, const char *what, const json_t *place)
{
	if (*text_of(place, "file"))
		fprintf(to, "             %s at %s:%lld\n", what, text_of(place, "file"), line_of(place));
}

static char *of_struct(const json_t *fence, const char *key)
{
	const char *name = text_of(fence, key);

	return *name ? format(" of struct %s", name) : copy("");
}

static void write_fence(FILE *to, const json_t *fence)
{
	const char *mode = text_of(fence, "mode"), *bit = text_of(fence, "bit"), *root = text_of(fence, "root");
	const json_t *doors = json_object_get(fence, "doors"), *door;
	char *lock_of = of_struct(fence, "struct"), *test_of = of_struct(fence, "predicate_struct"), *takers = copy("");
	bool below = *root && strcmp(root, text_of(fence, "teardown"));
	size_t count = json_array_size(doors), i;

	text_paragraph(to, 2, 11, "lock       '%s'%s%s%s%s", text_of(fence, "lock"), lock_of, *mode ? " (" : "", mode,
		       *mode ? ")" : "");
	write_place(to, "taken", json_object_get(fence, "acquire"));
	text_paragraph(to, 2, 11, "test       %s%s'%s'%s", bit, *bit ? " in " : "", text_of(fence, "predicate"),
		       test_of);
	write_place(to, "made", fence);
	text_paragraph(to, 2, 11, "closed by  %s()%s%s%s", text_of(fence, "teardown"), below ? " from " : "",
		       below ? root : "", below ? "()" : "");
	write_place(to, "closed", json_object_get(fence, "kill"));
	json_array_foreach(doors, i, door) {
		char *longer;

		if (i == NAMES && count > NAMES + 1)
			break;
		longer =
			format("%s%s%s()", takers, i ? ", " : "", json_is_string(door) ? json_string_value(door) : "?");
		free(takers);
		takers = longer;
	}
	if (count) {
		char *rest = i < count ? format(" and %zu more", count - i) : copy("");

		text_paragraph(to, 2, 11, "taken by   %s%s", takers, rest);
		free(rest);
	}
	free(takers);
	free(test_of);
	free(lock_of);
	fputc('\n', to);
}

// The fence that goes with the finding's own object and teardown, else those that are near. False when there is none of
// the first kind.
static bool write_fences(FILE *to, const json_t *finding, const json_t *fences)
{
	const char *operation = finding_operation(finding);
	const json_t *fence, *best[FENCES] = {0};
	size_t count = 0, i;
	bool fits;

	for (int near = NEAREST; near > 0; near--)
		json_array_foreach(fences, i, fence)
			if (count < FENCES && nearness(fence, finding) == near)
				best[count++] = fence;
	if (!count)
		return false;
	fits = nearness(best[0], finding) >= FITS;
	if (fits)
		text_paragraph(to, 0, 0, "The fence to take, inferred from what other functions of the driver do:");
	else
		text_paragraph(
			to, 0, 0,
			"What was inferred of the driver's fences, and is about something else; whether it can serve "
			"here is for those to say who know the driver:");
	fputc('\n', to);
	for (i = 0; i < (fits ? 1 : count); i++)
		write_fence(to, best[i]);
	if (!fits)
		return false;
	if (*operation && lists(json_object_get(best[0], "doors"), operation))
		text_paragraph(to, 0, 0,
			       "%s() is among those who take '%s', but not from the test until after the use.",
			       operation, text_of(best[0], "lock"));
	else
		text_paragraph(
			to, 0, 0,
			"What would mend it: %s%s takes '%s', tests '%s' under it, and holds the lock until after "
			"the use.",
			*operation ? operation : "the operation", *operation ? "()" : "", text_of(best[0], "lock"),
			text_of(best[0], "predicate"));
	fputc('\n', to);
	return true;
}

void remedy_write(FILE *to, const json_t *finding, const json_t *fences)
{
	const struct advice *advice = advice_of(finding);

	if (!advice)
		return;
	if (advice->fence && write_fences(to, finding, fences))
		return;
	if (advice->fence && fences)
		text_paragraph(to, 0, 0, "No fence was inferred that is for this. What would serve: %s",
			       advice->repair);
	else
		text_paragraph(to, 0, 0, "What would mend it: %s", advice->repair);
	fputc('\n', to);
}
