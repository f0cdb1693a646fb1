// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Draws the page from its data. Whatever comes from a source becomes text of a node and nothing else.
"use strict";
(() => {

const data = JSON.parse(document.getElementById("data").textContent);
const at = (id) => document.getElementById(id);
const AROUND = 4; // lines of an excerpt before and after the one that is named
const MANY = 8; // bars of a group before "more"
const ROW = 6.5; // height of a row of the list, in rem, as in the style
const TABLES = 40; // ops tables a time

function make(name, attributes, ...children) {
	const element = document.createElement(name);

	for (const [key, value] of Object.entries(attributes ?? {}))
		if (value !== undefined && value !== false)
			element.setAttribute(key, value === true ? "" : value);
	element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== ""));
	return element;
}

function button(attributes, act, ...children) {
	const element = make("button", {type: "button", ...attributes}, ...children);

	element.addEventListener("click", act);
	return element;
}

const ruleOf = (key) => Object.hasOwn(data.rules, key) ? data.rules[key] : undefined;
const count = (number, one, many = one + "s") => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
const fileOf = (place) => data.files[place[0]].name;
const placeOf = (place) => place[1] > 0 ? `${fileOf(place)}:${place[1]}` : fileOf(place);

// Names stand in quotes.
function words(text) {
	return text.split(/'([^']*)'/).map((part, index) => index % 2 ? make("code", {}, part) : part);
}

// A long name may be broken where it has a joint.
function breakable(text) {
	return text.split(/(?<=[/_.])/).flatMap((part, index) => index ? [make("wbr"), part] : [part]);
}

// ---- what the findings are asked by

const states = {
	open: "Open", new: "New", known: "Known", suppressed: "Suppressed", gone: "Gone",
};
const stateWords = {
	known: "The baseline has this finding.",
	gone: "The baseline has this finding, the source has it no more.",
	suppressed: "This finding is suppressed",
};
const severities = ["high", "medium", "low", "info"];
const engines = {clang: "clang", spatch: "spatch", both: "both"};

const facets = [
	{key: "severity", title: "Severity", order: severities},
	{key: "rule", title: "Rule"},
	{key: "subsystem", title: "Subsystem", empty: "(top folder)"},
	{key: "bus", title: "Bus", empty: "(not known)"},
	{key: "state", title: "State", order: Object.keys(states), names: states, optional: true},
	{key: "engine", title: "Found by", order: Object.keys(engines), optional: true},
];

const findings = data.findings;
const byId = new Map();

for (const finding of findings) {
	for (const {key} of facets)
		finding[key] = finding[key] ?? "";
	finding.text = [finding.id, finding.rule, finding.message, fileOf(finding.at), finding.function, finding.door,
		finding.slot, finding.table, finding.struct, finding.teardown, finding.subsystem, finding.severity]
		.filter(Boolean).join("\n").toLowerCase();
	byId.set(finding.id, finding);
}

const rank = (finding) => (severities.indexOf(finding.severity) + severities.length + 1) % (severities.length + 1);
const byText = (a, b) => a < b ? -1 : a > b ? 1 : 0;
const byFile = (a, b) => byText(fileOf(a.at), fileOf(b.at)) || a.at[1] - b.at[1];
const orders = {
	severity: (a, b) => rank(a) - rank(b) || byFile(a, b),
	file: byFile,
	rule: (a, b) => byText(a.rule, b.rule) || byFile(a, b),
};

const chosen = Object.fromEntries(facets.map(({key}) => [key, new Set()]));
const unfolded = new Set(); // facets of which all bars are shown
let ordered = [];
let found = []; // what passes, in order
let selected = null;

// What is no longer open is there when it is asked for.
for (const state of ["open", "new"])
	if (findings.some((finding) => finding.state === state))
		chosen.state.add(state);
if (findings.every((finding) => finding.state === findings[0].state))
	chosen.state.clear();

const needles = () => at("search").value.toLowerCase().split(/\s+/).filter(Boolean);

