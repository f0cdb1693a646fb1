// SPDX-License-Identifier: GPL-2.0-only
/// A managed resource is tied to a class device, and somebody can still use it
/// after device_del() has freed it: device_del() calls devres_release_all(),
/// whoever still holds a reference or has a file open.
///
//# Users are looked for in this file. Of a device that has a row in
//# class-devices.yaml the core's late users are known too; of any other device
//# only those that this file shows.
//# Whether an interrupt can still come, or a buffer can be enabled, is not
//# asked: a window is reported as one.
//# Not seen: a device that is only known through structs of <linux/...>, what is
//# kept in lists, users in other files of a device without such a row, and
//# interrupts of a device that was never added.
//
// Confidence: High
// Copyright: (C) 2026 the Strongfence authors
// Options: --local-includes

virtual report, org, context, patch, json

%include report

// ---- Which device is it? ----

@initialize:python@
@@
import re

rows = set("%{class-devices}".split("|"))
actions = set("%{calls.devm-action}".split("|"))
plain_memory = set("%{calls.devm-alloc}".split("|"))
undo = set("%{released}".split("|"))

def pairs(text):
    out = {}
    for item in text.split("|"):
        key, value = item.split("=")
        out.setdefault(key, []).append(value)
    return out

deleted_by = pairs("%{class-devices.each.deleted-by}")
managed_by = pairs("%{class-devices.each.managed-by}")
allocated_by = pairs("%{class-devices.each.allocated-by}")
late_slots = pairs("%{class-devices.each.late-slots}")
late_fields = pairs("%{class-devices.each.late-fields}")
stored = pairs("%{class-devices.each.stored}")
debugfs_late = pairs("%{class-devices.each.debugfs-late}")
kinds = pairs("%{managed-calls.each.kind}")
resource = pairs("%{managed-calls.each.resource}")
device_field = pairs("%{managed-calls.each.device-field}")
late_on = pairs("%{managed-calls.each.late-on}")
kept_by = pairs("%{managed-calls.each.kept-by}")

class Call:
    def __init__(self, name, args, p):
        self.name, self.args, self.p = name, args, p
        self.place, self.line, self.within = place(p), int(p[0].line), p[0].current_element

def squeeze(text):
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r" ?(->|[.,&()*\[\]=]) ?", r"\1", text)
    while text.startswith("(") and text.endswith(")") and "(" not in text[1:-1]:
        text = text[1:-1]
    return re.sub(r"^\((void|(struct \w+|u?int\d*_t|u8|char|unsigned char))\**\)", "", text)

def split(text):
    out, depth, quoted, start = [], 0, False, 0
    for i, c in enumerate(text):
        if c == chr(34) and text[i - 1:i] != chr(92):
            quoted = not quoted
        elif quoted:
            continue
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        elif c == "," and not depth:
            out.append(squeeze(text[start:i]))
            start = i + 1
    out.append(squeeze(text[start:]))
    return out

# The last member that an expression names, and what it is a member of.
def member(text):
    m = re.match(r"^&?(.*?)(?:->|\.)(\w+)(?:\[.*\])?$", squeeze(text))
    return (m[1], m[2]) if m else ("", "")

def word(text):
    return text if re.match(r"^[A-Za-z_]\w*$", text) else ""

managed = []        # calls that tie something to a device
params = {}         # function -> names of its parameters
types = {}          # (function, expression) -> struct.field
locally = {}        # (function, variable) -> what is assigned to it
fielded = {}        # struct.field -> [(function, what is assigned to it)]
callers = {}        # function -> calls of it
owned = {}          # (function, expression): initialised, registered or created here
on_bus = set()      # struct.field that is given a bus
wanted = set()      # variables that hold a device
unique = {}
for d in rows:
    unique.setdefault(d.split(".")[1], []).append(d)

def key(function, text):
    text = text.lstrip("&")
    return types.get((function, text)) or (unique[member(text)[1]][0]
            if len(unique.get(member(text)[1], ())) == 1 and not (function, text) in types else None)

