// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// strongfence mail: one finding as a mail to a kernel list.

#include "mail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "complain.h"
#include "files.h"
#include "inputs.h"
#include "last.h"
#include "options.h"
#include "output.h"
#include "process.h"

enum {
	SHORTEST = 4, // what is left of a fingerprint at least
	SHOWN = 10,   // candidates
};

static const char help[] =
	"usage: strongfence mail FINDING --kernel-build DIR [-o FILE]\n"
	"       strongfence mail FINDING -p compile_commands.json [-o FILE]\n"
	"       strongfence mail FINDING --findings FILE [-o FILE]\n"
	"\n"
	"Writes a finding as a plain-text mail, subject first, for the list of the driver: what is\n"
	"wrong, the order that goes wrong, the places, the fence to take, and how it was found.\n"
	"FINDING is a fingerprint, the beginning of one (4 characters or more), or FILE:LINE.\n"
	"\n"
	"  --findings FILE        findings as JSON, an object a line; - is standard input. Without\n"
	"                         it those of the last check or scan are taken\n"
	"  --kernel-src DIR, --kernel-build DIR, -p FILE, --state DIR   as for that check or scan\n"
	"  -o FILE                write there instead of standard output\n"
	"\n"
	"Read the mail, and the driver, before you send it: it says what a tool saw.\n"
	"Exit status: 0 written, 2 not.\n";

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

// "FILE:LINE" or "FILE:LINE:COLUMN", as the text form writes it, with a colon behind it or not. The file may be named
// by the end of its path.
static bool stands_at(const json_t *finding, const char *asked)
{
	const char *file = text_of(finding, "file");
	size_t length = strlen(asked);
	bool found = false;
	char *bare;

	while (length && asked[length - 1] == ':')
		length--;
	bare = copy_span(asked, length);
	for (int columns = 0; columns < 2 && !found; columns++) {
		char *place = format("%s:%lld", file, (long long)json_integer_value(json_object_get(finding, "line")));
		size_t whole;

		if (columns) {
			char *longer = format("%s:%lld", place,
					      (long long)json_integer_value(json_object_get(finding, "column")));

			free(place);
			place = longer;
		}
		whole = strlen(place);
		found = whole >= length && !strcmp(place + whole - length, bare) &&
			(whole == length || place[whole - length - 1] == '/');
		free(place);
	}
	free(bare);
	return found;
}

static bool is_asked_for(const json_t *finding, const char *asked)
{
	return (strlen(asked) >= SHORTEST && !strncmp(text_of(finding, "fingerprint"), asked, strlen(asked))) ||
	       stands_at(finding, asked);
}

static void show_candidates(const json_t *findings)
{
	const json_t *finding;
	size_t i;

	json_array_foreach(findings, i, finding) {
		if (i == SHOWN) {
			complain("  and %zu more", json_array_size(findings) - i);
			break;
		}
		complain("  %s %s:%lld:%lld %s", text_of(finding, "fingerprint"), text_of(finding, "file"),
			 (long long)json_integer_value(json_object_get(finding, "line")),
			 (long long)json_integer_value(json_object_get(finding, "column")), text_of(finding, "rule"));
	}
}

// Several places that say the very same are one report: the first, with the others in `also`.
static json_t *as_one(const json_t *findings)
{
	json_t *one = json_deep_copy(json_array_get(findings, 0)), *also = json_object_get(one, "also"), *each;
	size_t i;

	json_array_foreach(findings, i, each) {
		if (!i)
			continue;
		if (strcmp(text_of(each, "fingerprint"), text_of(one, "fingerprint"))) {
			json_decref(one);
			return NULL;
		}
		if (!also) {
			also = json_array();
			json_object_set_new(one, "also", also);
		}
		json_array_append(also, each);
	}
	return one;
}

