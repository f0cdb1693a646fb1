// SPDX-License-Identifier: GPL-2.0-only
/// A file operation asks whether the device is there, and not under the lock that teardown takes: the answer may be
/// wrong by the time it is used.
///
//# The flag and the lock are known by the names of their fields. A test that is made once more under the lock is left
//# out, and so is a flag that an operation sets as well.
//
// Confidence: Medium
// Copyright: (C) 2026 the Strongfence authors
// Options: --local-includes
virtual report, org, context, json

%include report
%include doors
%include calls
%include fences

@initialize:python@
@@
tests = {}          # function -> [(field, position)]
touched = {}        # function -> [(line, call, position)]

@sf_test@
expression E;
identifier sf_k;
identifier sf_bit =~ "^(test_bit|READ_ONCE|atomic_read|smp_load_acquire)$";
position p;
@@
(
!E->sf_k@p
|
!E.sf_k@p
|
E->sf_k@p == NULL
|
E->sf_k@p < 0
|
sf_bit(..., &E->sf_k@p)
|
sf_bit(E->sf_k@p)
)

@script:python@
k << sf_test.sf_k; p << sf_test.p;
@@
tests.setdefault(p[0].current_element, []).append((k, p))

@sf_if@
expression E;
identifier sf_k;
statement S1, S2;
position p;
@@
(
if (E->sf_k@p) S1 else S2
|
if (E.sf_k@p) S1 else S2
)

@script:python@
k << sf_if.sf_k; p << sf_if.p;
@@
tests.setdefault(p[0].current_element, []).append((k, p))

@sf_touch@
identifier sf_t =~ "^(%{touches}|usb_submit_urb|usb_control_msg|usb_bulk_msg)$";
position p;
@@
sf_t@p(...)

@script:python@
t << sf_touch.sf_t; p << sf_touch.p;
@@
touched.setdefault(p[0].current_element, []).append((int(p[0].line), t, p))

@script:python@
@@
def uses_after(f, line):
    for at, t, p in touched.get(f, ()):
        if at > line:
            return t, p
    for callee, p in calls.get(f, {}).items():
        if int(p[0].line) > line and callee in calls and callee != f:
            for g in reached([callee]):
                if g in touched:
                    return touched[g][0][1], p
    return None

def report_tests():
    down = teardown()
    if not down or waits_for_users():
        return
    dead = {}
    for g in down:
        for k in killed.get(g, ()):
            if k:
                dead.setdefault(k, g)
    for door, (slot, table) in doors.items():
        if table not in registered:
            continue
        inside = reached([door])
        if any(c in try_gets for f in inside for c in calls.get(f, {})):
            continue
        for f in inside:
            for k, p in tests.get(f, ()):
                if k not in dead or any(k in killed.get(d, ()) for e in doors for d in reached([e])):
                    continue
                locks = {l for g in down if k in killed.get(g, ()) for l in taken.get(g, ())}
                held = {l for g in inside for l in taken.get(g, ())}
                use = uses_after(f, int(p[0].line))
                if held & locks or not use:
                    continue
                if locks:
                    text = "'%s' tests '%s' outside '%s', and '%s' may make it dead before '%s' is called" % (
                        f, k, sorted(locks)[0], dead[k], use[0])
                elif not held:
                    text = "'%s' tests '%s' under no lock that teardown takes, and '%s' may make it dead before '%s' is called" % (
                        f, k, dead[k], use[0])
                else:
                    continue
                finding(p, text, door=door, slot=slot, table=table, teardown=start_of(down, dead[k]),
                        notes=[(use[1], "operation", "'%s' is called" % use[0])])

report_tests()

// The lock is dropped between the test and the use.

@sf_drop exists@
identifier sf_lock =~ "^(%{locks.take})$";
identifier sf_unlock =~ "^(%{locks.release})$";
identifier sf_needs =~ "^(%{touches})$";
identifier sf_alive;
expression L, E;
position p, q;
@@
sf_lock(L, ...)
... when any
E->sf_alive@q
... when any
sf_unlock(L, ...)
... when != sf_lock(L, ...)
sf_needs@p(...)

@script:python@
l << sf_drop.L; k << sf_drop.sf_alive; t << sf_drop.sf_needs; p << sf_drop.p; q << sf_drop.q;
@@
def report_drop():
    f = p[0].current_element
    if (last_name(l), k) not in gates() or not any(k == name for name, _ in tests.get(f, ())):
        return
    for door, (slot, table) in doors.items():
        if table in registered and f in reached([door]):
            finding(p, "'%s' drops '%s' between the test of '%s' and '%s'" % (f, last_name(l), k, t), door=door, slot=slot,
                    table=table, teardown=next(iter(roots), ""), notes=[(q, "operation", "Tests '%s'" % k)])
            return

report_drop()

%include context
