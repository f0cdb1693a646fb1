// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a run did not do, as SARIF says it: invocation.toolExecutionNotifications.

#ifndef STRONGFENCE_NOTICES_H
#define STRONGFENCE_NOTICES_H

#include "analyse.h"
#include "locations.h"

// What the limits of code scanning kept out of the log.
struct left_out {
	size_t results;
	size_t places; // of "also"
	size_t steps;  // of interleavings
};

// The notifications, in an order that depends on the results alone. Caller decrefs.
json_t *notices_of(const struct analysis *analysis, const struct left_out *left, struct locations *locations);

// tool.driver.notifications: their kinds. Caller decrefs.
json_t *notice_kinds(void);

#endif
