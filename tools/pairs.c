// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "pairs.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

// How much of a finding has to be the same.
enum closeness { FINGERPRINT, AND_FILE, AND_LINE };

struct entry {
	const char *fingerprint, *file;
	json_int_t line;
	size_t index;
};

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static int compare(const struct entry *a, const struct entry *b, enum closeness closeness)
{
	int order = strcmp(a->fingerprint, b->fingerprint);

	if (!order && closeness >= AND_FILE)
		order = strcmp(a->file, b->file);
	if (!order && closeness >= AND_LINE && a->line != b->line)
		order = a->line < b->line ? -1 : 1;
	return order;
}

static int by_all(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int order = compare(a, b, AND_LINE);

	if (!order && a->index != b->index)
		order = a->index < b->index ? -1 : 1;
	return order;
}

static struct entry *sorted(const json_t *findings)
{
	struct entry *entries = allocate(json_array_size(findings) * sizeof(*entries));
	const json_t *finding;
	size_t i;

	json_array_foreach(findings, i, finding)
		entries[i] = (struct entry){text_of(finding, "fingerprint"), text_of(finding, "file"),
					    json_integer_value(json_object_get(finding, "line")), i};
	if (json_array_size(findings))
		qsort(entries, json_array_size(findings), sizeof(*entries), by_all);
	return entries;
}

static size_t *unpaired(size_t count)
{
	size_t *list = allocate(count * sizeof(*list));

	for (size_t i = 0; i < count; i++)
		list[i] = NO_PAIR;
	return list;
}

struct pairs findings_pair(const json_t *old, const json_t *new)
{
	const size_t olds = json_array_size(old), news = json_array_size(new);
	struct entry *a = sorted(old), *b = sorted(new);
	struct pairs pairs = {.of_old = unpaired(olds), .of_new = unpaired(news)};

	for (int closeness = AND_LINE; closeness >= FINGERPRINT; closeness--) {
		for (size_t i = 0, j = 0; i < olds && j < news;) {
			int order = compare(&a[i], &b[j], (enum closeness)closeness);

			if (pairs.of_old[a[i].index] != NO_PAIR) {
				i++;
			} else if (pairs.of_new[b[j].index] != NO_PAIR) {
				j++;
			} else if (order) {
				i += order < 0;
				j += order > 0;
			} else {
				pairs.of_old[a[i].index] = b[j].index;
				pairs.of_new[b[j].index] = a[i].index;
				pairs.both++;
				i++;
				j++;
			}
		}
	}
	free(a);
	free(b);
	return pairs;
}

void pairs_free(struct pairs *pairs)
{
	free(pairs->of_old);
	free(pairs->of_new);
	*pairs = (struct pairs){0};
}
