// SPDX-License-Identifier: GPL-2.0-only
/// An interrupt, a work, a timer, a tasklet, a USB completion or a callback can
/// run after teardown has taken away what it uses.
///
//# Teardown is read as one timeline: remove with the functions of the file that
//# it calls, in the order of the source, then devres in reverse order of the
//# probe. An async is known by the field that it is in, an interrupt by the
//# expression for its number. Not seen: what another file arms or stops, objects
//# in lists, branches of teardown that exclude each other.
//# A flag that teardown sets and that whoever arms asks is believed, and so is
//# a write to the hardware to mask the interrupt.
//# The patch uses timer_shutdown_sync(): Linux 6.2 and later have it.
//
// Confidence: Low
// Copyright: (C) 2026 the Strongfence authors
// Options: --no-includes

virtual report
virtual org
virtual context
virtual patch
virtual json

%include report
%include frees

@initialize:python@
@@
import re

def names(text):
    return set(text.split("|"))

ARM, SHUT, STOP, DROP, PAUSE, DRAIN, SETS_UP = "arm", "shut", "stop", "drop", "pause", "drain", "set up"
does = {}           # function -> what it does to the async in its arguments
for row, functions in (
        (ARM, "%{async-calls.arm}"), (SHUT, "%{async-calls.shut}"), (STOP, "%{async-calls.stop}"),
        (STOP, "%{async-calls.flush}"), (DROP, "%{async-calls.drop}"), (PAUSE, "%{async-calls.pause}"),
        (DRAIN, "%{async-calls.drain}"), (DRAIN, "%{async-calls.empty}"), (SETS_UP, "%{asyncs.work}"),
        (SETS_UP, "%{asyncs.timer}"), (SETS_UP, "%{asyncs.tasklet}"), (SETS_UP, "%{asyncs.transfer}")):
    for function in functions.split("|"):
        does.setdefault(function, row)
irq_calls = names("%{async-calls.interrupt.shut}") | names("%{async-calls.interrupt.pause}")
queue_calls = names("%{async-calls.work.drain}") | names("%{async-calls.work.empty}")
anchored = names("%{async-calls.transfer.stop}") | names("%{async-calls.transfer.shut}")
kinds = {}          # who sets up or stops -> the kind of async
for kind, functions in (
        ("work", "%{asyncs.work}"), ("timer", "%{asyncs.timer}"), ("tasklet", "%{asyncs.tasklet}"),
        ("transfer", "%{asyncs.transfer}"), ("irq", "%{asyncs.interrupt}"),
        ("work", "%{async-calls.work.stop}"), ("work", "%{async-calls.work.flush}"),
        ("work", "%{async-calls.work.shut}"), ("timer", "%{async-calls.timer.stop}"),
        ("timer", "%{async-calls.timer.shut}"), ("tasklet", "%{async-calls.tasklet.stop}"),
        ("tasklet", "%{async-calls.tasklet.pause}"),
        ("transfer", "%{async-calls.transfer.stop}"), ("transfer", "%{async-calls.transfer.shut}")):
    for function in functions.split("|"):
        kinds[function] = kind
callback_slots = dict(reversed(row.split(".")) for row in "%{asyncs.callback}".split("|"))
requests = names("%{asyncs.interrupt}")
managed_requests = names("%{asyncs.managed}")
actions = names("%{managed-calls.action}")
devm_allocs = names("%{calls.devm-alloc}")
puts = names("%{calls.put}")
gets = names("%{calls.get}")
losses = frees | names("%{calls.gone}") | names("%{released}") | {"usb_free_urb"}
touches = names("%{touches}")
iterates = names("%{calls.iterate}")
locks = names("%{locks.acquire}") | names("%{locks.release}")
known = losses | puts | gets | touches | locks | set(does) | set(kinds) | names("%{calls.deregister}") | names("%{registrations}")

# Objects whose private part is the driver's data.
PRIVATE = re.compile(
    r"^((netdev|iio|mmc|hw|wiphy|shost|memstick|counter|hcd_to)_priv|(spi_controller|spi_master)_get_devdata)$")
FREES_PRIVATE = re.compile(
    r"^(free_(netdev|candev|arcdev)|iio_device_free|mmc_free_host|ieee80211_free_hw|wiphy_free|scsi_host_put|"
    r"usb_put_hcd|memstick_free_host|counter_put)$")