# The class device that an expression is, "struct.field" or "function:variable".
def device(function, text, seen=()):
    text = squeeze(text)
    text = re.sub(r"^get_device\((.*)\)$", r"\1", text)
    if (function, text) in seen or len(seen) > 6:
        return None
    seen = seen + ((function, text),)
    k = key(function, text)
    if text.startswith("&"):
        if k in rows:
            return k
        return k if k and k not in on_bus and k in embedded() else None
    if member(text)[1]:
        if k in rows and k not in fielded:
            return k
        return agreed([device(f, t, seen) if t != "new" else k for f, t in fielded.get(k, ())])
    if not word(text):
        return None
    if text in params.get(function, ()):
        n = params[function].index(text)
        return agreed([device(c.within, c.args[n], seen) for c in callers.get(function, ()) if n < len(c.args)])
    given = locally.get((function, text), [])
    out = agreed([device(function, t, seen) if t != "new" else function + ":" + text for t in given])
    if not out and (function, text) in owned and not any(t.startswith("&") for t in given):
        out = function + ":" + text
    return out

def agreed(found_devices):
    return found_devices[0] if found_devices and len(set(found_devices)) == 1 else None

def embedded():
    return {key(f, e[1:]) for f, e in owned if e.startswith("&")}

def is_class(p):
    return any(c.place == place(p) and device_of(c) for c in managed)

def device_of(c):
    if c.name in device_field:
        return device_field[c.name][0]
    return device(c.within, c.args[0])

// `kfree` in `__free(kfree)` would be taken for a type, and nothing that has it parsed.
@managed_call@
attribute name __free;
identifier fn =~ "^(devm_.*|%{managed-calls})$";
expression list es;
position p;
@@
fn@p(es)

@script:python@
fn << managed_call.fn; es << managed_call.es; p << managed_call.p;
@@
if not (fn in undo or re.match("devm_(k?free|remove|release|unregister|destroy)", fn)):
    c = Call(fn, split(str(es)), p)
    managed.append(c)
    wanted.add(c.args[0])

@parameters depends on managed_call@
identifier fn;
parameter list ps;
position p;
@@
fn@p(ps) { ... }

@script:python@
fn << parameters.fn; ps << parameters.ps;
@@
names = [(re.findall(r"\w+", re.sub(r"\[.*?\]", "", x)) or [""])[-1] for x in split(str(ps))]
params[fn] = names

@local_device depends on managed_call@
identifier v;
expression e;
position p;
@@
v@p = e

@script:python@
v << local_device.v; e << local_device.e; p << local_device.p;
@@
e = squeeze(e)
if v in wanted and e != "NULL":
    locally.setdefault((p[0].current_element, v), []).append(
        "new" if re.match("device_create", e) else e)

// Functions of this file that take a device as a parameter.
@script:python depends on managed_call@
@@
takers = {c.within for c in managed if c.args[0] in params.get(c.within, ())}

@called depends on managed_call@
identifier fn;
expression list es;
position p;
@@
fn@p(es)

@script:python@
fn << called.fn; es << called.es; p << called.p;
@@
if fn in takers:
    c = Call(fn, split(str(es)), p)
    callers.setdefault(fn, []).append(c)
    wanted.update(a for a in c.args if word(a))

@passed depends on called@
identifier v;
expression e;
position p;
@@
v@p = e

@script:python@
v << passed.v; e << passed.e; p << passed.p;
@@
e = squeeze(e)
at = locally.setdefault((p[0].current_element, v), [])
e = "new" if re.match("device_create", e) else e
if v in wanted and e not in at and e != "NULL":
    at.append(e)

@arrow depends on managed_call@
type T;
T *X;
identifier f =~ "^(([a-z0-9_]+_)?(dev|device)|[bdekt]dev|shost_gendev)$";
position p;
@@
X->f@p

@script:python@
t << arrow.T; x << arrow.X; f << arrow.f; p << arrow.p;
@@
types[(p[0].current_element, squeeze(x) + "->" + f)] = name_of(t) + "." + f

@dot depends on managed_call@
type T;
T X;
identifier f =~ "^(([a-z0-9_]+_)?(dev|device)|[bdekt]dev|shost_gendev)$";
position p;
@@
X.f@p

@script:python@
t << dot.T; x << dot.X; f << dot.f; p << dot.p;
@@
types[(p[0].current_element, squeeze(x) + "." + f)] = name_of(t) + "." + f

// Only a pnp_card_link leads a driver to the card, and its struct is in a header.
@card depends on managed_call@
struct pnp_card_link *X;
position p;
@@
X->card->dev@p

