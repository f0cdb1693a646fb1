// SPDX-License-Identifier: GPL-2.0-only
/// Teardown releases something before it withdraws the device, the file or the
/// subsystem's device whose functions use it.
///
//# What is released, withdrawn or used in another file is not seen, nor a use through
//# a variable that the field was copied to. Any test of a state that teardown changes
//# first counts as a fence, wherever the function makes it.
//
// Confidence: Medium
// Copyright: (C) 2026 the Strongfence authors
// Options: --no-includes

virtual report, org, context, patch, json

%include report
%include calls
%include frees
%include order

@initialize:python@
@@
stop_verb = rows("%{stops.each.verb}")
stop_does = rows("%{stops.each.does}")
stop_resource = rows("%{stops.each.resource}")
stop_uses = rows("%{stops.each.uses}")
stop_starts = rows("%{stops.each.starts}")
loss = rows("%{resources.each.loss}")
touch = rows("%{resources.each.touch}")
touching = {r: set(f) for r, f in rows("%{touches.each.functions}").items()}
resource_of = {f: r for r, fs in rows("%{resources.each.released}").items() for f in fs}
puts = set("%{calls.put}".split("|"))
kills = set("%{kills}".split("|"))
one_a_device = {"ioport", "hid", "serdev", "rpmsg", "mei", "vmbus", "virtqueue"}
# Decoding ends nowhere, and a queue that was reset still takes buffers.
no_end = {"virtqueue", "sdio", "irq"}
wanted = set()
watched = set()
owners = {}         # (function, object, field) -> struct
derefs = {}         # function -> [(place, position, struct, field)]
after = {}          # place of a release -> places of the withdrawals that come later in its function
reachable = set()
ends = set()
used_after = {}     # place of a put -> the first use after it

# What a call releases, or None.
def release(call):
    _, p, callee, args = call
    r = {"call": call, "p": p, "handle": "", "struct": "", "resource": "", "uses": (), "starts": (), "clock": False,
         "object": ""}
    if callee == "->del_vqs":
        callee = "virtio_config_ops.del_vqs"
    if callee in stop_verb:
        r["resource"] = stop_resource.get(callee, [""])[0]
        r["uses"] = set(stop_uses.get(callee, ()))
        r["starts"] = set(stop_starts.get(callee, ()))
        r["does"] = stop_does[callee][0]
        r["clock"] = r["resource"] == "mmio"
        if callee == "virtio_config_ops.del_vqs":
            r["says"] = "deletes its queues"
        elif r["clock"] or callee == "destroy_workqueue":
            r["handle"], r["object"] = last(argument(call, 0)), base(argument(call, 0))
            r["says"] = "%s '%s'" % (stop_verb[callee][0], r["handle"])
        else:
            r["says"] = "%s interrupts by '%s'" % (stop_verb[callee][0], callee)
        return r
    if callee in resource_of:
        r["resource"] = resource_of[callee]
        if r["resource"] in no_end or r["resource"] == "ioport" and callee.startswith("pci"):
            return None
        index = 1 if callee.startswith(("pci_", "devm_", "pcim_")) else 0
        text = argument(call, index)
        if is_field(text):
            r["handle"], r["object"] = last(text), base(text)
        elif r["resource"] not in one_a_device:
            return None
        r["says"] = "%s '%s'" % (loss[r["resource"]][0], r["handle"]) if r["handle"] else "calls '%s'" % callee
        r["does"] = touch[r["resource"]][0]
        return r
    if callee in frees:
        text = freed(callee, args)
        if re.match(r"[\w ]+(->|\.)[\w .>-]+$", text):
            r["handle"], r["object"] = last(text), base(text)
            r["says"], r["does"] = "frees '%s'" % r["handle"], "uses '%s'" % r["handle"]
            return r
    return None

