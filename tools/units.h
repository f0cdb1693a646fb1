// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The units of one run and the state folder that keeps what is known of them.
//
//   lock             held while a run uses the folder
//   dryrun/          compile commands as Kbuild gave them
//   units/ID.cmd.json  the unit program's input, rewritten only when it changes
//   units/ID.jsonl   its record; units/ID.d its depfile
//   units/ID.facts.json, ID.alone.jsonl, ID.import.json  see edges.h
//   units/ID.cocci.jsonl  the record of its semantic patches; units/ID.cocci.d its depfile
//   facts.json, link.list, links/  see linking.h
//   tool/            links to the programs, the kernel models and the semantic patches, so that no
//                    user's file name appears in build.ninja
//   glances          see glance.h
//   findings.jsonl   see last.h
//   commands         which command each ID.cmd.json holds, by hash
//   options.json     what else a record depends on
//   scripts.json     the same of the semantic patches, see scripts.h
//   build.ninja      see ninja.h
//   scan.log         what the last run's programs printed

#ifndef STRONGFENCE_UNITS_H
#define STRONGFENCE_UNITS_H

#include "compile.h"
#include "options.h"

struct unit {
	struct compile compile;
	char id[24];   // 16 hex digits; the same from run to run
	char *name;    // the source, relative to the root where possible
	char *fault;   // why it has no record, NULL while nothing went wrong
	char *mismatch; // the same of its semantic patches
	bool skipped;  // never handed to ninja (its source is missing, or it is set aside)
	bool aside;    // nothing to look for in it, see selection.h; not skipped: its facts are read all the same
	bool unaffected; // nothing that changed matters to it, see since.h: aside, too
	bool lost;     // its facts could not be written: the link goes without
	bool imports;  // checked with what a link projected for it
};

struct units {
	struct unit *at;
	size_t count;
	char *root; // names are relative to it: the kernel tree, or the working directory
};

struct state {
	char *path;
	bool temporary;
};

// Opens and locks the folder; NULL: a temporary one, removed at exit. Fatal when it cannot be
// written or another run has it. Waits for what a run that was killed has left running, and
// removes what it has left half written.
struct state state_open(const char *path);

// Names the units. The commands move out of `list`.
struct units units_name(struct compiles *list, const char *root, int llvm);

// The id alone: the same for the same directory, file and ordinal among the commands for it.
void unit_id(const char *directory, const char *file, unsigned ordinal, char id[24]);

// tool/NAME becomes a link to the target.
void state_link(const struct state *state, const char *name, const char *target);

// Writes the file when its content is another one; takes the reference.
void state_update(const struct state *state, const char *name, json_t *value);

// A file's name, size and time.
json_t *file_state(const char *path);

// Writes the command files, and with a unit program the links and options.json.
void units_write(struct units *units, const struct state *state, const char *program,
		 const struct options *options);

// Has the unit read again the next time. Its facts stay: as long as they say the same, nobody else has to be checked
// again.
void unit_forget(const struct unit *unit, const struct state *state);

// Has its semantic patches run again.
void unit_forget_match(const struct unit *unit, const struct state *state);

void units_free(struct units *units);

#endif
