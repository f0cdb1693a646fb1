// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "advice.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

static const struct advice advices[] = {
	{"UnfencedFileOp", "%d can race with %t", true,
	 "a lock and a state that says \"gone\", in memory that the open file keeps. The operation takes the lock, "
	 "tests the state, and holds the lock until after the last use; teardown changes the state under the same "
	 "lock (with SRCU: clears the pointer, then synchronize_srcu()) before it takes anything away."},
	{"RacyAliveCheck", "liveness test in %d can race with %t", true,
	 "holding the lock under which teardown changes the state from the test until after the last use, and "
	 "testing again after every wait. Where the lock cannot be held that long: counting users (SRCU, percpu_ref) "
	 "and waiting for them in teardown."},
	{"FenceNeverClosed", "%t does not close the fence of %d", false,
	 "teardown making the state false inside the exclusive section of the lock that operations hold (with SRCU: "
	 "clear, then synchronize_srcu()), before it takes anything away."},
	{"TeardownHang", "%t can hang", false,
	 "setting what says \"gone\" and waking the sleepers before teardown takes the lock or waits, a sleep whose "
	 "condition asks for it, and no lock held by teardown over a call that waits for someone who needs the same "
	 "lock."},
	{"MmapOutlivesDevice", "mapping of device memory survives %t", true,
	 "mapping in the fault handler behind a fence that answers VM_FAULT_SIGBUS once the device has gone, and "
	 "unmap_mapping_range() in teardown when the fence is closed."},
	{"FreedUnderOpenFile", "%s is freed while files are open", false,
	 "memory that is not devres' and is counted: a reference taken in open, put in release, and teardown's own "
	 "put last. With a cdev in the object: cdev_device_add(), or cdev_set_parent() before cdev_add()."},
	{"UnreferencedOpen", "%d keeps %s without a reference", false,
	 "a reference taken in open, under the lock of the lookup, put in release; teardown takes the object out of "
	 "the lookup and puts its own. With a cdev in the object: cdev_device_add(), or cdev_set_parent() before "
	 "cdev_add()."},
	{"DevmOnClassDevice", "devm resource of a class device goes too early", false,
	 "tying the resource to the parent device, or allocating it without devm and freeing it where its last user "
	 "ends."},
	{"TeardownOrder", "%t releases what is still in use", false,
	 "the reverse order of probe: first what lets others in, then what they use. Where probe registers with "
	 "devm, what the registration needs has to be devm too, and asked for before."},
	{"OpenBeforeReady", "device is published before it is ready", false,
	 "publishing last; for what cannot come before it, a state that operations test, or a lock that probe holds "
	 "until all is there."},
	{"AsyncAfterTeardown", "asynchronous code can run after %t", false,
	 "ending the sources first, then what they start, then freeing what both use; where two start each other, "
	 "the calls that are final: timer_shutdown_sync(), disable_work_sync(). With devres the order of probe "
	 "decides."},
};

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

const struct advice *advice_of(const json_t *finding)
{
	for (size_t i = 0; i < sizeof(advices) / sizeof(*advices); i++)
		if (!strcmp(advices[i].rule, text_of(finding, "rule")))
			return &advices[i];
	return NULL;
}

const char *finding_operation(const json_t *finding)
{
	const char *door = text_of(finding, "door");

	return *door ? door : text_of(finding, "function");
}

char *finding_struct(const json_t *finding)
{
	const char *name = text_of(finding, "struct");

	return copy_span(name, strcspn(name, "."));
}

char *advice_fill(const char *pattern, const json_t *finding)
{
	char *made = copy("");

	for (const char *at = pattern; *at;) {
		size_t length = strcspn(at, "%");
		char *name = NULL, *longer;

		if (!strncmp(at + length, "%d", 2) && *finding_operation(finding))
			name = format("%s()", finding_operation(finding));
		else if (!strncmp(at + length, "%t", 2) && *text_of(finding, "teardown"))
			name = format("%s()", text_of(finding, "teardown"));
		else if (!strncmp(at + length, "%s", 2) && *text_of(finding, "struct")) {
			char *bare = finding_struct(finding);

			name = format("struct %s", bare);
			free(bare);
		} else if (at[length]) {
			free(made);
			return NULL;
		}
		longer = format("%s%.*s%s", made, (int)length, at, name ? name : "");
		free(made);
		made = longer;
		at += length + (name ? 2 : 0);
		free(name);
	}
	return made;
}