# The first use in these functions of what is released: a position, or None.
def use(functions, r):
    for f in functions:
        for place, p, struct, object_, field, _ in stored.get(f, ()):
            if field == r["handle"]:
                return None
        for c in calls_of(f):
            if c[2] in r["starts"]:
                return None
            if r["handle"] and (c[2] in frees or c[2] in resource_of) and r["handle"] in [last(a) for a in c[3]]:
                return None
    mentioned = not r["handle"] or any(r["handle"] in fields(c[3]) for f in functions for c in told.get(f, ()))
    for f in functions:
        for c in calls_of(f):
            names = fields(c[3])
            if r["uses"] or r["clock"] or "virtqueue" == r["resource"]:
                if c[2] in r["uses"] and (not r["handle"] or r["handle"] in names):
                    return c[1]
                if c[2] in touching.get(r["resource"], ()):
                    return c[1]
            elif r["resource"]:
                if c[2] in touching.get(r["resource"], ()) and (
                        r["handle"] in names if names and r["handle"] else mentioned and r["resource"] in one_a_device):
                    return c[1]
        if r["handle"] and not r["uses"] and not r["clock"]:
            for _, p, struct, field in derefs.get(f, ()):
                if field == r["handle"] and (not r["struct"] or not struct or struct == r["struct"]):
                    return p
            for c in calls_of(f):
                if c[2] not in frees and c[2] not in puts and any(
                        is_field(a) and "&" not in a and last(a) == r["handle"] for a in c[3]):
                    return c[1]
    return None

# What teardown has changed in `function` before the place, and what its callees before it change.
def ended(function, place):
    out = set()
    for e in stored.get(function, ()):
        if e[0] < place:
            out.add(e[4])
    for c in calls_of(function):
        if c[0] >= place:
            break
        for f in reached([c[2]]) if c[2] in calls else ():
            out |= {e[4] for e in stored.get(f, ())}
            out |= {last(a) for d in told.get(f, ()) if d[2] in kills for a in d[3]}
        if c[2] in kills:
            out |= {last(a) for a in c[3]}
    return out

# The release is cleared in the section that it is made in, and the functions ask under the same lock.
def is_cleared_with(function, r, functions):
    at_release = held(function, r["call"][0])
    if not at_release or not asks(functions, r["handle"]):
        return False
    if not any(e[4] == r["handle"] and e[0] > r["call"][0] for e in stored.get(function, ())):
        return False
    return bool(set(at_release) & locks_of(functions))

def releases_at(call):
    own = release(call)
    if own:
        return [own]
    if call[2] not in calls:
        return []
    return [r for f in reached([call[2]]) for c in calls_of(f) for r in [release(c)] if r]

def withdrawals_at(call, published):
    if withdraws(call, published):
        return call
    if call[2] in calls:
        for f in reached([call[2]]):
            for c in calls_of(f):
                if withdraws(c, published):
                    return c
    return None

def runs(r):
    born = reached(probes)
    by = [c for f in born for c in told.get(f, ())]
    if any(re.match(r"(devm_)?pm_runtime_(put|idle|.*autosuspend)", c[2]) for c in by):
        return False
    return any(c[2] in ("clk_prepare_enable", "clk_enable") and last(argument(c, 0)) == r["handle"] for c in by)

# (function, call that releases, release, call that withdraws or None, publication, root) each.
candidates = []

def find_candidates():
    torn = reached(list(roots) + sorted(exported))
    born = reached(probes)
    for published in publications:
        if published["interrupt"] or not published["entries"]:
            continue
        for function in sorted(set(torn) | set(born)):
            failing = function not in torn
            if failing and published["in"] != function:
                continue
            came = born if failing else torn
            steps = calls_of(function)
            withdrawals = [(c, w) for c in steps for w in [withdrawals_at(c, published)] if w]
            for c, w in withdrawals:
                for each in steps:
                    if each[0] >= c[0]:
                        break
                    if failing and each[0] <= published["at"] or any(each is x for x, _ in withdrawals):
                        continue
                    for r in releases_at(each):
                        candidates.append((function, each, r, c, w, published, start_of(came, function)))
        if published["managed"]:
            for root in roots:
                way = reached([root])
                if published["in"] not in born or any(withdraws(c, published) for f in way for c in told.get(f, ())):
                    continue
                for each in calls_of(root):
                    for r in releases_at(each):
                        candidates.append((root, each, r, None, None, published, root))

@script:python@
@@
find_candidates()
for function, each, r, c, w, published, root in candidates:
    if r["handle"]:
        wanted.add(r["handle"])
        watched.update(reached([e[0] for e in published["entries"]]), [r["p"][0].current_element])
    if c:
        after.setdefault(each[0], set()).add(c[0])
        ends.add(c[0])

@owner@
type T;
T *x;
identifier fld;
position p : script:python() { p[0].current_element in watched };
@@
x->fld@p

@script:python@
t << owner.T; x << owner.x; f << owner.fld; p << owner.p;
@@
if f in wanted:
    owners[(p[0].current_element, x, f)] = owners[(at(p), f)] = name_of(t)

@deref@
expression x, i;
identifier fld, m;
position p : script:python() { p[0].current_element in watched };
@@
(
x->fld@p->m
|
x->fld@p[i]
|
 *x->fld@p
|
x.fld@p->m
|
x.fld@p[i]
)