function passes(finding, sought, except) {
	for (const {key} of facets)
		if (key !== except && chosen[key].size && !chosen[key].has(finding[key]))
			return false;
	return sought.every((needle) => finding.text.includes(needle));
}

// ---- overview

function valuesOf(facet, sought) {
	const counts = new Map();

	for (const finding of findings)
		counts.set(finding[facet.key], (counts.get(finding[facet.key]) ?? 0) +
			(passes(finding, sought, facet.key) ? 1 : 0));
	const order = (value) => (facet.order ?? []).indexOf(value);

	return [...counts].sort((a, b) => facet.order ? order(a[0]) - order(b[0]) : b[1] - a[1] || byText(a[0], b[0]));
}

function drawFacet(facet, sought) {
	const values = valuesOf(facet, sought);
	const most = Math.max(1, ...values.map(([, number]) => number));
	const all = unfolded.has(facet.key) || values.length <= MANY + 1;

	if (facet.key === "bus" && values.every(([value]) => value === ""))
		return null;
	if (facet.optional && values.length < 2)
		return null;
	const bars = values.filter(([value], index) => all || index < MANY || chosen[facet.key].has(value))
		.map(([value, number]) => {
			const bar = make("span", {class: "fill", "aria-hidden": "true"});
			const name = facet.names?.[value] ?? (value || facet.empty || "(none)");

			bar.style.width = `${100 * number / most}%`;
			return make("li", {}, button({
				class: `bar-of ${facet.key === "severity" ? "severity-" + value : ""}`,
				"aria-pressed": String(chosen[facet.key].has(value)), "data-key": facet.key, "data-value": value,
				"aria-label": `${name}, ${count(number, "finding")}`,
				title: facet.key === "rule" ? ruleOf(value)?.summary : undefined,
			}, () => toggle(facet.key, value), bar,
			make("span", {class: "name"}, breakable(name)), make("span", {class: "number"}, String(number))));
		});

	return make("section", {"aria-label": facet.title}, make("h3", {}, facet.title), make("ul", {}, bars),
		!all && button({class: "link", "data-key": facet.key, "data-value": "\u2026"}, () => {
			unfolded.add(facet.key);
			drawFacets();
		}, `all ${values.length}`) || null);
}

// What had the focus has it again.
function drawFacets() {
	const {key, value} = document.activeElement?.dataset ?? {};
	const sought = needles();
	const chosenAny = facets.some((facet) => chosen[facet.key].size) || sought.length;

	at("facets").replaceChildren(...facets.map((facet) => drawFacet(facet, sought)).filter(Boolean),
		...(chosenAny ? [button({class: "link", id: "clear", "data-key": "clear"}, clear, "Clear all filters")] : []));
	if (key)
		[...at("facets").querySelectorAll("button")]
			.find((each) => each.dataset.key === key && each.dataset.value === value)?.focus();
}

function toggle(key, value) {
	if (!chosen[key].delete(value))
		chosen[key].add(value);
	refresh();
}

function clear() {
	for (const {key} of facets)
		chosen[key].clear();
	at("search").value = "";
	refresh();
}

// ---- the list: only the rows in sight are elements

const list = at("list");
let rowHeight = 0;

function drawRow(finding, index) {
	const row = make("div", {
		role: "option", id: `row-${index}`, class: "row", "aria-selected": String(finding === selected),
		"aria-posinset": index + 1, "aria-setsize": found.length,
	},
	make("span", {class: `severity severity-${finding.severity}`}, finding.severity || "unknown"),
	make("span", {class: "rule"}, finding.rule),
	finding.state !== "open" && finding.state !== "new" && make("span", {class: "state"}, states[finding.state]) || null,
	make("span", {class: "message"}, words(finding.message)),
	make("span", {class: "place"}, make("bdi", {}, placeOf(finding.at))));

	row.style.transform = `translateY(${index * rowHeight}px)`;
	row.addEventListener("click", () => {
		select(finding);
		read();
	});
	return row;
}

