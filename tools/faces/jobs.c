// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jobs.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "complain.h"
#include "files.h"
#include "process.h"
#include "results.h"
#include "suppress.h"

void jobs_add(struct jobs *jobs, const struct unit *unit, const struct view *view, const void *owner,
	      const char *folder)
{
	jobs->at = reallocate(jobs->at, jobs->count + 1, sizeof(*jobs->at));
	jobs->at[jobs->count] = (struct job){
		.unit = unit,
		.view = view,
		.owner = owner,
		.output = format("%s/%s.%s.jsonl", folder, unit->id, view->name ? view->name : "index"),
	};
	jobs->count++;
}

static void add_options(struct strings *words, const struct options *options)
{
	for (size_t i = 0; i < options->models.count; i++) {
		strings_add(words, "--kernel-model");
		strings_take(words, path_real(NULL, options->models.at[i]));
	}
	for (size_t i = 0; i < options->rules.count; i++) {
		strings_add(words, "--rules");
		strings_add(words, options->rules.at[i]);
	}
	if (options->budget) {
		strings_add(words, "--budget");
		strings_take(words, format("%ld", options->budget));
	}
	if (options->timeout) {
		strings_add(words, "--timeout");
		strings_take(words, format("%ld", options->timeout));
	}
}

static int run_job(const struct job *job, const char *program, const char *state, const struct options *options)
{
	struct strings words = {0};
	struct process process = {.words = &words, .quiet = true};
	char *command = format("%s.command", job->output), *text;
	json_t *entry = compile_to_json(&job->unit->compile);

	text = json_dumps(entry, JSON_COMPACT);
	if (!text || file_write(command, text, strlen(text)) < 0)
		return 1;
	strings_add(&words, program);
	strings_add(&words, "--unit");
	strings_add(&words, command);
	strings_add(&words, "--overlay");
	strings_add(&words, job->view->overlay);
	if (job->unit->imports) {
		strings_add(&words, "--import");
		strings_take(&words, format("%s/units/%s.import.json", state, job->unit->id));
	}
	add_options(&words, options);
	strings_add(&words, "--output");
	strings_add(&words, job->output);
	return process_run(&process, NULL);
}

void jobs_run(const struct jobs *jobs, const char *program, const char *state, const struct options *options)
{
	long running = 0;

	for (size_t i = 0; i < jobs->count || running;) {
		if (i < jobs->count && running < options->jobs) {
			pid_t pid = fork();

			if (pid < 0)
				fatal("fork: %s", strerror(errno));
			if (!pid) {
				prctl(PR_SET_PDEATHSIG, SIGTERM);
				_exit(run_job(&jobs->at[i], program, state, options));
			}
			running++;
			i++;
			continue;
		}
		if (wait(NULL) > 0 || errno != EINTR)
			running--;
	}
}

// The text as the view has it.
static char *read_in_view(void *context, const char *path, size_t *length)
{
	const json_t *content = json_object_get(context, path);

	if (!content)
		return file_read(path, length);
	if (json_is_string(content))
		return file_read(json_string_value(content), length);
	errno = ENOENT;
	return NULL;
}

// A comment counts on the side that holds it. Nothing is said of unused ones: one unit cannot tell for all. Rows count as they are in
// the work tree.
static void suppress_in_view(struct results *results, const struct view *view, const char *root)
{
	struct waivers waivers = waivers_read(root);
	struct scope scope = {.root = root, .waivers = &waivers, .part = true, .read = read_in_view};
	const json_t *each;
	size_t i;

	scope.context = json_load_file(view->overlay, 0, NULL);
	suppress(results, &scope);
	json_array_foreach(results->faulty, i, each)
		if (!view->name)
			complain("%s:%lld: suppression without effect: %s", json_string_value(json_object_get(each, "file")),
				 (long long)json_integer_value(json_object_get(each, "line")),
				 json_string_value(json_object_get(each, "why")));
	json_decref(scope.context);
	scope_free(&scope);
	waivers_free(&waivers);
}

json_t *jobs_findings(const struct jobs *jobs, const void *owner, const struct view *view, const char *root,
		      enum severity least, char **fault)
{
	struct results results;
	json_t *findings;

	*fault = NULL;
	results_start(&results);
	results.findings_alone = true;
	for (size_t i = 0; i < jobs->count && !*fault; i++) {
		const struct job *job = &jobs->at[i];
		char *text;
		bool retry;

		if (job->owner != owner || job->view != view)
			continue;
		text = file_read(job->output, NULL);
		if (text)
			*fault = results_add_record(&results, text, job->unit->compile.directory, root, &retry);
		else
			*fault = copy("the unit program wrote no record");
		free(text);
	}
	results_settle(&results, SEVERITY_INFO);
	suppress_in_view(&results, view, root);
	results_hide(&results, least);
	findings = *fault ? NULL : json_incref(results.findings);
	results_free(&results);
	return findings;
}

void jobs_free(struct jobs *jobs)
{
	for (size_t i = 0; i < jobs->count; i++)
		free(jobs->at[i].output);
	free(jobs->at);
	*jobs = (struct jobs){0};
}