@script:python@
x << card.X; p << card.p;
@@
types[(p[0].current_element, squeeze(x) + "->card->dev")] = "pnp_card.dev"

@own depends on managed_call@
identifier fn = {device_initialize, device_register, device_add};
expression e;
position p;
@@
fn@p(e)

@script:python@
e << own.e; p << own.p;
@@
owned[(p[0].current_element, squeeze(e))] = p

@bus depends on managed_call@
expression e, v;
position p;
@@
e.bus@p = v

@script:python@
e << bus.e; p << bus.p;
@@
k = key(p[0].current_element, squeeze(e))
if k:
    on_bus.add(k)

@initialize:python@
@@
copied = {}         # struct.field of a struct device that is copied by value -> position

@copy depends on managed_call@
expression X, e;
identifier f =~ "^(([a-z0-9_]+_)?(dev|device)|[bdekt]dev|shost_gendev)$";
position p;
@@
(
X->f@p = *e
|
X->f@p = e->dev
|
X->f@p = e.dev
)

@script:python@
x << copy.X; f << copy.f; p << copy.p;
@@
copied[(p[0].current_element, squeeze(x) + "->" + f)] = p

@assigned_field depends on managed_call@
expression X, e;
identifier f =~ "^(([a-z0-9_]+_)?(dev|device)|[bdekt]dev|shost_gendev)$";
position p;
@@
(
X->f@p = e
|
X.f@p = e
)

@script:python@
x << assigned_field.X; f << assigned_field.f; e << assigned_field.e; p << assigned_field.p;
@@
e = squeeze(e)
for arrow in ("->", "."):
    k = types.get((p[0].current_element, squeeze(x) + arrow + f))
    if k and e != "NULL":
        at = fielded.setdefault(k, [])
        at.append((p[0].current_element, "new" if re.match("device_create", e) else e))

@script:python depends on managed_call@
@@
for (f, e), p in copied.items():
    k = types.get((f, e))
    # The field is a struct device, not a pointer, when its address is taken.
    if k and any(c.args[0].startswith("&") and key(c.within, c.args[0]) == k for c in managed):
        owned[(f, "&" + e)] = p
        fielded.pop(k, None)

// ---- Who uses what it holds, and when? Only in files where a class device was found. ----

@class_device@
identifier fn =~ "^(devm_.*|%{managed-calls})$";
position p : script:python() { is_class(p) };
@@
fn@p(...)

@initialize:python@
@@
calls = {}          # function -> calls in it
assigned = {}       # function -> [(left, right, position)]
slots = []          # (struct or "", slot, function, where it stands, position)
uses = {}           # function -> [(struct or "", field, expression, position)]
targets = set()     # places of fields that are only assigned to
after = []          # (place of the deletion, call or use, callee, where)
structs = set()     # defined in this file
void = set()
interesting = {s.split(".")[1] for x in late_slots.values() for s in x if "." in s}
kept_fields = set()
points_to = {}      # (function, variable) -> struct
taken = set("%{locks.take}".split("|"))
asyncs = set("%{asyncs}".split("|"))
tied_asyncs = set("%{asyncs.managed}".split("|"))
stopping = set("%{async-calls.stop}|%{async-calls.shut}|%{stops}".split("|"))
adding = set("%{attributes.add}".split("|"))
removing = set("%{attributes.remove}".split("|"))

# What the result of a managed call is kept in: fields, variables of the function, and the struct of driver data.
class Kept:
    def __init__(self, c):
        self.fields, self.locals, self.types, self.first = [], [], set(), ""
        name = c.name
        if name in resource and name not in actions:
            n = int(resource[name][0])
            self.add(c.within, c.args[n].lstrip("&") if n < len(c.args) else "")
        elif name in actions:
            self.add(c.within, c.args[2].lstrip("&") if len(c.args) > 2 else "")
        for left in results.get(c.place, ()):
            self.add(c.within, left)
        self.returned(c.within, set(self.locals))

    def add(self, function, text):
        text = re.sub(r"\[.*\]$", "", text)
        base, f = member(text)
        if f:
            if (function, text) not in self.fields:
                self.fields.append((function, text))
                self.first = self.first or f
                kept_fields.add(f)
        elif word(text) and (function, text) not in self.locals:
            self.locals.append((function, text))
            self.first = self.first or text
            for left, right, p in assigned.get(function, ()):
                if right == text:
                    if member(left)[1] or left != text:
                        self.add(function, left)
            for c in calls.get(function, ()):
                if re.search("_set_(drv|client)?data$|_set_(drvdata|intfdata|clientdata)$", c.name) and text in c.args[1:]:
                    self.types.add((function, text))

    def returned(self, function, names):
        for _, name in names:
            if name in returns.get(function, ()):
                for caller, lines in assigned.items():
                    for left, right, p in lines:
                        if right.startswith(function + "("):
                            self.add(caller, left)