function drawRows() {
	const first = Math.max(0, Math.floor(list.scrollTop / rowHeight) - 4);
	const last = Math.min(found.length, Math.ceil((list.scrollTop + list.clientHeight) / rowHeight) + 4);
	const rows = [];

	for (let index = first; index < last; index++)
		rows.push(drawRow(found[index], index));
	at("rows").replaceChildren(...rows);
	const active = selected && found.indexOf(selected);

	if (selected && active >= first && active < last)
		list.setAttribute("aria-activedescendant", `row-${active}`);
	else
		list.removeAttribute("aria-activedescendant");
}

function intoSight(index) {
	const top = index * rowHeight;

	if (top < list.scrollTop)
		list.scrollTop = top;
	else if (top + rowHeight > list.scrollTop + list.clientHeight)
		list.scrollTop = top + rowHeight - list.clientHeight;
}

const untouched = () => {
	const {complete, failed, gaps, unread} = data.trouble;

	return complete && !failed.length && !gaps.length && !unread.length;
};

function emptyWords() {
	if (findings.length)
		return findings.some((finding) => finding.state === "open" || finding.state === "new") ||
			needles().length || [...chosen.state].length
			? "No finding passes these filters." : "No finding is open.";
	if (!data.run.analysed)
		return "Nothing was analysed.";
	return untouched() ? "Nothing was found." : "Nothing was found in what was analysed, which is not all.";
}

function drawList() {
	rowHeight = ROW * parseFloat(getComputedStyle(document.documentElement).fontSize);
	at("rows").style.height = `${found.length * rowHeight}px`;
	at("count").textContent = !found.length ? emptyWords() :
		found.length === findings.length ? count(found.length, "finding") :
		`${found.length.toLocaleString("en")} of ${count(findings.length, "finding")}`;
	if (selected)
		intoSight(Math.max(0, found.indexOf(selected)));
	drawRows();
}

function refresh() {
	const sought = needles();

	found = ordered.filter((finding) => passes(finding, sought));
	drawFacets();
	if (selected && !found.includes(selected))
		select(found[0] ?? null);
	else
		drawList();
	if (!at("coverage").hidden)
		drawCoverage();
}

function reorder() {
	ordered = [...findings].sort(orders[at("order").value]);
	refresh();
}

// The address names the finding that is read.
function select(finding, quietly) {
	selected = finding;
	drawList();
	drawDetail();
	if (!quietly && finding)
		history.replaceState(null, "", "#" + encodeURIComponent(finding.id));
}

function step(by) {
	const index = found.indexOf(selected);

	if (found.length)
		select(found[Math.min(found.length - 1, Math.max(0, index + by))]);
}

function read() {
	document.body.classList.add("reading");
	at("detail").focus();
	if (getComputedStyle(list.parentElement).display === "none")
		scrollTo(0, 0);
}

function leave() {
	document.body.classList.remove("reading");
	list.focus();
	drawList();
}

// ---- one finding

// Of the others the last step of the operation is no touch.
const touching = new Set(["UnfencedFileOp", "RacyAliveCheck", "FreedUnderOpenFile", "TeardownOrder", "OpenBeforeReady"]);

const lanes = (finding) => ({
	left: {name: finding.door || finding.function, role: "operation"},
	right: {name: finding.teardown, role: finding.rule === "OpenBeforeReady" ? "probe" : "unbind"},
});

function laneHead({name, role}, side) {
	return make("div", {class: `lane ${side}`}, make("strong", {}, name ? breakable(name + "()") : role),
		name ? make("span", {}, role) : null);
}

function drawStep(finding, one, index) {
	const {left, right} = lanes(finding);
	const touch = index === finding.touch;
	const lane = one.unbind ? right : left;

	return make("li", {class: `step ${one.unbind ? "unbind" : "operation"}${touch ? " touch" : ""}`},
		make("span", {class: "dot", "aria-hidden": "true"}, String(index + 1)),
		make("div", {class: "card"},
			touch ? make("strong", {class: "mark"}, touching.has(finding.rule) ? "The touch" : "Goes wrong here") : null,
			make("span", {class: "unseen"}, `${lane.role}: `),
			make("span", {}, words(one.message)),
			button({class: "place link", title: "To the source"}, () => showLine(index),
				make("bdi", {}, breakable(placeOf(one.at))))));
}

