// SPDX-License-Identifier: GPL-2.0-only
/// A device, a file or an interrupt handler is published before a lock, a list, a
/// queue, a work or a pointer is ready that the functions behind it use.
///
//# Whether user space or an interrupt comes that early in practice is not asked: a window
//# is a finding. A flag that the functions test and the birth changes later counts as a fence.
//
// Confidence: High
// Copyright: (C) 2026 the Strongfence authors
// Options: --no-includes

virtual report, org, context, patch, json

%include report
%include calls
%include order

@initialize:python@
@@
initialises = set("%{calls.initialise}|%{asyncs}".split("|")) - set("%{publish}".split("|"))
touches = set("%{touches}".split("|"))
wanted = set()
watched = set()
handlers = set()
owners = {}         # (place, field) and (function, object, field) -> struct
derefs = {}         # function -> [(place, position, struct, field)]
mentions = {}       # function -> [(place, position, struct, field)]
after = {}          # place of a publication -> places of what is made ready later
reachable = set()
ends = set()
at_once = set()     # places of uses that each run of an interrupt handler reaches
candidates = []     # (function, publication, call that publishes, what is made ready)

# What these calls and stores make ready: (place, position, object, field, whether a pointer is set) each.
def ready_in(function):
    out = []
    for place, p, callee, args in told.get(function, ()):
        if callee in initialises:
            for text in args[:1]:
                if is_field(text):
                    out.append((place, p, base(text), last(text), False))
    for place, p, struct, object_, field, value in stored.get(function, ()):
        if not re.match(r"^(NULL|[0-9].*|true|false|-.*)$", value):
            out.append((place, p, object_, field, True))
    return sorted(out, key=lambda e: e[0])

def constant(value):
    return re.match(r"^(NULL|0|true|false|- ?\w+|[A-Z0-9_]+)$", value)

# Another function makes it ready, too: who comes first is not known.
def is_ready_elsewhere(born, field, sets):
    for f in set(told) | set(stored):
        if f in born:
            continue
        if any(e[3] == field for e in ready_in(f)):
            return True
    return False

# The object is made between the two places: nobody has it yet.
def is_new(function, object_, begin, end):
    name = re.split(r"\W+", object_)[0]
    return any(begin < place < end for place in made.get((function, name), ()))

def is_quiet(published, function):
    if not published["interrupt"]:
        return False
    text = " ".join(published["call"][3])
    if "IRQF_NO_AUTOEN" in text:
        return True
    for c in calls_of(function):
        if c[0] < published["at"] and c[2] in ("irq_set_status_flags", "irq_modify_status", "disable_irq") and (
                c[2] == "disable_irq" or "IRQ_NOAUTOEN" in " ".join(c[3])):
            return True
    return "pci_driver" in probes.values() and "IRQF_SHARED" not in text

def find_candidates():
    born = reached(list(probes) + sorted(exported))
    for published in publications:
        if not published["entries"] or not published["call"] or published["in"] not in born:
            continue
        way, function, place = [published["in"]], published["in"], published["at"]
        if not is_quiet(published, function):
            candidates.extend((function, published, published["call"], r) for r in ready_in(function) if r[0] > place)
        # The functions that publish by a helper.
        helper = published["in"]
        for caller in born:
            if helper in calls.get(caller, ()) and not is_quiet(published, helper) and helper not in probes:
                for c in calls_of(caller):
                    if c[2] == helper:
                        candidates.extend((caller, published, c, r) for r in ready_in(caller) if r[0] > c[0])

@script:python@
@@
find_candidates()
for function, published, c, ready in candidates:
    wanted.add(ready[3])
    watched.update(reached([e[0] for e in published["entries"]]), [function])
    after.setdefault(c[0], set()).add(ready[0])
    ends.add(ready[0])
    if published["interrupt"]:
        handlers.update(e[0] for e in published["entries"])

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
    mentions.setdefault(p[0].current_element, []).append((at(p), p, name_of(t), f))

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

