// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The matrix of the reference driver and its mutants: what the checker says about each, and what a running
// kernel says. testcases/reference/run builds everything that this needs and calls it.

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "builds.h"
#include "complain.h"
#include "files.h"
#include "findings.h"
#include "image.h"
#include "kernel.h"
#include "process.h"
#include "table.h"

static const char help[] =
	"usage: reference-run --reference DIR --work DIR --kernel-src DIR [--static] [--kernel-build DIR]\n"
	"                     [--strongfence PROGRAM] [--uml BUILD] [--qemu BUILD] [--init FILE] [--storm FILE]\n"
	"                     [--cycles N] [--runs N] [--only GLOB]... [--results FILE] [-j N] [--llvm 19|22]\n"
	"       reference-run --reference DIR --work DIR --kernel-src DIR --tree NAME=SRC:BUILD... [-j N]\n"
	"\n"
	"testcases/reference/run --help says what the options mean; it gives the ones that name files.\n"
	"--uml and --qemu name the builds of the test kernels, and by that the tiers that are run.\n"
	"With --tree the driver and the mutants are only built against each of these, and checkpatch of\n"
	"--kernel-src looks at them.\n";

struct settings {
	const char *reference, *work, *kernel_src, *kernel_build, *strongfence, *init, *storm, *results;
	const char *builds[TIERS];
	bool checker;
	unsigned long cycles; // 0: the tier's own
	size_t runs;
	struct strings only, trees;
	long jobs; // 0: the tier's own
	int llvm;
};

static const unsigned long default_cycles[TIERS] = {[TIER_UML] = 1000, [TIER_QEMU] = 300};

static long number(const char *option, const char *text)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	if (errno || end == text || *end || value < 1 || value > INT_MAX)
		fatal("%s: '%s' is not a number of at least 1", option, text);
	return value;
}

