// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The file /job: one directive a line, words separated by blanks. init.c says what there is. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>

#include "init.h"

struct job job = { .seconds = 600 };

/* Takes the next word off `*text`; NULL when there is none. */
static char *word(char **text)
{
	return strtok_r(NULL, " \t", text);
}

static bool add_module(char *file, char *parameters)
{
	struct module *module = &job.modules[job.n_modules];
	char *base, *dot;

	if (!file || job.n_modules == MODULES)
		return false;
	base = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;
	snprintf(module->name, sizeof(module->name), "%s", base);
	dot = strstr(module->name, ".ko");
	if (dot)
		*dot = '\0';
	for (char *c = module->name; *c; c++)
		if (*c == '-')
			*c = '_';
	module->file = file;
	module->parameters = parameters ? parameters : "";
	job.n_modules++;
	return true;
}

static bool add_storm(char **text)
{
	int n = 0;

	if (job.has_storm)
		return false;
	job.has_storm = true;
	job.storm[n++] = "/storm";
	while ((job.storm[n] = word(text)))
		if (++n > WORDS)
			return false;
	return true;
}

static bool directive(char *line)
{
	char *text, *name = strtok_r(line, " \t", &text), *file;

	if (!name)
		return true;
	if (!strcmp(name, "module")) {
		file = word(&text);
		return add_module(file, text);
	}
	if (!strcmp(name, "storm"))
		return add_storm(&text);
	if (!strcmp(name, "seconds")) {
		name = word(&text);
		job.seconds = name ? atoi(name) : 0;
		return job.seconds > 0;
	}
	if (!strcmp(name, "kmemleak"))
		job.kmemleak = true;
	else if (!strcmp(name, "poweroff"))
		job.ending = RB_POWER_OFF;
	else if (!strcmp(name, "reboot"))
		job.ending = RB_AUTOBOOT;
	else
		return false;
	return true;
}

bool read_job(void)
{
	static char text[8192];
	char *rest = NULL;
	bool good = true;

	if (!read_file("/job", text, sizeof(text))) {
		say("cannot read /job: %s", strerror(errno));
		return false;
	}
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char copy[160];

		snprintf(copy, sizeof(copy), "%s", line);
		if (!directive(line)) {
			say("/job: cannot do '%s'", copy);
			good = false;
		}
	}
	return good;
}