MANAGED_PRIVATE = re.compile(r"^devm_(iio_device|spi|mmc|counter|alloc_etherdev).*alloc|^devm_alloc_etherdev|^__devm_spi_alloc")
# Arguments that say whose memory goes, and how much of it.
BESIDE = re.compile(r"(^|_)(dev|pdev|udev|size|len|dma|phys|phys_addr|dma_addr|pool|irq|num|count|t_phy|handle)$")
# Slots that a core calls in the course of its unregister function.
CLOSES = r"^(ndo_stop|ndo_uninit|stop|close|udc_stop|unbind|dev_free|dev_disconnect|private_free|adap_enable|bus_cleanup)$"
UNREGISTERS = re.compile(
    r"unregister|deregister|_remove_|_del$|_detach|_destroy_device|_disconnect$|component_.*del|snd_card_free")
QUIET = re.compile(r"disable|control_assert|write|power_off|suspend|synchronize_irq")
ENDS = re.compile(
    r"stop|fini|exit|deinit|cleanup|cancel|kill|shut|disable|free|destroy|remove|close|flush|uninit|teardown|"
    r"release|halt|quiesce|detach|term|down|drain|disconnect")
POWER = re.compile(r"_(suspend|shutdown|resume|suspend_noirq|resume_noirq|freeze|thaw|poweroff|restore|reset)$")
SETS_FLAG = re.compile(r"^_*(set_bit|clear_bit|test_and_(set|clear)_bit|atomic_(set|inc|dec|xchg)|WRITE_ONCE|smp_store_release|xchg|cmpxchg)$")
WAITS = re.compile(r"^wait_(for_completion|event)|^swait_event")
WAKES = re.compile(r"^(complete|complete_all|wake_up.*|swake_up.*)$")
MACROS = re.compile(r"^(container_of|from_timer|timer_container_of|from_tasklet|to_delayed_work|ARRAY_SIZE|WARN_ON|likely|unlikely)$")
ASKS = re.compile(r"pending$|^(container_of|offsetof|ARRAY_SIZE|lockdep_.*|from_.*|debug.*|dev_.*|timer_.*name)$|_active$")

# One call, in the place that the reader of the source meets it.
class Event:
    def __init__(self, name, args, p, target=""):
        self.name, self.args, self.p, self.target = name, args, p, target
        self.function = p[0].current_element
        self.at = (int(p[0].line), int(p[0].column))
        self.chains = [chain(a) for a in args]

# A moment of a timeline: an event, and the way from the start to it.
class Moment:
    def __init__(self, event, path, slot=False, managed=False, arm=None):
        self.e, self.path, self.slot, self.managed, self.stops = event, path, slot, managed, arm

class Async:
    def __init__(self, kind, handlers, e, field="", container="", managed=False):
        self.kind, self.handlers, self.e, self.field = kind, handlers, e, field
        self.container, self.managed, self.queues, self.path, self.twice = container, managed, set(), [], False
    def name(self):
        return "'%s'" % (self.handlers[0] if self.handlers else self.field)

# "& foo -> a . work" -> ["a", "work"]; a plain variable has none.
def chain(text):
    text = re.sub(r"\[[^][]*\]", "", text).split(")")[-1] if "(" in text else re.sub(r"\[[^][]*\]", "", text)
    return re.findall(r"(?:->|\.)\s*(\w+)", text)

def base(text):
    m = re.match(r"^[&*( ]*(\w+)", text)
    return m.group(1) if m else ""

events = {}         # function -> its calls
defined = set()
types = {}          # (function, variable) -> struct
values = {}         # (function, variable) -> the call that it is given
slots = []          # (slot, function, position)
flags = {}          # function -> [(field, (line, column), value)]
reads = {}          # function -> fields that it reads
tests = {}          # function -> fields that it asks for
managed = set()     # fields that hold what devres gives back
lines_of = {}       # file -> its lines
leaves = {}         # function -> where a branch begins that ends in return
wanted = set()
module = set()      # init and exit of the module

@initialize:python@
@@
def struct_of(function, text):
    return types.get((function, base(text)), "")

def is_static(text):
    return not chain(text)

# The calls from `function` on, those of the file's own functions in their place.
def story(function, path=(), slot=False, limit=4000):
    out = []
    path = path + (function,)
    for e in events.get(function, ()):
        out.append(Moment(e, path, slot))
        for g in [e.name] + (e.args if e.name in iterates else []):
            if g in events and g not in path and len(path) < 7 and len(out) < limit:
                out += story(g, path, slot, limit - len(out))
    return out

def in_driver(name):
    first = name.split("_")[0]
    return (name not in defined and name not in known and len(first) > 2 and
            any(first.startswith(own) or own.startswith(first) for own in prefixes))

prefixes = set()

def is_defined(function):
    return function in defined

def is_last_stop(p):
    return place(p) in finals

def is_wanted(field):
    return field in wanted

# Which functions are the driver's own: by the first word of their names.
def read_prefixes():
    count = {}
    for f in defined:
        count[f.split("_")[0]] = count.get(f.split("_")[0], 0) + 1
    prefixes.update(word for word, n in count.items() if len(word) > 2 and (n > 2 or 2 * n > len(defined)))