function drawLanes(finding) {
	const {left, right} = lanes(finding);

	if (!finding.steps.length)
		return null;
	return make("section", {class: "interleaving", "aria-label": "The interleaving"},
		make("h3", {}, "What goes wrong, in order"),
		make("div", {class: "lanes"}, laneHead(left, "operation"), make("span", {class: "time"}, "time"),
			laneHead(right, "unbind")),
		make("ol", {class: "steps"}, finding.steps.map((one, index) => drawStep(finding, one, index))));
}

function lineOf(file, number) {
	for (const [first, ...lines] of file.parts ?? [])
		if (number >= first && number < first + lines.length)
			return lines[number - first];
	return undefined;
}

// Windows around the steps, in the order of the story; those of one file that touch are one.
function windowsOf(finding) {
	const steps = finding.steps.map((one, index) => ({at: one.at, index, message: one.message, unbind: one.unbind}));
	const windows = [];

	if (!steps.some((one) => one.at[0] === finding.at[0] && one.at[1] === finding.at[1]))
		steps.push({at: finding.at, index: -1, message: finding.message, unbind: false});
	for (const one of steps) {
		const [file, line] = one.at;
		const known = windows.find((each) => each.file === file && line >= each.first - AROUND - 1 &&
			line <= each.last + AROUND + 1);

		if (known) {
			known.first = Math.min(known.first, line - AROUND);
			known.last = Math.max(known.last, line + AROUND);
			known.steps.push(one);
		} else {
			windows.push({file, first: line - AROUND, last: line + AROUND, steps: [one]});
		}
	}
	return windows;
}

// The name at that column. Columns count bytes: beyond ASCII nothing is marked.
function markedLine(text, columns) {
	if (/[^\x00-\x7f]/.test(text))
		return [text];
	const parts = [];
	let from = 0;

	for (const column of [...new Set(columns)].sort((a, b) => a - b)) {
		const name = column > from ? /^[A-Za-z_]\w*/.exec(text.slice(column - 1)) : null;

		if (!name)
			continue;
		parts.push(text.slice(from, column - 1), make("mark", {}, name[0]));
		from = column - 1 + name[0].length;
	}
	return [...parts, text.slice(from)];
}

function drawWindow(finding, {file, first, last, steps}) {
	const source = data.files[file];
	const lines = [];

	for (let number = Math.max(1, first); number <= last; number++) {
		const text = lineOf(source, number);
		const here = steps.filter((one) => one.at[1] === number);

		if (text === undefined)
			continue;
		const side = here.length ? here.some((one) => one.index === finding.touch) ? " touch"
			: here[0].unbind ? " unbind" : " operation" : "";

		lines.push(make("div", {class: `line${side}`},
			make("span", {class: "line-number"}, String(number)),
			make("code", {}, markedLine(text, here.map((one) => one.at[2])))));
		for (const one of here)
			lines.push(make("div", {
				class: `remark ${one.index === finding.touch ? "touch" : one.unbind ? "unbind" : "operation"}`,
				id: one.index < 0 ? false : `step-${one.index}`, tabindex: -1,
			}, one.index < 0 ? null : make("span", {class: "dot"}, String(one.index + 1)), make("span", {}, words(one.message))));
	}
	const missing = finding.state === "gone" ? "the source is another one now" : source.fault ??
		(steps.some((one) => lineOf(source, one.at[1]) === undefined) && "it has no such line any more");
	const name = `${source.name}:${steps[0].at[1]}`;

	return make("figure", {class: "excerpt"}, make("figcaption", {}, breakable(name)),
		lines.length ? make("div", {class: "code", tabindex: 0, role: "region", "aria-label": `Source of ${name}`},
			make("div", {class: "sheet"}, lines)) : null,
		missing ? make("p", {class: "missing"}, `No source is shown here: ${missing}.`) : null);
}