initial = {}        # variable -> its initialiser
returns = {}        # function -> variables that it returns
results = {}        # place of a managed call -> what its result is assigned to

@result depends on class_device@
expression l;
identifier fn =~ "^(devm_.*|%{managed-calls})$";
position p;
@@
l = fn@p(...)

@script:python@
l << result.l; p << result.p;
@@
results.setdefault(place(p), []).append(squeeze(l))

@sf_any depends on class_device@
identifier fn;
expression list es;
position p;
@@
fn@p(es)

@script:python@
fn << sf_any.fn; es << sf_any.es; p << sf_any.p;
@@
calls.setdefault(p[0].current_element, []).append(Call(fn, split(str(es)), p))

@indirect depends on class_device@
expression o;
identifier slot;
expression list es;
position p;
@@
o->slot@p(es)

@script:python@
o << indirect.o; slot << indirect.slot; es << indirect.es; p << indirect.p;
@@
calls.setdefault(p[0].current_element, []).append(Call("->" + slot, split(str(es)), p))

@stored_value depends on class_device@
expression l, r;
position p;
@@
l =@p r

@script:python@
l << stored_value.l; r << stored_value.r; p << stored_value.p;
@@
assigned.setdefault(p[0].current_element, []).append((squeeze(l), squeeze(r), p))

@returning depends on class_device@
identifier v;
position p;
@@
return@p v;

@script:python@
v << returning.v; p << returning.p;
@@
returns.setdefault(p[0].current_element, set()).add(v)

@defined depends on class_device@
identifier T;
position p;
@@
struct T@p { ... };

@script:python@
t << defined.T; p << defined.p;
@@
if any(c.p[0].file == p[0].file for c in managed):
    structs.add(t)

@nothing depends on class_device@
identifier fn;
@@
void fn(...) { ... }

@script:python@
fn << nothing.fn;
@@
void.add(fn)

@table depends on class_device@
identifier T =~ "^(%{class-devices.late-structs}|file_operations|class|device_type|device_attribute|bin_attribute)$";
identifier ops, slot, fn;
position p;
@@
struct T ops@p = { ..., .slot = fn, ..., };

@script:python@
t << table.T; ops << table.ops; slot << table.slot; fn << table.fn; p << table.p;
@@
slots.append((t, slot, fn, ops, p))

@table_address depends on class_device@
identifier T =~ "^(%{class-devices.late-structs}|file_operations|class|device_type|device_attribute|bin_attribute)$";
identifier ops, slot, fn;
position p;
@@
struct T ops@p = { ..., .slot = &fn, ..., };

@script:python@
t << table_address.T; ops << table_address.ops; slot << table_address.slot; fn << table_address.fn; p << table_address.p;
@@
slots.append((t, slot, fn, ops, p))

@initial_value depends on class_device@
identifier S =~ "^(attribute|bin_attribute|attribute_group)$";
identifier v;
initializer list is;
position p;
@@
(
struct S *v@p[] = { is };
|
struct S v@p = { is };
)

@script:python@
v << initial_value.v; is_ << initial_value.is; p << initial_value.p;
@@
initial[v] = re.sub(r"\. is_\w+ = \w+", "", str(is_))     # asked when the file is added

@callback depends on class_device@
type T;
T *X;
identifier slot;
identifier fn;
position p;
@@
X->slot@p = fn

@script:python@
t << callback.T; x << callback.X; slot << callback.slot; fn << callback.fn; p << callback.p;
@@
if slot in interesting or slot == "release":
    slots.append((name_of(t), slot, fn, squeeze(x), p))

@script:python depends on class_device@
@@
kept = {}
for c in managed:
    if device_of(c):
        kept[c.place] = Kept(c)

@use depends on class_device@
expression X;
identifier f;
position p;
@@
(
X->f@p
|
X.f@p
)