def irq_key(text):
    return (chain(text) or [text])[-1]

def closers():
    return [f for slot, f, p in slots if re.match(CLOSES, slot) and f in events and f not in roots]

# remove, what cores call meanwhile, and devres.
def timeline(root, probe):
    out, late = [], set(closers())
    for m in story(root) if root else []:
        # The core closes before it takes the object away.
        if late and m.e.name not in defined and UNREGISTERS.search(m.e.name):
            mine = [c for c in sorted(late) if c not in m.path]
            late.clear()
            for c in mine:
                out += [Moment(x.e, x.path, True) for x in story(c)]
        out.append(m)
    if probe:
        for m in reversed(story(probe)):
            e = m.e
            if e.name in actions:
                for a in e.args:
                    if a in events:
                        out += [Moment(x.e, x.path, False, True) for x in story(a)]
            elif e.name in managed_requests or e.name.startswith("devm_"):
                out.append(Moment(e, m.path, False, True))
    return out

asyncs = []

def read_asyncs():
    del asyncs[:]
    by_field = {}
    for f in events:
        for e in events[f]:
            handlers = [a.lstrip("& ") for a in e.args if a.lstrip("& ") in defined]
            kind = kinds.get(e.name)
            if e.name in requests:
                if handlers:
                    a = Async("irq", handlers, e, "", struct_of(f, e.args[-1]), e.name in managed_requests)
                    a.key = irq_key(e.args[1] if e.name in managed_requests else e.args[0])
                    asyncs.append(a)
            elif does.get(e.name) == SETS_UP and kind and e.args:
                at = 1 if e.name in managed_requests else 0
                if at >= len(e.args) or not e.chains[at]:
                    continue
                field, container = e.chains[at], struct_of(f, e.args[at])
                a = by_field.get((container, str(field)))
                if a:
                    a.handlers += [h for h in handlers if h not in a.handlers]
                else:
                    a = by_field[container, str(field)] = Async(kind, handlers, e, field[-1], container,
                                                                e.name in managed_requests)
                    a.path = field
                    asyncs.append(a)
    for slot, f, p in slots:
        if slot in callback_slots and f in events:
            a = Async("callback", [f], Event(slot, [], p))
            a.core = callback_slots[slot].rsplit("_", 2 if callback_slots[slot].endswith("_device_ops") else 1)[0]
            asyncs.append(a)
        elif slot == "complete" and f in events and not any(f in a.handlers for a in asyncs):
            asyncs.append(Async("transfer", [f], Event(slot, [], p)))
        elif slot == "function" and f in events:
            for a in asyncs:
                if a.kind == "timer" and not a.handlers and a.e.function == p[0].current_element:
                    a.handlers = [f]

# Whether one of the arguments is the async: by its struct and fields; through another struct by the last of them.
def names_async(e, a):
    for text, fields in zip(e.args, e.chains):
        if len(fields) > 1 and fields[-1] in ("work", "timer") and fields[:-1][-len(a.path):] == a.path[-len(fields) + 1:]:
            fields = fields[:-1]
        if not fields or not a.path or fields[-1] != a.field:
            continue
        struct = struct_of(e.function, text)
        if struct and a.container and (struct == a.container) != (len(fields) == len(a.path)):
            continue
        n = min(len(fields), len(a.path))
        if fields[-n:] == a.path[-n:]:
            return True
    return False

# What the moment does to the async, or None.
def effect(m, a):
    e = m.e
    if m.managed and e.name.startswith("devm_"):
        if a.e is e:
            return SHUT if a.managed else None
        if a.kind == "callback" and a.core in e.name and re.search("register|open|request", e.name):
            return SHUT
        return None
    what = does.get(e.name)
    if a.kind == "irq":
        if e.name not in irq_calls or not e.args:
            return None
        arg = e.args[0] if e.name != "devm_free_irq" and e.name != "pci_free_irq" else e.args[1]
        key = irq_key(arg)
        mine = [b for b in asyncs if b.kind == "irq" and b.key == key]
        return does[e.name] if not mine or a in mine else None
    if a.kind == "callback":
        if a.core in e.name and e.name not in defined and re.search("unregister|free|close", e.name):
            return SHUT
        return None
    if not what or what == SETS_UP:
        return None
    if what == DRAIN:
        if a.kind != "work":
            return None
        if not a.queues:
            return STOP
        # "" is a queue that is no field here.
        return DRAIN if "" in a.queues or any((c or [""])[-1] in a.queues or not c for c in e.chains) else None
    if names_async(e, a):
        return what
    if a.kind == "transfer" and e.name in anchored and "anchored" in e.name:
        return what
    # Through a variable: it may be this one.
    if what not in (ARM, DROP) and kinds.get(e.name) == a.kind and e.args and is_static(e.args[0]) and not is_global(m, e.args[0]):
        return SHUT
    if what == ARM and a.kind == "transfer" and kinds.get(e.name) == "transfer":
        return ARM
    return None

