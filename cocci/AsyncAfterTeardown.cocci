// SPDX-License-Identifier: GPL-2.0-only
/// A timer, a work or a tasklet can run after teardown has freed what it uses: nobody stops it, it is stopped before
/// what arms it again, or what it uses is freed first.
///
//# Whoever arms or stops it is known by the field that it is kept in. A work that is stopped in another file is
//# reported only where this file frees what it lies in.
//
// Confidence: Medium
// Copyright: (C) 2026 the Strongfence authors
// Options: --no-includes
virtual report, org, context, patch, json

%include report
%include calls

@initialize:python@
@@
follow = True
kinds = {}          # field -> {struct: (position, handler, kind)} of what is set up here
arms = {}           # field -> [(function, position)]
stops = {}          # field -> [(function, position, call)]
irqs = {}           # handler of an interrupt or a callback -> (function, position, managed)
order = {}          # function -> [(line, call, text of the arguments, position)]
allocated = {}      # struct -> (position, managed)
last = set()        # callbacks that free an object when its last reference goes
reads = {}          # function -> fields that it reads
flags = {}          # function -> fields that it sets to a constant
per_file += [last, reads, flags, kinds, arms, stops, irqs, order, allocated]

STOP = set("%{async-calls.stop}|%{async-calls.shut}|cancel_work|cancel_delayed_work".split("|"))
SHUT = set("%{async-calls.shut}".split("|"))
ARM = set("%{async-calls.arm}".split("|"))
EMPTY = set("%{async-calls.drain}|%{async-calls.empty}".split("|"))
SOURCES = set("%{async-calls.interrupt.shut}|mbox_free_channel|pcc_mbox_free_channel|power_supply_unregister|disable_irq".split("|"))
REGISTERS = set("%{touches.mmio}|%{touches.regmap}".split("|"))
GONE = set("%{calls.gone}|kfifo_free".split("|")) - EMPTY
DRAIN = {"destroy_workqueue"}
FREES = set("%{calls.free}".split("|"))

def field_of(text):
    for off in "&()*":
        text = text.replace(off, "")
    return text.split("[")[0].replace(".", "->").split("->")[-1].strip()

def line_of(p):
    return int(p[0].line)

// Works, timers and tasklets of this file.

@sf_init@
type T;
T *e;
identifier sf_f, sf_h;
identifier sf_start =~ "^(%{asyncs.work}|%{asyncs.timer}|%{asyncs.tasklet})$";
position p;
@@
sf_start@p(&e->sf_f, sf_h, ...)

@script:python@
t << sf_init.T; f << sf_init.sf_f; h << sf_init.sf_h; s << sf_init.sf_start; p << sf_init.p;
@@
kinds.setdefault(f, {})[name_of(t)] = (p, h, s)

@sf_init2@
type T;
T *e;
identifier sf_o, sf_f, sf_h;
identifier sf_start =~ "^(%{asyncs.work}|%{asyncs.timer}|%{asyncs.tasklet})$";
position p;
@@
sf_start@p(&e->sf_o.sf_f, sf_h, ...)

@script:python@
t << sf_init2.T; f << sf_init2.sf_f; h << sf_init2.sf_h; s << sf_init2.sf_start; p << sf_init2.p;
@@
kinds.setdefault(f, {})[name_of(t)] = (p, h, s)

@sf_do@
expression list args;
identifier sf_any =~ "^(%{async-calls.arm}|%{async-calls.stop}|%{async-calls.shut}|%{async-calls.drop}|%{async-calls.drain}|%{async-calls.empty}|%{calls.free}|%{calls.gone}|mbox_free_channel|pcc_mbox_free_channel|power_supply_unregister|kfifo_free|disable_irq|synchronize_irq)$";
position p;
@@
sf_any@p(args)