@script:python@
x << use.X; f << use.f; p << use.p;
@@
if f in kept_fields:
    uses.setdefault(p[0].current_element, []).append((f, squeeze(x), p))

@typed depends on class_device@
type T;
T *X;
identifier f;
position p;
@@
X->f@p

@script:python@
t << typed.T; x << typed.X; f << typed.f; p << typed.p;
@@
if f in kept_fields:
    types[(p[0].current_element, squeeze(x) + "->" + f)] = name_of(t) + "." + f

@typed_dot depends on class_device@
type T;
T X;
identifier f;
position p;
@@
X.f@p

@script:python@
t << typed_dot.T; x << typed_dot.X; f << typed_dot.f; p << typed_dot.p;
@@
if f in kept_fields:
    types[(p[0].current_element, squeeze(x) + "." + f)] = name_of(t) + "." + f

@target depends on class_device@
expression X, e;
identifier f;
position p;
@@
(
X->f@p = e
|
X.f@p = e
)

@script:python@
p << target.p;
@@
targets.add(place(p))

// Driver data: any use through a pointer to its struct.
@local_type depends on class_device@
type T;
T *v;
identifier f;
position p;
@@
v->f@p

@script:python@
t << local_type.T; v << local_type.v; f << local_type.f; p << local_type.p;
@@
points_to[(p[0].current_element, squeeze(v))] = name_of(t)
uses.setdefault(p[0].current_element, []).append(("=" + name_of(t), squeeze(v), p))

// What comes after the call that deletes the device, on some path and not by another turn of a loop.
@initialize:python@
@@
def deletes(name):
    return name in all_deletions or name in wrappers

all_deletions = {n for x in deleted_by.values() for n in x} | {
    "device_del", "device_unregister", "cdev_device_del", "device_destroy"}
wrappers = {}       # void function of one caller -> the deletion in it

@script:python depends on class_device@
@@
for _ in range(3):
    for f in list(calls):
        if f in void and f not in wrappers:
            at = [c for g in calls for c in calls[g] if c.name == f]
            if len(at) == 1 and at[0].within != f:
                inner = [c for c in calls[f] if deletes(c.name)]
                if inner:
                    wrappers[f] = inner[0]

@follows depends on class_device exists@
identifier fn : script:python() { deletes(fn) };
identifier next;
position p, q;
@@
fn@p(...)
... when any
next@q(...)

@script:python@
p << follows.p; q << follows.q; next << follows.next;
@@
after.append((place(p), "call", next, q))

@used_after depends on class_device exists@
identifier fn : script:python() { deletes(fn) };
expression X;
identifier f;
position p, q;
@@
fn@p(...)
... when any
X->f@q

@script:python@
p << used_after.p; q << used_after.q;
@@
after.append((place(p), "use", "", q))

// ---- The judgement, in the order of the checker. ----

@initialize:python@
@@
moved = set()       # places that are right on the parent, too

class Late:
    # within: ends before devres of the parent does
    def __init__(self, function, p, why, only=None, own=False, within=False):
        self.function, self.p, self.why, self.only, self.own = function, p, why, only, own
        self.within = within or own

def reached(function):
    seen = [function]
    for f in seen:
        for c in calls.get(f, ()):
            if c.name in params and c.name not in seen:
                seen.append(c.name)
    return seen

def used(k, function, only=None):
    names = [member(t)[1] for _, t in k.fields]
    owners = {}
    for f, t in k.fields:
        owners.setdefault(member(t)[1], set()).add(owner(f, t))
    data = {points_to.get(x) for x in k.types} - {None}
    for f in reached(function):
        for name, base, p in sorted(uses.get(f, ()), key=lambda u: int(u[2][0].line)):
            if only is not None and f == function and place(p) not in only:
                continue
            if name.startswith("="):
                if name[1:] in data:
                    return f, p
                continue
            if name not in names or place(p) in targets:
                continue
            mine = {types.get((f, base + a + name), "").split(".")[0] for a in ("->", ".")} - {""}
            if mine and "" not in owners[name]:
                if not mine & owners[name]:
                    continue
            elif not any(member(t)[1] == name and last(member(t)[0]) == last(base) for _, t in k.fields):
                continue
            return f, p
        if only is not None:
            break
    if only is not None:
        for c in calls.get(function, ()):
            if c.place in only and c.name in params and c.name != function:
                hit = used(k, c.name)
                if hit:
                    return hit
    return None