def is_global(m, text):
    return text.startswith("&")

class Stopped:
    pass

def stopped(moments, a):
    s = Stopped()
    s.first = s.last = s.dropped = -1
    s.how = None
    for i, m in enumerate(moments):
        what = effect(m, a)
        if what in (None, ARM):
            continue
        if what == DROP:
            s.dropped = i
            continue
        if s.first < 0:
            s.first = i
        s.last, s.how = i, what
    return s

needs_arming = ("work", "timer", "tasklet", "transfer")
armers = {}         # async -> [(who, moment)]

def read_armers():
    for f in events:
        for e in events[f]:
            if does.get(e.name) != ARM:
                continue
            for a in asyncs:
                if a.kind != "work" or not names_async(e, a):
                    continue
                if not re.match("queue|mod", e.name):
                    a.queues.add("system")
                    continue
                at = 1 if e.name.endswith(("_on", "_node")) else 0
                a.queues.add((e.chains[at] or [""])[-1] if at < len(e.args) else "")
    for b in asyncs:
        for h in b.handlers:
            for m in story(h):
                for a in asyncs:
                    if a is not b and does.get(m.e.name) == ARM and a.kind in needs_arming and effect(m, a) == ARM \
                            and not set(a.handlers) & set(b.handlers) and not is_chosen(m):
                        armers.setdefault(a, []).append((b, m))

# A helper arms one of several, by a constant that it is given.
def is_chosen(m):
    helper = m.path[-1]
    armed = {c[-1] for e in events[helper] if does.get(e.name) == ARM for c in e.chains if c}
    return len(m.path) > 1 and len(armed) > 1 and any(
        e.name == helper and any(re.match(r"^[A-Z][A-Z0-9_]*$", a) for a in e.args) for e in events[m.path[-2]])

def is_armed(a):
    return any(does.get(e.name) == ARM and names_async(e, a)
               for f in events for e in events[f])

# The struct in which `e` is freed, and the field.
def lost(m):
    e = m.e
    if not m.managed and any(start < e.at < end for start, end in leaves.get(e.function, ())):
        return
    # It drops the reference that the same function took.
    if any(g.name in gets and g.at < e.at and g.args[:1] == e.args[:1] for g in events.get(e.function, ())):
        return
    if m.managed and (e.name in devm_allocs or MANAGED_PRIVATE.search(e.name)):
        for (f, v), value in values.items():
            if f == e.function and value == e.name:
                yield types.get((f, v), ""), ""
        if MANAGED_PRIVATE.search(e.name) and e.name not in devm_allocs:
            for s in private():
                yield s, ""
        return
    if m.managed and e.name.startswith("devm_"):
        return
    if FREES_PRIVATE.match(e.name):
        for s in private():
            yield s, ""
    if e.name in losses:
        for i, (text, c) in enumerate(zip(e.args, e.chains)):
            if c and len(e.args) > 1 and BESIDE.search(c[-1]):
                continue
            if c and not (e.name in irq_calls):
                if c[-1] not in managed or e.name.startswith("devm_"):
                    yield "." + (struct_of(e.function, text) if len(c) == 1 else ""), c[-1]
            elif e.name in frees and re.match(r"^\w+$", text):
                yield struct_of(e.function, text), ""
    elif e.name in puts and e.args and e.chains[0] and e.args[0].startswith("&"):
        if any(slot == "release" and frees_struct(f, struct_of(e.function, e.args[0])) for slot, f, p in slots):
            yield struct_of(e.function, e.args[0]), ""

def frees_struct(function, struct):
    return struct and any(m.e.name in frees and struct_of(m.e.function, freed(m.e.name, m.e.args)) == struct or
                          m.e.name in frees and "struct " + struct + " " in freed(m.e.name, m.e.args) + " " or
                          m.e.name == "container_of" and "struct " + struct in m.e.args
                          for m in story(function) if m.e.args)

def private():
    return {types.get(k, "") for k, value in values.items() if PRIVATE.search(value)} - {""}

def functions_of(a):
    return {f for h in a.handlers for m in story(h) for f in m.path} | set(a.handlers)

# (struct, field); the struct is "" where it is not known.
def uses(a):
    return {r for f in functions_of(a) for r in reads.get(f, ())}

def is_used(need, struct, field):
    return any(f == field and (s == struct or not s or not struct) for s, f in need)

