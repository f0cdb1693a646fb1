// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// strongfence scan-build: clang's scan-build with the plugin that fits, and with an end that tells what was done.

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer.h"
#include "command.h"
#include "complain.h"
#include "files.h"
#include "plugin.h"
#include "process.h"
#include "program.h"
#include "words.h"

static const char help[] =
	"usage: strongfence scan-build [--llvm 19|22] [SCAN-BUILD-OPTION...] -- COMMAND...\n"
	"\n"
	"Runs a build under clang's scan-build with the rules as its only checkers, and says how\n"
	"many of the sources that it compiled were analysed. The plugin is the one of that clang;\n"
	"one that does not fit is refused. Each finding ends with a note of its fingerprint.\n"
	"\n"
	"  strongfence scan-build -o html -- make -C linux O=out LLVM=-19 drivers/misc/phantom.o\n"
	"\n"
	"  --llvm 19|22           whose scan-build; by default that of LLVM= or CC=clang-N in COMMAND,\n"
	"                         else 19\n"
	"  --use-cc COMPILER      what compiles; by default what LLVM=, CC= or CROSS_COMPILE= say\n"
	"  --status-bugs          end with 1 when there are findings\n"
	"  -enable-checker NAME   others beside (core, deadcode, alpha.teardown, ...)\n"
	"  -o DIR, -plist, -sarif, --exclude DIR, ...   see scan-build-19 --help\n"
	"\n"
	"Exit status: that of scan-build (which is the build's), 2 when a source could not be\n"
	"analysed or none was compiled.\n";

enum { OLDEST = 19, NEWEST = 22 };

struct request {
	int llvm;               // 0: not said
	char *clang;            // --use-analyzer, NULL: not said
	char *compiler;         // --use-cc, NULL: not said
	bool target;            // --analyzer-target was said
	struct strings options; // for scan-build
	struct strings command;
};

// The value of `name VALUE` or `name=VALUE`; *i moves to the last word of it.
static char *value_of(int argc, char **argv, int *i, const char *name)
{
	size_t length = strlen(name);

	if (strncmp(argv[*i], name, length))
		return NULL;
	if (argv[*i][length] == '=')
		return copy(argv[*i] + length + 1);
	if (argv[*i][length])
		return NULL;
	if (++*i == argc || !strcmp(argv[*i], "--"))
		fatal("scan-build: option '%s' needs a value", name);
	return copy(argv[*i]);
}

static int supported(const char *text)
{
	int llvm = atoi(text);

	if (llvm != OLDEST && llvm != NEWEST)
		fatal("--llvm: '%s' is neither %d nor %d", text, OLDEST, NEWEST);
	return llvm;
}

static struct request read_request(int argc, char **argv)
{
	struct request request = {0};
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		char *value;

		if ((value = value_of(argc, argv, &i, "--llvm"))) {
			request.llvm = supported(value);
			free(value);
		} else if ((value = value_of(argc, argv, &i, "--use-analyzer"))) {
			request.clang = value;
		} else if ((value = value_of(argc, argv, &i, "--use-cc"))) {
			request.compiler = value;
		} else {
			request.target |= !strncmp(argv[i], "--analyzer-target", 17);
			strings_add(&request.options, argv[i]);
		}
	}
	for (i++; i < argc; i++)
		strings_add(&request.command, argv[i]);
	if (!request.command.count)
		fatal("scan-build: no build command; it stands behind '--'");
	return request;
}

// NAME=VALUE among the words of a make command; of several the last one counts, as for make. NULL when there is none.
static const char *assigned(const struct strings *command, const char *name)
{
	const char *value = NULL;
	size_t length = strlen(name);

	for (size_t i = 1; i < command->count; i++)
		if (!strncmp(command->at[i], name, length) && command->at[i][length] == '=')
			value = command->at[i] + length + 1;
	return value;
}

static const char *assigned_or_set(const struct strings *command, const char *name)
{
	const char *value = assigned(command, name);

	if (!value)
		value = getenv(name);
	return value && *value ? value : NULL;
}

static bool is_make(const struct strings *command)
{
	const char *name = path_name(command->at[0]);

	return !strcmp(name, "make") || !strcmp(name, "gmake");
}

// scan-build takes one program. What is put in front of a compiler to make it faster does not change what it compiles.
static char *one_program(const char *text)
{
	struct strings words = {0};
	char *program;
	size_t first;

	if (!words_split(text, &words) || !words.count)
		fatal("CC=%s: not a compiler", text);
	first = words.count > 1 && strstr(path_name(words.at[0]), "cache") ? 1 : 0;
	if (words.count > first + 1)
		fatal("CC=%s: scan-build takes no compiler with arguments; put them into KCFLAGS or CFLAGS", text);
	program = copy(words.at[first]);
	strings_free(&words);
	return program;
}