function showLine(index) {
	const remark = at(`step-${index}`);

	remark?.scrollIntoView({block: "center"});
	remark?.focus({preventScroll: true});
}

async function copy(text, from) {
	try {
		await navigator.clipboard.writeText(text);
	} catch {
		const field = make("textarea", {class: "unseen"}, text);

		document.body.append(field);
		field.select();
		document.execCommand("copy");
		field.remove();
	}
	from.textContent = "Copied";
	setTimeout(() => { from.textContent = "Copy"; }, 1500);
}

function fact(name, ...value) {
	return value.flat().filter(Boolean).length ? [make("dt", {}, name), make("dd", {}, ...value)] : [];
}

// The ops table of the finding's operation, of its file if there are more.
function tableOf(finding) {
	const named = data.tables.filter((table) => table.table === finding.table &&
		table.rows.some((row) => row.function === finding.door));

	return named.find((table) => table.file === fileOf(finding.at)) ?? named[0] ??
		data.tables.find((table) => finding.struct && table.structs.includes(finding.struct) &&
			table.file === fileOf(finding.at));
}

function suppressionOf(finding) {
	const {kind, reason, at: where} = finding.suppression ?? {};

	if (finding.state !== "suppressed")
		return stateWords[finding.state];
	return `${stateWords.suppressed}${kind === "inSource" ? " in the source" : kind ? " by .strongfence.yaml" : ""}` +
		`${where ? " (" + placeOf(where) + ")" : ""}: ${reason || "no reason is given"}`;
}

function drawDetail() {
	const finding = selected, pane = at("detail");

	document.title = finding ? `${finding.rule} ${fileOf(finding.at)} - Strongfence` : "Strongfence";
	if (!finding) {
		pane.replaceChildren(make("p", {class: "nothing"}, emptyWords()));
		return;
	}
	const rule = ruleOf(finding.rule), table = tableOf(finding);
	const copier = button({id: "copy", class: "small"}, () => copy(finding.fingerprint ?? finding.id, copier), "Copy");
	const say = suppressionOf(finding);

	pane.replaceChildren(
		button({class: "link back"}, leave, "\u2190 Back to the list"),
		make("p", {class: "above"}, make("span", {class: `severity severity-${finding.severity}`}, finding.severity || "unknown"),
			make("span", {class: "rule"}, finding.rule), rule?.alpha ? make("span", {class: "state"}, "alpha") : null),
		make("h2", {}, words(finding.message)),
		say ? make("p", {class: "said"}, say) : "",
		make("dl", {class: "facts"},
			fact("Place", make("bdi", {}, breakable(placeOf(finding.at) + (finding.at[2] > 0 ? `:${finding.at[2]}` : ""))),
				finding.also ? ` and ${finding.also.map(placeOf).join(", ")}` : ""),
			finding.function && finding.function !== finding.door ? fact("Function", make("code", {}, breakable(finding.function + "()"))) : [],
			finding.door ? fact("Operation", make("code", {}, breakable(finding.door + "()")),
				finding.table ? [`, ${finding.slot || "a member"} of `, make("code", {}, breakable(finding.table))] : "") : [],
			finding.teardown ? fact(lanes(finding).right.role === "probe" ? "Probe" : "Teardown",
				make("code", {}, breakable(finding.teardown + "()"))) : [],
			finding.struct ? fact("Struct", make("code", {}, breakable(finding.struct)),
				table ? [" ", button({class: "link"}, () => showTable(table), `coverage of ${table.table}`)] : "") : [],
			finding.bus ? fact("Bus", finding.bus) : [],
			finding.engine !== "clang" ? fact("Found by", finding.engine === "both" ? "both engines" : "spatch") : [],
			rule ? fact("Rule", `${rule.summary}.`) : [],
			fact("Fingerprint", make("code", {id: "fingerprint"}, finding.id), " ", copier)),
		drawLanes(finding) ?? "",
		make("section", {"aria-label": "Source"}, make("h3", {}, "Source, step by step"),
			windowsOf(finding).map((each) => drawWindow(finding, each))));
	pane.scrollTop = 0;
}

