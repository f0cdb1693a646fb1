// SPDX-License-Identifier: GPL-2.0-only
/// A managed resource is tied to a class device. device_del() frees the devres of a device that no driver is bound to,
/// whoever still holds a reference: before the last user of the class device is done. Tie it to the parent, which a
/// driver is bound to, or free it in the class device's release().
///
//# Whether a user remains is known for the class devices of the kernel's own subsystems, and guessed for the driver's
//# own. A class device that is handed on as a parameter is not recognised.
//
// Confidence: Medium
// Copyright: (C) 2026 the Strongfence authors
// Options: --no-includes
virtual report, org, context, patch, json

%include report
%include doors
%include calls
%include fences

@initialize:python@
@@
late = set("%{class-devices.stored-likely}|%{class-devices.stored-always}".split("|"))
of_core = set("%{class-devices}".split("|"))
late_fields = {d.split(".")[1] for d in late} - {d.split(".")[1] for d in of_core - late}
interrupts = set("%{asyncs.interrupt}".split("|"))
own = set()         # (struct, field) or (function, variable) of devices that the file makes itself
bound = set()       # those that have a bus, where a driver may be bound to them
stored = {}         # place -> (struct, field) that the result is kept in
last_slots = set()  # functions that IIO calls when it has deleted the device
reads = {}          # function -> fields that it reads
uses = {}           # (function, field) -> positions where it reads it
releases = set()    # callbacks for the last reference
handlers = set()    # of interrupts
members = set()     # places whose result goes into a member or an array
allocations = set("%{calls.devm-alloc}".split("|"))
per_file += [uses, releases, handlers, members, own, bound, stored, last_slots, reads]

def says(p, call, device, field):
    finding(p, "'%s' ties to '%s' what device_del() frees while users remain" % (call, device + field), struct="")

// Devices that this file makes.

@sf_own1@
identifier sf_f =~ "^(device_initialize|device_add|device_register)$";
type T;
T *e;
identifier sf_field;
@@
sf_f(&e->sf_field)

@script:python@
t << sf_own1.T; f << sf_own1.sf_field;
@@
own.add((name_of(t), f))

@sf_own2@
type T;
T *e;
identifier sf_field;
@@
cdev_device_add(..., &e->sf_field)

@script:python@
t << sf_own2.T; f << sf_own2.sf_field;
@@
own.add((name_of(t), f))

@sf_own3@
identifier sf_f =~ "^(device_create|device_create_with_groups|device_register|device_add)$";
idexpression struct device *d;
position p;
@@
(
d = sf_f@p(...)
|
sf_f@p(d)
)

@script:python@
d << sf_own3.d; p << sf_own3.p;
@@
own.add((p[0].current_element, d))

@sf_bus1@
type T;
T *e;
identifier sf_field;
@@
e->sf_field.bus = ...

@script:python@
t << sf_bus1.T; f << sf_bus1.sf_field;
@@
bound.add((name_of(t), f))

@sf_bus2@
idexpression struct device *d;
position p;
@@
d->bus@p = ...

@script:python@
d << sf_bus2.d; p << sf_bus2.p;
@@
bound.add((p[0].current_element, d))

// What runs after device_del() in iio_device_unregister(): iio_disable_all_buffers().

@sf_late@
identifier sf_ops, sf_fn;
identifier sf_slot =~ "^(predisable|postdisable)$";
@@
struct iio_buffer_setup_ops sf_ops = { ..., .sf_slot = \(sf_fn\|&sf_fn\), ..., };

@script:python@
fn << sf_late.sf_fn;
@@
last_slots.add(fn)

@sf_member@
expression E;
identifier sf_m;
position p;
@@
E->sf_m@p

@script:python@
m << sf_member.sf_m; p << sf_member.p;
@@
reads.setdefault(p[0].current_element, set()).add(m)
uses.setdefault((p[0].current_element, m), []).append(p)

@sf_released@
expression E;
identifier sf_fn;
@@
(
E->release = sf_fn
|
E.release = sf_fn
|
kref_put(E, sf_fn)
)

