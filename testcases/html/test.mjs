// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The page in headless Chromium: test.mjs PAGE-OF BROWSER CHROMIUM WORK [TEST...]. Every page is a file, has no network, and must
// leave no message on the console.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [pageOf, modules, executablePath, work, ...only] = process.argv.slice(2);
const { chromium } = createRequire(path.resolve(modules, "x.js"))("playwright-core");
const root = path.join(work, "root");

// ---- results and pages

function put(name, content) {
	fs.mkdirSync(path.dirname(path.join(root, name)), {recursive: true});
	fs.writeFileSync(path.join(root, name), content);
}

const source = (lines) => Array.from({length: lines}, (_, index) => `\tint line_${index + 1} = call(${index + 1});`).join("\n") + "\n";
const step = (file, line, side, message) => ({file, line, column: 2, side, message});

function finding(number, more = {}) {
	const file = more.file ?? "drivers/misc/thing.c";

	return {
		rule: "UnfencedFileOp", severity: "high", file, line: 30, column: 6, function: "thing_status", door: "thing_read",
		slot: "read", table: "thing_fops", struct: "thing", teardown: "thing_remove", bus: "usb",
		message: `'thing_read' reads 'base' that 'thing_remove' unmaps, ${number}`, fingerprint: `f${number}`, engines: ["clang"],
		notes: [step(file, 10, "operation", "Takes 'lock' of 'struct thing'"), step(file, 50, "unbind", "'thing_remove' unmaps it"),
			step(file, 30, "operation", "Reads 'base'")], ...more,
	};
}

let pages = 0;

function pageWith(results) {
	const name = path.join(work, `page-${++pages}`);

	fs.writeFileSync(name + ".json", JSON.stringify({analysed: 3, ...results}));
	fs.writeFileSync(name + ".html", execFileSync(pageOf, [name + ".json", root], {maxBuffer: 1 << 30}));
	return pathToFileURL(name + ".html").href;
}

const coverage = [
	{file: "drivers/misc/thing.c", table: "thing_fops", registration: "misc", slot: "read", function: "thing_read", command: "",
		line: 8, state: "not fenced", reason: "no fence is held", fences: [],
		touch: {file: "drivers/misc/thing.c", line: 30, does: "reads 'base'", goes: "'thing_remove' unmaps", struct: "thing"}},
	{file: "drivers/misc/thing.c", table: "thing_fops", registration: "misc", slot: "unlocked_ioctl", function: "thing_ioctl",
		command: "THING_GET", line: 40, state: "fenced", reason: "", fences: [{struct: "thing", lock: "sem", predicate: "ops"}]},
	{file: "drivers/misc/thing.c", table: "thing_fops", registration: "misc", slot: "unlocked_ioctl", function: "thing_ioctl",
		command: "THING_SET", line: 44, state: "own memory only", reason: "", fences: []},
	{file: "drivers/misc/plain.c", table: "plain_fops", registration: "misc", slot: "read", function: "plain_read", command: "",
		line: 4, state: "own memory only", reason: "", fences: []},
];

const usual = [
	finding(1),
	finding(2, {rule: "TeardownOrder", severity: "medium", file: "drivers/usb/misc/other.c", bus: "pci", struct: "other",
		message: "'other_remove' stops the device before its LED goes", line: 20, notes: [
			step("drivers/usb/misc/other.c", 12, "operation", "Published from here: the LED"),
			step("drivers/usb/misc/other.c", 20, "unbind", "Stops the device"),
			step("drivers/usb/misc/other.c", 33, "operation", "Writes to the device"),
			step("drivers/usb/misc/other.c", 22, "unbind", "Only now the LED goes")]}),
	finding(3, {severity: "low", rule: "OpenBeforeReady", file: "sound/core/late.c", line: 5, bus: ""}),
	finding(1, {line: 31}),
];

put("drivers/misc/thing.c", source(60));
put("drivers/usb/misc/other.c", source(60));

// ---- the browser

