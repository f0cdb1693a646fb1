// SPDX-License-Identifier: GPL-2.0-only
/// open leaves an object in the file without a reference on it, and teardown frees the object while the file is open.
/// Take the reference in open under the lock of the lookup, put it in release.
///
//# Objects are known by their struct: two kinds of object of one struct are one.
//# A reference is known by the name of the function that takes it, also one of another file.
//# A free that depends on something is not reported, a count that teardown asks is believed, but for the mutex in the object.
//# Without headers, objects of structs that the file does not declare are seen through its variables only.
//
// Confidence: Medium
// Copyright: (C) 2026 the Strongfence authors
// Options: --no-includes

virtual report, org, context, json

%include report
%include calls
%include doors
%include opened

// The last close frees the object when it has left the mutex in it.
@counts exists@
identifier T, L;
struct T *E;
position p, q;
@@
mutex_unlock@p(&E->L);
... when != mutex_lock(&E->L)
kfree@q(E);

@script:python@
t << counts.T; l << counts.L; p << counts.p; q << counts.q;
@@
closes.append((t, l, p, q))

@leaves_mutex exists@
identifier T, L, f;
struct T *E;
expression X;
position p, q;
@@
mutex_lock(&E->L);
... when != mutex_unlock(&E->L)
E->f@q = X
... when != mutex_lock(&E->L)
    when any
mutex_unlock@p(&E->L);

@script:python@
t << leaves_mutex.T; l << leaves_mutex.L; p << leaves_mutex.p;
@@
shuts.append((t, l, p))

// A lock outside that both sides hold: the free waits until the other has left the mutex.
@held depends on counts exists@
identifier T, L;
struct T *E;
identifier G;
identifier lock =~ "^(%{locks.take.exclusive})$";
identifier unlock =~ "^(%{locks.release})$";
position p;
@@
lock(&G, ...);
... when != unlock(&G, ...)
    when any
(
mutex_unlock@p(&E->L);
|
kfree@p(E);
)

@script:python@
g << held.G; p << held.p;
@@
holds.add((place_in(p), g))

// The reference comes when the lock of the lookup has been left.
@late exists@
identifier T, m;
local idexpression struct T *E;
expression L, X;
identifier lock =~ "^(%{locks.take})$";
identifier unlock =~ "^(%{locks.release})$";
identifier find =~ "^(%{calls.lookup})$";
identifier get =~ "^(%{calls.get})$";
expression I;
position p, q;
@@
lock(L);
... when != unlock(L)
E = find(I, ...)
... when != lock(L)
unlock@q(L);
... when != lock(L)
    when != E = X
get@p(&E->m)

@script:python@
t << late.T; l << late.L; i << late.I; p << late.p; q << late.q;
@@
lates.append((t, bare(l), bare(i), p, q))

@takes_away exists@
expression L, I;
identifier lock =~ "^(%{locks.take})$";
identifier unlock =~ "^(%{locks.release})$";
identifier remove =~ "^(%{kills}|idr_remove|xa_erase|radix_tree_delete)$";
position p;
@@
lock(L);
... when != unlock(L)
remove@p(I, ...)

@script:python@
l << takes_away.L; i << takes_away.I; p << takes_away.p;
@@
removes.append((bare(l), bare(i), p))

@initialize:python@
@@
closes, shuts, lates, removes, holds = [], [], [], [], set()

# An exported function takes away a node whose object belongs to its caller.
def given_back(t):
    if t in embeds or is_allocated(defined, t) or any(x == t for x, _ in frees) or t in parents:
        return None
    if t in counted or any(x == t for x, _, _ in puts):
        return None
    for f in ends():
        came = reached([f])
        if f in roots or f in actions or asks(came, counts()) or not any(s == t for s, _ in params.get(f, ())):
            continue
        named = set().union(*(calls.get(g, ()) for g in came))
        if any(n in deregisters and re.match("(cdev|device)_|misc_deregister|usb_deregister_dev|.*unregister_chrdev", n) for n in named):
            return f
    return None

def of_parent(function, right):
    return any(f == function and left == right and drvdata_of_parent.search(x) for f, _, left, x, _ in assigns)

def judge(function, ops, kept):
    t, where, f, right, q = kept
    referenced = references(function, t)
    if t in managed():
        return None
    head = "'%s' keeps 'struct %s' without a reference, and '%s' "
    if t in FREED:
        end, p = FREED[t]
        if referenced:
            return None
        return q, head % (f, t, end) + "frees it while the file is open", end, [*deregistration(end), goes_note(t, end, p, "free")]
    if t in PUT:
        end, p = PUT[t]
        if referenced:
            return too_late(function, t)
        if t in parents:
            return None
        return q, head % (f, t, end) + "puts the last one while the file is open", end, [*deregistration(end), goes_note(t, end, p, "put")]
    if referenced:
        return None
    return counts_only(f, t, ops, q) or gives(f, t, q, function) or parents_data(f, t, right, q)

def too_late(function, t):
    came, gone = reached([function]), reached(ends())
    for x, l, i, p, r in lates:
        if x != t or in_function(p) not in came:
            continue
        for lock, index, s in removes:
            if (lock, index) == (l, i) and in_function(s) in gone:
                end = start_of(gone, in_function(s))
                return (p, "'%s' takes its reference on 'struct %s' after it released '%s', and '%s' may have put the last one" %
                        (in_function(p), t, l.lstrip("&"), in_function(s)), end,
                        [(r, "operation", "'%s' releases the lock under which it found 'struct %s'" % (in_function(r), t)),
                         (s, "unbind", "'%s' takes it out" % in_function(s))])
    return None

def counts_only(f, t, ops, q):
    came, gone = reached([slots[ops].get("release")]), reached(ends())
    for x, l, p, k in closes:
        if x != t or in_function(p) not in came or place_in(k) not in maybe or in_function(p) in drops:
            continue
        for y, m, s in shuts:
            both = {g for at, g in holds if at == place_in(k)} & {g for at, g in holds if at == place_in(s)}
            if (y, m) == (x, l) and in_function(s) in gone and not both:
                return (q, "'%s' counts itself in 'struct %s' instead of taking a reference, and '%s' may free it while '%s' still releases '%s' in it" %
                        (f, t, in_function(k), in_function(s), l), start_of(gone, in_function(s)),
                        [(k, "operation", "'%s' frees 'struct %s'" % (in_function(k), t)),
                         (s, "unbind", "'%s' has not left mutex_unlock() yet" % in_function(s))])
    return None

def gives(f, t, q, function):
    if any(g in reached([function]) for g, _, _ in gets):
        return None
    end = given_back(t)
    return end and (q, "'%s' keeps 'struct %s' without a reference, and '%s' gives it back to its owner while the file is open" % (f, t, end),
                    end, deregistration(end))

def parents_data(f, t, right, q):
    if not roots or is_allocated(defined, t) or not of_parent(f, right):
        return None
    return (q, "'%s' keeps 'struct %s' of the parent device without a reference, and it goes with the parent while the file is open" % (f, t),
            main_end(), deregistration(main_end()))

@script:python@
@@
if unbinds() and not is_pinned() and not waits_for_close():
    FREED, PUT = freed(), put_away()
    for function, ops in opened_tables().items():
        for kept in keeps(function) if function in defined else ():
            said = None if is_revoked(kept[1]) else judge(function, ops[0], kept)
            if said:
                p, message, end, notes = said
                finding(p, message, door=function, struct=kept[0], teardown=end, notes=notes, slot="open", table=ops[0])
                break

%include context
