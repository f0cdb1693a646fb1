// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "matrix.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "complain.h"
#include "fenced.h"
#include "files.h"
#include "words.h"

// What a mutant is stormed with, unless its header says otherwise.
enum { MUTANT_CYCLES = 300 };

static const struct {
	const char *suffix;
	const char *parameters;
	unsigned share; // of the cycles of a plain run: 1/share
	bool kmemleak;
} variants[VARIANTS] = {
	[VARIANT_PLAIN] = {"", "", 1, false},
	[VARIANT_WIDENED] = {" widened", "slow_us=500 step_us=500 work_us=20000", 5, false},
	[VARIANT_LEAKS] = {" leaks", "", 5, true},
};

// Far more than was ever needed, on a machine that does much else: it only bounds a boot that hangs
// where no watchdog sees it.
static const struct {
	unsigned long base, ms_a_cycle;
} limits[TIERS] = {[TIER_UML] = {90, 200}, [TIER_QEMU] = {180, 500}};

static bool wanted(const char *name, const struct strings *only)
{
	for (size_t i = 0; i < only->count; i++)
		if (!fnmatch(only->at[i], name, 0))
			return true;
	return !only->count;
}

static void add(struct matrix *matrix, char *name, const struct source *source, enum variant variant,
		const struct strings *only)
{
	if (!wanted(name, only)) {
		free(name);
		return;
	}
	matrix->at = reallocate(matrix->at, matrix->count + 1, sizeof(*matrix->at));
	matrix->at[matrix->count++] = (struct row){
		.name = name, .source = source, .variant = variant};
}

struct matrix matrix_make(const struct sources *sources, const struct strings *only)
{
	struct matrix matrix = {0};

	for (size_t i = 0; i < sources->count; i++) {
		const struct source *source = &sources->at[i];

		if (source->mutant) {
			add(&matrix, copy(source->mutant->name), source, VARIANT_PLAIN, only);
			continue;
		}
		for (int variant = 0; variant < VARIANTS; variant++)
			add(&matrix,
			    format("reference %s%s", flavour_names[source->flavour], variants[variant].suffix),
			    source, (enum variant)variant, only);
	}
	return matrix;
}

void matrix_free(struct matrix *matrix)
{
	for (size_t i = 0; i < matrix->count; i++) {
		struct row *row = &matrix->at[i];

		for (int tier = 0; tier < TIERS; tier++) {
			strings_free(&row->cells[tier].seen);
			strings_free(&row->cells[tier].logs);
			free(row->cells[tier].times);
		}
		strings_free(&row->others);
		free(row->name);
	}
	free(matrix->at);
	*matrix = (struct matrix){0};
}

bool row_has_static(const struct row *row)
{
	return row->variant == VARIANT_PLAIN;
}

// Everything that user space can do with the driver.
static void add_storm_words(const struct source *source, unsigned long cycles, struct strings *words)
{
	static const unsigned long ioctls[] = {FENCED_IOC_ID, FENCED_IOC_START, FENCED_IOC_STOP,
					       FENCED_IOC_KICK, FENCED_IOC_WAIT};

	words_split("--node /dev/fenced0 --driver /sys/bus/platform/drivers/fenced --device fenced.0 --mmap 4096 "
		    "--file /sys/class/fenced/fenced0/sample --file /sys/kernel/debug/fenced0/status",
		    words);
	for (size_t i = 0; i < sizeof(ioctls) / sizeof(*ioctls); i++) {
		strings_add(words, "--ioctl");
		strings_take(words, format("0x%lx", ioctls[i]));
	}
	if (source->flavour == FLAVOUR_CLOSE)
		strings_add(words, "--waits-for-close");
	else
		words_split("--held ENODEV", words);
	strings_add(words, "--cycles");
	strings_take(words, format("%lu", cycles));
}

