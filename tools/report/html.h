// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One HTML file that needs nothing else: the findings with their source, and the coverage matrix. The same results and
// sources make the same bytes.

#ifndef STRONGFENCE_HTML_H
#define STRONGFENCE_HTML_H

#include <stdio.h>

#include "analyse.h"

// Sources are read now, relative to the units' root.
void html_write(FILE *to, const struct analysis *analysis);

// What the page shows, as JSON; docs/architecture.md has the members. Caller decrefs.
json_t *html_data(const struct analysis *analysis);

#endif
