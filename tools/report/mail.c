// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a report has to say is in the kernel's Documentation/process/researcher-guidelines.rst: the problem, how it is
// reached, how it was found, and on which version.

#include "mail.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "advice.h"
#include "engines.h"
#include "memory.h"
#include "remedy.h"
#include "rules.h"
#include "spoken.h"
#include "text.h"

enum {
	LINE = TEXT_LINE,
	CYCLE = 6, // steps of a loop that are drawn once
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

	what = advice ? advice_fill(advice->subject, finding) : NULL;
	if (!what)
		what = *finding_operation(finding)
			       ? format("possible bug at unbind in %s()", finding_operation(finding))
			       : copy("possible bug at unbind");
	fprintf(to, "Subject: [BUG?] %s%s\n\n", prefix, what);
	free(what);
	free(prefix);
}

// The severity says how the device can go, whatever the rule.
static void write_reach(FILE *to, const json_t *finding)
{
	const char *severity = text_of(finding, "severity"), *slot = text_of(finding, "slot");
	char *through =
		*slot && strcmp(slot, "open") && *text_of(finding, "door")
			? format("%s() is the %s operation of %s, called here on a file that was opened before the "
				 "device went. ",
				 text_of(finding, "door"), slot,
				 *text_of(finding, "table") ? text_of(finding, "table") : "its table")
			: copy("");

	if (!strcmp(text_of(finding, "rule"), "OpenBeforeReady"))
		text_paragraph(to, 0, 0,
			       "It would be reached by user space that opens the node before %s() has finished.",
			       *text_of(finding, "teardown") ? text_of(finding, "teardown") : "probe");
	else if (!strcmp(severity, "high"))
		text_paragraph(to, 0, 0,
			       "%sDevices of this bus can be taken away at any time, and root can unbind the driver "
			       "through sysfs.",
			       through);
	else if (!strcmp(severity, "medium"))
		text_paragraph(to, 0, 0,
			       "%sAs far as the tool sees, it takes root to get there, by unbinding the driver "
			       "through sysfs for example.",
			       through);
	else if (*through)
		text_paragraph(to, 0, 0, "%s", through);
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

		while (same < length &&
		       same_step(json_array_get(steps, i + same), json_array_get(steps, i + length + same)))
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

static void write_origin(FILE *to, const json_t *finding)
{
	const char *rule = text_of(finding, "rule");
	const char *engine = !engine_cocci(finding) ? "a checker of the Clang Static Analyzer"
			     : engine_clang(finding)
				     ? "a checker of the Clang Static Analyzer, and a semantic patch for Coccinelle"
				     : "a semantic patch for Coccinelle";

	text_paragraph(to, 0, 0, "How it was found: static analysis by strongfence %s, rule %s%s (%s).%s",
		       STRONGFENCE_VERSION, rule_package(rule), rule, engine,
		       strcmp(rule_package(rule), "teardown.") ? " Much of what this rule reports does not hold up."
							       : "");
	fputc('\n', to);
	text_paragraph(to, 0, 0,
		       "This was found by reading the source with a tool; it was not reproduced. If something that "
		       "the tool does not see makes it safe, please say so.");
	fprintf(to, "\nfingerprint: %s\n", text_of(finding, "fingerprint"));
}

void mail_write(FILE *to, const json_t *found, const json_t *inferred, const char *kernel)
{
	json_t *finding = spoken_finding(found), *fences = inferred ? spoken_copy(inferred) : NULL;

	write_subject(to, finding);
	fputs("Hello,\n\n", to);
	if (kernel)
		text_paragraph(to, 0, 0, "in %s, %s:%lld:", kernel, text_of(finding, "file"), line_of(finding));
	else
		text_paragraph(to, 0, 0, "in %s:%lld:", text_of(finding, "file"), line_of(finding));
	fputc('\n', to);
	text_paragraph(to, 0, 0, "%s.", text_of(finding, "message"));
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
	remedy_write(to, finding, fences);
	write_origin(to, finding);
	json_decref(finding);
	json_decref(fences);
}
