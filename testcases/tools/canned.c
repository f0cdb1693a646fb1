// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "canned.h"

static json_t *note(int line, const char *side, const char *message)
{
	return json_pack("{s:s, s:i, s:i, s:s, s:s}", "file", "drivers/a/thing.c", "line", line, "column", 2, "message",
			 message, "side", side);
}

json_t *canned_finding(const char *rule, const char *severity, int line, const char *fingerprint)
{
	return json_pack("{s:s, s:s, s:s, s:i, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:[s], s:[o,o,o,o]}", "rule",
			 rule, "severity", severity, "file", "drivers/a/thing.c", "line", line, "column", 2, "function",
			 "thing_touch", "door", "thing_read", "slot", "read", "table", "thing_fops", "struct", "thing",
			 "teardown", "thing_remove", "message",
			 "'thing_read' reads 'base' that 'thing_remove' unmaps, and no fence excludes the two",
			 "fingerprint", fingerprint, "engines", "clang", "notes",
			 note(line - 1, "operation", "Takes 'lock'"), note(line + 10, "unbind", "Calls 'cdev_del'"),
			 note(line + 11, "unbind", "Unmaps 'base'"), note(line, "operation", "Reads 'base'"));
}

struct analysis canned_analysis(const char *root)
{
	struct analysis analysis = {.complete = true, .engines = ENGINE_CLANG, .problems = json_array()};

	results_start(&analysis.results);
	analysis.units.root = copy(root);
	return analysis;
}

struct unit *canned_unit(struct analysis *analysis, const char *name, const char *fault)
{
	struct units *units = &analysis->units;
	struct unit *unit;

	units->at = reallocate(units->at, units->count + 1, sizeof(*units->at));
	unit = &units->at[units->count++];
	*unit = (struct unit){.name = copy(name), .fault = fault ? copy(fault) : NULL};
	return unit;
}

static void suppress(json_t *list, json_t *finding, const char *kind, const char *file)
{
	json_object_set_new(finding, "suppression",
			    json_pack("{s:s, s:s, s:s, s:i}", "kind", kind, "reason", "the port is never unplugged",
				      "file", file, "line", 7));
	json_array_append_new(list, finding);
}

struct analysis canned_everything(const char *root)
{
	struct analysis analysis = canned_analysis(root);
	struct results *results = &analysis.results;
	json_t *both = canned_finding("RacyAliveCheck", "medium", 40, "f2");

	analysis.engines = ENGINE_CLANG | ENGINE_COCCI;
	analysis.complete = false;
	analysis.aside = 2;
	results->baselined = true;
	results->analysed = 3;
	results->failed = 2;
	results->hidden = 4;
	json_object_set_new(both, "engines", json_pack("[s,s]", "clang", "cocci"));
	json_object_set_new(both, "also", json_pack("[{s:s, s:i, s:i}]", "file", "drivers/a/thing.c", "line", 44,
						    "column", 3));
	json_array_append_new(results->findings, canned_finding("UnfencedFileOp", "high", 20, "f1"));
	json_array_append_new(results->findings, both);
	json_array_append_new(results->known, canned_finding("TeardownOrder", "low", 60, "f3"));
	json_array_append_new(results->gone, canned_finding("UnfencedFileOp", "info", 5, "f1"));
	suppress(results->suppressed, canned_finding("UnreferencedOpen", "medium", 30, "f4"), "inSource",
		 "drivers/a/thing.c");
	suppress(results->suppressed, canned_finding("TeardownHang", "medium", 35, "f5"), "external",
		 ".strongfence.yaml");
	json_array_append_new(results->stops, json_pack("{s:s, s:s}", "file", "drivers/a/thing.c", "function",
							"thing_ioctl"));
	json_array_append_new(results->gaps, json_pack("{s:s, s:i, s:[s], s:[s]}", "file", "drivers/a/thing.c", "doors",
						       2, "missing", "drivers/a/core.c: crash", "unresolved",
						       "thing_lock"));
	json_array_append_new(results->unread, json_pack("{s:s, s:i, s:i, s:i}", "file", "drivers/a/thing.c", "unread",
							 5, "lines", 100, "first_unread", 17));
	canned_unit(&analysis, "drivers/a/thing.c", NULL)->mismatch = copy("parse-error: a rule took too long");
	canned_unit(&analysis, "drivers/b/x\xff.c", "its compile command is not UTF-8");
	canned_unit(&analysis, "drivers/b/mate.c", "parse-error: expected '}'")->aside = true;
	return analysis;
}
