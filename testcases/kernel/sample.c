// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Draws a sample of findings to be judged by hand: the same one for the same file, seed and size.
// Of each rule at least LEAST, or all where there are fewer; the rest in proportion to what is left.

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "memory.h"
#include "text.h"

enum { LEAST = 8 };

static const char help[] =
	"usage: sample FINDINGS SEED N\n"
	"\n"
	"FINDINGS is what 'strongfence scan --format json -o FINDINGS' wrote. Prints N findings as text, at\n"
	"least 8 of each rule (all where it has fewer), the rest at random over all rules; N is raised\n"
	"where the rules need more. The first lines say the seed and how many were drawn from how many.\n";

struct drawn {
	json_t *finding;
	uint64_t order; // a hash of seed and fingerprint: who comes first is drawn
	bool taken;
};

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static int by_order(const void *left, const void *right)
{
	const struct drawn *a = left, *b = right;

	return (a->order > b->order) - (a->order < b->order);
}

static int by_rule(const void *left, const void *right)
{
	const struct drawn *a = left, *b = right;
	int order = strcmp(text_of(a->finding, "rule"), text_of(b->finding, "rule"));

	return order ? order : by_order(left, right);
}

static uint64_t number(const char *text)
{
	char *end;
	uint64_t value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || *end || end == text || *text == '-')
		fatal("'%s' is not a number", text);
	return value;
}

// FNV alone leaves the last bytes in the low bits.
static uint64_t mix(uint64_t hash)
{
	hash = (hash ^ hash >> 33) * UINT64_C(0xff51afd7ed558ccd);
	hash = (hash ^ hash >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	return hash ^ hash >> 33;
}

// The line itself is hashed, so that two findings with one fingerprint are told apart.
static struct drawn *read_findings(const char *path, uint64_t seed, size_t *count)
{
	struct drawn *all = NULL;
	json_error_t error;
	json_t *finding;
	FILE *from = fopen(path, "r");

	if (!from)
		fatal("%s: %s", path, strerror(errno));
	while ((finding = json_loadf(from, JSON_DISABLE_EOF_CHECK, &error))) {
		char *line = json_dumps(finding, JSON_COMPACT | JSON_SORT_KEYS);
		uint64_t hash = hash_bytes(HASH_START, &seed, sizeof(seed));

		all = reallocate(all, *count + 1, sizeof(*all));
		all[(*count)++] = (struct drawn){.finding = finding, .order = mix(hash_text(hash, line))};
		free(line);
	}
	if (!feof(from))
		fatal("%s: %s", path, error.text);
	fclose(from);
	return all;
}

int main(int argc, char **argv)
{
	size_t count = 0, taken = 0, wanted;
	json_t *sample = json_array();
	struct drawn *all;

	if (argc != 4) {
		fputs(help, stderr);
		return VERDICT_TROUBLE;
	}
	wanted = number(argv[3]);
	all = read_findings(argv[1], number(argv[2]), &count);
	if (count)
		qsort(all, count, sizeof(*all), by_rule);
	for (size_t i = 0, of_rule = 0; i < count; i++, of_rule++) {
		if (i && strcmp(text_of(all[i].finding, "rule"), text_of(all[i - 1].finding, "rule")))
			of_rule = 0;
		all[i].taken = of_rule < LEAST;
		taken += all[i].taken;
	}
	if (count)
		qsort(all, count, sizeof(*all), by_order);
	for (size_t i = 0; i < count && taken < wanted; i++) {
		taken += !all[i].taken;
		all[i].taken = true;
	}
	if (count)
		qsort(all, count, sizeof(*all), by_rule);
	for (size_t i = 0; i < count; i++)
		if (all[i].taken)
			json_array_append(sample, all[i].finding);
	printf("# %s, seed %s: %zu of %zu findings\n", argv[1], argv[2], taken, count);
	for (size_t i = 0, end; i < count; i = end) {
		size_t some = 0;

		for (end = i; end < count && !strcmp(text_of(all[i].finding, "rule"),
						     text_of(all[end].finding, "rule")); end++)
			some += all[end].taken;
		printf("#   %-19s %zu of %zu\n", text_of(all[i].finding, "rule"), some, end - i);
	}
	printf("\n");
	text_findings(stdout, sample);
	return VERDICT_CLEAN;
}
