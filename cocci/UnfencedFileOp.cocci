// SPDX-License-Identifier: GPL-2.0-only
/// An operation on an open file needs what teardown takes away, and no fence keeps the two apart. Give it a lock and
/// something that says gone, and let teardown close it.
///
//# Order is that of the text: a test in one branch counts for what follows it in the function.
//# Fields and locks are known by name, and a resource by its kind.
//# Touches behind function pointers and in other files are not seen, nor whether another file waits for operations.
//
// Confidence: High
// Copyright: (C) 2026 the Strongfence authors
// Options: --no-includes

virtual report, org, context, json

%include report
%include calls
%include doors
%include fences

@script:python@
@@
if unbinds() and not waits_for_files():
    for door, (slot, ops) in live_doors().items():
        touch = bare_touch(door)
        # What a door does through another one is the other's, as of a compat_ioctl that calls unlocked_ioctl.
        if touch and not any(bare_touch(d) == touch for d in reached([door]) if d != door and d in live_doors()):
            f, e, r = touch
            does, goes, end, p, struct = story(touch)
            notes = deregistration(end)
            if p:
                notes.append((p, "unbind", "%s it" % goes))
            finding(e[1], "'%s' %s that %s, and no fence excludes the two" % (door, does, goes), door=door,
                    struct=struct, teardown=end, notes=notes, slot=slot, table=ops)

%include context
