// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "complain.h"
#include "rules.h"
#include "words.h"

static const char *const severities[] = {"info", "low", "medium", "high"};

// In the order of enum output_format.
static const char *const formats[] = {
	"text",
	"json",
	"sarif",
	"html",
};

enum severity severity_of(const char *name)
{
	for (size_t i = 0; name && i < sizeof(severities) / sizeof(*severities); i++)
		if (!strcmp(name, severities[i]))
			return (enum severity)i;
	return SEVERITY_UNKNOWN;
}

const char *severity_name(enum severity severity)
{
	return severity < SEVERITY_UNKNOWN ? severities[severity] : "unknown";
}

enum {
	OPTION_KERNEL_SRC = 256,
	OPTION_KERNEL_BUILD,
	OPTION_CONFIG,
	OPTION_ARCH,
	OPTION_RULES,
	OPTION_KERNEL_MODEL,
	OPTION_BUDGET,
	OPTION_TIMEOUT,
	OPTION_LAUNCHER,
	OPTION_STATE,
	OPTION_FORMAT,
	OPTION_MIN_SEVERITY,
	OPTION_LLVM,
	OPTION_SAMPLE,
	OPTION_ALL,
	OPTION_ALPHA,
	OPTION_INSTALL,
	OPTION_TEMPLATES,
	OPTION_ENGINE,
	OPTION_INSTALL_HOOK,
	OPTION_UNINSTALL_HOOK,
	OPTION_STRICT,
	OPTION_FINDINGS,
	OPTION_BASELINE,
	OPTION_SINCE,
};

static const struct known {
	int takes; // 0: every subcommand
	struct option option;
} known[] = {
	{TAKES_KERNEL, {"kernel-src", required_argument, NULL, OPTION_KERNEL_SRC}},
	{TAKES_KERNEL, {"kernel-build", required_argument, NULL, OPTION_KERNEL_BUILD}},
	{TAKES_DATABASE, {"compile-commands", required_argument, NULL, 'p'}},
	{TAKES_CONFIG, {"config", required_argument, NULL, OPTION_CONFIG}},
	{TAKES_CONFIG, {"arch", required_argument, NULL, OPTION_ARCH}},
	{TAKES_ANALYSIS | TAKES_SCRIPTS, {"rules", required_argument, NULL, OPTION_RULES}},
	{TAKES_ANALYSIS, {"alpha", no_argument, NULL, OPTION_ALPHA}},
	{TAKES_ANALYSIS | TAKES_SCRIPTS | TAKES_MODEL, {"kernel-model", required_argument, NULL, OPTION_KERNEL_MODEL}},
	{TAKES_ANALYSIS, {"budget", required_argument, NULL, OPTION_BUDGET}},
	{TAKES_ANALYSIS, {"timeout", required_argument, NULL, OPTION_TIMEOUT}},
	{TAKES_ANALYSIS, {"jobs", required_argument, NULL, 'j'}},
	{TAKES_ANALYSIS, {"launcher", required_argument, NULL, OPTION_LAUNCHER}},
	{TAKES_ANALYSIS | TAKES_MAIL, {"state", required_argument, NULL, OPTION_STATE}},
	{TAKES_OUTPUT, {"format", required_argument, NULL, OPTION_FORMAT}},
	{TAKES_OUTPUT | TAKES_SCRIPTS | TAKES_MAIL, {"output", required_argument, NULL, 'o'}},
	{TAKES_SEVERITY, {"min-severity", required_argument, NULL, OPTION_MIN_SEVERITY}},
	{TAKES_LLVM, {"llvm", required_argument, NULL, OPTION_LLVM}},
	{TAKES_SAMPLE, {"sample", required_argument, NULL, OPTION_SAMPLE}},
	{TAKES_ENGINE, {"engine", required_argument, NULL, OPTION_ENGINE}},
	{TAKES_MAIL, {"findings", required_argument, NULL, OPTION_FINDINGS}},
	{TAKES_SINCE, {"since", required_argument, NULL, OPTION_SINCE}},
	{TAKES_BASELINE, {"baseline", required_argument, NULL, OPTION_BASELINE}},
	{TAKES_ALL, {"all", no_argument, NULL, OPTION_ALL}},
	{TAKES_SCRIPTS, {"install", required_argument, NULL, OPTION_INSTALL}},
	{TAKES_SCRIPTS, {"templates", required_argument, NULL, OPTION_TEMPLATES}},
	{TAKES_HOOK, {"install", no_argument, NULL, OPTION_INSTALL_HOOK}},
	{TAKES_HOOK, {"uninstall", no_argument, NULL, OPTION_UNINSTALL_HOOK}},
	{TAKES_HOOK, {"strict", no_argument, NULL, OPTION_STRICT}},
	{0, {"verbose", no_argument, NULL, 'v'}},
	{0, {"help", no_argument, NULL, 'h'}},
};

enum { KNOWN = sizeof(known) / sizeof(*known) };

static long number(const char *option, const char *text, long least)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	if (errno || end == text || *end || value < least || value > INT_MAX)
		fatal("%s: '%s' is not a number of at least %ld", option, text, least);
	return value;
}

