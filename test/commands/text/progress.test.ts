import { describe, expect, it } from "vitest";
import {
	asEvents,
	onTerminal,
	type Watcher,
	watched,
} from "../../../src/commands/text/progress.ts";
import {
	columnsOf,
	longText,
	progressLine,
	type Standing,
} from "../../../src/commands/text/progress-text.ts";
import { pathText } from "../../../src/core/words.ts";

const HALF: Standing = {
	phase: "copying",
	path: "state.db",
	done: 312e6,
	total: 1.9e9,
	bytesPerSecond: 410e6,
};

describe("the line", () => {
	it.each<[Partial<Standing>, line: string]>([
		[{}, "Copying state.db  312 MB of 1.9 GB  410 MB/s  4 s left"],
		[{ total: undefined }, "Copying state.db  312 MB  410 MB/s"],
		[{ bytesPerSecond: undefined }, "Copying state.db  312 MB of 1.9 GB"],
		[{ done: 0 }, "Copying state.db"],
		// It grew while it was read.
		[{ done: 2e9 }, "Copying state.db  2.0 GB  410 MB/s"],
		[
			{ bytesPerSecond: 1e6 },
			"Copying state.db  312 MB of 1.9 GB  1.0 MB/s  26 min left",
		],
		[{ phase: "writing", path: undefined, done: 0 }, "Writing to disk"],
		[{ phase: "checking", done: 0, total: undefined }, "Checking state.db"],
		[
			{ path: "a\u001b[2J\nb", done: 0 },
			`Copying ${pathText("a\u001b[2J\nb")}`,
		],
	])("%j", (other, line) => {
		expect(progressLine({ ...HALF, ...other }, 80)).toEqual(line);
	});

	it.each([1, 2, 10, 20, 40, 52])("is never wider than %i columns", (width) => {
		for (const path of ["state.db", "x".repeat(400), "日本語/".repeat(30)]) {
			const line = progressLine({ ...HALF, path }, width);
			expect(columnsOf(line)).toBeLessThanOrEqual(width);
		}
	});
});

/** Work that is watched, and a clock for it. */
function work(watcher: Watcher) {
	let time = 5000;
	const told = watched(watcher, () => time);
	return { told, pass: (milliseconds: number) => (time += milliseconds) };
}

function seen() {
	const standings: Standing[] = [];
	const said: string[] = [];
	const watcher = {
		show: (one: Standing) => standings.push(one),
		say: (text: string) => said.push(text),
		end() {},
	};
	return { standings, said, ...work(watcher) };
}

describe("what is shown of long work", () => {
	it("is nothing within the first second", () => {
		const { told, pass, standings } = seen();
		told.begin("looking");
		pass(500);
		told.begin("copying", 100);
		told.at("a");
		pass(499);
		told.add(50);
		told.tick();
		expect(standings).toEqual([]);
	});

	it("is how far its phase is, and how fast that goes", () => {
		const { told, pass, standings } = seen();
		pass(2000);
		told.begin("copying", 4000);
		told.at("a");
		pass(2000);
		told.add(1000);
		expect(standings.at(-1)).toEqual({
			phase: "copying",
			path: "a",
			done: 1000,
			total: 4000,
			bytesPerSecond: 500,
		});
		told.begin("checking");
		pass(2000);
		told.tick();
		expect(standings.at(-1)).toMatchObject({ phase: "checking", done: 0 });
	});

	it("comes ten times a second, however often the work tells of itself", () => {
		const { told, pass, standings } = seen();
		told.begin("copying", 4000);
		pass(1000);
		for (let time = 0; time < 1000; time++) {
			told.add(1);
			pass(1);
		}
		expect(standings).toHaveLength(10);
	});

	it("says of a restore that is past its commit point that nothing interrupts it", () => {
		const { told, said } = seen();
		told.begin("copying");
		told.interrupt();
		expect(said).toEqual([]);
		told.begin("restoring");
		told.interrupt();
		expect(said).toEqual([expect.stringContaining("goes on to its end")]);
		told.end();
		told.interrupt();
		expect(said).toHaveLength(1);
	});

	it("is nothing behind its end", () => {
		const { told, pass, standings } = seen();
		told.begin("copying");
		told.end();
		pass(9000);
		told.tick();
		expect(standings).toEqual([]);
	});
});

describe("on a terminal", () => {
	it("a sentence takes the place of the line, which comes anew below", () => {
		let screen = "";
		const write = (text: string) => (screen += text);
		const { told, pass } = work(onTerminal(write, () => 80));
		told.begin("restoring", 4000);
		pass(1000);
		told.tick();
		told.interrupt();
		pass(1000);
		told.add(1);
		expect(screen).toMatch(
			/\rPutting back\r +\rNot interrupted: .* its end\.\n\rPutting back {2}1 B of 4\.0 KB/,
		);
	});

	it("one line is drawn anew in its place, and nothing of it stays", () => {
		let screen = "";
		const { told, pass } = work(
			onTerminal(
				(text) => (screen += text),
				() => 80,
			),
		);
		pass(1000);
		told.begin("copying", 4000);
		told.at("a long name");
		pass(1000);
		told.begin("writing");
		pass(1000);
		told.end();
		const lines = screen.split("\r");
		expect(lines).toEqual([
			"",
			"Copying",
			"Writing to disk",
			" ".repeat("Writing to disk".length),
			"",
		]);
	});

	it("nothing is written when nothing was shown", () => {
		let screen = "";
		const { told } = work(
			onTerminal(
				(text) => (screen += text),
				() => 80,
			),
		);
		told.begin("copying", 4000);
		told.end();
		expect(screen).toBe("");
	});
});

describe("as events", () => {
	it("every line is one JSON object, which fits into a pipe at once", () => {
		let written = "";
		const { told, pass } = work(asEvents((text) => (written += text)));
		told.begin("copying", 4000);
		told.at("a\nb");
		pass(1000);
		told.add(1000);
		told.at("日".repeat(1400));
		pass(1000);
		told.add(1000);
		told.end();
		const lines = written.trimEnd().split("\n");
		const common = { event: "progress", phase: "copying", total: 4000 };
		expect(lines.map((line) => JSON.parse(line))).toEqual([
			{ ...common, path: "a\nb", done: 1000, bytesPerSecond: 1000 },
			{ ...common, path: null, done: 2000, bytesPerSecond: 1000 },
		]);
	});
});

describe("for a chat", () => {
	it.each([
		[
			'{"event":"progress","phase":"copying","total":2100000000}',
			"Copying 2.1 GB: this takes some seconds…",
		],
		[
			'{"event":"progress","phase":"checking","total":null}',
			"Checking: this takes some seconds…",
		],
		['{"event":"progress","phase":"toString"}', undefined],
		["a complaint", undefined],
		["null", undefined],
	])("%s", (event, line) => {
		expect(longText(event)).toBe(line);
	});
});
