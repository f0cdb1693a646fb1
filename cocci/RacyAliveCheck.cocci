// SPDX-License-Identifier: GPL-2.0-only
/// An operation asks whether the device is there without the lock that teardown takes, or lets go of it before the use,
/// so that the answer is worth nothing. Hold the lock from the test to the last use.
///
//# Fields and locks are known by name; a test counts when it leaves the function.
//# A test in a helper and the use in its caller, and callbacks of subsystems (V4L2, ALSA), are not seen.
//# What another file makes dead is not known here.
//
// Confidence: Low
// Copyright: (C) 2026 the Strongfence authors
// Options: --no-includes

virtual report, org, context, json

%include report
%include calls
%include doors
%include fences

@leaving depends on sf_door disable neg_if@
expression C;
identifier l;
statement S;
position p;
@@
(
if@p (C) return ...;
|
if@p (C) goto l;
|
if@p (C) { ... return ...; }
|
if@p (C) { ... goto l; }
|
if@p (C) { ... return ...; } else S
|
if@p (C) { ... goto l; } else S
)

@script:python@
p << leaving.p;
@@
leaves.add(order(p))

@initialize:python@
@@
leaves = set()      # places of conditions that leave the function
held = {}           # place of a condition -> locks that some way to it holds
dropped = []        # (place of a condition, lock, its release, position of what follows)

def worth_it():
    return unbinds() and not waits_for_files()

def conditions():
    return {order(p): (f, asks_for(f, c), p) for f, c, p in asked if f in in_doors() and asks_for(f, c)}

# The states that a condition asks for; of a word of bits only the bit that teardown changes.
def asks_for(f, text):
    return {n for n in names_dead(f, text) & states()
            if any(not r.startswith("bit ") or r[4:] in text for _, _, r in dead()[n])}

conditions = once(conditions)

def is_condition(p):
    return worth_it() and order(p) in conditions()

def may_gate(p):
    return worth_it() and where(p) in {f for f, _, _ in conditions().values()}

// Tests that are under the lock.
@under exists@
expression X, C;
statement S;
identifier take =~ "^(%{locks.take})$";
identifier release =~ "^(%{locks.release})$";
position t : script:python() { may_gate(t) };
position c : script:python() { is_condition(c) };
@@
take@t(X, ...)
... when != release(X, ...)
    when any
if@c (C) S

@script:python@
x << under.X; c << under.c;
@@
held.setdefault(order(c), set()).add(key(x))

// Uses after the lock is released.
@released exists@
expression X, C;
statement S;
identifier take =~ "^(%{locks.take})$";
identifier release =~ "^(%{locks.release})$";
identifier f;
position t : script:python() { may_gate(t) };
position c : script:python() { is_condition(c) };
position q : script:python() { is_use(q) };
position r;
@@
take@t(X, ...)
... when != release(X, ...)
if@c (C) S
...
release@r(X, ...)
...
f@q(...)

@script:python@
x << released.X; c << released.c; r << released.r; q << released.q;
@@
dropped.append((order(c), key(x), r, q))

@initialize:python@
@@
def is_shield(f, e):
    if e[0] not in conditions():
        return True
    gate = gates_of(conditions()[e[0]][1])
    return bool((held.get(e[0], set()) | may_hold(f, e[0])) & gate)

# The touch that the call leads to, if nothing there asks again.
def use_of(f, e):
    if e[2] == "use":
        return (f, e, "global")
    if e[2] == "call" and e[3] in defined and e[3] != f:
        return bare_touch(e[3])
    if e[2] == "call" and is_touch(e[3], e[4]):
        return (f, e, TOUCHES[e[3]])
    return None

def is_use(p):
    return any(e[0] == order(p) and use_of(where(p), e) for e in events(where(p)))

def callers(f):
    out, came = [], in_doors()
    while came.get(f):
        f = came[f]
        out.append(f)
    return out

# Locks that a call before the place may have left taken, and those of callers.
def may_hold(f, at):
    out = {takes(fn, args) for _, _, _, _, fn, args in acts_of(callers(f))}
    for e in events(f):
        if e[0] >= at:
            break
        if e[2] == "call" and e[3] == "guard":
            out.add(takes(e[3], e[4]))
        if e[2] == "call" and e[3] in defined:
            out.update(takes(fn, args) for _, _, _, _, fn, args in acts_of(reached([e[3]])))
    return out - {""}

def gates_of(asked_for):
    return set().union(*(gates(n) for n in asked_for))