static struct boot boot_of(const struct row *row, const struct machine *machine, const char *directory,
			   unsigned long cycles)
{
	const struct mutant *mutant = row->source->mutant;
	struct boot boot = {.machine = machine,
			    .module = format("%s/%s.ko", directory, row->source->stem)};

	if (mutant) {
		add_storm_words(row->source, MUTANT_CYCLES, &boot.storm);
		strings_add_all(&boot.storm, &mutant->storm);
		strings_add_all(&boot.parameters, &mutant->parameters);
		boot.one_report = true;
		cycles = MUTANT_CYCLES;
	} else {
		cycles /= variants[row->variant].share;
		cycles += !cycles;
		boot.cycles = cycles;
		boot.kmemleak = variants[row->variant].kmemleak;
		words_split(variants[row->variant].parameters, &boot.parameters);
		add_storm_words(row->source, cycles, &boot.storm);
	}
	boot.limit = limits[machine->tier].base + cycles * limits[machine->tier].ms_a_cycle / 1000;
	return boot;
}

// Counts a verdict, and keeps the most frequent first.
static void count(struct cell *cell, char *text)
{
	size_t i = 0;

	while (i < cell->seen.count && strcmp(cell->seen.at[i], text))
		i++;
	if (i == cell->seen.count) {
		strings_add(&cell->seen, text);
		cell->times = reallocate(cell->times, i + 1, sizeof(*cell->times));
		cell->times[i] = 0;
	}
	cell->times[i]++;
	for (; i && cell->times[i] > cell->times[i - 1]; i--) {
		size_t times = cell->times[i];
		char *seen = cell->seen.at[i];

		cell->times[i] = cell->times[i - 1];
		cell->seen.at[i] = cell->seen.at[i - 1];
		cell->times[i - 1] = times;
		cell->seen.at[i - 1] = seen;
	}
	free(text);
}

static void enter(struct cell *cell, const struct row *row, const struct boot *boot)
{
	const struct mutant *mutant = row->source->mutant;
	bool good = mutant ? seen_is(&boot->seen, mutant) : boot->seen.kind == SEEN_CLEAN;

	cell->runs++;
	cell->good += good;
	cell->demanded = !mutant || mutant->caught[boot->machine->tier];
	cell->seconds += boot->seconds;
	if (!good)
		strings_take(&cell->logs,
			     format("%s:%zu: %s", boot->log, boot->seen.line, boot->seen.title));
	count(cell, seen_short(&boot->seen));
}

static char *log_name(const struct row *row, const struct machine *machine, size_t run)
{
	char *name = format("%s-%s-%zu", tier_names[machine->tier], row->name, run + 1);

	for (char *at = name; *at; at++)
		if (*at == ' ')
			*at = '-';
	return name;
}

static const struct source *built_of(const struct row *row, const struct sources *built)
{
	for (size_t i = 0; i < built->count; i++)
		if (!strcmp(built->at[i].stem, row->source->stem))
			return &built->at[i];
	fatal("%s: not among the modules", row->name);
}

void matrix_boot(struct matrix *matrix, const struct machine *machine, const struct sources *built,
		 unsigned long cycles, size_t runs, long jobs)
{
	struct boot *boots = allocate(matrix->count * runs * sizeof(*boots));
	struct row **rows = allocate(matrix->count * runs * sizeof(struct row *));
	size_t boot_count = 0;

	for (size_t i = 0; i < matrix->count; i++) {
		struct row *row = &matrix->at[i];
		struct boot boot;

		if (built_of(row, built)->fault) {
			matrix->trouble = true;
			continue;
		}
		boot = boot_of(row, machine, built->directory, cycles);
		for (size_t run = 0; run < (row->source->mutant ? runs : 1); run++) {
			rows[boot_count] = row;
			boots[boot_count++] = boot_again(&boot, log_name(row, machine, run));
		}
		boot_free(&boot);
	}
	if (boot_count)
		boots_run(boots, boot_count, jobs);
	for (size_t i = 0; i < boot_count; i++) {
		enter(&rows[i]->cells[machine->tier], rows[i], &boots[i]);
		boot_free(&boots[i]);
	}
	free(rows);
	free(boots);
}