@script:python@
args << sf_do.args; c << sf_do.sf_any; p << sf_do.p;
@@
here = p[0].current_element
order.setdefault(here, []).append((line_of(p), c, args.expr, p))
for text in args.expr.split(","):
    if "&" in text or "->" in text:
        f = field_of(text)
        if c in ARM:
            arms.setdefault(f, []).append((here, p))
        elif c in STOP:
            stops.setdefault(f, []).append((here, p, c))

@sf_request@
identifier sf_r =~ "^(%{asyncs.interrupt})$";
identifier sf_h;
position p;
@@
sf_r@p(..., sf_h, ...)

@script:python@
r << sf_request.sf_r; h << sf_request.sf_h; p << sf_request.p;
@@
if h in calls or h in order:
    irqs[h] = (p[0].current_element, p, r.startswith("devm_"))

@sf_callback@
type T;
identifier sf_d, sf_h;
identifier sf_slot =~ "^(external_power_changed|rx_callback)$";
position p;
@@
T sf_d = { ..., .sf_slot@p = sf_h, ..., };

@script:python@
h << sf_callback.sf_h; p << sf_callback.p;
@@
irqs[h] = ("", p, False)

@sf_callback2@
expression E;
identifier sf_h;
identifier sf_slot =~ "^(external_power_changed|rx_callback)$";
position p;
@@
(
E.sf_slot@p = sf_h
|
E->sf_slot@p = sf_h
)

@script:python@
h << sf_callback2.sf_h; p << sf_callback2.p;
@@
irqs[h] = (p[0].current_element, p, False)

@sf_devm@
type T;
T *e;
identifier sf_alloc =~ "^(devm_k.*alloc|devm_kcalloc)$";
position p;
@@
e = sf_alloc@p(...)

@script:python@
t << sf_devm.T; p << sf_devm.p;
@@
allocated[name_of(t)] = (p, True)

@sf_release@
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
fn << sf_release.sf_fn;
@@
last.add(fn)

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

@sf_kfree@
type T;
T *e;
identifier sf_free =~ "^(%{calls.free})$";
position p;
@@
sf_free@p(e)

@script:python@
t << sf_kfree.T; p << sf_kfree.p;
@@
if p[0].current_element in reached(list(roots) + list(last)):
    allocated.setdefault(name_of(t), (p, False))

@sf_flag@
expression E;
identifier sf_m;
constant C;
symbol true, false;
position p;
@@
(
E->sf_m@p = C
|
E->sf_m@p = true
|
E->sf_m@p = false
)

@script:python@
m << sf_flag.sf_m; p << sf_flag.p;
@@
flags.setdefault(p[0].current_element, set()).add(m)

// What follows.

@script:python depends on sf_init@
@@
def reads_of(handler):
    return {m for g in reached([handler]) for m in reads.get(g, ())}

down = reached(roots)
armed_by = {}
for f, places in arms.items():
    for g, p in places:
        for h in irqs:
            if g in reached([h]):
                armed_by.setdefault(f, (h, p))