def report_use(f, asked_for, lock, touch, how, c, r):
    door = start_of(in_doors(), f)
    slot, ops = live_doors()[door]
    does, goes, end, p, struct = story(touch)
    state = sorted(asked_for)[0]
    text = state.strip("->(")
    notes = [(c, "operation", "Tests '%s'" % text)]
    if r:
        notes.append((r, "operation", "Releases '%s'" % lock))
    g, q, _ = dead()[state][0]
    notes.append((q, "unbind", "'%s' changes '%s'" % (g, text)))
    if p:
        notes.append((p, "unbind", "%s it" % goes))
    texts = {"outside": "'%s' tests '%s' outside '%s', and then %s that %s" % (door, text, lock, does, goes),
             "no lock": "'%s' tests '%s' under no lock that teardown takes, and then %s that %s" % (door, text, does, goes),
             "dropped": "'%s' drops '%s' between the test of '%s' and the use: it %s that %s" % (door, lock, text, does, goes),
             "retaken": "'%s' retakes '%s' without a new test of '%s' and %s that %s" % (door, lock, text, does, goes)}
    finding(touch[1][1], texts[how], door=door, struct=struct, teardown=end, notes=notes, slot=slot, table=ops)

# Whether the test is of a copy that was made before any of the locks was taken.
def is_old(f, at, states, gate):
    text = next(c for g, c, p in asked if g == f and order(p) == at)
    made = [order(p) for g, left, right, p in stores if g == f and left in names(text) and order(p) < at and states & names(right)]
    taken = [(line, column) for line, column, _, fn, args in acts.get(f, ()) if takes(fn, args) in gate]
    return bool(made) and bool(taken) and not states & names(text) and max(made) < min(taken)

def outside():
    for at, (f, asked_for, c) in sorted(conditions().items()):
        gate = gates_of(asked_for)
        if at not in leaves or may_hold(f, at) & gate or held.get(at, set()) & gate and not is_old(f, at, asked_for, gate):
            continue
        before = [e for e in events(f) if e[0] < at and is_test(f, e)]
        if before:
            continue
        for e in events(f):
            if e[0] <= at:
                continue
            touch = use_of(f, e)
            if touch:
                lock = sorted(gate)[0] if gate else ""
                report_use(f, asked_for, lock, touch, "outside" if gate else "no lock", c, None)
                break
            if is_test(f, e) or e[2] == "call" and e[3] in defined and asks(e[3]):
                break

def let_go():
    for at, lock, r, q in dropped:
        f, asked_for, c = conditions()[at]
        if lock not in gates_of(asked_for) or may_hold(f, at) & gates_of(asked_for):
            continue
        between = [e for e in events(f) if order(r) < e[0] < order(q)]
        if any(is_test(f, e) and not (e[2] == "call" and e[3].startswith("wait_event")) or
               e[2] == "call" and e[3] in defined and asks(e[3]) for e in between) or order(q) < order(r):
            continue
        touch = next((t for e in events(f) if e[0] == order(q) for t in [use_of(f, e)] if t), None)
        again = any(e[2] == "call" and takes(e[3], e[4]) == lock for e in between)
        if touch:
            report_use(f, asked_for, lock, touch, "retaken" if again else "dropped", c, r)


def locks_at(f, at):
    now = set()
    for line, column, _, fn, args in sorted(acts.get(f, ()), key=lambda a: a[:2]):
        if (line, column) >= at:
            break
        if takes(fn, args):
            now.add(takes(fn, args))
        elif fn in RELEASES and args:
            now.discard(key(args[0]))
    return now

def locks_before(f, at):
    return {takes(fn, args) for line, column, _, fn, args in acts.get(f, ()) if (line, column) < at} - {""}

def counts():
    out = {}
    ends_of_files = {f: d for f, d in live_doors().items() if d[0] == "release"}
    for f, left, right, p in stores:
        came = reached(ends_of_files)
        if f in came and right == "" and "->" in left and locks_before(f, order(p)):
            out.setdefault(key(left), (start_of(came, f), p, locks_before(f, order(p))))
    return out

def frees_object(fn, args, v):
    return v in args and (fn in FREES or fn in defined and bool(called(reached([fn])) & FREES))

def loose():
    for f, c, p in asked:
        if f not in teardown() or f in in_doors():
            continue
        for n, (release, change, locks) in counts().items():
            m = re.search(r"(\w+)->%s\b" % n, c)
            if not m or locks & locks_at(f, order(p)) or any(locks & locks_before(g, (1 << 30, 0)) for g in chain(f)):
                continue
            free = next((q for line, column, q, fn, args in acts.get(f, ()) if order(p) < (line, column) and line < order(p)[0] + 8 and
                         frees_object(fn, args, m[1])), None)
            if free:
                lock = sorted(locks)[0]
                slot, ops = live_doors()[release]
                finding(p, "'%s' tests '%s' outside '%s', under which '%s' changes it, and frees on the answer" % (f, n, lock, release),
                        door=release, struct=struct_of(f, m[1]), teardown=start_of(teardown(), f), slot=slot, table=ops,
                        notes=[(change, "operation", "'%s' changes '%s' under '%s'" % (release, n, lock)), (free, "unbind", "'%s' frees" % f)])

def chain(f):
    out = []
    while teardown().get(f):
        f = teardown()[f]
        out.append(f)
    return out

@script:python@
@@
if live_doors() and unbinds():
    loose()
    if worth_it():
        outside()
        let_go()

@depends on context@
position p : script:python() { is_found(p) };
expression C;
statement S;
@@
* if@p (C) S

%include context