def data_structs(a):
    return {types[k] for k in types if k[0] in functions_of(a)}

# What the handler makes or frees itself is its own.
def makes(a, field):
    for f in functions_of(a):
        if any(name == field for name, at, value in flags.get(f, ())):
            return True
        if any(e.name in losses and any(c and c[-1] == field for c in e.chains) for e in events.get(f, ())):
            return True
    return False

# Fields that teardown has changed before the moment.
def changed(moments, until):
    out = set()
    for m in moments[:until]:
        if m.managed:
            continue
        if SETS_FLAG.match(m.e.name):
            out.update(c[-1] for c in m.e.chains if c)
    for f in {f for m in moments[:until + 1] if not m.managed for f in m.path}:
        last = max((m.e.at for m in moments[:until + 1] if m.e.function == f), default=None)
        out.update(name for name, at, value in flags.get(f, ()) if last is None or at < last)
    return out

def death(a, moments, start):
    need = None
    for i in range(max(start, 0), len(moments)):
        for struct, field in lost(moments[i]):
            if struct.startswith("."):
                struct = struct[1:]
                if need is None:
                    need = uses(a)
                if field != a.field and is_used(need, struct, field) and not makes(a, field) and \
                        not held(moments, i, field):
                    return i, "", field
                # Its handler is in another file: a buffer beside it is its own, as a rule.
                if not a.handlers and a.path and struct and struct == a.container and moments[i].e.name in frees:
                    return i, "", field
                continue
            if struct and (struct == a.container or not a.container and struct in data_structs(a)):
                return i, struct, ""
            if struct and a.kind in ("irq", "callback") and struct in data_structs(a):
                return i, struct, ""
    return None

def held(moments, until, field):
    return any(m.e.name in gets and any(c and c[-1] == field for c in m.e.chains) for m in moments[:until])

# The handler drops a reference of its own or frees what it runs on.
def own_reference(a):
    for h in a.handlers:
        for m in story(h):
            if (m.e.name in puts or m.e.name in frees or "_put" in m.e.name) and m.e.args:
                text = m.e.args[0]
                if a.container and struct_of(m.e.function, text) == a.container and \
                        (not chain(text) or text.startswith("&")):
                    return True
                if not a.container and not chain(text):
                    return True
    return False

def masked(moments, until):
    for m in moments[:until]:
        e = m.e
        if m.managed:
            continue
        if e.target:
            return True
        if e.name in defined or e.name.startswith(("pm_runtime", "lockdep", "rcu")) or "rcu" in e.name:
            continue
        if in_driver(e.name):
            return True
        if e.name in touches and not re.search("read|get|irq|dma_", e.name):
            return True
        if QUIET.search(e.name) and e.name not in locks:
            return True
    return False

# A function of the driver's other files that may stop it, with nobody left who arms it.
def by_others(a, moments, until):
    for i, m in enumerate(moments[:until]):
        if m.managed:
            continue
        if m.e.target or in_driver(m.e.name) and ENDS.search(m.e.name):
            if not any(b is not a and stopped(moments, b).last > i for b, arm in armers.get(a, ())):
                return True
    return False

def waited_for(a, moments):
    woken = {c[-1] for h in a.handlers for m in story(h) if WAKES.match(m.e.name) for c in m.e.chains if c}
    def waits(moments):
        return any(WAITS.match(m.e.name) and any(c and c[-1] in woken for c in m.e.chains) for m in moments)
    if not woken:
        return False
    # Who arms it waits until it is done.
    starts = [s for s in (story(f) for f in events) if any(does.get(m.e.name) == ARM and names_async(m.e, a) for m in s)]
    return waits(moments) or any(waits(s) for s in starts)

STOPS_TEXT = r"\b(\w*(?:cancel|del_timer|delete|shutdown|kill|disable|flush)\w*)\s*\([^;]*?\b%s\b"

# What is written in a function that spatch has not understood.
def unread(a):
    try:
        with open(a.e.p[0].file, errors="replace") as source:
            text = source.read()
    except OSError:
        return False
    for m in re.finditer(STOPS_TEXT % a.field, text):
        line = text.count("\n", 0, m.start()) + 1
        if m.group(1) in kinds and not any(e.at[0] == line for f in events for e in events[f]):
            return True
    return False

def stoppers(a):
    out = set()
    for f in events:
        if f in probes or f in module or POWER.search(f) or f == a.e.function:
            continue
        for e in events[f]:
            if effect(Moment(e, (f,)), a) in (STOP, SHUT, DRAIN):
                out.add(f)
    return out