// ---- fences and coverage

const cellClass = (state) => "cell-" + state.replaceAll(" ", "-");
const letter = (index) => String.fromCharCode(65 + index % 26) + (index >= 26 ? Math.floor(index / 26) : "");
const opened = new Set(); // tables that are unfolded
let tablesShown = TABLES;

for (const table of data.tables)
	table.text = [table.file, table.table, table.registration, ...table.structs, ...table.fences.map((fence) => fence.title),
		...table.rows.flatMap((row) => [row.function, row.slot, row.command, row.state])].filter(Boolean).join("\n").toLowerCase();
data.tables.sort((a, b) => byText(a.structs[0] ?? "~", b.structs[0] ?? "~") || byText(a.file, b.file));

function drawFences(fences) {
	return make("ul", {class: "fences"}, fences.map((fence, index) => make("li", {},
		make("b", {}, letter(index)), make("span", {}, fence.title,
			fence.places ? make("small", {}, breakable(fence.places)) : null))));
}

function cellOf(table, row, column) {
	if (row.state === "fenced" && table.fences.length && !row.by.includes(column))
		return make("td", {class: "cell-elsewhere"}, make("span", {"aria-label": "fenced by another"}, "\u2013"));
	return make("td", {class: cellClass(row.state)}, row.state);
}

function drawMatrix(table) {
	const columns = table.fences.length || 1;
	const commands = table.rows.some((row) => row.command);
	const rows = table.rows.map((row, index) => {
		const before = table.rows[index - 1], after = table.rows[index + 1];
		const again = before && before.slot === row.slot && before.function === row.function;
		const more = after && after.slot === row.slot && after.function === row.function;

		return make("tr", {class: again ? "again" : ""},
			make("th", {scope: "row"}, again ? "" : row.slot ?? ""),
			make("td", {}, again ? "" : make("code", {}, breakable(row.function ?? ""))),
			commands ? make("td", {}, row.command ? make("code", {}, row.command) : more ? "any command" : "") : null,
			Array.from({length: columns}, (_, column) => cellOf(table, row, column)),
			make("td", {class: "why"}, row.reason ? breakable(row.reason) : ""));
	});

	return make("div", {class: "wide", tabindex: 0, role: "region", "aria-label": `Coverage of ${table.table}`}, make("table", {},
		make("thead", {}, make("tr", {}, ["Slot", "Function", ...(commands ? ["Command"] : [])].map((text) => make("th", {scope: "col"}, text)),
			Array.from({length: columns}, (_, column) => make("th", {scope: "col", title: table.fences[column]?.title},
				table.fences[column] ? [letter(column), " ", make("code", {}, breakable(table.fences[column].lock))] : "State")),
			make("th", {scope: "col"}, "Why"))),
		make("tbody", {}, rows)));
}

function tally(table) {
	const sums = new Map();

	for (const row of table.rows)
		sums.set(row.state, (sums.get(row.state) ?? 0) + 1);
	return [...sums].map(([state, number]) => make("span", {class: `pill ${cellClass(state)}`}, `${number} ${state}`));
}

function drawTable(table) {
	const box = make("details", {class: "table", open: opened.has(table)},
		make("summary", {}, make("span", {class: "what"}, make("code", {}, breakable(table.table)),
			table.registration ? ` (${table.registration})` : "",
			make("bdi", {class: "place"}, breakable(table.file))), make("span", {class: "pills"}, tally(table))));
	const fill = () => {
		if (box.open && box.children.length === 1)
			box.append(table.fences.length ? drawFences(table.fences) : make("p", {}, "No fence was inferred for it."),
				drawMatrix(table));
		if (box.open)
			opened.add(table);
		else
			opened.delete(table);
	};

	box.addEventListener("toggle", fill);
	if (box.open)
		fill();
	table.box = box;
	return box;
}