// scan-build overrides CC, so it has to be told what CC would have been: left alone it takes gcc, and a kernel that was
// configured for clang is configured anew, without a word.
static void find_compiler(struct request *request)
{
	const struct strings *command = &request->command;
	const char *cc, *llvm, *cross;
	size_t length;

	if (request->compiler || !is_make(command))
		return;
	cc = assigned(command, "CC");
	llvm = assigned_or_set(command, "LLVM");
	cross = assigned_or_set(command, "CROSS_COMPILE");
	if (cc && *cc) {
		request->compiler = one_program(cc);
	} else if (llvm) { // as in the kernel's Makefile
		length = strlen(llvm);
		request->compiler = llvm[length - 1] == '/' ? format("%sclang", llvm)
				    : *llvm == '-'	    ? format("clang%s", llvm)
							    : copy("clang");
	} else if (cross) {
		request->compiler = format("%sgcc", cross);
	}
	if (request->compiler && !program_path(request->compiler))
		fatal("%s: no such compiler", request->compiler);
	// clang as a cross compiler says so in its flags, gcc in its name alone.
	if (!request->target && cross && request->compiler && !strstr(path_name(request->compiler), "clang")) {
		const char *name = path_name(cross);

		length = strlen(name);
		strings_take(&request->options,
			     format("--analyzer-target=%.*s", (int)(length && name[length - 1] == '-' ? length - 1 : length), name));
	}
}

static bool have_plugin(int llvm)
{
	char *looked_for, *plugin = plugin_find(llvm, &looked_for);
	bool found = plugin;

	free(looked_for);
	free(plugin);
	return found;
}

// The clang that looks at the sources: as new as the one that compiles them, which may have flags that an older one
// does not know.
static int choose_llvm(const struct request *request)
{
	int of_compiler = 0;

	if (request->llvm)
		return request->llvm;
	if (request->clang) {
		int major = clang_major(request->clang, NULL);

		if (major != OLDEST && major != NEWEST)
			fatal("%s: not clang %d or %d, for which there are plugins", request->clang, OLDEST, NEWEST);
		return major;
	}
	if (request->compiler && strstr(path_name(request->compiler), "clang"))
		of_compiler = clang_major(request->compiler, NULL);
	if ((of_compiler == OLDEST || of_compiler == NEWEST) && have_plugin(of_compiler))
		return of_compiler;
	return have_plugin(OLDEST) || !have_plugin(NEWEST) ? OLDEST : NEWEST;
}

static char *require_clang(struct request *request, char **version)
{
	char *name = request->clang ? copy(request->clang) : format("clang-%d", request->llvm);
	char *found = program_path(name), *clang;
	int major;

	if (!found && !request->clang) {
		free(name);
		name = format("/usr/lib/llvm-%d/bin/clang", request->llvm);
		found = program_path(name);
	}
	if (!found)
		fatal("%s: no such clang; install the package clang-%d", name, request->llvm);
	clang = path_real(NULL, found);
	major = clang_major(clang, version);
	if (major != request->llvm)
		fatal("%s: is clang %s, not clang %d", name, major ? *version : "of no version", request->llvm);
	free(found);
	free(name);
	return clang;
}

static char *require_scan_build(int llvm)
{
	char *name = format("scan-build-%d", llvm), *path = program_path(name);

	// Elsewhere than in Debian it has no version in its name; its clang is named to it.
	if (!path)
		path = program_path("scan-build");
	if (!path)
		fatal("%s: no such program; install the package clang-tools-%d", name, llvm);
	free(name);
	return path;
}

static char *require_plugin(int llvm, const char *clang)
{
	char *looked_for, *plugin = plugin_find(llvm, &looked_for), *fault;

	if (!plugin)
		fatal("%s: no such plugin; build strongfence for LLVM %d", looked_for, llvm);
	free(looked_for);
	fault = plugin_fault(plugin, clang);
	if (fault)
		fatal("%s: %s", plugin, fault);
	return plugin;
}

static char *folder; // removed at the end

static void remove_folder(void)
{
	if (folder)
		remove_tree(folder);
}

static void make_folder(void)
{
	const char *base = getenv("TMPDIR");

	folder = format("%s/strongfence-XXXXXX", base && *base ? base : "/tmp");
	if (!mkdtemp(folder))
		fatal("%s: %s", folder, strerror(errno));
	atexit(remove_folder);
}

static void write_program(const char *name, const char *first)
{
	char *path = path_join(folder, name);
	char *text = format("#!/bin/sh\nexec \"$STRONGFENCE_SCAN_SELF\" scan-build-clang %s\"$@\"\n", first);

	if (file_write(path, text, strlen(text)) < 0 || chmod(path, 0755) < 0)
		fatal("%s: %s", path, strerror(errno));
	free(text);
	free(path);
}