# Somebody outside may stop it: the field is given to a function that is not known here.
def is_given_away(a):
    for f in events:
        for e in events[f]:
            if e.name in does or e.name in defined or e.name in kinds or ASKS.search(e.name):
                continue
            if names_async(e, a):
                return True
    return False

@initialize:python@
@@
reported = set()

def first_call(function):
    for e in events.get(function, ()):
        if not MACROS.match(e.name):
            return e
    return (events.get(function) or [None])[0]

def say(a, e, text, root, notes=()):
    reported.add(a)
    finding(e.p, text, door=a.handlers[0] if a.handlers else "", struct=a.container, teardown=root,
            notes=[(a.e.p, "operation", "%s is set up here" % a.name())] + list(notes))

def runs_on(b):
    return b.kind in ("work", "timer", "tasklet", "transfer") and not b.managed and not stoppers(b) and \
        (not b.field or is_armed(b)) and not is_given_away(b)

def gated(arm, moments, until):
    # __dev_close_many() clears what netif_running() asks, before ndo_stop.
    if moments[until].slot and any(e.name in ("netif_running", "netif_device_present")
                                   for f in arm.path for e in events.get(f, ())):
        return True
    asked = {r for f in arm.path for s, r in reads.get(f, ())}
    return bool(asked & changed(moments, until))

def is_usb():
    return any("usb" in t for t in roots.values())

# Of the line that holds the position, in characters.
def indentation(p):
    if p.file not in lines_of:
        with open(p.file, errors="replace") as source:
            lines_of[p.file] = source.read().split("\n")
    line = lines_of[p.file][int(p.line) - 1]
    return len(line) - len(line.lstrip())

def who(struct, field):
    return "'%s'" % field if field else "'struct %s'" % struct

def early(a, s, moments, root, alone=False):
    if s.how in (SHUT, DRAIN) or a.kind not in needs_arming or a.twice:
        return
    if alone and any(effect(m, a) == ARM for m in moments):
        return
    d = alone or death(a, moments, s.last + 1)
    if not d:
        return
    stop = moments[s.last]
    for b, arm in armers.get(a, ()):
        after = stopped(moments, b)
        if after.last >= 0 and after.last < s.last or after.last < 0 and (alone or not runs_on(b)):
            continue
        if 0 <= after.first < s.first or alone and after.first <= s.last:
            continue
        if b.kind == "transfer" and is_usb() and not stop.slot and not alone:
            continue
        if b.kind == "irq" and masked(moments, s.last):
            continue
        if gated(arm, moments, s.last):
            continue
        notes = [(arm.e.p, "operation", "'%s' arms it" % arm.e.function)]
        if after.last >= 0:
            notes.append((moments[after.last].e.p, "unbind", "%s is stopped later, here" % b.name()))
        if is_final(a, s, moments, root):
            finals.add(place(stop.e.p))
        say(a, stop.e, "%s can run after teardown: %s can arm '%s' again after '%s' in '%s'" %
            (a.name(), b.name(), a.field, stop.e.name, stop.e.function), root, notes)
        return

finals = set()      # places that may stop the timer for good

# Nobody enters the function but teardown, and teardown does not arm the timer later: timer_shutdown_sync() is for good.
def is_final(a, s, moments, root):
    stop = moments[s.last]
    if a.kind != "timer" or stop.slot or root not in roots or stop.e.function in probes:
        return False
    if any(effect(m, a) == ARM for m in moments[s.last:] if not m.managed):
        return False
    for f in defined - set(roots):
        if not any(f in m.path for m in moments) and any(e.name == stop.e.function for e in events.get(f, ())):
            return False
    used = {stop.e.function} & {a for f in events for e in events[f] for a in e.args}
    return not used and not any(f == stop.e.function for slot, f, p in slots if f not in roots)

def late(a, s, moments, root):
    d = death(a, moments, 0)
    if not d or d[0] >= s.first:
        return False
    at, struct, field = d
    taken, stop = moments[at], moments[s.first]
    if a.kind in needs_arming and a.handlers and not is_armed(a):
        return False
    asked = {r for s, r in uses(a)}
    if (asked & changed(moments, at)) - ({field} if field not in cleared(moments) else set()):
        return False
    if field in cleared(moments) and any(field in tests.get(f, ()) for f in functions_of(a)):
        return False
    if a.kind == "irq" and masked(moments, at):
        return False
    if a.kind == "transfer" or taken.managed and not taken.e.name.startswith("devm_") and a.kind == "irq":
        return False
    if taken.managed:
        text = "devres has freed it"
    else:
        text = "'%s' in '%s'" % (taken.e.name, taken.e.function)
    tail = ": only devres stops it, once '%s' has returned" % root if stop.managed else ": it is stopped only later"
    say(a, taken.e, "%s can use %s after %s%s" % (a.name(), who(struct, field), text, tail), root,
        [(stop.e.p, "unbind", "Devres stops it, after remove" if stop.managed else "Only now it is stopped")])
    return True