function drawCoverage() {
	const sought = needles();
	const wanted = data.tables.filter((table) => sought.every((needle) => table.text.includes(needle)));
	const {tables, rows} = data.left_out;
	const parts = [];
	let last;

	for (const table of wanted.slice(0, tablesShown)) {
		const name = table.structs.join(", ");

		if (name !== last)
			parts.push(make("h3", {}, name ? ["struct ", make("code", {}, breakable(name))] : "struct not known"));
		last = name;
		parts.push(drawTable(table));
	}
	if (wanted.length > tablesShown)
		parts.push(button({class: "more", id: "more"}, () => {
			tablesShown += TABLES;
			drawCoverage();
		}, `${count(wanted.length - tablesShown, "more ops table")}`));
	if (data.lonely.length && !sought.length)
		parts.push(make("h3", {}, "Fences that no door in sight takes"), drawFences(data.lonely));
	if (tables)
		parts.push(make("p", {class: "nothing", id: "left-out"}, `${count(tables, "ops table")} with ${count(rows, "row")} ` +
			`${tables === 1 ? "is" : "are"} left out: no fence was inferred for them and nothing was found there. ` +
			"\u201cstrongfence fences\u201d prints all."));
	at("coverage").replaceChildren(make("p", {class: "nothing", role: "status"}, wanted.length || data.lonely.length
		? `${count(wanted.length, "ops table")}, by struct. A row is an operation, or a command of an ioctl; a column is a fence.`
		: sought.length ? "No ops table passes this search." : "No ops table and no fence was seen."), ...parts);
}

function showView(coverage) {
	for (const [id, on] of [["findings", !coverage], ["coverage", coverage]]) {
		at(id).hidden = !on;
		at(`tab-${id}`).setAttribute("aria-selected", String(on));
		at(`tab-${id}`).tabIndex = on ? 0 : -1;
	}
	if (coverage)
		drawCoverage();
	else
		drawList();
}

function showTable(table) {
	at("search").value = "";
	refresh();
	opened.add(table);
	tablesShown = Math.max(tablesShown, data.tables.indexOf(table) + 1);
	showView(true);
	table.box.scrollIntoView();
	table.box.querySelector("summary").focus({preventScroll: true});
}

// ---- the run, and what it left undone

const undone = {
	failed: ["Not analysed", "unit"],
	gaps: ["Analysed without all that is known", "place"],
	unread: ["Not read whole by spatch", "unit"],
	stops: ["Too large to be explored to the end", "function"],
};

function drawTrouble() {
	const {complete, ...kinds} = data.trouble;
	const bad = !complete || kinds.failed.length > 0;
	const lines = [];

	if (!complete)
		lines.push(make("p", {}, "Some of the paths that were named could not be analysed at all."));
	for (const [kind, [title, one]] of Object.entries(undone)) {
		const each = kinds[kind];

		if (!each.length)
			continue;
		lines.push(make("details", {}, make("summary", {}, `${title}: ${count(each.length, one)}`),
			make("ul", {}, each.slice(0, 1000).map(({file, why}) => make("li", {}, make("bdi", {}, breakable(file)), ": ", why)),
				each.length > 1000 ? make("li", {}, `and ${count(each.length - 1000, "more", "more")}`) : null)));
	}
	if (data.run.not_reached)
		lines.push(make("p", {}, `${count(data.run.not_reached, "operation was", "operations were")} never reached by an exploration.`));
	if (!lines.length)
		return;
	at("trouble").hidden = false;
	at("trouble").className = `trouble${bad ? " bad" : ""}`;
	at("trouble").replaceChildren(make("h2", {}, bad ? "Some of the work could not be done" : "Not everything was analysed whole"), ...lines);
}