// The one that is asked for; else fatal, with those that could be meant. Caller decrefs.
static json_t *choose(const json_t *findings, const char *asked)
{
	json_t *fitting = json_array(), *finding, *one;
	size_t i;

	json_array_foreach(findings, i, finding)
		if (is_asked_for(finding, asked))
			json_array_append(fitting, finding);
	one = json_array_size(fitting) ? as_one(fitting) : NULL;
	if (!one) {
		bool none = !json_array_size(fitting);

		if (!json_array_size(findings))
			fatal("%s: there are no findings", asked);
		complain(none ? "%s: none of the %zu findings has this fingerprint or place; they are"
			      : "%s: that is more than one finding:",
			 asked, json_array_size(findings));
		show_candidates(none ? findings : fitting);
		exit(VERDICT_TROUBLE);
	}
	json_decref(fitting);
	return one;
}

static char *variable(const char *makefile, const char *name)
{
	char *start = format("\n%s =", name), *whole = format("\n%s", makefile);
	const char *at = strstr(whole, start);
	char *value = NULL;

	if (at) {
		at += strlen(start);
		at += strspn(at, " \t");
		value = copy_span(at, strcspn(at, " \t\r\n#"));
	}
	free(whole);
	free(start);
	return value ? value : copy("");
}

// "Linux 6.12.117", with the commit of a git tree; NULL when root is no kernel tree. Caller frees.
static char *kernel_at(const char *root)
{
	static const char *const names[] = {"VERSION", "PATCHLEVEL", "SUBLEVEL", "EXTRAVERSION"};
	char *path = path_join(root, "Makefile"), *git = path_join(root, ".git"), *values[4], *kernel = NULL;
	char *makefile = file_read(path, NULL);

	for (size_t i = 0; makefile && i < 4; i++)
		values[i] = variable(makefile, names[i]);
	if (makefile && *values[0] && *values[1]) {
		kernel = format("Linux %s.%s%s%s%s", values[0], values[1],
				*values[2] && strcmp(values[2], "0") ? "." : "",
				strcmp(values[2], "0") ? values[2] : "", values[3]);
		if (file_exists(git)) {
			struct strings words = {0};
			const char *const git_words[] = {"git", "-C", root, "rev-parse", "--short=12", "HEAD"};

			for (size_t i = 0; i < sizeof(git_words) / sizeof(*git_words); i++)
				strings_add(&words, git_words[i]);
			char *commit = process_output(&words);

			if (commit) {
				char *longer = format("%s (commit %s)", kernel, commit);

				free(kernel);
				kernel = longer;
			}
			free(commit);
			strings_free(&words);
		}
	}
	for (size_t i = 0; makefile && i < 4; i++)
		free(values[i]);
	free(makefile);
	free(git);
	free(path);
	return kernel;
}

// The findings, and the tree that they are of where it is known: root.
static struct last findings_of(const struct options *options)
{
	bool names_tree = options->kernel_src || options->kernel_build || options->database;
	struct inputs inputs = {0};
	struct last last;

	if (!names_tree && !options->state && !options->findings)
		fatal("mail: which findings? give --kernel-build, -p or --state of the last run, or --findings FILE");
	if (names_tree)
		inputs = inputs_open(options, false);
	last = options->findings ? last_read(options->findings)
				 : last_of(options->state ? options->state : inputs.state);
	if (names_tree) {
		free(last.root);
		last.root = copy(inputs.root);
	}
	return last;
}

int command_mail(int argc, char **argv)
{
	struct options options = options_read(argc, argv, TAKES_KERNEL | TAKES_DATABASE | TAKES_MAIL);
	struct output output;
	struct last last;
	json_t *finding;
	char *kernel;

	if (options.help) {
		fputs(help, stdout);
		return VERDICT_CLEAN;
	}
	if (options.paths.count != 1)
		fatal("mail: name one finding, by its fingerprint or as FILE:LINE");
	output_check(options.output);
	last = findings_of(&options);
	finding = choose(last.findings, options.paths.at[0]);
	kernel = last.root ? kernel_at(last.root) : NULL;
	output = output_open(options.output);
	mail_write(output.stream, finding, last.fences, kernel);
	output_close(&output);
	if (kernel)
		say("whom to send it to: (cd %s && scripts/get_maintainer.pl -f %s)", last.root,
		    text_of(finding, "file"));
	say("read the driver before you send it: the mail says what a tool saw");
	free(kernel);
	free(last.root);
	json_decref(finding);
	json_decref(last.fences);
	json_decref(last.findings);
	return VERDICT_CLEAN;
}
