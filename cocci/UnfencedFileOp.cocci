// SPDX-License-Identifier: GPL-2.0-only
/// A file operation needs what the driver's remove() takes away. cdev_del(), misc_deregister() and device_del() stop
/// new opens; they do not wait for operations on files that are open, and no lock with a liveness test excludes the two.
///
//# A fence is known by the names of its lock and of its predicate, as fields. One that is taken in another file is not
//# seen, nor is one behind a function pointer.
//
// Confidence: Medium
// Copyright: (C) 2026 the Strongfence authors
// Options: --no-includes
virtual report, org, context, json

%include report
%include doors
%include calls
%include fences

@sf_touch@
identifier sf_t =~ "^(%{touches})$";
position p;
@@
sf_t@p(...)

@script:python@
p << sf_touch.p; t << sf_touch.sf_t;
@@
# A pardevice holds a reference on its port.
if t not in set("%{touches.parport}".split("|")) and not t.startswith("dma_free"):
    touched.setdefault(p[0].current_element, []).append((p, t))

@initialize:python@
@@
touched = {}

mapped = {
    "mmio": (set("%{touches.mmio}".split("|")), set("%{managed.mmio}".split("|")), set("%{released.mmio}".split("|"))),
    "ioport": (set("%{touches.ioport}".split("|")), set("%{managed.ioport}".split("|")),
               set("%{released.ioport}".split("|")))}

# Whether what a touch needs goes at unbind: devres takes it, or teardown, and not the last close. The handles of other
# devices go with the device itself.
def goes(touch, down, inside):
    for touches, managed, released in mapped.values():
        if touch in touches:
            return any(c in managed for f in calls for c in calls[f]) or \
                any(c in released for f in down if f not in inside for c in calls.get(f, ()))
    return True

def touches_of(door):
    came = reached([door])
    for f in came:
        for p, t in touched.get(f, []):
            yield p, t

def report_doors():
    gone = deregistering()
    if not gone:
        return
    root, where, call = gone
    node = (where, "unbind", "'%s' calls '%s', which does not wait for operations on open files"
            % (where[0].current_element, call))
    down = teardown()
    closed = reached(doors)
    for door, (slot, table) in doors.items():
        if table not in registered:
            continue
        inside = reached([door])
        # A door that asks whether the device is there is for RacyAliveCheck to judge.
        asks = {k for f in down if f not in inside for k in killed.get(f, ())} & {k for f in inside for k in read.get(f, ())}
        for p, t in [] if asks or is_fenced(door) else touches_of(door):
            if not goes(t, down, closed):
                continue
            finding(p, "'%s' calls '%s', which needs what '%s' takes away, and no fence excludes the two"
                    % (p[0].current_element, t, root), door=door, slot=slot, table=table, teardown=root, notes=[node])
            break
        locks = {l for f in inside for l in taken.get(f, ())}
        for f in inside:
            for g, p in through_global.get(f, {}).items():
                for h, q in cleared.get(g, ()):
                    if h in down and h not in inside and not locks & taken.get(h, set()):
                        finding(p, "'%s' dereferences '%s' that '%s' clears, and no fence excludes the two"
                                % (f, g, h), door=door, slot=slot, table=table, teardown=start_of(down, h),
                                notes=[node, (q, "unbind", "'%s' clears it" % h)])

@script:python@
@@
report_doors()

%include context