handlers = {h for all in kinds.values() for _, h, _ in all.values()}
for f, structs in kinds.items():
    for struct, (p, handler, start) in structs.items():
        if f not in arms or not roots:
            continue
        root = next(iter(roots))
        mine = stops.get(f, [])
        emptied = any(c in EMPTY for steps in order.values() for _, c, _, _ in steps)
        devm_stop = any(c.endswith("autocancel") or c.startswith("devm_add_action") for g in calls for c in calls[g])
        if not mine and not emptied and not devm_stop and struct in allocated:
            finding(arms[f][0][1], "'%s' runs '%s', and nothing stops it before '%s' frees 'struct %s'"
                    % (f, handler, root, struct), struct=struct, teardown=root,
                    notes=[(allocated[struct][0], "unbind", "devres frees 'struct %s' when '%s' has returned" % (struct, root)
                             if allocated[struct][1] else "'struct %s' is freed" % struct)])
            continue
        for g, q, c in mine:
            if g not in down or c in SHUT:
                continue
            # A flag that the handlers read, or a register that masks the device, may have shut them up before.
            if any(line_of(w) < line_of(q) for d, w in calls.get(g, {}).items() if d in REGISTERS):
                continue
            if f in armed_by and flags.get(g, set()) & reads_of(armed_by[f][0]):
                continue
            # Stopped while an interrupt or a callback can arm it again: that is ended later.
            if f in armed_by:
                h, at = armed_by[f]
                later = [x for x in order.get(g, []) if x[0] > line_of(q) and x[1] in SOURCES]
                sooner = [x for x in order.get(g, []) if x[0] < line_of(q) and x[1] in SOURCES]
                again = [x for x in mine if x[0] == g and line_of(x[1]) > line_of(q)]
                if (later and not again and not sooner) or \
                        (irqs[h][2] and not sooner and not later and irqs[h][0] and struct in allocated and allocated[struct][1] and not again):
                    what = later[0][3] if later else irqs[h][1]
                    finding(q, "'%s' stops '%s' before '%s', which arms it again, is stopped" % (g, f, h),
                            struct=struct, teardown=g,
                            notes=[(at, "operation", "'%s' arms '%s'" % (at[0].current_element, f)),
                                   (what, "unbind", "'%s' can run until here" % h)])

// What it uses goes first.

@script:python@
@@
down = reached(roots)

def reads_of(handler):
    return {m for g in reached([handler]) for m in reads.get(g, ())}

for g, steps in order.items():
    if g in probes:
        continue
    for line, c, args, p in steps:
        if "->" not in args or not (c in FREES or c in GONE or c in DRAIN):
            continue
        f = field_of(args.split(",")[0])
        base = args.split("->")[0].replace("&", "").strip()
        stopped = [x for x in steps if x[0] < line and x[1] in SOURCES]
        # Before the work that uses it is stopped.
        for _, stop, work, q in steps:
            w = field_of(work.split(",")[0])
            if c not in FREES or line_of(q) <= line or stop not in STOP or c in DRAIN or w not in kinds or \
                    work.split("->")[0].replace("&", "").strip() != base:
                continue
            handlers = [h for _, h, _ in kinds[w].values()]
            if any(h not in reads or f in reads_of(h) and not flags.get(g, set()) & reads_of(h) for h in handlers):
                finding(p, "'%s' frees '%s' before it stops '%s'" % (g, f, w), teardown=g,
                        struct=next(iter(kinds[w])), notes=[(q, "unbind", "'%s' can run until here" % w)])
        if g not in down or stopped or "&" in args.split(",")[0]:
            continue
        # While an interrupt or a callback that uses it goes on: devres ends that when remove() has returned.
        for h, (where, q, managed) in irqs.items():
            queues = any(x[1] in ARM and f in x[2] for k in reached([h]) for x in order.get(k, []))
            if where == "" and not any(d in calls.get(k, {}) for k in calls for d in
                                       ("devm_power_supply_register",)):
                continue
            if (managed or where == "") and (queues if c in DRAIN else f in reads_of(h)):
                finding(p, "'%s' %s '%s' while '%s', which uses it, can still run" %
                        (g, "destroys" if c in DRAIN else "takes away", f, h), teardown=g,
                        notes=[(q, "unbind", "'%s' is ended by devres, when '%s' has returned" % (h, g))])

// The queue goes before the device's interrupts, and its works are not stopped.

@sf_killed@
identifier sf_k =~ "^(tasklet_kill)$";
identifier sf_i =~ "^(%{async-calls.interrupt.shut})$";
position p, q;
@@
sf_k@p(...);
... when != disable_irq(...)
    when != synchronize_irq(...)
sf_i@q(...);

@script:python@
p << sf_killed.p; q << sf_killed.q; i << sf_killed.sf_i;
@@
finding(p, "'%s' stops a tasklet before '%s' ends the interrupt that schedules it" % (p[0].current_element, i),
        teardown=p[0].current_element, notes=[(q, "unbind", "The interrupt can come until here")])

%include context
