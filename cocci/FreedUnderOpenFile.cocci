// SPDX-License-Identifier: GPL-2.0-only
/// What an open file reaches, or the fence that should protect it, is in memory that devres or teardown frees while the
/// file is open. Give the object a reference count and take a reference in open.
///
//# Objects are known by their struct: two kinds of object of one struct are one.
//# devm memory of a class device is taken for that of the parent (DevmOnClassDevice knows which).
//# A lock that teardown takes as well, and that is not in the object, is believed to keep the operation out.
//
// Confidence: High
// Copyright: (C) 2026 the Strongfence authors
// Options: --no-includes

virtual report, org, context, json

%include report
%include calls
%include doors
%include opened

// Locks: of variables, which outlive every object, and in objects.
@lock_outside@
identifier take =~ "^(%{locks.take}|%{locks.try-get})$";
identifier G;
position p;
@@
take@p(&G, ...)

@script:python@
g << lock_outside.G; p << lock_outside.p;
@@
outside.add((in_function(p), g))

@lock_inside@
identifier tag : script:python() { is_managed(tag) };
struct tag *E;
identifier m;
identifier take =~ "^(%{locks.take})$";
position p;
@@
take@p(&E->m, ...)

@script:python@
t << lock_inside.tag; m << lock_inside.m; p << lock_inside.p;
@@
inside.append((in_function(p), t, m, p))

@reference_of_call@
identifier get =~ "^(%{calls.get}|%{locks.try-get}|%{calls.file-reference})$";
position p;
@@
get@p(...)

@script:python@
p << reference_of_call.p;
@@
guarded.add(in_function(p))

@initialize:python@
@@
outside, inside, guarded = set(), [], set()

# What an operation reaches through its file: (struct, place, function, field), the first of each struct.
def uses(door, kept):
    out = {}
    for f in reached([door]):
        bound = {}
        for g, t, left, right, p in assigns:
            if g == f and t not in out and (from_file(f, right) or (t, right) in kept_text(f, kept)):
                bound[(t, left)] = p
        for (t, v), p in bound.items():
            first = [(place_key(q), q, m) for g, s, e, m, q in reads if g == f and s == t and e == v and place_key(q) > place_key(p)]
            _, q, m = min(first, key=lambda x: x[0]) if first else (0, p, "")
            out.setdefault(t, (q, f, m))
        for t, (s, m), _, _, _ in kept:
            if s != "file":
                for g, x, _, y, q in reads:
                    if (g, x, y) == (f, s, m):
                        out.setdefault(t, (q, f, m))
    return [(t, *u) for t, u in out.items()]

def kept_text(f, kept):
    return {(t, e + "->" + m) for g, s, e, m, _ in reads if g == f for t, (x, y), _, _, _ in kept if (x, y) == (s, m)}

def place_key(p):
    return (int(p[0].line), int(p[0].column))

# How it goes: (text, teardown, note).
def passing(t):
    if t in FREED:
        end, p = FREED[t]
        return "'%s' frees" % end, end, goes_note(t, end, p, "free")
    if t in MANAGED:
        end, p = main_end(), MANAGED[t][1]
        return ("devres frees after '%s'" % end if end else "devres frees at unbind"), end, goes_note(t, end, p, "devres")
    return None

def is_guarded(door):
    locks = {g for f, g in outside if f in reached([door])}
    return bool(locks & {g for f, g in outside if f in reached(ends())})

def is_ours(function, kept, t):
    where = [k[1] for k in kept if k[0] == t]
    if any(is_revoked(w) for w in where):
        return False
    if t in MANAGED or not where:
        return t in MANAGED or not function or not is_allocated(reached([function]), t)
    return references(function, t)

def in_table(ops):
    function = slots[ops].get("open")
    function = function if function in defined else None
    kept, done = keeps(function) if function else [], set()
    for slot, door in doors_of(ops):
        if is_guarded(door):
            continue
        for t, q, f, m in uses(door, kept):
            how = passing(t)
            if t in done or not how or not is_ours(function, kept, t):
                continue
            done.add(t)
            notes = [(k[4], "operation", "'%s' leaves 'struct %s' in the file" % (k[2], t)) for k in kept if k[0] == t][:1]
            if t in cdevs:
                notes.append((cdevs[t], "operation", "The cdev that open files hold lies in 'struct %s': __fput() puts it after release()" % t))
            finding(q, "'%s' uses 'struct %s', which %s while files are open" % (f, t, how[0]), door=door, struct=t,
                    teardown=how[1], notes=[*notes, *deregistration(how[1]), how[2]], slot=slot, table=ops)
    done.update(k[0] for k in kept)
    for slot, door in doors_of(ops):
        fence_in(door, slot, ops, done)
    for k in kept:
        cdev_in(function, k[0], ops)

# The lock that teardown shuts is in memory that goes.
def fence_in(door, slot, ops, done):
    came = reached([door])
    if any(f in guarded for f in came):
        return
    for f, t, m, p in inside:
        how = passing(t)
        if f in came and t not in done and how and any(g in reached(ends()) and (s, n) == (t, m) for g, s, n, _ in inside):
            done.add(t)
            finding(p, "'%s' takes '%s' of 'struct %s', a fence that %s while files are open" % (f, m, t, how[0]), door=door,
                    struct=t, teardown=how[1], notes=[*deregistration(how[1]), how[2]], slot=slot, table=ops)

# The VFS puts the cdev when release() has put the last reference: chrdev_open(), __fput().
def cdev_in(function, t, ops):
    release = slots[ops].get("release")
    if t in cdevs and t in PUT and t not in parents and t not in FREED and release in defined and references(function, t):
        end, p = PUT[t]
        finding(cdevs[t], "The cdev that '%s' adds has no parent, and '%s' may free 'struct %s', which it lies in, while the file holds it" %
                (in_function(cdevs[t]), release, t), door=release, struct=t, teardown=end,
                notes=[*deregistration(end), goes_note(t, end, p, "put")], slot="release", table=ops)

@script:python@
@@
if unbinds() and not is_pinned() and not waits_for_close():
    FREED, PUT, MANAGED = freed(), put_away(), managed()
    for ops in slots:
        if ops not in drained:
            in_table(ops)

@depends on context@
expression left, right;
position p : script:python() { is_found(p) };
@@
* left = right@p

%include context
