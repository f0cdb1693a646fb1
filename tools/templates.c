// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "templates.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "files.h"
#include "program.h"
#include "rules.h"

struct expansion {
	FILE *to;
	const char *folder; // of the templates
	const char *rule;
	const struct lists *lists;
};

char *templates_folder(void)
{
	char *directory = program_directory();
	char *folder = path_plain(directory, "../share/strongfence/templates");

	free(directory);
	if (is_directory(folder))
		return folder;
	free(folder);
	return NULL;
}

static void write_list(const struct expansion *expansion, const char *file, int line, const char *name)
{
	const struct strings *names;

	if (!strcmp(name, "rule")) {
		fputs(expansion->rule, expansion->to);
		return;
	}
	names = lists_find(expansion->lists, name);
	// An empty expression would match everything, or nothing.
	if (!names || !names->count)
		fatal("%s:%d: no row of the kernel model makes a list '%s'", file, line, name);
	for (size_t i = 0; i < names->count; i++)
		fprintf(expansion->to, "%s%s", i ? "|" : "", names->at[i]);
}

static void write_line(const struct expansion *expansion, const char *file, int number, const char *line)
{
	for (const char *at = line; *at;) {
		const char *open = strstr(at, "%{"), *close = open ? strchr(open, '}') : NULL;
		char *name;

		if (!close) {
			fputs(at, expansion->to);
			break;
		}
		fwrite(at, 1, (size_t)(open - at), expansion->to);
		name = copy_span(open + 2, (size_t)(close - open - 2));
		write_list(expansion, file, number, name);
		free(name);
		at = close + 1;
	}
	fputc('\n', expansion->to);
}

static void write_file(const struct expansion *expansion, const char *file, bool piece)
{
	static const char include[] = "%include ";
	char *text = file_read(file, NULL), *line, *rest = text;

	if (!text)
		fatal("%s: %s", file, strerror(errno));
	for (int number = 1; (line = strsep(&rest, "\n")); number++) {
		if (!rest && !*line)
			break;
		if (strncmp(line, include, strlen(include))) {
			// One licence line a script.
			if (!piece || strncmp(line, "// SPDX", 7))
				write_line(expansion, file, number, line);
			continue;
		}
		char *name = format("common/%s.smpl", line + strlen(include));
		char *path = path_join(expansion->folder, name);

		if (piece || !file_exists(path))
			fatal("%s:%d: no piece '%s'", file, number, line + strlen(include));
		write_file(expansion, path, true);
		free(path);
		free(name);
	}
	free(text);
}

static bool write_script(const char *from, const char *to, const char *rule, const struct lists *lists)
{
	char *name = format("%s.cocci", rule), *template = path_join(from, name), *script = path_join(to, name);
	char *text = NULL;
	size_t length;
	bool there = file_exists(template);

	if (there) {
		FILE *stream = open_memstream(&text, &length);
		struct expansion expansion = {.to = stream, .folder = from, .rule = rule, .lists = lists};

		if (!stream)
			fatal("%s: %s", script, strerror(errno));
		write_file(&expansion, template, false);
		fclose(stream);
		if (file_update(script, text, length) < 0)
			fatal("%s: %s", script, strerror(errno));
		free(text);
	}
	free(name);
	free(template);
	free(script);
	return there;
}

size_t templates_write(const char *from, const char *to, const struct lists *lists, const struct strings *only)
{
	size_t written = 0;

	for (size_t i = 0; i < rule_count; i++) {
		bool wanted = strings_have(only, rules[i].key);

		if (only->count && !wanted)
			continue;
		if (write_script(from, to, rules[i].key, lists))
			written++;
		else if (wanted)
			fatal("%s: no semantic patch serves this rule", rules[i].key);
	}
	if (!written)
		fatal("%s: no template of a semantic patch", from);
	return written;
}