def last(text):
    return (re.findall(r"\w+", re.sub(r"\[.*?\]", "", text)) or [""])[-1]

# The struct that a kept field is in, "" if headers hide it.
def owner(function, text):
    return types.get((function, text), ".").split(".")[0]

def shared(k):
    return any(owner(f, t) and owner(f, t) not in structs for f, t in k.fields)

def plainly(name):
    return name[2:] if name.startswith("__") else name

def handlers(c):
    return [a.lstrip("&") for a in c.args if a.lstrip("&") in params]

def deletions(d):
    out = []
    for f in calls:
        for c in calls[f]:
            if c.name in deleted_by.get(d, ()):
                out.append(c)
            elif c.name in ("device_del", "device_unregister", "cdev_device_del"):
                arg = c.args[-1]
                if same(d, f, arg):
                    out.append(c)
            elif c.name == "device_destroy" and ":" in d:
                out.append(c)
    return out

def same(d, function, arg):
    got = device(function, arg)
    if got == d:
        return True
    # What device_create() returned is kept in a field, or found by its driver data.
    if ":" in d and got is None:
        home, variable = d.split(":")
        if word(arg):
            return function == home and variable == arg or not (function, arg) in owned
        return any(r == variable and member(l)[1] == member(arg)[1] for l, r, _ in assigned.get(home, ()))
    return False

def following(c):
    return {place(q) for at, kind, _, q in after if at == c.place and int(q[0].line) > c.line}

def late_code(d, gone, by):
    out = []
    def given(fn, slot, p):
        if fn in params:
            out.append(Late(fn, p, "'%s' is given to '%s', which can run after '%s' freed the devres" % (fn, slot, by),
                            within=stored.get(d) is None))
    for slot in late_slots.get(d, ()):
        if slot.endswith("()"):
            for f in calls:
                for c in calls[f]:
                    if c.name == slot[:-2]:
                        for h in handlers(c):
                            given(h, slot[:-2], c.p)
        else:
            s, name = slot.split(".")
            for t, n, fn, _, p in slots:
                if t == s and name in (n, "*"):
                    given(fn, slot.replace("*", n), p)
    for t, n, fn, at, p in slots:
        if t == "device" and n == "release" or n == "release" and at.endswith("dev"):
            pass
    for f in assigned:
        for l, r, p in assigned[f]:
            base, name = member(l)
            if name == "release" and word(r.lstrip("&")) and base and d not in rows \
                    and (device(f, "&" + base) == d or device(f, base) == d):
                out.append(Late(r.lstrip("&"), p, "'%s' is the device's 'release' callback, which the driver core "
                                "calls after it freed the devres" % r.lstrip("&")))
            if name in ("class", "type") and base and (device(f, "&" + base) == d or device(f, base) == d):
                for t, n, fn, table_name, q in slots:
                    if table_name == r.lstrip("&") and n in ("release", "dev_release", "uevent", "dev_uevent"):
                        out.append(Late(fn, q, "'%s' is the device's '%s' callback, which the driver core "
                                        "calls after it freed the devres" % (fn, n)))
    for c in gone:
        at, first = c, c
        for _ in range(3):
            part = following(at)
            out.append(Late(at.within, first.p, "'%s' frees the devres before that" % first.name, part, True))
            out.extend(stopped_later(at.within, part, by))
            up = [x for f in calls for x in calls[f] if x.name == at.within]
            if at.within not in void or len(up) != 1:
                break
            at = up[0]
    for f in calls:
        for c in calls[f]:
            if c.name in managed_by.get(d, ()) or c.name in actions and c.args[1] in {g.within for g in gone}:
                out.extend(tied_before(f, c, c, by, 2))
            if c.name in adding:
                out.extend(by_hand(d, f, c))
    if d not in rows and gone:
        out.extend(doors_of(gone, by))
    return out

