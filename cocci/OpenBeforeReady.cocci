// SPDX-License-Identifier: GPL-2.0-only
/// The device is published, or its interrupt requested, before what the operations or the handler use is initialised.
/// Whoever opens the node at once, or an interrupt that is pending, finds it as it was allocated.
///
//# What is used is known by the field that it is kept in. A handler whose line is enabled only later is reported.
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
masks = set("%{touches.mmio}|%{touches.regmap}".split("|"))
interrupts = set("%{asyncs.interrupt}".split("|"))

@sf_late exists@
identifier sf_pub =~ "^(misc_register|cdev_add|cdev_device_add|usb_register_dev|%{asyncs.interrupt})$";
identifier sf_init =~ "^(%{calls.initialise}|%{asyncs.work}|%{asyncs.timer}|%{asyncs.tasklet}|INIT_LIST_HEAD|INIT_KFIFO)$";
expression list sf_list;
expression E;
identifier sf_what;
position p, q;
@@
sf_pub@p(sf_list)
... when any
\(sf_init@q(&E->sf_what, ...)\|sf_init@q(E->sf_what, ...)\)

@script:python@
pub << sf_late.sf_pub; init << sf_late.sf_init; args << sf_late.sf_list; f << sf_late.sf_what;
p << sf_late.p; q << sf_late.q;
@@
def report_late():
    g = p[0].current_element
    if pub in interrupts:
        users = [a.strip(" &") for a in args.expr.split(",")]
        users = [u for u in users if u in read and u not in (g,)]
        what = "the interrupt handler"
    else:
        users = [d for d, (slot, table) in doors.items() if table in registered] + \
                [d for d, table in opens.items() if table in registered]
        what = "the device"
    # Left off until enable_irq(); or the device is told to raise it only later.
    later = [c for c, at in calls.get(g, {}).items() if int(at[0].line) > int(q[0].line)]
    if pub in interrupts and ("IRQF_NO_AUTOEN" in args.expr or "enable_irq" in later or
                              any(c in masks for c in later)):
        return
    for u in users:
        inside = reached([u])
        # Both take one lock, or the user asks a field that the probe sets only afterwards.
        if any(taken.get(g, set()) & taken.get(h, set()) for h in inside) or \
                any(k in read.get(h, ()) for h in inside for k in killed.get(g, ())):
            continue
        if any(f in read.get(h, ()) for h in reached([u])):
            finding(q, "'%s' initialises '%s' after '%s' has published %s, whose '%s' uses it" % (g, f, pub, what, u),
                    door=u if u in doors or u in opens else "", teardown="",
                    notes=[(p, "operation", "'%s' calls '%s'" % (g, pub))])
            return

if int(q[0].line) > int(p[0].line):
    report_late()

@depends on patch exists@
expression R;
expression list sf_all;
identifier sf_pub =~ "^(misc_register|cdev_add|cdev_device_add|usb_register_dev|%{asyncs.interrupt})$";
identifier sf_early;
position q : script:python() { is_found(q) };
@@
+ sf_early(sf_all);
  R = sf_pub(...);
  ... when any
- sf_early@q(sf_all);

%include context