@script:python@
f << deref.fld; p << deref.p;
@@
if f in wanted:
    derefs.setdefault(p[0].current_element, []).append((at(p), p, owners.get((at(p), f), ""), f))

// A way from the release to the withdrawal.
@way exists@
expression f, g;
position p : script:python() { at(p) in after };
position q : script:python() { at(q) in ends };
@@
f@p(...)
... when any
g@q(...)

@script:python@
p << way.p; q << way.q;
@@
if at(q) in after[at(p)]:
    reachable.add((at(p), at(q)))

@script:python@
@@
reported = set()
for function, each, r, c, w, published, root in candidates:
    if c and (each[0], c[0]) not in reachable or r["call"][0] in reported:
        continue
    if r["clock"] and not runs(r):
        continue
    r["struct"] = owners.get((r["call"][1][0].current_element, r["object"], r["handle"]), "")
    gone = ended(function, each[0]) | ended(r["call"][1][0].current_element, r["call"][0])
    for door, slot, table in published["entries"]:
        functions = list(reached([door]))
        if function in functions or any(asks(functions, field) for field in gone):
            continue
        used = use(functions, r)
        if used is None or is_cleared_with(r["call"][1][0].current_element, r, functions):
            continue
        by = "'%s' withdraws %s" % (w[2], published["name"]) if w else "devres withdraws " + published["name"]
        message = "'%s' %s before %s, whose '%s' %s" % (root, r["says"], by, door, r["does"])
        notes = [(used, "operation", "'%s' %s" % (door, r["does"]))]
        if published["position"]:
            notes.insert(0, (published["position"], "unbind", "Published from here: " + published["name"]))
        if c:
            notes.append((c[1], "unbind", "Only now " + by))
        finding(each[1], message, door=door, struct=r["struct"], teardown=root, notes=notes, slot=slot, table=table)
        reported.add(r["call"][0])
        # In front of the first release: the others then follow, too.
        # A lock that is held at one of them only might be what the operation waits for.
        if c is not None and c is w and root == function and function in roots and (
                held(function, each[0]) == held(function, c[0])):
            earlier = [where for where, q in movable.items() if q == c[0]]
            if not any(where < each[0] for where in earlier):
                for where in earlier:
                    del movable[where]
                movable[each[0]] = c[0]
        break

// What follows the put of the reference that the driver data is, and uses the object by the same variable.
@put exists@
type T;
identifier x, ref, m, end;
identifier d =~ "^(%{calls.drvdata})$";
identifier k =~ "^kref_put(|_lock|_mutex)$";
position p, q;
@@
(
T x = d(...);
|
x = d(...);
)
... when any
    when != kref_get(&x->ref)
k@p(&x->ref, end, ...)
... when != x = ...
x->m@q

@script:python@
t << put.T; x << put.x; end << put.end; m << put.m; p << put.p; q << put.q;
@@
function = p[0].current_element
came = reached(list(roots) + sorted(exported))
again = [c for c in calls_of(function) if c[0] > at(p) and (c[2] in puts or c[2] in frees) and any(
    re.match(r"(& )?%s( -> .*)?$" % x, a) for a in c[3])]
if function in came and at(q) > at(p) and not again and any(c[2] in frees for c in told.get(end, ())):
    first = used_after.get(at(p))
    if first is None or at(q) < at(first[0]):
        used_after[at(p)] = (q, p, function, x, t, start_of(came, function))

@script:python@
@@
for q, p, function, x, t, root in used_after.values():
    finding(q, "'%s' puts '%s', which the last put frees, and uses it afterwards" % (function, x), struct=t,
            teardown=root, notes=[(p, "unbind", "'%s' puts '%s'" % (function, x))])

%include context
%include arms

// misc_deregister() and its like only need what they are given: nothing between is about that.
@move depends on patch@
expression f, E;
identifier g =~ "^(misc_deregister|rc_unregister_device|input_unregister_device|i2c_del_adapter|debugfs_remove|debugfs_remove_recursive)$";
position p : script:python() { is_movable(p) };
position q : script:python() { is_target(q) };
@@
+ g(E);
f@p(...);
... when != E
- g@q(E);

@move_both depends on patch@
expression f, E1, E2;
identifier g =~ "^(cdev_device_del|device_remove_file)$";
position p : script:python() { is_movable(p) };
position q : script:python() { is_target(q) };
@@
+ g(E1, E2);
f@p(...);
... when != E1
    when != E2
- g@q(E1, E2);