# Interrupts, work and timers that are stopped only after the device is deleted.
def stopped_later(function, part, by):
    out, names = [], []
    for f in calls:
        for c in calls[f]:
            if c.name in stopping and c.args[0] and any(
                    c.place in part if f == function else any(
                        x.place in part and f in reached(x.name) for x in calls.get(function, ()) if x.name in params)
                    for _ in (0,)):
                names.append((c.name, member(c.args[0])[1]))
    for f in calls:
        for c in calls[f]:
            if c.name in asyncs and c.name not in tied_asyncs and (any(
                    n == member(c.args[0])[1] and n for _, n in names)):
                for h in handlers(c):
                    out.append(Late(h, c.p, "'%s' runs on its own and is stopped only after '%s'" % (h, by), within=True))
    return out

# What is tied to other devices before the device is: devres undoes it later.
def tied_before(function, until, then, by, depth):
    out = []
    for c in sorted(calls.get(function, ()), key=lambda x: x.line):
        if until and c.line >= until.line:
            break
        if (c.name in tied_asyncs or c.name in actions) and not device(function, c.args[0]):
            for h in handlers(c):
                is_ = "is an action" if c.name in actions else "runs on its own; it is"
                out.append(Late(h, c.p, "'%s' %s undone after '%s', for it is registered before '%s'"
                                % (h, is_, by, plainly(then.name))))
        elif depth and c.name in params and c.name != function:
            out.extend(tied_before(c.name, None, then, by, depth - 1))
    return out

# A sysfs file added by hand: kobject_del() drains it, after devres_release_all() in device_del().
def by_hand(d, function, c):
    target_device = re.sub(r"^&(.*)(->|\.)kobj$", lambda m: m[1] if m[2] == "->" else "&" + m[1], c.args[0])
    if device(function, target_device) != d:
        return []
    if any(x.name in removing for f in calls if f != function for x in calls[f]):
        return []
    names = [re.sub(r"\[.*", "", c.args[1].lstrip("&"))]
    fns = [fn for _, slot, fn, at, _ in slots if at == names[0]]
    for name in names:
        m = re.match(r"(?:dev|bin)_attr_(\w+)$", name)
        if m:
            fns += [m[1] + s for s in ("_show", "_store", "_read", "_write")]
        if name.endswith("_groups") and name not in initial:
            names.append(name[:-6] + "attrs")
        fns += [fn for _, slot, fn, at, _ in slots if at == name]
        names += [x for x in re.findall(r"\w+", initial.get(name, "")) if x not in names
                  and (x in initial or "_attr_" in x)]
        fns += [x for x in re.findall(r"\w+", initial.get(name, "")) if x in params]
    return [Late(fn, c.p, "'%s' serves a sysfs file added by hand, which kobject_del() drains after the devres "
                 "are freed" % fn, within=True) for fn in fns if fn in params]

# Open files outlive device_del(). A lock that teardown takes before it is left to other rules.
def doors_of(gone, by):
    before = {member(c.args[0])[1] for g in gone for c in calls[g.within]
              if c.name in taken and c.line < g.line}
    out = []
    for t, slot, fn, _, p in slots:
        if t == "file_operations" and slot not in ("open", "owner") and not any(
                c.name in taken and member(c.args[0])[1] in before for c in calls.get(fn, ())):
            out.append(Late(fn, p, "'%s' serves files that stay open after '%s'" % (fn, by)))
    return out

def shown(d):
    if ":" not in d:
        return d
    home, variable = d.split(":")
    for l, r, _ in assigned.get(home, ()):
        if r == variable and member(l)[1]:
            k = types.get((home, l))
            return k or variable
    return variable