static void add_rules(struct options *options, const char *list)
{
	for (const char *at = list;; at++) {
		size_t length = strcspn(at, ",");
		char *key = copy_span(at, length);

		if (!rule_known(key)) {
			char *all = rule_list(", ");

			fatal("--rules: unknown rule '%s'; the rules are %s", key, all);
		}
		if (!strings_have(&options->rules, key))
			strings_add(&options->rules, key);
		free(key);
		at += length;
		if (!*at)
			break;
	}
}

static enum output_format format_of(const char *name)
{
	char *all = NULL;

	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		if (!strcmp(name, formats[i]))
			return (enum output_format)i;
		char *longer = format("%s%s%s", all ? all : "", all ? ", " : "", formats[i]);

		free(all);
		all = longer;
	}
	fatal("--format: '%s' is none of %s", name, all);
}

static void take(struct options *options, int which, const char *value)
{
	switch (which) {
	case OPTION_KERNEL_SRC: options->kernel_src = copy(value); break;
	case OPTION_KERNEL_BUILD: options->kernel_build = copy(value); break;
	case 'p': options->database = copy(value); break;
	case OPTION_CONFIG: options->config = copy(value); break;
	case OPTION_ARCH: options->arch = copy(value); break;
	case OPTION_RULES: add_rules(options, value); break;
	case OPTION_KERNEL_MODEL: strings_add(&options->models, value); break;
	case OPTION_BUDGET: options->budget = number("--budget", value, 1); break;
	case OPTION_TIMEOUT: options->timeout = number("--timeout", value, 1); break;
	case 'j': options->jobs = number("-j", value, 1); break;
	case OPTION_LAUNCHER: options->launcher = copy(value); break;
	case OPTION_SINCE: options->since = copy(value); break;
	case OPTION_BASELINE: options->baseline = copy(value); break;
	case OPTION_STATE: options->state = copy(value); break;
	case OPTION_FINDINGS: options->findings = copy(value); break;
	case OPTION_INSTALL: options->install = copy(value); break;
	case OPTION_TEMPLATES: options->templates = copy(value); break;
	case OPTION_INSTALL_HOOK: options->install_hook = true; break;
	case OPTION_UNINSTALL_HOOK: options->uninstall_hook = true; break;
	case OPTION_STRICT: options->strict = true; break;
	case 'o': options->output = copy(value); break;
	case OPTION_ALPHA: options->alpha = true; break;
	case OPTION_ALL: options->select = false; break;
	case OPTION_SAMPLE: options->sample = number("--sample", value, 1); break;
	case OPTION_ENGINE:
		options->engines = !strcmp(value, "clang")   ? ENGINE_CLANG
				   : !strcmp(value, "cocci") ? ENGINE_COCCI
				   : !strcmp(value, "both")  ? ENGINE_CLANG | ENGINE_COCCI
							     : 0;
		if (!options->engines)
			fatal("--engine: '%s' is not clang, cocci or both", value);
		break;
	case OPTION_FORMAT:
		options->format = format_of(value);
		break;
	case OPTION_MIN_SEVERITY:
		options->min_severity = severity_of(value);
		if (options->min_severity == SEVERITY_UNKNOWN)
			fatal("--min-severity: '%s' is not info, low, medium or high", value);
		break;
	case OPTION_LLVM:
		options->llvm = (int)number("--llvm", value, 1);
		if (options->llvm != 19 && options->llvm != 22)
			fatal("--llvm: '%s' is neither 19 nor 22", value);
		break;
	case 'v': options->verbose = true; break;
	case 'h': options->help = true; break;
	}
}

struct options options_read(int argc, char **argv, int takes)
{
	struct options options = {
		.min_severity = SEVERITY_LOW,
		.jobs = sysconf(_SC_NPROCESSORS_ONLN),
		.sample = 1,
		.select = takes & TAKES_ALL,
		.llvm = 19,
		.engines = ENGINE_CLANG,
	};
	struct option longs[KNOWN + 1] = {0};
	char shorts[3 * KNOWN + 2] = ":";
	size_t count = 0;
	int end = argc, which;

	for (int i = 1; (takes & TAKES_FLAGS) && i < argc; i++) {
		if (strcmp(argv[i], "--"))
			continue;
		end = i;
		options.have_flags = true;
		for (int j = i + 1; j < argc; j++)
			strings_add(&options.flags, argv[j]);
		break;
	}
	for (size_t i = 0; i < KNOWN; i++) {
		if (known[i].takes && !(known[i].takes & takes))
			continue;
		longs[count++] = known[i].option;
		if (known[i].option.val < 256) {
			char one[] = {(char)known[i].option.val, '\0'};

			strcat(shorts, one);
			if (known[i].option.has_arg)
				strcat(shorts, ":");
		}
	}
	opterr = 0;
	optind = 1;
	while ((which = getopt_long(end, argv, shorts, longs, NULL)) != -1) {
		if (which == ':')
			fatal("%s: option '%s' needs a value", argv[0], argv[optind - 1]);
		if (which == '?')
			fatal("%s: unknown option '%s'; see 'strongfence %s --help'", argv[0],
			      argv[optind - 1], argv[0]);
		take(&options, which, optarg);
	}
	for (int i = optind; i < end; i++)
		strings_add(&options.paths, argv[i]);
	if (options.alpha && options.rules.count)
		fatal("--alpha adds rules to all others, --rules names them: they exclude each other");
	for (size_t i = 0; options.alpha && i < rule_count; i++)
		strings_add(&options.rules, rules[i].key);
	if (options.jobs < 1)
		options.jobs = 1;
	return options;
}