def cleared(moments):
    return {name for m in moments if not m.managed for f in m.path for name, at, value in flags.get(f, ())
            if value == "NULL"}

def never(a, s, moments, root):
    if a.managed or not a.field or a.kind not in ("work", "timer", "tasklet") or a.twice or not a.container:
        return
    if not is_armed(a) or stoppers(a) or own_reference(a) or is_given_away(a) or unread(a):
        return
    d = None
    for i, m in enumerate(moments):
        if any(struct == a.container for struct, field in lost(m)):
            d = i
            break
    if d is None or by_others(a, moments, d) or waited_for(a, moments):
        return
    m = moments[d]
    taker = "devres" if m.managed else "'%s'" % root
    text = "%s can run on 'struct %s' that %s frees: " % (a.name(), a.container, taker)
    notes = []
    if s.dropped >= 0:
        drop = moments[s.dropped].e
        text += "'%s' does not wait for it" % drop.name
        notes.append((drop.p, "unbind", "'%s' does not wait" % drop.name))
    else:
        text += "nothing stops '%s'" % a.field
    e = m.e
    if m.managed:
        notes.append((m.e.p, "unbind", "Managed from here: devres frees it once the driver is unbound"))
        e = a.handlers and first_call(a.handlers[0]) or a.e
    say(a, e, text, root, notes)

UNDO = [w.split("/") for w in (
    "init/deinit init/exit init/fini init/uninit init/cleanup init/destroy init/release init/free init/remove init/term "
    "setup/cleanup setup/teardown create/destroy alloc/free register/unregister register/deregister attach/detach "
    "probe/remove add/remove add/del").split()]

def undoes(end, begin):
    a, b = begin.split("_"), end.split("_")
    different = [list(x) for x in zip(a, b) if x[0] != x[1]]
    return len(a) == len(b) and len(different) == 1 and different[0] in UNDO

# A function that undoes another, in a file without a remove.
def pair(end, begin):
    moments = story(end)
    removes = [m for m in moments if m.e.name in frees or m.e.name in dereg]
    for a in asyncs:
        if a in reported or a.e.function != begin or a.kind not in ("work", "timer", "tasklet") or not a.field or \
                a.twice or not a.handlers or not is_armed(a) or own_reference(a) or stoppers(a) or is_given_away(a) or \
                stopped(moments, a).first >= 0 or by_others(a, moments, len(moments)):
            continue
        starts = any(b is a and stopped(moments, other).first >= 0 and other.e.function == begin
                     for other in armers for b, arm in armers[other])
        e = first_call(end)
        if (removes or starts) and e:
            say(a, e, "%s can run after '%s', which undoes '%s' and does not stop '%s'" %
                (a.name(), end, begin, a.field), end)

dereg = names("%{calls.deregister}")

def common(a, b):
    n = 0
    while n < min(len(a), len(b)) and a[n] == b[n]:
        n += 1
    return n

def judge():
    if not asyncs:
        return
    lines = []
    for root, kind in roots.items():
        mine = sorted((p for p in probes if probes[p] == kind), key=lambda p: -common(p, root))
        lines.append((root, mine[0] if mine else ""))
    taken = {p for r, p in lines}
    lines += [("", p) for p in probes if p not in taken and not any(roots.get(r) == probes[p] for r in roots)]
    for root, probe in lines:
        if root and root not in defined:
            continue
        moments = timeline(root, probe)
        for a in asyncs:
            if a in reported:
                continue
            s = stopped(moments, a)
            if a.kind == "transfer" and is_usb():
                continue
            if s.first < 0:
                never(a, s, moments, root or probe)
            elif not late(a, s, moments, root or probe):
                early(a, s, moments, root or probe)
    called = {e.name for f in events for e in events[f]}
    if not roots:
        for end in sorted(defined - called - module):
            for begin in sorted(defined):
                if undoes(end, begin):
                    pair(end, begin)
    inside = {f for root, probe in lines if root for f in reached_by(root)}
    for end in sorted(defined - called - inside - set(probes) - module - {h for a in asyncs for h in a.handlers}):
        if POWER.search(end):
            continue
        moments = story(end)
        if any(does.get(m.e.name) == SETS_UP or m.e.name in requests for m in moments):
            continue
        here = set(reached_by(end))
        for a in asyncs:
            if a in reported or a not in armers or not a.field:
                continue
            s = stopped(moments, a)
            if s.last >= 0 and stoppers(a) <= here:
                early(a, s, moments, end, alone=True)

def reached_by(function):
    return {f for m in story(function) for f in m.path} | {function}

