// SPDX-License-Identifier: GPL-2.0-only
/// Teardown frees, unmaps or stops something before it takes the node away: until then operations come in that use it.
///
//# What an operation uses is known by the field that it is kept in, or by the kind of access. Operations in another
//# file are not seen.
//
// Confidence: Medium
// Copyright: (C) 2026 the Strongfence authors
// Options: --local-includes
virtual report, org, context, patch, json

%include report
%include doors
%include calls
%include fences

@initialize:python@
@@
order = {}          # function -> [(line, call, first argument, position)]
slots = {}          # name of an ops field -> functions that are put there
per_file += [order, slots]
withdraws = set("%{withdraw}|%{calls.deregister}".split("|")) - {"unregister_chrdev", "__unregister_chrdev"}
takes_away = {}
for kind, names in (
        ("mmio", "%{released.mmio}"), ("ioport", "%{released.ioport}"), ("mmio", "clk_disable_unprepare|clk_disable"),
        ("irq", "%{released.irq}"), ("regmap", "%{released.regmap}"), ("virtqueue", "del_vqs|%{released.virtqueue}")):
    for each in names.split("|"):
        takes_away[each] = kind
touch_of = {
    "mmio": set("%{touches.mmio}".split("|")), "ioport": set("%{touches.ioport}".split("|")),
    "irq": set("%{publish.interrupt}|pci_alloc_irq_vectors|pci_alloc_irq_vectors_affinity".split("|")),
    "regmap": set("%{touches.regmap}".split("|")), "virtqueue": set("%{touches.virtqueue}".split("|"))}
frees = set("%{calls.free}|%{calls.gone}".split("|"))
says = {"mmio": "accesses registers", "ioport": "accesses I/O ports", "irq": "requests interrupts",
        "regmap": "accesses registers", "virtqueue": "uses virtqueues"}

@sf_step@
identifier sf_do =~ "^(%{withdraw}|%{calls.deregister}|%{calls.free}|%{calls.gone}|%{released.mmio}|%{released.ioport}|%{released.irq}|%{released.regmap}|%{released.virtqueue}|clk_disable_unprepare|clk_disable)$";
expression list sf_list;
position p;
@@
sf_do@p(sf_list)

@script:python@
c << sf_step.sf_do; args << sf_step.sf_list; p << sf_step.p;
@@
order.setdefault(p[0].current_element, []).append((int(p[0].line), c, args.expr.split(",")[0], p))

@sf_queues@
expression E;
position p;
@@
E->del_vqs@p(...)

@script:python@
p << sf_queues.p;
@@
order.setdefault(p[0].current_element, []).append((int(p[0].line), "del_vqs", "", p))

// Operations of remote controls and input devices, which the core calls while it unregisters them.
@sf_slot_of@
expression E;
identifier sf_s =~ "^(open|close|tx_ir|s_idle|s_timeout|event)$";
identifier sf_fn;
@@
E->sf_s = sf_fn

@script:python@
fn << sf_slot_of.sf_fn;
@@
slots[fn] = True

@script:python@
@@
def report_order():
    down = teardown()
    came = {d: reached([d]) for d, (slot, table) in doors.items() if table in registered}
    for f in slots:
        if f in calls or f in read:
            came[f] = reached([f])
    for g, steps in order.items():
        if g not in down or g in doors:
            continue
        for line, c, arg, p in steps:
            later = [x for x in steps if x[0] > line and x[1] in withdraws and x[1] != c]
            if not later or c in withdraws:
                continue
            line2, d, _, q = later[-1]
            of_node = d.startswith(("misc_", "cdev_", "usb_dereg", "device_", "unregister_chrdev"))
            for door, inside in came.items():
                if of_node != (door in doors):
                    continue
                does = None
                kind = takes_away.get(c)
                if kind and any(t in touch_of[kind] for h in inside for t in calls.get(h, ())):
                    does = says[kind]
                if kind == "mmio" and c.startswith("clk_") and any(
                        t.startswith(("clk_prepare", "clk_enable")) for h in inside for t in calls.get(h, ())):
                    does = None     # it starts the clock itself
                if c in frees and "->" in arg and "&" not in arg and any(last_name(arg) in read.get(h, ()) for h in inside):
                    does = "uses '%s'" % last_name(arg)
                if does and not is_fenced(door):
                    finding(p, "'%s' calls '%s' before '%s' withdraws the device, whose '%s' %s" % (g, c, d, door, does),
                            door="", teardown=g, notes=[(q, "unbind", "Operations come in until here")])
                    break

report_order()

@depends on patch@
expression E;
position p : script:python() { is_found(p) };
identifier sf_early;
identifier sf_node =~ "^(misc_deregister|cdev_device_del|rc_unregister_device|input_unregister_device)$";
@@
+ sf_node(E);
  sf_early@p(...);
  ... when != sf_node(E)
      when != return ...;
- sf_node(E);

%include context