// A way from the publication to what comes late.
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

@set_way exists@
expression f, x, e;
identifier fld;
position p : script:python() { at(p) in after };
position q : script:python() { at(q) in ends };
@@
f@p(...)
... when any
x->fld@q = e

@script:python@
p << set_way.p; q << set_way.q;
@@
if at(q) in after[at(p)]:
    reachable.add((at(p), at(q)))

// What an interrupt handler uses whatever it finds: each way through it passes here.
@whole@
identifier handler : script:python() { handler in handlers };
position p;
expression x;
identifier fld;
@@
handler(...) {
... when != return ...;
x->fld@p
... when any
}

@script:python@
p << whole.p;
@@
at_once.add(at(p))

@script:python@
@@
def first_use(functions, published, function, field, struct, sets):
    entry = functions[0]
    for f in functions:
        if published["interrupt"] and f != entry:
            continue
        seen = derefs.get(f, ()) if sets else mentions.get(f, ())
        for place, p, s, name in sorted(seen, key=lambda e: e[0]):
            if name != field or struct and s and s != struct:
                continue
            if published["interrupt"] and place not in at_once:
                continue
            return p
        if sets and not published["interrupt"]:
            for c in calls_of(f):
                if c[2] in touches and any(is_field(a) and last(a) == field for a in c[3]):
                    return c[1]
    return None

reported = set()
for function, published, c, (where, p, object_, field, sets) in candidates:
    if (c[0], where) not in reachable or (function, field) in reported:
        continue
    born = list(reached(list(probes) + sorted(exported)))
    earlier = [e for e in ready_in(function) if e[3] == field and e[0] < c[0]]
    helpers = [x for d in calls_of(function) if d[0] <= c[0] and d[2] in calls for x in reached([d[2]])]
    if earlier or any(e[3] == field for f in helpers for e in ready_in(f)):
        continue
    if is_ready_elsewhere(born, field, sets) or is_new(function, object_, c[0], where):
        continue
    struct = owners.get((function, object_, field), "")
    changed = {e[4] for e in stored.get(function, ()) if e[0] > c[0] and e[4] != field}
    for d in calls_of(function):
        if d[0] > c[0] and d[2] in ("set_bit", "atomic_set", "atomic_inc", "clear_bit", "refcount_set", "smp_store_release"):
            changed |= {last(a) for a in d[3]}
    for door, slot, table in published["entries"]:
        functions = list(reached([door]))
        if function in functions:
            continue
        if any(e[3] == field for f in functions for e in ready_in(f)):
            continue
        if any(asks(functions, name) for name in changed) or sets and asks(functions, field):
            continue
        if set(held(function, c[0])) & set(held(function, where)) & locks_of(functions):
            continue
        used = first_use(functions, published, function, field, struct, sets)
        if used is None:
            continue
        what = "'%s' of 'struct %s'" % (field, struct) if struct else "'%s'" % field
        verb = "sets" if sets else "initialises"
        message = "'%s' %s %s after '%s' has published %s, whose '%s' uses it" % (
            function, verb, what, published["by"], published["name"], door)
        notes = [(published["position"], "unbind", "'%s' publishes %s" % (function, published["name"])),
                 (used, "operation", "'%s' may run from then on, and uses '%s'" % (door, field))]
        finding(p, message, door=door, struct=struct, teardown=function, notes=notes, slot=slot, table=table)
        reported.add((function, field))
        if not sets and c is published["call"]:
            movable[where] = c[0]
        break

%include context
%include arms

// The object is the same at both places, or it would be a new one.
@move depends on patch exists@
expression f, r;
identifier g;
expression list es;
statement S;
position p : script:python() { is_target(p) };
position q : script:python() { is_movable(q) };
@@
(
++ g(es);
f@p(...);
|
++ g(es);
r = f@p(...);
|
++ g(es);
if (<+... f@p(...) ...+>) S
)
... when any
- g@q(es);
