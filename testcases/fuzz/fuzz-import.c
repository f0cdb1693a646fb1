// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A facts file as a unit imports it: clang parses its text behind the unit's own. This runs the unit program as a scan does
// (STRONGFENCE_UNIT), once an input, so that it is slow and no coverage guides it. Whatever the facts hold, the record is
// whole and its unit has status ok.

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "memory.h"
#include "process.h"
#include "results.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *folder;

static void put(const char *name, const char *text, size_t length)
{
	char *path = path_join(folder, name);

	if (file_write(path, text, length) < 0)
		abort();
	free(path);
}

static void prepare(void)
{
	static const char import[] = "{\"strongfence\":\"import\",\"version\":1,\"missing\":[],\"parts\":[{\"facts\":"
				     "\"core.facts.json\",\"file\":\"core.c\",\"hash\":\"0\",\"functions\":[]}]}\n";
	const char *base = getenv("TMPDIR");
	char *command = format("{\"directory\": \"%s/facts/Inputs/fence\", \"file\": \"try.c\", \"arguments\": [\"clang\", "
			       "\"--target=x86_64-linux-gnu\", \"-std=gnu11\", \"-nostdinc\", \"-I\", \"%s/Inputs/include\", "
			       "\"-DKBUILD_MODNAME=\\\"two\\\"\", \"-DKBUILD_BASENAME=\\\"try\\\"\", \"-DMODULE\", \"-c\", "
			       "\"try.c\"]}\n",
			       EXAMPLES, EXAMPLES);

	if (!getenv("STRONGFENCE_UNIT")) {
		fputs("STRONGFENCE_UNIT names no unit program\n", stderr);
		exit(2);
	}
	folder = format("%s/strongfence-import-XXXXXX", base ? base : "/tmp");
	if (!mkdtemp(folder))
		abort();
	put("try.cmd.json", command, strlen(command));
	put("try.import.json", import, strlen(import));
	free(command);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const rest[] = {"--unit",	      "try.cmd.json", "--import",  "try.import.json",
					   "--output", "try.jsonl",    "--timeout", "60"};
	struct process process = {.quiet = true};
	struct strings words = {0};
	struct results results;
	bool retry;

	if (!folder)
		prepare();
	put("core.facts.json", (const char *)data, size);
	strings_add(&words, getenv("STRONGFENCE_UNIT"));
	for (size_t i = 0; i < sizeof(rest) / sizeof(*rest); i++)
		strings_add(&words, rest[i]);
	process.words = &words;
	process.directory = folder;

	int status = process_run(&process, NULL);
	char *path = path_join(folder, "try.jsonl"), *text = file_read(path, NULL), *fault;

	unlink(path);
	results_start(&results);
	fault = text ? results_add_record(&results, text, "/", "/", &retry) : copy("no record");
	if (status || fault) {
		fprintf(stderr, "exit status %d: %s\n", status, fault ? fault : "-");
		abort();
	}
	results_free(&results);
	strings_free(&words);
	free(path);
	free(text);
	return 0;
}
