// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tool and its rules, as SARIF has them.

#ifndef STRONGFENCE_SARIF_RULES_H
#define STRONGFENCE_SARIF_RULES_H

#include <jansson.h>

#include "options.h"

// tool.driver. Caller decrefs.
json_t *sarif_driver(void);

// Where the rule stands in the driver's list; -1 for one that is not there (a baseline of another version may have it).
int sarif_rule_index(const char *key);

// "error", "warning" or "note": code scanning shows no other.
const char *sarif_level(enum severity severity);

#endif