const browser = await chromium.launch({executablePath, args: process.getuid() === 0 ? ["--no-sandbox"] : []});
let problems = [];

async function open(url, options = {}) {
	const context = await browser.newContext({viewport: {width: 1400, height: 900}, ...options});
	const page = await context.newPage();
	const file = url.replace(/#.*/, "");

	page.setDefaultTimeout(20000);
	page.on("console", (message) => problems.push(`console: ${message.text()}`));
	page.on("pageerror", (error) => problems.push(`error: ${error}`));
	page.on("request", (request) => request.url().replace(/#.*/, "") === file || problems.push(`request: ${request.url()}`));
	page.on("dialog", (dialog) => {
		problems.push(`dialog: ${dialog.message()}`);
		dialog.dismiss();
	});
	await page.goto(url);
	return page;
}

const texts = (page, selector) => page.$$eval(selector, (all) => all.map((each) => each.textContent));
const rows = (page) => page.$$eval("#rows .row .place", (all) => all.map((each) => each.textContent));
const chosen = (page) => page.$eval("#rows [aria-selected=true] .place", (each) => each.textContent);
const focused = (page) => page.evaluate(() => document.activeElement.id);
const countOf = (page) => page.textContent("#count");
const facet = (page, key, value) => page.locator(`#facets button[data-key="${key}"][data-value="${value}"]`);

// ---- the tests

const tests = {
	async every_finding_is_listed_by_severity() {
		const page = await open(pageWith({findings: usual}));

		assert.equal(await countOf(page), "4 findings");
		assert.deepEqual(await rows(page), ["drivers/misc/thing.c:30", "drivers/misc/thing.c:31", "drivers/usb/misc/other.c:20",
			"sound/core/late.c:5"]);
		assert.match(await page.textContent("#sum"), /^4 findings in 3 units/);
		await page.selectOption("#order", "rule");
		assert.equal((await rows(page))[0], "sound/core/late.c:5");
		await page.selectOption("#order", "file");
		assert.equal((await rows(page))[3], "sound/core/late.c:5");
	},

	async the_overview_counts_and_filters() {
		const page = await open(pageWith({findings: usual}));
		const named = () => page.$$eval("#facets button[data-value]", (all) => all.map((each) => each.getAttribute("aria-label")));

		assert.deepEqual(await texts(page, "#facets h3"), ["Severity", "Rule", "Subsystem", "Bus"]);
		assert.deepEqual(await named(), ["high, 2 findings", "medium, 1 finding", "low, 1 finding", "UnfencedFileOp, 2 findings",
			"OpenBeforeReady, 1 finding", "TeardownOrder, 1 finding", "drivers/misc, 2 findings", "drivers/usb, 1 finding",
			"sound/core, 1 finding", "usb, 2 findings", "(not known), 1 finding", "pci, 1 finding"]);
		await facet(page, "subsystem", "drivers/usb").click();
		assert.equal(await countOf(page), "1 of 4 findings");
		assert.ok((await named()).includes("high, 0 findings"));
		assert.ok((await named()).includes("drivers/misc, 2 findings"));
		assert.equal(await facet(page, "subsystem", "drivers/usb").getAttribute("aria-pressed"), "true");
		await facet(page, "subsystem", "sound/core").click();
		assert.equal(await countOf(page), "2 of 4 findings");
		await facet(page, "bus", "pci").click();
		assert.deepEqual(await rows(page), ["drivers/usb/misc/other.c:20"]);
		await page.click("#clear");
		assert.equal(await countOf(page), "4 findings");
	},

	async the_search_takes_all_words() {
		const page = await open(pageWith({findings: usual}));

		await page.fill("#search", "LED goes");
		assert.deepEqual(await rows(page), ["drivers/usb/misc/other.c:20"]);
		assert.equal(await page.textContent("#detail .rule"), "TeardownOrder");
		for (const [words, number] of [["thing_status", 4], ["struct", 0], ["other", 1], ["openbefore late.c", 1], ["f1:2", 1]]) {
			await page.fill("#search", words);
			assert.equal((await rows(page)).length, number, words);
		}
		await page.fill("#search", "nothing like it");
		assert.equal(await countOf(page), "No finding passes these filters.");
		assert.equal(await page.textContent("#detail"), "No finding passes these filters.");
	},

	async lanes_are_in_the_order_of_the_story() {
		const page = await open(pageWith({findings: usual}) + "#f2");
		const steps = await page.$$eval(".step", (all) => all.map((each) => {
			const box = each.querySelector(".card").getBoundingClientRect();

			return {x: box.left, right: box.right, y: box.top, unbind: each.classList.contains("unbind"),
				touch: each.classList.contains("touch"), text: each.textContent};
		}));

		assert.deepEqual(steps.map((each) => each.unbind), [false, true, false, true]);
		assert.deepEqual(steps.map((each) => each.touch), [false, false, true, false]);
		assert.match(steps[2].text, /The touch/);
		for (let index = 1; index < steps.length; index++)
			assert.ok(steps[index].y > steps[index - 1].y);
		for (const left of steps.filter((each) => !each.unbind))
			for (const right of steps.filter((each) => each.unbind))
				assert.ok(left.right < right.x);
		assert.deepEqual(await texts(page, ".lane strong"), ["thing_read()", "thing_remove()"]);
		assert.deepEqual(await texts(page, ".lane span"), ["operation", "unbind"]);
	},

	async each_step_has_its_source() {
		const page = await open(pageWith({findings: usual}) + "#f2");

		// Lines 12, 20, 22 and 33: 16 to 26 are one window, 12 touches it.
		assert.deepEqual(await texts(page, ".excerpt figcaption"), ["drivers/usb/misc/other.c:12", "drivers/usb/misc/other.c:33"]);
		assert.equal((await texts(page, ".line")).length, 26 - 8 + 1 + 9);
		assert.deepEqual(await texts(page, ".line.touch code"), ["\tint line_33 = call(33);"]);
		assert.deepEqual(await texts(page, ".line.touch mark"), ["int"]);
		await page.click(".step:nth-child(4) button");
		assert.equal(await focused(page), "step-3");
		assert.match(await page.textContent("#step-3"), /Only now the LED goes/);
	},

	async a_source_that_is_not_there_is_said() {
		const page = await open(pageWith({findings: [...usual, finding(9, {line: 400, notes: []})]}) + "#f3");

		assert.match(await page.textContent(".missing"), /^No source is shown here: No such file or directory\.$/);
		await page.goto(page.url().replace("#f3", "#f9"));
		assert.match(await page.textContent(".missing"), /it has no such line any more/);
	},

	async an_address_names_a_finding() {
		const url = pageWith({findings: usual});
		const page = await open(url + "#f1:2");

		assert.equal(await chosen(page), "drivers/misc/thing.c:31");
		assert.equal(await page.textContent("#fingerprint"), "f1:2");
		await page.evaluate(() => { location.hash = "#f3"; });
		await page.waitForFunction(() => document.querySelector("#fingerprint").textContent === "f3");
		await facet(page, "severity", "high").click();
		await page.evaluate(() => { location.hash = "#f2"; });
		await page.waitForFunction(() => document.querySelector("#fingerprint").textContent === "f2");
		assert.equal(await countOf(page), "4 findings");
		await page.focus("#list");
		await page.keyboard.press("k");
		assert.equal(new URL(page.url()).hash, "#f1%3A2");
		for (const odd of ["#unknown", "#%", "#<img src=x onerror=alert(1)>", "#__proto__"]) {
			const other = await open(url + odd);

			assert.match(await countOf(other), /^This report has no finding /);
			assert.equal(await chosen(other), "drivers/misc/thing.c:30");
		}
	},

	async the_fingerprint_is_copied() {
		const page = await open(pageWith({findings: usual}) + "#f1:2");

		await page.click("#copy");
		assert.equal(await page.textContent("#copy"), "Copied");
		await page.focus("#search");
		await page.keyboard.press("Control+V");
		assert.equal(await page.inputValue("#search"), "f1");
	},

	async keys_do_all_of_it() {
		const page = await open(pageWith({findings: usual, coverage}));
		const press = (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());

		await press("j", "j");
		assert.equal(await chosen(page), "drivers/usb/misc/other.c:20");
		await press("k");
		assert.equal(await chosen(page), "drivers/misc/thing.c:31");
		await press("/");
		assert.equal(await focused(page), "search");
		await press("j", "k", "Escape");
		assert.equal(await page.inputValue("#search"), "");
		await press("Enter");
		assert.equal(await focused(page), "list");
		await press("End");
		assert.equal(await chosen(page), "sound/core/late.c:5");
		await press("ArrowDown");
		assert.equal(await chosen(page), "sound/core/late.c:5");
		await press("Home", "ArrowDown");
		assert.equal(await chosen(page), "drivers/misc/thing.c:31");
		await press("Enter");
		assert.equal(await focused(page), "detail");
		await press("Escape");
		assert.equal(await focused(page), "list");
		await press("?");
		assert.ok(await page.isVisible("#help"));
		await press("Escape");
		assert.ok(!await page.isVisible("#help"));
		await press("m");
		assert.ok(await page.isVisible("#coverage") && !await page.isVisible("#findings"));
		await press("m");
		assert.ok(await page.isVisible("#findings"));
	},

	async tab_goes_through_the_page_in_its_order() {
		const page = await open(pageWith({findings: usual}));
		const seen = [];

		for (let index = 0; index < 40 && seen.at(-1) !== "detail"; index++) {
			await page.keyboard.press("Tab");
			seen.push(await page.evaluate(() => {
				const element = document.activeElement, area = element.closest("#detail, #facets, #list");

				if (getComputedStyle(element).outlineStyle === "none")
					return "no outline";
				return area ? area.id : element.id || element.className || element.localName;
			}));
		}
		assert.deepEqual([...new Set(seen)], ["skip", "search", "keys", "tab-findings", "summary", "facets", "order", "list", "detail"]);
	},

	async names_and_roles_are_there() {
		const page = await open(pageWith({findings: usual, coverage}));

		assert.equal(await page.getAttribute("html", "lang"), "en");
		assert.equal(await page.title(), "UnfencedFileOp drivers/misc/thing.c - Strongfence");
		assert.equal(await page.getAttribute("#list", "role"), "listbox");
		const active = await page.getAttribute("#list", "aria-activedescendant");

		assert.equal(await page.getAttribute(`#${active}`, "aria-selected"), "true");
		assert.equal(await page.getAttribute(`#${active}`, "aria-setsize"), "4");
		const nameless = await page.$$eval("button, input, select, summary, [role=region], [role=tabpanel]", (all) => all
			.filter((each) => !(each.textContent.trim() || each.getAttribute("aria-label") || each.labels?.length ||
				each.getAttribute("aria-labelledby"))).map((each) => each.outerHTML));

		assert.deepEqual(nameless, []);
		assert.equal(new Set(await page.$$eval("[id]", (all) => all.map((each) => each.id))).size, (await page.$$("[id]")).length);
	},

	async text_is_legible_in_light_and_dark() {
		const selectors = ["#sum", "#count", ".row .place", ".row .message", ".severity", ".facts dt", ".facts dd", ".lane span", ".mark",
			".card", ".card .place", ".line-number", ".line code", ".remark", ".dot", "#facets h3", ".bar-of .number",
			"#trouble", ".tabs button", ".link", "td", "th", ".pill", ".said", ".missing"];
		const results = {findings: [...usual, finding(7, {severity: "medium", rule: "RacyAliveCheck"})], coverage, suppressed: [
			finding(8, {suppression: {kind: "inSource", reason: "why"}})], stops: [{file: "a.c", function: "f"}]};
		const grounds = new Set();

		for (const colorScheme of ["light", "dark"])
			for (const id of ["f1", "f3", "f8"]) {
				const page = await open(pageWith(results) + "#" + id, {colorScheme});
				const faults = (view) => page.evaluate(({selectors: each, view: where}) => {
					const parse = (text) => text.match(/[\d.]+/g).map(Number);
					const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
						.reduce((sum, c, index) => sum + c * [0.2126, 0.7152, 0.0722][index], 0);
					const ground = (element) => {
						for (let at = element; at; at = at.parentElement) {
							const colour = parse(getComputedStyle(at).backgroundColor);

							if (colour[3] !== 0)
								return colour;
						}
						return [255, 255, 255];
					};

					return each.flatMap((selector) => [...document.querySelectorAll(`${where} ${selector}, ${selector}`)]
						.filter((element) => element.checkVisibility()).map((element) => {
							const [a, b] = [light(parse(getComputedStyle(element).color)), light(ground(element))];

							return [selector, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
						})).filter(([, ratio]) => ratio < 4.5);
				}, {selectors, view});

				grounds.add(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
				assert.deepEqual(await faults("#findings"), [], colorScheme);
				await page.keyboard.press("m");
				await page.click("#coverage summary");
				assert.deepEqual(await faults("#coverage"), [], colorScheme);
				await page.close();
			}
		assert.equal(grounds.size, 2);
	},

	async the_matrix_is_drawn_by_struct() {
		const page = await open(pageWith({findings: usual, coverage, fences: [{struct: "lone", lock: "l", predicate: "p",
			file: "x.c", line: 1}]}));

		await page.click("text=coverage of thing_fops");
		assert.equal(await page.getAttribute("#tab-coverage", "aria-selected"), "true");
		assert.deepEqual(await texts(page, "#coverage h3"), ["struct thing", "Fences that no door in sight takes"]);
		assert.deepEqual(await texts(page, "#coverage thead th"), ["Slot", "Function", "Command", "A sem", "Why"]);
		assert.deepEqual(await page.$$eval("#coverage tbody tr", (all) => all.map((row) => [...row.cells].map((cell) => cell.textContent))), [
			["read", "thing_read", "", "not fenced", "drivers/misc/thing.c:30 reads 'base' that 'thing_remove' unmaps: no fence is held"],
			["unlocked_ioctl", "thing_ioctl", "THING_GET", "fenced", ""],
			["", "", "THING_SET", "own memory only", ""]]);
		assert.match(await page.textContent("#left-out"), /^1 ops table with 1 row is left out/);
		await page.fill("#search", "other");
		assert.deepEqual(await texts(page, "#coverage h3"), []);
	},

	async findings_that_are_none_are_there_when_asked_for() {
		const known = [finding(5, {line: 35})], gone = [finding(6, {line: 36})], suppressed = [finding(8, {line: 38, suppression:
			{kind: "inSource", reason: "It is <b>fenced</b>", file: "drivers/misc/thing.c", line: 37}})];
		const page = await open(pageWith({findings: [finding(4)], known, gone, suppressed}));

		assert.equal(await countOf(page), "1 of 4 findings");
		assert.equal(await page.textContent("#sum b"), "1 new finding");
		await facet(page, "state", "new").click();
		await facet(page, "state", "suppressed").click();
		assert.deepEqual(await rows(page), ["drivers/misc/thing.c:38"]);
		assert.equal(await page.textContent(".said"),
			"This finding is suppressed in the source (drivers/misc/thing.c:37): It is <b>fenced</b>");
		await page.evaluate(() => { location.hash = "#f6"; });
		await page.waitForSelector("text=the source has it no more");
		assert.match(await page.textContent(".missing"), /the source is another one now/);
	},

	async a_page_is_clean_only_when_all_was_analysed() {
		const clean = await open(pageWith({findings: []}));

		assert.equal(await countOf(clean), "Nothing was found.");
		assert.ok(!await clean.isVisible("#trouble"));
		const failed = await open(pageWith({findings: [], failed: [{file: "a<b>.c", fault: "parse-error: x"}],
			stops: [{file: "b.c", function: "long_one"}], gaps: [{file: "c.c", missing: ["d.c: lost"], unresolved: []}]}));

		assert.equal(await countOf(failed), "Nothing was found in what was analysed, which is not all.");
		assert.ok(await failed.isVisible("#trouble.bad"));
		assert.deepEqual(await texts(failed, "#trouble summary"), ["Not analysed: 1 unit", "Analysed without all that is known: 1 place",
			"Too large to be explored to the end: 1 function"]);
		assert.deepEqual(await texts(failed, "#trouble li"), ["a<b>.c: parse-error: x", "c.c: checked without the facts of d.c: lost",
			"b.c: long_one"]);
		assert.equal(await countOf(await open(pageWith({findings: [], analysed: 0}))), "Nothing was analysed.");
	},

	async nothing_of_a_source_is_executed() {
		const hostile = ["</script><img src=x onerror=\"window.hacked=1\">", "</script ><img src=x onerror=window.hacked=1 ", "<!-- <script \u0020",
			"<!--<script>window.hacked=1</script>", "]]>--><svg onload=window.hacked=1>",
			"'\"`;window.hacked=1;//", "javascript:window.hacked=1", "${window.hacked=1}", "\u202egnp.exe\u202c", "\u0007\u001b[31m\r\n\u007f",
			"\u2028window.hacked=1\u2029", "&lt;script&gt;window.hacked=1&lt;/script&gt;", "{{data}}", "__proto__", "constructor",
			"<base href=http://192.0.2.1/><link rel=stylesheet href=//192.0.2.1/x><meta http-equiv=refresh content=0>",
			"<style>@import url(http://192.0.2.1)</style>", "\ud83d\udc27".repeat(40), "x".repeat(5000)];
		const findings = hostile.map((text, index) => {
			const file = `drivers/${text.slice(0, 120).replaceAll("\0", "")}.c`;

			put(file, Buffer.concat([Buffer.from(`${text}\n\tbytes \xff`, "latin1"), Buffer.from([0xff, 0xc3, 0x28, 0, 0x1b, 10]),
				Buffer.from(`/* ${text} */\n`)]));
			return finding(index, {rule: text, severity: text, file, line: 2, function: text, door: text, slot: text, table: text, struct: text,
				teardown: text, bus: text, message: text, fingerprint: text, engines: [text], also: [{file, line: 1, column: 1}],
				notes: [step(file, 1, "operation", text), step(file, 2, "unbind", text), step(file, 3, "operation", text)],
				...(index % 2 ? {suppression: {kind: text, reason: text, file, line: 1}} : {})});
		});
		const rowsOf = (text) => ({file: `drivers/${text}.c`, table: text, registration: text, slot: text, function: text, command: text, line: 1,
			state: "not fenced", reason: text, fences: [{struct: text, lock: text, predicate: text}],
			touch: {file: text, line: 1, does: text, goes: text, struct: text}});
		const page = await open(pageWith({findings: findings.filter((_, index) => !(index % 2)), suppressed: findings.filter((_, index) => index % 2),
			coverage: hostile.map(rowsOf), fences: hostile.map((text) => ({struct: text, lock: text, predicate: text, file: text, line: 1,
				teardown: text, shape: text, units: [text]})),
			failed: hostile.map((text) => ({file: text, fault: text})), stops: hostile.map((text) => ({file: text, function: text})),
			gaps: hostile.map((text) => ({file: text, missing: [text], unresolved: [text]})), unread: [{file: hostile[0], unread: 1}]}));
		const intact = async () => {
			assert.equal(await page.evaluate(() => window.hacked), undefined);
			assert.deepEqual(await page.evaluate(() => [...new Set([...document.querySelectorAll("*")].map((each) => each.localName))]
				.filter((name) => ["img", "svg", "iframe", "object", "embed", "link", "base"].includes(name))), []);
			assert.equal((await page.$$("script")).length, 2);
			assert.equal((await page.$$("style")).length, 1);
			assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll("*")].flatMap((each) => each.getAttributeNames())
				.filter((name) => name.startsWith("on") || name === "src")), []);
		};

		await intact();
		await page.keyboard.press("/");
		await page.keyboard.type(hostile[0]);
		await intact();
		await page.keyboard.press("Escape");
		await page.evaluate(() => document.querySelectorAll("#facets .link").forEach((each) => each.click()));
		for (const state of ["open", "suppressed"])
			if (await facet(page, "state", state).getAttribute("aria-pressed") === "false")
				await facet(page, "state", state).click();
		assert.equal(await countOf(page), `${hostile.length} findings`);
		await page.focus("#list");
		await page.keyboard.press("Home");
		const seen = new Set();

		for (let index = 0; index < hostile.length; index++) {
			seen.add(await page.textContent("#detail h2"));
			assert.ok((await texts(page, ".line code")).length >= 3, "the source is shown");
			assert.match((await texts(page, ".line code")).join(""), /\ufffd\ufffd\(\u2400\u241b/);
			await intact();
			await page.keyboard.press("j");
		}
		assert.ok(seen.has("</script><img src=x onerror=\"window.hacked=1\">"));
		assert.ok(seen.has("<U+202E>gnp.exe<U+202C>"));
		assert.ok(seen.has("\u2407\u241b[31m\u240d\u240a\u2421"));
		assert.equal(seen.size, hostile.length);
		assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
		await page.evaluate(() => document.querySelectorAll("details").forEach((each) => { each.open = true; }));
		await page.keyboard.press("m");
		for (const each of await page.$$("#coverage details"))
			await each.evaluate((box) => { box.open = true; });
		await page.waitForTimeout(100);
		assert.equal((await page.$$("#coverage table")).length, hostile.length);
		await intact();
		assert.deepEqual(problems, []);
	},

	async the_policy_stops_what_gets_in_all_the_same() {
		const page = await open(pageWith({findings: usual}));
		const result = await page.evaluate(async () => {
			const tried = {};

			try {
				document.body.insertAdjacentHTML("beforeend", "<b>in</b>");
				tried.html = "in";
			} catch (error) {
				tried.html = error.name;
			}
			const script = document.createElement("script");

			try {
				script.text = "window.hacked = 1";
				document.body.append(script);
			} catch (error) {
				tried.script = error.name;
			}
			tried.fetch = await fetch("http://192.0.2.1/").then(() => "fetched", () => "refused");
			return tried;
		});

		assert.deepEqual(result, {html: "TypeError", script: "TypeError", fetch: "refused"});
		assert.equal(await page.evaluate(() => window.hacked), undefined);
		assert.ok(problems.length && problems.every((each) => /Content Security Policy|requires 'Trusted/.test(each)), problems.join("\n"));
		problems = [];
	},

	async a_narrow_page_shows_the_list_and_then_the_finding() {
		const page = await open(pageWith({findings: usual, coverage}), {viewport: {width: 360, height: 740}});

		assert.ok(await page.isVisible("#list") && !await page.isVisible("#detail"));
		await page.click("#row-2");
		assert.ok(!await page.isVisible("#list") && await page.isVisible("#detail"));
		const boxes = await page.$$eval(".card", (all) => all.map((each) => each.getBoundingClientRect().width));

		assert.ok(Math.min(...boxes) > 100);
		assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
		await page.click("text=Back to the list");
		assert.ok(await page.isVisible("#list"));
		assert.equal(await chosen(page), "drivers/usb/misc/other.c:20");
		await page.keyboard.press("m");
		assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
	},

	async paper_has_the_finding_alone() {
		const page = await open(pageWith({findings: usual}) + "#f2");

		await page.emulateMedia({media: "print"});
		assert.ok(!await page.isVisible("#list") && !await page.isVisible("#facets") && await page.isVisible(".steps"));
		assert.ok((await page.pdf()).length > 10000);
	},

	async five_thousand_findings_do_not_lag() {
		const files = Array.from({length: 400}, (_, index) => `drivers/${["usb", "hid", "misc", "char"][index % 4]}/unit${index}/file${index}.c`);
		const rules = ["UnfencedFileOp", "RacyAliveCheck", "TeardownOrder", "OpenBeforeReady", "TeardownHang"];

		for (const file of files)
			put(file, source(500));
		const findings = Array.from({length: 5000}, (_, index) => {
			const file = files[index % files.length], line = 5 + index * 7 % 480;

			return finding(index, {file, line, rule: rules[index % 5], severity: ["high", "medium", "low"][index % 3],
				bus: ["usb", "pci", "platform"][index % 3], struct: `device_${index % 400}`, door: `operation_${index}`,
				notes: Array.from({length: 8}, (__, at) => step(file, 5 + (line + at * 31) % 480, at % 3 ? "operation" : "unbind",
					`Calls 'function_${at}' of 'struct device_${index % 400}'`))});
		});
		const started = performance.now();
		const url = pageWith({findings});
		const written = performance.now();
		const page = await open(url);
		const loaded = performance.now();

		assert.equal(await countOf(page), "5,000 findings");
		assert.ok(await page.evaluate(() => document.querySelectorAll("*").length) < 1500, "only what is shown is in the page");
		const times = await page.evaluate(async () => {
			const timed = {};
			const frame = () => new Promise((done) => requestAnimationFrame(done));
			// The median of nine, from the act to the next layout. What is put off to a frame is drawn in it, before ours.
			const measure = async (name, act) => {
				const all = [];

				for (let index = 0; index < 9; index++) {
					await frame();
					const before = performance.now();

					act(index);
					if (name === "scroll")
						await frame();
					document.body.offsetHeight;
					all.push(performance.now() - before);
				}
				timed[name] = all.sort((a, b) => a - b)[4];
			};
			const search = document.getElementById("search"), list = document.getElementById("list");

			await measure("search", (index) => {
				search.value = ["function", "device_12", "drivers usb", "nothing", "u", "un", "file17", "operation_4", ""][index];
				search.dispatchEvent(new Event("input"));
			});
			await measure("filter", (index) => document.querySelectorAll("#facets button[data-key=rule]")[index % 5].click());
			document.getElementById("clear").click();
			await measure("step", () => list.dispatchEvent(new KeyboardEvent("keydown", {key: "j", bubbles: true})));
			await measure("scroll", (index) => {
				list.scrollTop = index * 40000;
			});
			return timed;
		});

		console.log(`    5,000 findings: ${(fs.statSync(new URL(url)).size / 1e6).toFixed(1)} MB, written in ${Math.round(written - started)} ms, ` +
			`shown in ${Math.round(loaded - written)} ms; ` + Object.entries(times).map(([name, ms]) => `${name} ${ms.toFixed(1)} ms`).join(", "));
		await page.focus("#list");
		await page.keyboard.press("End");
		await page.waitForFunction(() => document.querySelector("#rows [aria-posinset='5000'][aria-selected=true]"));
	},
};

// ---- as cmocka says it

let passed = 0, failed = 0;

const wanted = Object.entries(tests).filter(([name]) => !only.length || only.includes(name));

console.log(`[==========] Running ${wanted.length} test(s).`);
for (const [name, test] of wanted) {
	problems = [];
	console.log(`[ RUN      ] ${name}`);
	try {
		await test();
		assert.deepEqual(problems, []);
		console.log(`[       OK ] ${name}`);
		passed++;
	} catch (error) {
		console.log(`${error.stack}\n[  FAILED  ] ${name}`);
		failed++;
	}
	for (const context of browser.contexts())
		await context.close();
}
await browser.close();
console.log(`[==========] ${passed + failed} test(s) run.\n[  PASSED  ] ${passed} test(s).`);
if (failed)
	console.log(`[  FAILED  ] ${failed} test(s)`);
process.exit(failed || !passed ? 1 : 0);