static bool has_blank(const char *text)
{
	while (*text && !isspace((unsigned char)*text))
		text++;
	return *text;
}

// scan-build splits what it hands on at blanks.
static char *without_blanks(char *plugin, int llvm)
{
	char *name, *path;

	if (!has_blank(plugin))
		return plugin;
	name = format("StrongfenceChecker-%d.so", llvm);
	path = path_join(folder, name);
	if (has_blank(path))
		fatal("%s: scan-build takes no plugin with a blank in its path, and TMPDIR has one too", plugin);
	if (symlink(plugin, path) < 0)
		fatal("%s: %s", path, strerror(errno));
	free(name);
	free(plugin);
	return path;
}

static void keep_variable(struct strings *set, const char *name)
{
	const char *value = getenv(name);

	if (value)
		strings_take(set, format("%s=%s", name, value));
}

struct done {
	size_t analysed, failed, findings;
};

// Names what failed, relative to where we are when it is below.
static struct done read_log(const char *path)
{
	char *text = file_read(path, NULL), *here = working_directory();
	struct done done = {0};

	if (!text)
		fatal("%s: %s", path, strerror(errno));
	for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
		char *parts[3]; // behind the status
		const char *below;

		*end = '\0';
		for (size_t i = 0, at = 0; i < 3; i++) {
			char *tab = strchr(line + at, '\t');

			if (!tab)
				fatal("%s: damaged", path);
			*tab = '\0';
			parts[i] = tab + 1;
			at = (size_t)(parts[i] - line);
		}
		done.findings += (size_t)atol(parts[0]);
		if (!atoi(line)) {
			done.analysed++;
			continue;
		}
		done.failed++;
		below = path_below(here, parts[1]);
		complain("%s: %s", below && *below ? below : parts[1], parts[2]);
	}
	free(here);
	free(text);
	return done;
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

// Returns what to exit with.
static int summarize(struct done done, const struct request *request, const char *version, int status)
{
	char *failed = done.failed ? format(", %zu FAILED", done.failed) : copy("");

	if (!done.analysed && !done.failed) {
		complain("no C source was compiled by way of scan-build: NOTHING WAS ANALYSED");
		return status ? status : VERDICT_TROUBLE;
	}
	say("%zu source%s analysed by clang %s%s, %zu finding%s", done.analysed, plural(done.analysed), version, failed,
	    done.findings, plural(done.findings));
	free(failed);
	if (done.failed)
		return VERDICT_TROUBLE;
	// scan-build counts the findings in HTML alone.
	if (!status && done.findings && strings_have(&request->options, "--status-bugs") &&
	    (strings_have(&request->options, "-plist") || strings_have(&request->options, "-sarif")))
		return VERDICT_FINDINGS;
	return status;
}

int command_scan_build(int argc, char **argv)
{
	struct request request;
	struct strings words = {0}, set = {0};
	char *clang, *version, *scan_build, *plugin, *log;
	int status;

	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			fputs(help, stdout);
			return VERDICT_CLEAN;
		}
	request = read_request(argc, argv);
	find_compiler(&request);
	request.llvm = choose_llvm(&request);
	clang = require_clang(&request, &version);
	scan_build = require_scan_build(request.llvm);
	plugin = require_plugin(request.llvm, clang);
	make_folder();
	plugin = without_blanks(plugin, request.llvm);
	write_program("clang", "");
	write_program("clang++", "--driver-mode=g++ ");
	log = path_join(folder, "log");
	if (file_write(log, "", 0) < 0)
		fatal("%s: %s", log, strerror(errno));

	strings_add(&words, scan_build);
	strings_take(&words, format("--use-analyzer=%s/clang", folder));
	strings_add(&words, "-load-plugin");
	strings_add(&words, plugin);
	strings_add(&words, "-enable-checker");
	strings_add(&words, "teardown");
	strings_add(&words, "-analyzer-config");
	strings_add(&words, "teardown:Fingerprints=true");
	if (request.compiler)
		strings_take(&words, format("--use-cc=%s", request.compiler));
	strings_add_all(&words, &request.options);
	strings_add_all(&words, &request.command);
	strings_take(&set, format(ANALYZER_CLANG "=%s", clang));
	strings_take(&set, format(ANALYZER_LOG "=%s", log));
	strings_take(&set, format("STRONGFENCE_SCAN_SELF=%s", program_self()));
	keep_variable(&set, "MAKEFLAGS");
	keep_variable(&set, "MFLAGS");
	keep_variable(&set, "MAKELEVEL");

	struct process process = {.words = &words, .set = &set};

	status = process_run(&process, NULL);
	if (status == 127 && errno)
		fatal("%s: %s", scan_build, strerror(errno));
	if (process_interrupted())
		return 128 + process_interrupted();

	return summarize(read_log(log), &request, version, status);
}
