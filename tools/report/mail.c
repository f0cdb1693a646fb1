// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a report has to say is in the kernel's Documentation/process/researcher-guidelines.rst: the problem, how it is
// reached, how it was found, and on which version.

#include "mail.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "engines.h"
#include "memory.h"
#include "rules.h"
#include "text.h"

enum {
	LINE = 75,
	FENCES = 2, // as many that are about something else are shown at most
	CYCLE = 6,  // steps of a loop that are drawn once
	NAMES = 5,  // likewise, of those who take one
	FITS = 3,   // how near a fence is, at least, that is about the finding's own object and teardown
	NEAREST = 5,
};

// In these texts %d is the operation, %t teardown, %s the struct, each as a kernel developer writes it.
static const struct advice {
	const char *rule;
	const char *subject;
	bool fence;         // mended by a fence: the inferred one, where there is one
	const char *repair; // otherwise
} advices[] = {
	{"UnfencedFileOp", "%d can race with %t", true,
	 "a lock and a state that says \"gone\", in memory that the open file keeps. The operation takes the lock, tests the "
	 "state, and holds the lock until after the last use; teardown changes the state under the same lock (with SRCU: "
	 "clears the pointer, then synchronize_srcu()) before it takes anything away."},
	{"RacyAliveCheck", "liveness test in %d can race with %t", true,
	 "holding the lock under which teardown changes the state from the test until after the last use, and testing again "
	 "after every wait. Where the lock cannot be held that long: counting users (SRCU, percpu_ref) and waiting for them "
	 "in teardown."},
	{"FenceNeverClosed", "%t does not close the fence of %d", false,
	 "teardown making the state false inside the exclusive section of the lock that operations hold (with SRCU: clear, "
	 "then synchronize_srcu()), before it takes anything away."},
	{"TeardownHang", "%t can hang", false,
	 "setting what says \"gone\" and waking the sleepers before teardown takes the lock or waits, a sleep whose condition "
	 "asks for it, and no lock held by teardown over a call that waits for someone who needs the same lock."},
	{"MmapOutlivesDevice", "mapping of device memory survives %t", true,
	 "mapping in the fault handler behind a fence that answers VM_FAULT_SIGBUS once the device has gone, and "
	 "unmap_mapping_range() in teardown when the fence is closed."},
	{"FreedUnderOpenFile", "%s is freed while files are open", false,
	 "memory that is not devres' and is counted: a reference taken in open, put in release, and teardown's own put last. "
	 "With a cdev in the object: cdev_device_add(), or cdev_set_parent() before cdev_add()."},
	{"UnreferencedOpen", "%d keeps %s without a reference", false,
	 "a reference taken in open, under the lock of the lookup, put in release; teardown takes the object out of the "
	 "lookup and puts its own. With a cdev in the object: cdev_device_add(), or cdev_set_parent() before cdev_add()."},
	{"DevmOnClassDevice", "devm resource of a class device goes too early", false,
	 "tying the resource to the parent device, or allocating it without devm and freeing it where its last user ends."},
	{"TeardownOrder", "%t releases what is still in use", false,
	 "the reverse order of probe: first what lets others in, then what they use. Where probe registers with devm, what "
	 "the registration needs has to be devm too, and asked for before."},
	{"OpenBeforeReady", "device is published before it is ready", false,
	 "publishing last; for what cannot come before it, a state that operations test, or a lock that probe holds until "
	 "all is there."},
	{"AsyncAfterTeardown", "asynchronous code can run after %t", false,
	 "ending the sources first, then what they start, then freeing what both use; where two start each other, the calls "
	 "that are final: timer_shutdown_sync(), disable_work_sync(). With devres the order of probe decides."},
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

// One line of ASCII, whatever a name holds: nothing may end a header or need a charset. Caller frees.
static char *plain(const char *text)
{
	char *one = visible(text), *made = allocate(4 * strlen(one) + 1), *to = made;

	for (const unsigned char *at = (const unsigned char *)one; *at; at++)
		to += *at < 0x80 ? sprintf(to, "%c", *at) : sprintf(to, "\\x%02x", *at);
	free(one);
	return made;
}

// The value with each string in it made plain. Caller decrefs.
static json_t *plain_copy(const json_t *value)
{
	json_t *made, *each;
	const char *key;
	size_t i;

	if (json_is_string(value)) {
		char *text = plain(json_string_value(value));

		made = json_string(text);
		free(text);
		return made;
	}
	if (json_is_array(value)) {
		made = json_array();
		json_array_foreach(value, i, each)
			json_array_append_new(made, plain_copy(each));
		return made;
	}
	if (!json_is_object(value))
		return json_deep_copy(value);
	made = json_object();
	json_object_foreach((json_t *)(uintptr_t)value, key, each)
		json_object_set_new(made, key, plain_copy(each));
	return made;
}

static void paragraph(FILE *to, size_t indent, size_t hang, const char *pattern, ...) __attribute__((format(printf, 4, 5)));

static void paragraph(FILE *to, size_t indent, size_t hang, const char *pattern, ...)
{
	char *text;
	va_list args;

	va_start(args, pattern);
	if (vasprintf(&text, pattern, args) < 0)
		abort();
	va_end(args);
	text_wrapped(to, text, indent, hang, LINE - indent);
	free(text);
}

static const struct advice *advice_of(const json_t *finding)
{
	for (size_t i = 0; i < sizeof(advices) / sizeof(*advices); i++)
		if (!strcmp(advices[i].rule, text_of(finding, "rule")))
			return &advices[i];
	return NULL;
}

static const char *operation_of(const json_t *finding)
{
	const char *door = text_of(finding, "door");

	return *door ? door : text_of(finding, "function");
}

// "tpm_chip.dev" -> "tpm_chip". Caller frees.
static char *struct_of(const json_t *finding)
{
	const char *name = text_of(finding, "struct");

	return copy_span(name, strcspn(name, "."));
}

// The text with the finding's names in it; NULL when one of them is not known. Caller frees.
static char *fill(const char *pattern, const json_t *finding)
{
	char *made = copy("");

	for (const char *at = pattern; *at;) {
		size_t length = strcspn(at, "%");
		char *name = NULL, *longer;

		if (!strncmp(at + length, "%d", 2) && *operation_of(finding))
			name = format("%s()", operation_of(finding));
		else if (!strncmp(at + length, "%t", 2) && *text_of(finding, "teardown"))
			name = format("%s()", text_of(finding, "teardown"));
		else if (!strncmp(at + length, "%s", 2) && *text_of(finding, "struct")) {
			char *bare = struct_of(finding);

			name = format("struct %s", bare);
			free(bare);
		} else if (at[length]) {
			free(made);
			return NULL;
		}
		longer = format("%s%.*s%s", made, (int)length, at, name ? name : "");
		free(made);
		made = longer;
		at += length + (name ? 2 : 0);
		free(name);
	}
	return made;
}

// How much of bcm_vk_dev is said in "misc: bcm-vk: ".
static size_t named_alike(const char *file, const char *prefix)
{
	size_t length = strlen(prefix);
	const char *folder = prefix + length, *at = file;

	if (length < 2)
		return 0;
	folder -= 2;
	while (folder > prefix && folder[-1] != ' ')
		folder--;
	for (; *folder != ':'; folder++, at++)
		if (*at != *folder && !(*at == '_' && *folder == '-') && !(*at == '-' && *folder == '_'))
			return 0;
	return (*at == '-' || *at == '_') && at[1] ? (size_t)(at - file) + 1 : 0;
}

// drivers/char/tpm/tpm-dev.c -> "tpm: dev: ", as subjects name a driver. Caller frees.
static char *prefix_of(const char *file)
{
	char *made = copy("");
	const char *at = file;

	// What only sorts drivers is in no subject, and a folder's name is said once.
	if (!strncmp(at, "drivers/", 8) && strchr(at + 8, '/'))
		at += 8;
	if (!strncmp(at, "char/", 5) && strchr(at + 5, '/'))
		at += 5;
	if (*at == '/')
		at = strrchr(at, '/') + 1;
	while (*at) {
		size_t length = strcspn(at, "/");
		bool last = !at[length];
		char *part = copy_span(at, length), *dot = last ? strrchr(part, '.') : NULL, *longer;

		if (dot && dot > part)
			*dot = '\0';
		longer = format("%s%s: ", made, part + (last ? named_alike(part, made) : 0));
		free(part);
		free(made);
		made = longer;
		at += length + !last;
	}
	return made;
}

static void write_subject(FILE *to, const json_t *finding)
{
	const struct advice *advice = advice_of(finding);
	char *prefix = prefix_of(text_of(finding, "file")), *what;

	what = advice ? fill(advice->subject, finding) : NULL;
	if (!what)
		what = *operation_of(finding) ? format("possible bug at unbind in %s()", operation_of(finding))
					      : copy("possible bug at unbind");
	fprintf(to, "Subject: [BUG?] %s%s\n\n", prefix, what);
	free(what);
	free(prefix);
}

// The severity says how the device can go, whatever the rule.
static void write_reach(FILE *to, const json_t *finding)
{
	const char *severity = text_of(finding, "severity"), *slot = text_of(finding, "slot");
	char *through = *slot && strcmp(slot, "open") && *text_of(finding, "door")
				? format("%s() is the %s operation of %s, called here on a file that was opened before the "
					 "device went. ",
					 text_of(finding, "door"), slot,
					 *text_of(finding, "table") ? text_of(finding, "table") : "its table")
				: copy("");

	if (!strcmp(text_of(finding, "rule"), "OpenBeforeReady"))
		paragraph(to, 0, 0, "It would be reached by user space that opens the node before %s() has finished.",
			  *text_of(finding, "teardown") ? text_of(finding, "teardown") : "probe");
	else if (!strcmp(severity, "high"))
		paragraph(to, 0, 0, "%sDevices of this bus can be taken away at any time, and root can unbind the driver "
				    "through sysfs.", through);
	else if (!strcmp(severity, "medium"))
		paragraph(to, 0, 0, "%sAs far as the tool sees, it takes root to get there, by unbinding the driver through "
				    "sysfs for example.", through);
	else if (*through)
		paragraph(to, 0, 0, "%s", through);
	else
		goto done;
	fputc('\n', to);
done:
	free(through);
}

static bool same_place(const json_t *a, const json_t *b)
{
	return !strcmp(text_of(a, "file"), text_of(b, "file")) && line_of(a) == line_of(b);
}

static bool same_step(const json_t *a, const json_t *b)
{
	return !strcmp(text_of(a, "message"), text_of(b, "message")) && !strcmp(text_of(a, "side"), text_of(b, "side"));
}

// Of `length` steps that come again at once the earlier ones go.
static void fold(json_t *steps, size_t length)
{
	for (size_t i = 0; i + 2 * length <= json_array_size(steps);) {
		size_t same = 0;

		while (same < length && same_step(json_array_get(steps, i + same), json_array_get(steps, i + length + same)))
			same++;
		if (same < length) {
			i++;
			continue;
		}
		for (size_t j = 0; j < length; j++)
			json_array_remove(steps, i);
	}
}

// The notes as the drawing wants them: without those that only lead to the next, and an operation that waits, or keeps
// what goes, before teardown comes.
static void arrange(json_t *finding)
{
	json_t *first = json_array(), *then = json_array(), *note;
	const char *rule = text_of(finding, "rule");
	bool waits = !strcmp(rule, "TeardownHang"), keeps = !strcmp(rule, "UnreferencedOpen");
	size_t i;

	json_array_foreach(json_object_get(finding, "notes"), i, note) {
		bool unbind = !strcmp(text_of(note, "side"), "unbind");

		// One that is found in teardown holds what the operation then waits for.
		waits = waits && !(unbind && same_place(note, finding));
	}
	json_array_foreach(json_object_get(finding, "notes"), i, note) {
		bool unbind = !strcmp(text_of(note, "side"), "unbind");

		if (strncmp(text_of(note, "message"), "Calling ", 8))
			json_array_append((waits || keeps) && unbind ? then : first, note);
	}
	json_array_extend(first, then);
	for (size_t length = 1; length <= CYCLE; length++)
		fold(first, length);
	json_object_set_new(finding, "notes", first);
	json_decref(then);
}

// Whether there is anything to draw: an operation, and a story with steps on both sides.
static bool two_sides(const json_t *finding)
{
	bool left = false, right = false;
	const json_t *note;
	size_t i;

	json_array_foreach(json_object_get(finding, "notes"), i, note) {
		bool unbind = !strcmp(text_of(note, "side"), "unbind");

		left |= !unbind;
		right |= unbind;
	}
	return left && right && *text_of(finding, "door");
}

static void write_step(FILE *to, const json_t *step, const char *message)
{
	const char *file = text_of(step, "file");
	char *line = format("%s:%lld: %s", file, line_of(step), message);

	if (strlen(line) + 2 <= LINE) {
		fprintf(to, "  %s\n", line);
	} else {
		// A path is not cut, so that it can be followed.
		fprintf(to, "  %s:%lld:\n", file, line_of(step));
		text_wrapped(to, message, 6, 0, LINE - 6);
	}
	free(line);
}

static void write_path(FILE *to, const json_t *finding)
{
	const json_t *notes = json_object_get(finding, "notes"), *note;
	bool told = false;
	size_t i;

	json_array_foreach(notes, i, note)
		told |= same_place(note, finding);
	fputs("Where, in the order of the story:\n\n", to);
	// What was said above in full is not said again.
	json_array_foreach(notes, i, note)
		write_step(to, note,
			   strcmp(text_of(note, "message"), text_of(finding, "message")) ? text_of(note, "message")
											  : "as said above");
	// Semantic patches do not count the finding among the steps.
	if (!told)
		write_step(to, finding, "as said above");
	json_array_foreach(json_object_get(finding, "also"), i, note)
		write_step(to, note, "The same");
	fputc('\n', to);
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

// How near the fence is to the finding, 0: nothing to do with it. What the kernel's core waits for (S6), what ends with a
// file (S8) and whether something is still in a list (S5) is not for an operation to take.
static int nearness(const json_t *fence, const json_t *finding)
{
	const char *shape = text_of(fence, "shape"), *teardown = text_of(finding, "teardown");
	const char *file = text_of(finding, "file");
	char *bare = struct_of(finding);
	bool same_struct = *bare && (!strcmp(text_of(fence, "struct"), bare) ||
				     !strcmp(text_of(fence, "predicate_struct"), bare));
	bool same_teardown = *teardown && (!strcmp(text_of(fence, "root"), teardown) ||
					   !strcmp(text_of(fence, "teardown"), teardown) ||
					   lists(json_object_get(fence, "roots"), teardown));
	bool same_file = !strcmp(text_of(fence, "file"), file) || lists(json_object_get(fence, "units"), file);

	free(bare);
	if (!*text_of(fence, "lock") || !strncmp(shape, "S5", 2) || !strncmp(shape, "S6", 2) || !strncmp(shape, "S8", 2))
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

	paragraph(to, 2, 11, "lock       '%s'%s%s%s%s", text_of(fence, "lock"), lock_of, *mode ? " (" : "", mode,
		  *mode ? ")" : "");
	write_place(to, "taken", json_object_get(fence, "acquire"));
	paragraph(to, 2, 11, "test       %s%s'%s'%s", bit, *bit ? " in " : "", text_of(fence, "predicate"), test_of);
	write_place(to, "made", fence);
	paragraph(to, 2, 11, "closed by  %s()%s%s%s", text_of(fence, "teardown"), below ? " from " : "", below ? root : "",
		  below ? "()" : "");
	write_place(to, "closed", json_object_get(fence, "kill"));
	json_array_foreach(doors, i, door) {
		char *longer;

		if (i == NAMES && count > NAMES + 1)
			break;
		longer = format("%s%s%s()", takers, i ? ", " : "", json_is_string(door) ? json_string_value(door) : "?");
		free(takers);
		takers = longer;
	}
	if (count) {
		char *rest = i < count ? format(" and %zu more", count - i) : copy("");

		paragraph(to, 2, 11, "taken by   %s%s", takers, rest);
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
	const char *operation = operation_of(finding);
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
		paragraph(to, 0, 0, "The fence to take, inferred from what other functions of the driver do:");
	else
		paragraph(to, 0, 0, "What was inferred of the driver's fences, and is about something else; whether it can serve "
				    "here is for those to say who know the driver:");
	fputc('\n', to);
	for (i = 0; i < (fits ? 1 : count); i++)
		write_fence(to, best[i]);
	if (!fits)
		return false;
	if (*operation && lists(json_object_get(best[0], "doors"), operation))
		paragraph(to, 0, 0, "%s() is among those who take '%s', but not from the test until after the use.", operation,
			  text_of(best[0], "lock"));
	else
		paragraph(to, 0, 0, "What would mend it: %s%s takes '%s', tests '%s' under it, and holds the lock until after the "
				    "use.",
			  *operation ? operation : "the operation", *operation ? "()" : "", text_of(best[0], "lock"),
			  text_of(best[0], "predicate"));
	fputc('\n', to);
	return true;
}

static void write_repair(FILE *to, const json_t *finding, const json_t *fences)
{
	const struct advice *advice = advice_of(finding);

	if (!advice)
		return;
	if (advice->fence && write_fences(to, finding, fences))
		return;
	if (advice->fence && fences)
		paragraph(to, 0, 0, "No fence was inferred that is for this. What would serve: %s", advice->repair);
	else
		paragraph(to, 0, 0, "What would mend it: %s", advice->repair);
	fputc('\n', to);
}

static void write_origin(FILE *to, const json_t *finding)
{
	const char *rule = text_of(finding, "rule");
	const char *engine = !engine_cocci(finding)  ? "a checker of the Clang Static Analyzer"
			     : engine_clang(finding) ? "a checker of the Clang Static Analyzer, and a semantic patch for Coccinelle"
						     : "a semantic patch for Coccinelle";

	paragraph(to, 0, 0, "How it was found: static analysis by strongfence %s, rule %s%s (%s).%s", STRONGFENCE_VERSION,
		  rule_package(rule), rule, engine,
		  strcmp(rule_package(rule), "teardown.") ? " Much of what this rule reports does not hold up." : "");
	fputc('\n', to);
	paragraph(to, 0, 0, "This was found by reading the source with a tool; it was not reproduced. If something that the "
			    "tool does not see makes it safe, please say so.");
	fprintf(to, "\nfingerprint: %s\n", text_of(finding, "fingerprint"));
}

// 'NAME' of one of the finding's own functions, or after "calls ".
static bool is_function(const json_t *finding, const char *name, bool called)
{
	return called || !strcmp(name, text_of(finding, "door")) || !strcmp(name, text_of(finding, "function")) ||
	       !strcmp(name, text_of(finding, "teardown"));
}

// As kernel developers write names: foo_read() and struct foo, not in quotes. Caller frees.
static char *spoken(const char *message, const json_t *finding)
{
	char *made = allocate(2 * strlen(message) + 1), *to = made;

	while (*message) {
		const char *end = *message == '\'' ? strchr(message + 1, '\'') : NULL;
		char *name = end ? copy_span(message + 1, (size_t)(end - message - 1)) : NULL;
		bool called = (to - made >= 6 && !memcmp(to - 6, "calls ", 6)) ||
			      (to - made == 8 && !memcmp(made, "Calling ", 8));

		if (name && !strncmp(name, "struct ", 7))
			to += sprintf(to, "%s", name);
		else if (name && *name && is_function(finding, name, called))
			to += sprintf(to, "%s()", name);
		else if (name)
			to += sprintf(to, "'%s'", name);
		else
			*to++ = *message;
		message = name ? end + 1 : message + 1;
		free(name);
	}
	return made;
}

static void speak(json_t *object, const json_t *finding)
{
	char *message = spoken(text_of(object, "message"), finding);

	json_object_set_new(object, "message", json_string(message));
	free(message);
}

void mail_write(FILE *to, const json_t *found, const json_t *inferred, const char *kernel)
{
	json_t *finding = plain_copy(found), *fences = inferred ? plain_copy(inferred) : NULL, *note;
	size_t i;

	json_array_foreach(json_object_get(finding, "notes"), i, note)
		if (json_is_object(note))
			speak(note, finding);
	speak(finding, finding);
	write_subject(to, finding);
	fputs("Hello,\n\n", to);
	if (kernel)
		paragraph(to, 0, 0, "in %s, %s:%lld:", kernel, text_of(finding, "file"), line_of(finding));
	else
		paragraph(to, 0, 0, "in %s:%lld:", text_of(finding, "file"), line_of(finding));
	fputc('\n', to);
	paragraph(to, 0, 0, "%s.", text_of(finding, "message"));
	fputc('\n', to);
	write_reach(to, finding);
	if (two_sides(finding)) {
		json_t *drawn = json_copy(finding);

		arrange(drawn);
		fputs("The order that goes wrong:\n", to);
		text_narrow_interleaving(to, drawn);
		fputc('\n', to);
		json_decref(drawn);
	}
	write_path(to, finding);
	write_repair(to, finding, fences);
	write_origin(to, finding);
	json_decref(finding);
	json_decref(fences);
}
