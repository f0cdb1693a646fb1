// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What would mend a finding, in a mail.

#ifndef STRONGFENCE_REMEDY_H
#define STRONGFENCE_REMEDY_H

#include <jansson.h>
#include <stdio.h>

// The inferred fence to take, where one is about the finding's own object and teardown, else which shape would serve.
// Never a lock that was not inferred. `fences` may be NULL: nobody looked for them. Both as spoken.h makes them.
void remedy_write(FILE *to, const json_t *finding, const json_t *fences);

#endif