static struct settings read_options(int argc, char **argv)
{
	enum { REFERENCE = 256, WORK, KERNEL_SRC, KERNEL_BUILD, STRONGFENCE, UML, QEMU, INIT, STORM, STATIC, CYCLES,
	       RUNS, ONLY, RESULTS, LLVM, TREE };
	static const struct option options[] = {
		{"reference", required_argument, NULL, REFERENCE},
		{"work", required_argument, NULL, WORK},
		{"kernel-src", required_argument, NULL, KERNEL_SRC},
		{"kernel-build", required_argument, NULL, KERNEL_BUILD},
		{"strongfence", required_argument, NULL, STRONGFENCE},
		{"uml", required_argument, NULL, UML},
		{"qemu", required_argument, NULL, QEMU},
		{"init", required_argument, NULL, INIT},
		{"storm", required_argument, NULL, STORM},
		{"static", no_argument, NULL, STATIC},
		{"cycles", required_argument, NULL, CYCLES},
		{"runs", required_argument, NULL, RUNS},
		{"only", required_argument, NULL, ONLY},
		{"results", required_argument, NULL, RESULTS},
		{"tree", required_argument, NULL, TREE},
		{"llvm", required_argument, NULL, LLVM},
		{"jobs", required_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	struct settings settings = {.runs = 1, .llvm = 19};
	int which;

	while ((which = getopt_long(argc, argv, "j:h", options, NULL)) != -1) {
		switch (which) {
		case REFERENCE: settings.reference = optarg; break;
		case WORK: settings.work = optarg; break;
		case KERNEL_SRC: settings.kernel_src = optarg; break;
		case KERNEL_BUILD: settings.kernel_build = optarg; break;
		case STRONGFENCE: settings.strongfence = optarg; break;
		case UML: settings.builds[TIER_UML] = optarg; break;
		case QEMU: settings.builds[TIER_QEMU] = optarg; break;
		case INIT: settings.init = optarg; break;
		case STORM: settings.storm = optarg; break;
		case STATIC: settings.checker = true; break;
		case CYCLES: settings.cycles = (unsigned long)number("--cycles", optarg); break;
		case RUNS: settings.runs = (size_t)number("--runs", optarg); break;
		case ONLY: strings_add(&settings.only, optarg); break;
		case TREE: strings_add(&settings.trees, optarg); break;
		case RESULTS: settings.results = optarg; break;
		case 'j': settings.jobs = number("-j", optarg); break;
		case LLVM:
			settings.llvm = (int)number("--llvm", optarg);
			if (settings.llvm != 19 && settings.llvm != 22)
				fatal("--llvm: '%s' is neither 19 nor 22", optarg);
			break;
		case 'h': fputs(help, stdout); exit(VERDICT_CLEAN);
		default: fputs(help, stderr); exit(VERDICT_TROUBLE);
		}
	}
	if (optind < argc || !settings.reference || !settings.work || !settings.kernel_src ||
	    (settings.checker && !(settings.kernel_build && settings.strongfence)) ||
	    ((settings.builds[TIER_UML] || settings.builds[TIER_QEMU]) && !(settings.init && settings.storm))) {
		fputs(help, stderr);
		exit(VERDICT_TROUBLE);
	}
	return settings;
}

// The words that make modules for a test kernel: the kernel script builds it with gcc.
static struct strings make_words(const char *src, const struct machine *machine)
{
	static const char *const archs[TIERS] = {"um", "x86_64"};
	struct strings words = {0};

	strings_add(&words, "make");
	strings_add(&words, "-C");
	strings_add(&words, src);
	strings_take(&words, format("O=%s", machine->build));
	strings_take(&words, format("ARCH=%s", archs[machine->tier]));
	return words;
}

static void run_tier(enum tier tier, const struct settings *settings, const struct mutants *mutants,
		     struct matrix *matrix)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	// Two processors each: more of them than that would fight for time.
	long own = tier == TIER_UML ? processors : processors / 2;
	long jobs = settings->jobs ? settings->jobs : own > 1 ? own : 1;
	struct machine machine = machine_open(tier, settings->builds[tier], settings->work, jobs);
	char *directory = format("%s/modules", machine.work), *board, *log;
	struct sources sources = sources_write(settings->reference, mutants, directory);
	struct strings make = make_words(settings->kernel_src, &machine);

	board = format("%s/board.ko", sources.directory);
	log = format("%s/%s-build.log", machine.logs, tier_names[tier]);
	if (sources_make(&sources, &make, jobs, log)) {
		image_base(machine.build, settings->init, settings->storm, board, machine.base);
		matrix_boot(matrix, &machine, &sources,
			    settings->cycles ? settings->cycles : default_cycles[tier], settings->runs, jobs);
	} else {
		matrix->trouble = true;
	}
	strings_free(&make);
	sources_free(&sources);
	free(log);
	free(board);
	free(directory);
	machine_free(&machine);
}

static char *first_line(const char *program, const char *argument)
{
	struct strings words = {0};
	char *text;

	strings_add(&words, program);
	strings_add(&words, argument);
	text = process_output(&words);
	strings_free(&words);
	if (!text)
		return format("%s of unknown version", program);
	text[strcspn(text, "\n")] = '\0';
	return text;
}

// The release and the compiler of a kernel build.
static char *kernel_line(const char *build, const char *what)
{
	char *release_path = path_join(build, "include/config/kernel.release");
	char *config_path = path_join(build, ".config");
	char *release = file_read(release_path, NULL), *config = file_read(config_path, NULL);
	const char *key = "CONFIG_CC_VERSION_TEXT=\"";
	const char *compiler = config ? strstr(config, key) : NULL;
	char *line;

	if (release)
		release[strcspn(release, "\n")] = '\0';
	if (compiler)
		compiler += strlen(key);
	line = format("- %s: Linux %s, %.*s", what, release ? release : "of unknown release",
		      compiler ? (int)strcspn(compiler, "\"\n") : 0, compiler ? compiler : "");
	free(config);
	free(release);
	free(config_path);
	free(release_path);
	return line;
}

static char *heading_of(const struct settings *settings)
{
	static const char *const titles[TIERS] = {"UML", "QEMU"};
	char *text, *line, date[16];
	time_t now = time(NULL);
	size_t length;
	FILE *to = open_memstream(&text, &length);

	strftime(date, sizeof(date), "%Y-%m-%d", localtime(&now));
	fprintf(to, "On %s, each mutant booted %zu time%s a tier:\n", date, settings->runs,
		settings->runs == 1 ? "" : "s");
	if (settings->checker) {
		line = first_line(settings->strongfence, "--version");
		fprintf(to, "\n- static: %s with LLVM %d", line, settings->llvm);
		free(line);
		line = kernel_line(settings->kernel_build, "its kernel");
		fprintf(to, "\n%s", line);
		free(line);
	}
	for (int tier = 0; tier < TIERS; tier++) {
		if (!settings->builds[tier])
			continue;
		line = kernel_line(settings->builds[tier], titles[tier]);
		fprintf(to, "\n%s; %lu cycles of the reference", line,
			settings->cycles ? settings->cycles : default_cycles[tier]);
		free(line);
	}
	if (settings->builds[TIER_QEMU]) {
		line = first_line("qemu-system-x86_64", "--version");
		fprintf(to, "\n- %s", line);
		free(line);
	}
	fclose(to);
	return text;
}

// Two runs in one folder would boot each other's modules. The lock lasts until this program ends.
static void lock(const char *work)
{
	char *path = path_join(work, "lock");
	int file;

	if (make_directories(work) < 0)
		fatal("%s: %s", work, strerror(errno));
	file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (file < 0)
		fatal("%s: %s", path, strerror(errno));
	if (flock(file, LOCK_EX | LOCK_NB) < 0) {
		say("%s: another run uses it; waiting", work);
		if (flock(file, LOCK_EX) < 0)
			fatal("%s: %s", path, strerror(errno));
	}
	free(path);
}

static int run_builds(const struct settings *settings, const struct mutants *mutants, bool trouble)
{
	char *work = format("%s/builds", settings->work);
	struct builds builds = {.reference = settings->reference,
				.work = work,
				.mutants = mutants,
				.jobs = settings->jobs ? settings->jobs : sysconf(_SC_NPROCESSORS_ONLN),
				.trouble = trouble};

	if (make_directories(work) < 0)
		fatal("%s: %s", work, strerror(errno));
	for (size_t i = 0; i < settings->trees.count; i++)
		builds_tree(&builds, settings->trees.at[i]);
	builds_style(&builds, settings->kernel_src);
	printf("%zu passed, %zu failed\n", builds.passed, builds.failed);
	free(work);
	return builds.trouble ? VERDICT_TROUBLE : builds.failed ? VERDICT_FINDINGS : VERDICT_CLEAN;
}

int main(int argc, char **argv)
{
	struct settings settings = read_options(argc, argv);
	struct columns columns = {.checker = settings.checker};
	char *patches = path_join(settings.reference, "mutants");
	char *directory = format("%s/static/sources", settings.work);
	struct mutants mutants;
	struct sources sources;
	struct matrix matrix;
	struct totals totals;
	size_t wrong;

	lock(settings.work);
	wrong = mutants_read(patches, &mutants);

	if (settings.trees.count)
		return run_builds(&settings, &mutants, wrong > 0);
	// The sources of the rows; each tier has its own copies of them, with its objects.
	sources = sources_write(settings.reference, &mutants, directory);
	matrix = matrix_make(&sources, &settings.only);
	if (!matrix.count)
		fatal("--only: no row is called so");
	matrix.trouble = wrong > 0;
	if (settings.checker) {
		char *work = format("%s/static", settings.work);
		struct checker checker = {.strongfence = settings.strongfence,
					  .kernel_src = settings.kernel_src,
					  .kernel_build = settings.kernel_build,
					  .work = work,
					  .llvm = settings.llvm,
					  .jobs = settings.jobs ? settings.jobs
								: sysconf(_SC_NPROCESSORS_ONLN)};

		findings_enter(&matrix, &sources, &checker);
		free(work);
	}
	for (int tier = 0; tier < TIERS; tier++) {
		columns.tiers[tier] = settings.builds[tier] != NULL;
		if (columns.tiers[tier])
			run_tier((enum tier)tier, &settings, &mutants, &matrix);
	}
	table_print(stdout, &matrix, &columns);
	table_failures(stdout, &matrix, &columns);
	if (settings.results) {
		char *heading = heading_of(&settings);

		table_update(settings.results, heading, &matrix, &columns);
		free(heading);
	}
	totals = table_totals(&matrix, &columns);
	if (settings.checker) {
		if (totals.no_rule)
			printf("%zu rows have no rule yet\n", totals.no_rule);
		printf("%zu of %zu agree\n", totals.agree, totals.rows);
	}
	if (columns.tiers[TIER_UML] || columns.tiers[TIER_QEMU])
		printf("%zu passed, %zu failed\n", totals.passed, totals.failed);
	return matrix.trouble ? VERDICT_TROUBLE : totals.failed ? VERDICT_FINDINGS : VERDICT_CLEAN;
}