function drawSum() {
	const {analysed, failed, aside, hidden, doors, teardowns, clang} = data.run;
	const open = findings.filter((finding) => finding.state === "open" || finding.state === "new").length;
	const rest = Object.keys(stateWords).map((state) => [findings.filter((finding) => finding.state === state).length, state])
		.filter(([number]) => number).map(([number, state]) => `${number.toLocaleString("en")} ${state}`);

	at("sum").replaceChildren(make("b", {}, count(open, data.run.baselined ? "new finding" : "finding")), rest.length ? ` (${rest.join(", ")})` : "",
		` in ${count(analysed, "unit")}`,
		failed ? make("b", {class: "failed"}, `, ${failed} failed`) : "",
		clang ? `, ${count(doors, "door")}, ${count(teardowns, "teardown root")}` : "",
		hidden ? `; ${hidden} below the asked severity` : "",
		aside ? `; ${count(aside, "unit has", "units have")} nothing to look for` : "");
	at("tab-findings").append(make("span", {class: "number"}, String(findings.length)));
	at("tab-coverage").append(make("span", {class: "number"}, String(data.tables.length)));
}

// ---- keys

function typed(event) {
	const {target, key} = event;

	if (event.ctrlKey || event.altKey || event.metaKey || at("help").open)
		return;
	if (target === at("search")) {
		if (key === "Escape" && target.value) {
			target.value = "";
			refresh();
		} else if (key === "Enter" || key === "ArrowDown" || key === "Escape") {
			at("coverage").hidden ? list.focus() : target.blur();
		} else {
			return;
		}
		event.preventDefault();
		return;
	}
	if (target.matches("select, textarea"))
		return;
	const inList = target === list, acts = {
		"/": () => at("search").focus(),
		"?": () => at("help").showModal(),
		"m": () => showView(at("coverage").hidden),
		"Escape": leave,
	};

	if (at("coverage").hidden)
		Object.assign(acts, {
			"j": () => step(1), "k": () => step(-1), "c": () => at("copy")?.click(),
			...(inList && {
				"ArrowDown": () => step(1), "ArrowUp": () => step(-1), "Enter": read,
				"Home": () => step(-found.length), "End": () => step(found.length),
				"PageDown": () => step(Math.floor(list.clientHeight / rowHeight)),
				"PageUp": () => step(-Math.floor(list.clientHeight / rowHeight)),
			}),
		});
	if (target.matches("[role=tab]") && (key === "ArrowLeft" || key === "ArrowRight")) {
		showView(at("coverage").hidden);
		document.querySelector("[role=tab][aria-selected=true]").focus();
		event.preventDefault();
	} else if (acts[key]) {
		event.preventDefault();
		acts[key]();
	}
}

function addressed() {
	try {
		return decodeURIComponent(location.hash.slice(1));
	} catch {
		return location.hash.slice(1);
	}
}

// Reads the finding that the address names, whatever is filtered. False when it names none.
function follow() {
	const id = addressed(), finding = byId.get(id);

	if (!finding) {
		if (id && !at(id))
			at("count").textContent = `This report has no finding ${id}.`;
		return false;
	}
	if (!found.includes(finding))
		clear();
	showView(false);
	select(finding, true);
	document.body.classList.add("reading");
	return true;
}

document.addEventListener("keydown", typed);
addEventListener("hashchange", follow);
addEventListener("resize", drawList);
list.addEventListener("scroll", () => requestAnimationFrame(drawRows), {passive: true});
at("search").addEventListener("input", refresh);
at("order").addEventListener("change", reorder);
at("keys").addEventListener("click", () => at("help").showModal());
at("help-close").addEventListener("click", () => at("help").close());
at("tab-findings").addEventListener("click", () => showView(false));
at("tab-coverage").addEventListener("click", () => showView(true));
if (matchMedia("(max-width: 70rem)").matches)
	at("overview").open = false;

drawSum();
drawTrouble();
reorder();
if (!byId.has(addressed()))
	select(found[0] ?? null, true);
follow();

})();
