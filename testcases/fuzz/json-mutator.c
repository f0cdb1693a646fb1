// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Mutates JSON as JSON: bytes changed at random are refused by the JSON library, and what lies behind it would never be
// reached. Works on the whole input where that is one value, else on one of its lines. Every fourth input is mutated byte by
// byte all the same.

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);

static uint64_t state;

static size_t below(size_t count)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return count ? (size_t)(state % count) : 0;
}

// A value and where it is held: in an object under `key`, or in an array.
struct node {
	json_t *holder;
	const char *key;
	size_t index;
	json_t *value;
};

enum { NODES = 4096, TEXT = 4096 };

struct nodes {
	struct node at[NODES];
	size_t count;
};

static void collect(struct nodes *nodes, json_t *value)
{
	const char *key;
	json_t *each;
	size_t i;

	json_object_foreach(value, key, each) {
		if (nodes->count == NODES)
			return;
		nodes->at[nodes->count++] = (struct node){value, key, 0, each};
		collect(nodes, each);
	}
	json_array_foreach(value, i, each) {
		if (nodes->count == NODES)
			return;
		nodes->at[nodes->count++] = (struct node){value, NULL, i, each};
		collect(nodes, each);
	}
}

static void put(const struct node *node, json_t *value)
{
	if (!value)
		return;
	if (node->key)
		json_object_set_new(node->holder, node->key, value);
	else
		json_array_set_new(node->holder, node->index, value);
}

static json_t *scalar(void)
{
	switch (below(10)) {
	case 0: return json_null();
	case 1: return json_true();
	case 2: return json_array();
	case 3: return json_object();
	case 4: return json_string("");
	case 5: return json_integer(INT64_MAX);
	case 6: return json_integer(INT64_MIN);
	case 7: return json_integer(-1);
	case 8: return json_real(1e300);
	default: return json_integer((json_int_t)below(300));
	}
}

static json_t *mutated_text(const json_t *value)
{
	uint8_t text[TEXT];
	size_t length = json_string_length(value);

	if (length > TEXT / 2)
		length = TEXT / 2;
	memcpy(text, json_string_value(value), length);
	length = LLVMFuzzerMutate(text, length, sizeof(text));
	return json_stringn((const char *)text, length); // NULL when it is not UTF-8
}

static void mutate_value(struct nodes *nodes)
{
	const struct node *node = &nodes->at[below(nodes->count)], *other = &nodes->at[below(nodes->count)];

	switch (below(8)) {
	case 0:
		put(node, scalar());
		break;
	case 1:
		if (node->key)
			json_object_del(node->holder, node->key);
		else
			json_array_remove(node->holder, node->index);
		break;
	case 2:
		put(node, json_deep_copy(other->value));
		break;
	case 3: // more of it
		if (!node->key)
			for (size_t i = below(40); i > 0; i--)
				json_array_append_new(node->holder, json_deep_copy(node->value));
		else if (other->key)
			json_object_set_new(node->holder, other->key, json_deep_copy(node->value));
		break;
	case 4:
		put(node, json_pack("[O]", node->value));
		break;
	case 5:
		if (json_is_integer(node->value))
			put(node, json_integer((json_int_t)((uint64_t)json_integer_value(node->value) + below(5) - 2)));
		else
			put(node, json_deep_copy(other->value));
		break;
	default:
		if (json_is_string(node->value))
			put(node, mutated_text(node->value));
		break;
	}
}

// The text of a value like that in `text`; NULL when there is no value in it.
static char *mutate_text(const char *text, size_t length)
{
	static struct nodes nodes;
	json_t *value = json_loadb(text, length, 0, NULL);
	char *made;

	if (!value)
		return NULL;
	for (size_t times = 1 + below(4); times > 0; times--) {
		nodes.count = 0;
		collect(&nodes, value);
		if (nodes.count)
			mutate_value(&nodes);
	}
	made = json_dumps(value, JSON_COMPACT);
	json_decref(value);
	return made;
}

// Replaces the `old` bytes at data[start] with `text`. 0 when that does not fit.
static size_t splice(uint8_t *data, size_t size, size_t max_size, size_t start, size_t old, const char *text)
{
	size_t length = strlen(text);

	if (size - old + length > max_size)
		return 0;
	memmove(data + start + length, data + start + old, size - start - old);
	memcpy(data + start, text, length);
	return size - old + length;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	size_t start = 0, length = size, made = 0;
	char *text;

	state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	if (!below(4))
		return LLVMFuzzerMutate(data, size, max_size);
	text = mutate_text((const char *)data, size);
	if (!text && size) {
		// The line that holds a byte drawn at random.
		size_t at = below(size);
		const uint8_t *end = memchr(data + at, '\n', size - at);

		for (start = at; start > 0 && data[start - 1] != '\n'; start--)
			;
		length = (end ? (size_t)(end - data) : size) - start;
		text = mutate_text((const char *)data + start, length);
	}
	if (text)
		made = splice(data, size, max_size, start, length, text);
	if (made && !below(8)) { // the same line once more
		text = realloc(text, strlen(text) + 2);
		strcat(text, "\n");
		size_t more = splice(data, made, max_size, start, 0, text);

		made = more ? more : made;
	}
	free(text);
	return made ? made : LLVMFuzzerMutate(data, size, max_size);
}
