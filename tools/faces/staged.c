// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "staged.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "complain.h"
#include "files.h"
#include "jobs.h"
#include "linking.h"
#include "program.h"

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);

	return length >= tail && !strcmp(text + length - tail, end);
}

// Absolute, its folder without links. The file itself need not be there.
static char *placed(const char *base, const char *path)
{
	char *plain = path_plain(base, path), *folder = path_parent(plain), *real = path_real(NULL, folder);
	char *whole = path_join(real, path_name(plain));

	free(real);
	free(folder);
	free(plain);
	return whole;
}

static void add_parent(struct staged *staged, const char *name, const char *tree)
{
	char *keep = format("%s/changes-%zu", staged->folder, staged->parent_count);

	staged->parents = reallocate(staged->parents, staged->parent_count + 1, sizeof(*staged->parents));
	staged->parents[staged->parent_count++] =
		(struct parent){.name = copy(name), .changes = git_changes(&staged->repository, tree, keep)};
	free(keep);
}

static void find_parents(struct staged *staged)
{
	char *head = git_line(&staged->repository, "rev-parse", "--verify", "--quiet", "HEAD^{commit}", NULL);
	char *name = git_line(&staged->repository, "rev-parse", "--git-path", "MERGE_HEAD", NULL);
	char *path = name ? path_join(staged->repository.top, name) : NULL;
	char *merged = path ? file_read(path, NULL) : NULL;

	add_parent(staged, "HEAD", head ? head : "");
	for (char *at = merged, *end; at && (end = strchr(at, '\n')); at = end + 1) {
		*end = '\0';
		add_parent(staged, at, at);
	}
	free(merged);
	free(path);
	free(name);
	free(head);
}

static const struct change *change_of(const struct changes *changes, const char *path)
{
	for (size_t i = 0; i < changes->count; i++)
		if (!strcmp(changes->at[i].path, path))
			return &changes->at[i];
	return NULL;
}

// What a merge takes over from one side as it is was checked there.
static bool differs_from_all(const struct staged *staged, const char *path)
{
	for (size_t i = 0; i < staged->parent_count; i++)
		if (!change_of(&staged->parents[i].changes, path))
			return false;
	return true;
}

static void add_source(struct staged *staged, const struct change *change)
{
	staged->sources = reallocate(staged->sources, staged->count + 1, sizeof(*staged->sources));
	json_t *name = json_string(change->path);

	staged->sources[staged->count++] = (struct source){
		.path = copy(change->path),
		.fault = !name			 ? copy("its name is not UTF-8")
			 : change->status == 'U' ? copy("it is not merged")
						 : NULL,
	};
	json_decref(name);
}

// Below the top; what is elsewhere is not the commit's business.
static struct strings names_of(const struct staged *staged, const struct strings *named)
{
	struct strings names = {0};

	for (size_t i = 0; i < named->count; i++) {
		char *whole = placed(NULL, named->at[i]);
		const char *below = path_below(staged->repository.top, whole);

		if (below)
			strings_add(&names, below);
		else
			say("%s: not in the repository %s", named->at[i], staged->repository.top);
		free(whole);
	}
	strings_sort(&names);
	return names;
}

struct staged staged_open(const struct strings *named, const char *folder)
{
	struct staged staged = {.repository = git_open(), .folder = copy(folder)};
	struct strings names = names_of(&staged, named);
	const struct changes *changes;

	find_parents(&staged);
	changes = &staged.parents[0].changes;
	for (size_t i = 0; i < changes->count; i++) {
		const struct change *one = &changes->at[i];

		bool source = ends_with(one->path, ".c"), header = ends_with(one->path, ".h");

		if ((named->count && !strings_find(&names, one->path)) || (!source && !header))
			continue;
		if (one->status != 'U' && !git_is_file(one->new_mode))
			continue;
		if (!differs_from_all(&staged, one->path)) {
			staged.merged += source;
			continue;
		}
		staged.headers += header;
		if (source)
			add_source(&staged, one);
	}
	for (size_t i = 0; i < names.count; i++)
		staged.unchanged += !change_of(changes, names.at[i]);
	strings_free(&names);
	return staged;
}