@call@
identifier f;
expression list es;
position p;
@@
f@p(es)

@script:python@
f << call.f; es << call.es; p << call.p;
@@
e = Event(f, [str(x) for x in es.elements], p)
events.setdefault(e.function, []).append(e)

@indirect@
expression E;
identifier f;
expression list es;
position p;
@@
E->f@p(es)

@script:python@
f << indirect.f; E << indirect.E; es << indirect.es; p << indirect.p;
@@
e = Event(f, [str(x) for x in es.elements], p, E)
events.setdefault(e.function, []).append(e)

@module@
declarer name module_init, module_exit;
identifier f;
@@
(
module_init(f);
|
module_exit(f);
)

@script:python@
f << module.f;
@@
module.add(f)

@definition@
identifier f;
position p;
@@
f@p(...) { ... }

@script:python@
f << definition.f;
@@
defined.add(f)

@argument@
identifier f, S, v;
@@
f(..., struct S *v, ...) { ... }

@script:python@
f << argument.f; S << argument.S; v << argument.v;
@@
types[(f, v)] = S

@declared@
identifier S, v;
position p;
@@
struct S *v@p;

@script:python@
S << declared.S; v << declared.v; p << declared.p;
@@
types[(p[0].current_element, v)] = S

@initialised@
identifier S, v;
expression e;
position p;
@@
struct S *v@p = e;

@script:python@
S << initialised.S; v << initialised.v; e << initialised.e; p << initialised.p;
@@
types[(p[0].current_element, v)] = S
values[(p[0].current_element, v)] = e.split("(")[0].strip()

@given@
identifier v;
identifier f =~ "alloc|_priv$|_get_devdata$";
position p;
@@
v@p = f(...)

@script:python@
v << given.v; f << given.f; p << given.p;
@@
values[(p[0].current_element, v)] = f

@kept@
expression E;
identifier v;
identifier f =~ "^devm_";
@@
(
E->v = f(...)
|
E.v = f(...)
)

@script:python@
v << kept.v;
@@
managed.add(v)

// Whether all paths end in return costs minutes where loops nest: any path is asked, and what stands right in the branch taken.
@leaving exists@
position p, q;
@@
if@p (...) { ... return@q ...; }

@script:python@
p << leaving.p; q << leaving.q;
@@
for each in q:
    if int(each.column) != indentation(p[0]) + 1:
        continue
    leaves.setdefault(each.current_element, set()).add(((int(p[0].line), int(p[0].column)), (int(each.line), int(each.column))))

@slot@
identifier T, v, s, h;
position p;
@@
struct T v = { ..., .s = h@p, ..., };

@script:python@
s << slot.s; h << slot.h; p << slot.p;
@@
slots.append((s, h, p))

@assigned@
expression E;
identifier s;
identifier h : script:python() { is_defined(h) };
position p;
@@
(
E->s = h@p
|
E.s = h@p
)

@script:python@
s << assigned.s; h << assigned.h; p << assigned.p;
@@
slots.append((s, h, p))

// What teardown changes, and what handlers read of what it changes or frees.
@script:python@
@@
for f in events:
    events[f].sort(key=lambda e: e.at)
    for e in events[f]:
        if e.name in losses or SETS_FLAG.match(e.name):
            wanted.update(c[-1] for c in e.chains if c)
read_prefixes()
read_asyncs()
read_armers()

@change@
expression E, e;
identifier f;
assignment operator op;
position p;
@@
(
E->f@p op e
|
E.f@p op e
)

@script:python@
f << change.f; e << change.e; p << change.p;
@@
flags.setdefault(p[0].current_element, []).append((f, (int(p[0].line), int(p[0].column)), e))
wanted.add(f)

@read@
expression E;
identifier f : script:python() { is_wanted(f) };
position p;
@@
(
E->f@p
|
E.f@p
)

@script:python@
E << read.E; f << read.f; p << read.p;
@@
reads.setdefault(p[0].current_element, set()).add((struct_of(p[0].current_element, E) if is_static(E) else "", f))

@test@
expression E;
identifier f : script:python() { is_wanted(f) };
position p;
statement S1, S2;
@@
(
if (!E->f@p) S1 else S2
|
if (E->f@p) S1 else S2
)

@script:python@
f << test.f; p << test.p;
@@
tests.setdefault(p[0].current_element, set()).add(f)

@script:python@
@@
judge()

// What arms the timer later does nothing then: timer_shutdown_sync() clears its function.
@depends on patch@
identifier f =~ "^(timer_delete_sync|del_timer_sync|del_singleshot_timer_sync)$";
expression E;
position p : script:python() { is_last_stop(p) };
@@
- f@p(E)
+ timer_shutdown_sync(E)

%include context