def judge(c):
    d = device_of(c)
    k = kept[c.place]
    kind = kinds.get(c.name, [""])[0]
    if kind == "" and not (k.fields or k.locals):
        kind = "registration"
    held = kind in ("", "memory", "action")
    if not held and resource.get(c.name) is None:
        k.first = ""        # what it returns is no resource
    gone = deletions(d)
    by = gone[0].name if gone else deleted_by.get(d, ["device_del"])[0]
    what = "'%s'" % k.first if k.first else "an interrupt" if kind == "interrupt" else "a resource"
    ties = "'%s' ties %s to class device '%s'" % (plainly(c.name), what, shown(d))
    whose = ties + ", whose devres '%s'" % by
    def say(text, notes=()):
        finding(c.p, text, struct=shown(d), teardown=by, notes=notes)
    if stored.get(d) == ["always"]:
        return say(ties + ", to which no driver is bound, and nothing frees it when the card's driver is unbound")
    if any(types.get((f, e)) == d and (f, "&" + e) in owned for f, e in copied):
        return say(ties + ", a copy of another device, which nobody frees")
    if kind == "debugfs-file" and d in debugfs_late:
        return say(whose + " frees while the debugfs file is still there")
    if late_on.get(c.name) == [d]:
        to_parent(c, d, gone, [])
        return say(whose + " frees before it stops using them")
    if not held:
        return
    if any(owner(f, t) in ("attribute_group", "attribute", "bin_attribute", "device_attribute") for f, t in k.fields) \
            and any(x.name in adding and device(c.within, x.args[0]) == d for x in calls.get(c.within, ())):
        return say(whose + " frees before the sysfs files that use it are gone")
    for f, t in k.fields:
        if types.get((f, t)) in late_fields.get(d, ()):
            to_parent(c, d, gone, [])
            return say(whose + " frees before the core last reads '%s'" % types[(f, t)])
    keeper = kept_by.get(c.name)
    if keeper and any(x.name == keeper[0] and x.args[0] in [t for _, t in k.fields + k.locals]
                      for f in calls for x in calls[f]):
        return
    lates = late_code(d, gone, by)
    for late in lates:
        hit = used(k, late.function, late.only)
        if hit:
            to_parent(c, d, gone, [x for x in lates if used(k, x.function, x.only)])
            return say("%s frees %s '%s' %s" % (whose, "before" if late.own else "while", hit[0],
                       "uses it" if late.own else "still uses it"),
                       [(late.p, "unbind" if late.own else "operation", late.why),
                        (hit[1], "operation", "'%s' uses it" % hit[0])])
    if stored.get(d) == ["likely"] and shared(k):
        return say("%s frees while %s can still use it" % (whose, users(d)))
    if d not in rows and kind != "action" and shared(k):
        for x in calls.get(c.within, ()):
            if x.name.startswith("->") and x.line > c.line:
                for f, t in k.fields:
                    if member(t)[0] in x.args and owner(f, t) and owner(f, t) not in structs:
                        return say(whose + " frees while other units can still use it",
                                   [(x.p, "operation", "This call hands the struct that keeps %s to another unit" % what)])

def users(d):
    return {"snd_card.card_dev": "open files and private_free", "tpm_chip.dev": "open files and in-kernel users",
            "video_device.dev": "open files and release", "media_devnode.dev": "open files and release",
            "tee_device.dev": "open contexts"}.get(d, "open files")

# iio_device_alloc(), counter_alloc() and the like take the parent.
with_parent = {"iio_dev.dev", "iio_trigger.dev", "counter_device.dev", "rtc_device.dev", "rc_dev.dev"}

# Whether the parent frees the memory after the last use, so that only the device is to be changed. Devres of the
# parent runs after its remove() has returned, and undoes in the opposite order what was registered on it.
def to_parent(c, d, gone, lates):
    x, f = member(c.args[0])
    if not (c.name in plain_memory and not "realloc" in c.name or c.name in late_on) or not c.args[0].startswith("&" + x + "->"):
        return
    if any(not late.within for late in lates):
        return
    if any(re.match("devm_(kfree|krealloc)", x.name) and x.args and device(g, x.args[0]) == d
           for g in calls for x in calls[g]):
        return
    if d not in with_parent and not any(
            left == c.args[0][1:] + ".parent" and not device(c.within, right) and int(p[0].line) < c.line
            for left, right, p in assigned.get(c.within, ())):
        return
    removed = {f for root in roots for f in reached(root)}
    ends = [m for g in calls for m in calls[g] if m.name in managed_by.get(d, ())
            or m.name in actions and m.args[1] in {x.within for x in gone}]
    if not ends and not any(g.within in removed for g in gone):
        return
    if all(before(c, m) for m in ends):
        moved.add(c.place)

# c runs before m: in the same function, or in one that is called there before.
def before(c, m):
    return any(x.line < m.line and (x.place == c.place or x.name in params and c.within in reached(x.name))
               for x in calls.get(m.within, ()))

@script:python depends on class_device@
@@
for c in sorted(managed, key=lambda x: x.line):
    if device_of(c):
        judge(c)

@depends on patch@
identifier fn, f;
expression X;
position p : script:python() { place(p) in moved };
@@
  fn@p(
- &X->f
+ X->f.parent
  , ...)

%include context