static void write_views(struct staged *staged)
{
	char *loose = path_join(staged->folder, "loose"), *folder = path_join(staged->folder, "index");

	staged->loose = git_changes(&staged->repository, NULL, loose);
	staged->index = view_of_index(&staged->loose, &staged->parents[0].changes);
	view_write(&staged->index, &staged->repository, folder);
	for (size_t i = 0; i < staged->parent_count; i++) {
		struct parent *parent = &staged->parents[i];

		parent->view = view_of_commit(parent->name, &staged->loose, &parent->changes);
	}
	free(folder);
	free(loose);
}

// Kbuild has no rule for a source that is not in the work tree. A scan or a check has its command.
static bool recall_command(const struct inputs *inputs, const char *whole, struct compiles *list)
{
	char id[24], *path;
	struct compile one;
	const char *why;
	json_t *entry;
	bool good;

	unit_id(inputs->kernel.build, whole, 0, id);
	path = format("%s/units/%s.cmd.json", inputs->state, id);
	entry = json_load_file(path, 0, NULL);
	good = entry && compile_from_json(entry, &one, &why);
	if (good)
		compiles_take(list, one);
	json_decref(entry);
	free(path);
	return good;
}

// Where Kbuild's answers are kept: a folder that cannot be written is no reason to do without.
static const char *kept_in(const struct inputs *inputs, const struct staged *staged)
{
	if (inputs->kind != INPUT_KERNEL)
		return NULL;
	if (make_directories(inputs->state) == 0 && access(inputs->state, W_OK) == 0)
		return inputs->state;
	return staged->folder;
}

static struct compiles find_commands(struct staged *staged, struct inputs *inputs, const struct options *options)
{
	struct options asking = *options;
	struct compiles list = {0};

	asking.paths = (struct strings){0};
	for (size_t i = 0; i < staged->count; i++) {
		struct source *source = &staged->sources[i];
		char *whole = path_join(staged->repository.top, source->path);

		if (source->fault) {
			free(whole);
			continue;
		}
		if (inputs->kind != INPUT_KERNEL) {
			strings_add(&asking.paths, whole);
		} else if (!path_below(inputs->kernel.src, whole)) {
			source->fault = format("it is not in the kernel tree %s", inputs->kernel.src);
		} else if (file_exists(whole)) {
			strings_add(&asking.paths, whole);
		} else if (!recall_command(inputs, whole, &list)) {
			source->fault = copy("it is not in the work tree, where Kbuild looks for it, and no scan knows "
					     "its compile command");
		}
		free(whole);
	}
	if (asking.paths.count)
		inputs_collect(inputs, &asking, kept_in(inputs, staged), &list);
	strings_free(&asking.paths);
	return list;
}

static size_t count_of(const json_t *findings, const char *fingerprint)
{
	size_t count = 0, i;
	const json_t *each;

	json_array_foreach(findings, i, each) {
		const char *other = json_string_value(json_object_get(each, "fingerprint"));

		count += other && !strcmp(other, fingerprint);
	}
	return count;
}

// A finding that is there twice, and was there once, is new once.
static void compare(struct source *source, const json_t *findings, json_t **before, size_t parents)
{
	json_t *seen = json_array(), *each;
	size_t i;

	source->fresh = json_array();
	json_array_foreach(findings, i, each) {
		const char *fingerprint = json_string_value(json_object_get(each, "fingerprint"));
		size_t had = 0;

		for (size_t j = 0; j < parents && fingerprint; j++) {
			size_t count = count_of(before[j], fingerprint);

			had = count > had ? count : had;
		}
		if (fingerprint && count_of(seen, fingerprint) < had)
			source->known++;
		else
			json_array_append(source->fresh, each);
		json_array_append(seen, each);
	}
	json_decref(seen);
}

