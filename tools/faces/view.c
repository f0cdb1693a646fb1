// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "files.h"

static void put(struct view *view, const char *path, const char *mode, const char *blob)
{
	json_t *content = git_is_file(mode) ? json_sprintf("%s %s", mode, blob) : json_null();

	if (json_object_set_new(view->contents, path, content) < 0 && !view->name)
		say("%s: its name is not UTF-8: what the work tree has of it is taken", path);
}

static void put_loose(struct view *view, const struct changes *loose)
{
	for (size_t i = 0; i < loose->count; i++) {
		const struct change *one = &loose->at[i];

		// What is only marked to be added is not in the index, and of what is not merged it has several.
		if (one->status != 'A' && one->status != 'U' && git_is_file(one->old_mode))
			put(view, one->path, one->old_mode, one->old_blob);
	}
}

struct view view_of_index(const struct changes *loose, const struct changes *staged)
{
	struct view view = {.contents = json_object()};

	put_loose(&view, loose);
	for (size_t i = 0; i < staged->count; i++) {
		const struct change *one = &staged->at[i];

		if (one->status == 'U')
			continue;
		if (one->status == 'R')
			put(&view, one->old_path, "", "");
		put(&view, one->path, one->new_mode, one->new_blob);
	}
	return view;
}

struct view view_of_commit(const char *name, const struct changes *loose, const struct changes *staged)
{
	struct view view = {.name = name, .contents = json_object()};

	put_loose(&view, loose);
	for (size_t i = 0; i < staged->count; i++) {
		const struct change *one = &staged->at[i];

		if (one->status == 'U')
			continue;
		if (one->status == 'R')
			put(&view, one->old_path, one->old_mode, one->old_blob);
		put(&view, one->path, one->old_mode, one->old_blob);
	}
	return view;
}

void view_write(struct view *view, const struct repository *repository, const char *folder)
{
	struct strings names = {0}, contents = {0};
	json_t *overlay = json_object(), *content;
	const char *path;
	char *text;

	json_object_foreach(view->contents, path, content) {
		char *whole = path_join(repository->top, path);

		if (json_is_null(content)) {
			json_object_set_new(overlay, whole, json_null());
		} else {
			// The end of the name may decide how it is written (.gitattributes).
			const char *end = strrchr(path_name(path), '.');
			char *name = format("%zu%s", names.count, end ? end : ""), *copy_of = path_join(folder, name);

			json_object_set_new(overlay, whole, json_string(copy_of));
			strings_take(&names, name);
			strings_add(&contents, json_string_value(content));
			free(copy_of);
		}
		free(whole);
	}
	git_extract(repository, &names, &contents, folder);
	view->overlay = format("%s.json", folder);
	text = json_dumps(overlay, JSON_COMPACT);
	if (file_write(view->overlay, text, strlen(text)) < 0)
		fatal("%s: %s", view->overlay, strerror(errno));
	free(text);
	json_decref(overlay);
	strings_free(&names);
	strings_free(&contents);
}

void view_free(struct view *view)
{
	json_decref(view->contents);
	free(view->overlay);
}