@script:python@
fn << sf_released.sf_fn;
@@
releases.add(fn)

@sf_handler@
identifier sf_r =~ "^(%{asyncs.interrupt}|%{asyncs.work}|%{asyncs.timer}|%{asyncs.tasklet})$";
identifier sf_fn;
@@
sf_r(..., sf_fn, ...)

@script:python@
fn << sf_handler.sf_fn;
@@
handlers.add(fn)

@sf_kept@
type T;
T *e;
identifier sf_field;
identifier sf_tie =~ "^devm_";
position p;
@@
e->sf_field = sf_tie@p(...)

@script:python@
t << sf_kept.T; f << sf_kept.sf_field; p << sf_kept.p;
@@
stored[place(p)] = (name_of(t), f)

@sf_other@
expression E;
identifier sf_into;
identifier sf_tie =~ "^devm_";
position p;
@@
(
E.sf_into = sf_tie@p(...)
|
E[...] = sf_tie@p(...)
)

@script:python@
p << sf_other.p;
@@
members.add(place(p))

// What is tied to one, and who may still use it.

@script:python@
@@
def outlives(into, function):
    if not into:
        return False
    down = teardown()
    called = {c for f in calls for c in calls[f] if c in calls}
    for f, fields in reads.items():
        if into[1] not in fields or f == function:
            continue
        # An operation that no fence keeps out, or a callback for the last reference.
        if f in releases or any(f in reached([d]) and t in registered and not is_fenced(d) for d, (_, t) in doors.items()):
            return True
        # Teardown itself, when it has deleted the device.
        steps = calls.get(f, {})
        if f in down and any(c in ("device_unregister", "device_del", "cdev_device_del") and
                             any(int(q[0].line) > int(at[0].line) for q in uses.get((f, into[1]), ()))
                             for c, at in steps.items()):
            return True
        # Who is called from another unit, at a time that nobody here knows.
        if f not in called and f not in down and f not in probes and f not in handlers and \
                not f.endswith(("_show", "_store")) and f not in doors and f not in opens:
            return True
    return False

@sf_tied@
type T;
T *e;
identifier sf_field;
identifier sf_tie =~ "^(devm_(?!k?free|.*_free|release)|devres_open_group$|devres_add$|pcim_|snd_devm_)";
position p;
@@
sf_tie@p(&e->sf_field, ...)

@script:python@
t << sf_tied.T; e << sf_tied.e; f << sf_tied.sf_field; c << sf_tied.sf_tie; p << sf_tied.p;
@@
kind = (name_of(t), f)
name = "%s.%s" % kind
if name in of_core:
    into = stored.get(place(p))
    if name in late and c not in interrupts:
        says(p, c, e + "->", f)
    elif name == "iio_dev.dev" and into and into[0] != "iio_dev" and \
            any(into[1] in reads.get(g, ()) for g in reached(last_slots)):
        says(p, c, e + "->", f)
elif kind in own and kind not in bound and outlives(stored.get(place(p)), p[0].current_element):
    says(p, c, e + "->", f)

// A member of a member: its type stands in a header, the name of the field tells.
@sf_deep@
expression E;
identifier sf_link, sf_field;
identifier sf_tie =~ "^(devm_|snd_devm_)";
position p;
@@
sf_tie@p(&E->sf_link->sf_field, ...)

@script:python@
e << sf_deep.E; l << sf_deep.sf_link; f << sf_deep.sf_field; c << sf_deep.sf_tie; p << sf_deep.p;
@@
if f in late_fields and c not in interrupts:
    says(p, c, "%s->%s->" % (e, l), f)

@sf_created@
idexpression struct device *d;
identifier sf_tie =~ "^devm_";
position p;
@@
sf_tie@p(d, ...)

@script:python@
d << sf_created.d; c << sf_created.sf_tie; p << sf_created.p;
@@
at = (p[0].current_element, d)
into = stored.get(place(p))
if at in own and at not in bound and not c.endswith("free") and \
        (outlives(into, at[0]) if into else c in allocations and place(p) not in members):
    says(p, c, d, "")

%include context