// The sources in which something was found, as each parent has them.
static void run_parents(struct staged *staged, const struct units *units, const struct source *const *owners,
			json_t **findings, struct jobs *jobs, const char *program, const char *state,
			const struct options *options)
{
	for (size_t p = 0; p < staged->parent_count; p++) {
		struct parent *parent = &staged->parents[p];

		for (size_t u = 0; u < units->count; u++) {
			const struct source *source = owners[u];
			const struct change *change;

			if (!source || !json_array_size(findings[source - staged->sources]))
				continue;
			change = change_of(&parent->changes, source->path);
			if (!change || change->status == 'A')
				continue;
			if (!parent->view.overlay) {
				char *folder = format("%s/parent-%zu", staged->folder, p);

				view_write(&parent->view, &staged->repository, folder);
				free(folder);
			}
			jobs_add(jobs, &units->at[u], &parent->view, source, staged->folder);
		}
	}
	jobs_run(jobs, program, state, options);
}

// Compares with every parent, and says so when one has what cannot be checked.
static void settle_source(struct staged *staged, struct source *source, const json_t *findings, const struct jobs *jobs,
			  const struct units *units, const struct options *options)
{
	json_t **before = allocate(staged->parent_count * sizeof(*before));
	bool whole = true;

	for (size_t p = 0; p < staged->parent_count && whole; p++) {
		char *fault;

		before[p] = jobs_findings(jobs, source, &staged->parents[p].view, units->root,
					  options->min_severity, &fault);
		if (fault) {
			size_t count = json_array_size(findings);

			source->fault = format("%zu finding%s, and which are new is not known: what %s has of "
					       "it cannot be checked: %s",
					       count, count == 1 ? "" : "s", staged->parents[p].name, fault);
			whole = false;
		}
		free(fault);
	}
	if (whole)
		compare(source, findings, before, staged->parent_count);
	for (size_t p = 0; p < staged->parent_count; p++)
		json_decref(before[p]);
	free(before);
}

void staged_check(struct staged *staged, struct inputs *inputs, const struct options *options)
{
	char *program = program_require(options->llvm);
	json_t **findings = allocate(staged->count * sizeof(*findings));
	const struct state state = {.path = inputs->state};
	struct jobs now = {0}, before = {0};
	const struct source **owners;
	struct compiles list;
	struct linked linked;
	struct units units;

	program_check_models(program, &options->models);
	list = find_commands(staged, inputs, options);
	write_views(staged);
	units = units_name(&list, inputs->root, options->llvm);
	if (inputs->state)
		linking_recall(&units, &state, &linked);
	owners = allocate(units.count * sizeof(*owners));
	for (size_t i = 0; i < staged->count; i++) {
		struct source *source = &staged->sources[i];
		char *whole = path_join(staged->repository.top, source->path);
		bool found = false;

		for (size_t u = 0; u < units.count && !source->fault; u++) {
			char *place = placed(units.at[u].compile.directory, units.at[u].compile.file);

			if (!strcmp(place, whole)) {
				found = true;
				owners[u] = source;
				jobs_add(&now, &units.at[u], &staged->index, source, staged->folder);
			}
			free(place);
		}
		if (!found && !source->fault) {
			source->fault = copy("it has no compile command");
			source->said = true; // by who looked for it
		}
		free(whole);
	}
	jobs_run(&now, program, inputs->state, options);
	for (size_t i = 0; i < staged->count; i++)
		if (!staged->sources[i].fault)
			findings[i] = jobs_findings(&now, &staged->sources[i], &staged->index, units.root,
						    options->min_severity, &staged->sources[i].fault);
	run_parents(staged, &units, owners, findings, &before, program, inputs->state, options);
	for (size_t i = 0; i < staged->count; i++) {
		if (findings[i])
			settle_source(staged, &staged->sources[i], findings[i], &before, &units, options);
		json_decref(findings[i]);
	}
	jobs_free(&now);
	jobs_free(&before);
	free(owners);
	free(findings);
	units_free(&units);
	free(program);
}

void staged_free(struct staged *staged)
{
	for (size_t i = 0; i < staged->count; i++) {
		free(staged->sources[i].path);
		free(staged->sources[i].fault);
		json_decref(staged->sources[i].fresh);
	}
	for (size_t i = 0; i < staged->parent_count; i++) {
		free(staged->parents[i].name);
		changes_free(&staged->parents[i].changes);
		view_free(&staged->parents[i].view);
	}
	free(staged->sources);
	free(staged->parents);
	changes_free(&staged->loose);
	view_free(&staged->index);
	free(staged->folder);
	free(staged->repository.top);
	strings_free(&staged->repository.set);
}
