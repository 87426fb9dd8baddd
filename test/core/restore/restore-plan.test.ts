import { describe, expect, it } from "vitest";
import type { Entry } from "../../../src/core/capture/entry.ts";
import type { Coverage, Missed } from "../../../src/core/manifest/manifest.ts";
import {
	type ModeChange,
	type PlanRequest,
	planRestore,
} from "../../../src/core/restore/restore-plan.ts";
import { database, directory, file, link } from "../../support/entries.ts";

const EVERYTHING: Coverage = {
	paths: ["a", "b", "d", "state.db", "token.json", "running.json"],
	except: ["d/skipped"],
};

interface Case {
	target?: Entry[];
	now?: Entry[];
	/** Of the snapshot. */
	missed?: string[];
	/** Of the present. */
	unreadable?: string[];
	captured?: Coverage | undefined;
	include?: string[];
	only?: string[];
	broken?: string[];
	held?: string[];
	modeChange?: Record<string, ModeChange>;
	knownAbsent?: string[];
	/** Directories, and the names in them that were never captured. */
	uncaptured?: Record<string, string>;
}

function request(given: Case): PlanRequest {
	const missing = (paths: string[] = []): Missed[] =>
		paths.map((path) => ({ path, why: "ruined", lost: true }));
	return {
		target: {
			entries: given.target ?? [],
			captured: "captured" in given ? given.captured : EVERYTHING,
			missed: missing(given.missed),
		},
		present: {
			entries: given.now ?? [],
			missed: missing(given.unreadable),
		},
		putBack: (path) =>
			path === "running.json"
				? "never"
				: path === "token.json"
					? "if-missing-or-broken"
					: "always",
		isBroken: (path) => given.broken?.includes(path) ?? false,
		modeChange: ({ path }) => given.modeChange?.[path] ?? "in place",
		isHeld: (path) => given.held?.includes(path) ?? false,
		knownAbsent: new Set(given.knownAbsent),
		uncapturedIn: (directory) => given.uncaptured?.[directory],
		include: given.include ?? [],
		inScope: (path) => given.only?.includes(path) ?? true,
	};
}

/** "do path" a step. */
function steps(given: Case): string[] {
	return planRestore(request(given)).steps.map((step) =>
		step.do === "set-mode" || step.do === "make-directory"
			? `${step.do} ${step.path} ${step.mode.toString(8)}`
			: `${step.do} ${step.path}`,
	);
}

describe("a plan", () => {
	it.each<[promise: string, given: Case, plan: string[]]>([
		[
			"is empty when all is as it was",
			{
				target: [file("a"), directory("d"), link("b"), database("state.db")],
				now: [file("a"), directory("d"), link("b"), database("state.db")],
			},
			[],
		],
		["writes what is missing", { target: [file("a")] }, ["write a"]],
		[
			"writes what differs",
			{ target: [file("a", "1")], now: [file("a", "2")] },
			["write a"],
		],
		["removes what came since", { now: [file("a")] }, ["remove a"]],
		[
			"sets a mode back without writing",
			{ target: [file("a")], now: [file("a", "content", { mode: 0o644 })] },
			["set-mode a 600"],
		],
		[
			"sets a time back without writing",
			{ target: [file("a")], now: [file("a", "content", { mtime: 9 })] },
			["set-mode a 600"],
		],
		[
			"points a link back",
			{ target: [link("b", "x")], now: [link("b", "y")] },
			["link b"],
		],
		[
			"makes a file out of a link without writing through it",
			{ target: [file("a")], now: [link("a")] },
			["write a"],
		],
		[
			"makes a link out of a file",
			{ target: [link("a")], now: [file("a")] },
			["link a"],
		],
		[
			"replaces a database whose rows differ",
			{ target: [database("state.db", "1")], now: [database("state.db", "2")] },
			["database state.db"],
		],
		[
			"leaves a database alone that SQLite only counted in",
			{
				target: [database("state.db", "1", { sha256: "0".repeat(64) })],
				now: [database("state.db", "1")],
			},
			[],
		],
		[
			"sets a database's mode back",
			{
				target: [database("state.db")],
				now: [database("state.db", "rows", { mode: 0o644 })],
			},
			["set-mode state.db 600"],
		],
		[
			"removes a database before a file takes its place: its sidecars would stay",
			{ target: [file("a")], now: [database("a")] },
			["remove a", "write a"],
		],
		[
			"makes a directory out of a file",
			{ target: [directory("d"), file("d/x")], now: [file("d")] },
			["remove d", "make-directory d 700", "write d/x", "set-mode d 700"],
		],
		[
			"makes a file out of a directory, emptied first",
			{ target: [file("d")], now: [directory("d"), file("d/x")] },
			["remove d/x", "remove d", "write d"],
		],
		[
			"makes a link out of a directory, emptied first",
			{ target: [link("d")], now: [directory("d"), file("d/x")] },
			["remove d/x", "remove d", "link d"],
		],
		[
			"makes directories before what is in them, and sets modes last",
			{
				target: [directory("d", 0o500), directory("d/e", 0o555), file("d/e/x")],
			},
			[
				"make-directory d 700",
				"make-directory d/e 700",
				"write d/e/x",
				"set-mode d/e 555",
				"set-mode d 500",
			],
		],
		[
			"empties directories from the deepest up, files first",
			{ now: [directory("d"), directory("d/e"), file("d/e/x"), file("d/y")] },
			["remove d/y", "remove d/e/x", "remove d/e", "remove d"],
		],
		[
			"opens a closed directory to work in it, and closes it again",
			{
				target: [directory("d", 0o500), file("d/x")],
				now: [directory("d", 0o500)],
			},
			["set-mode d 700", "write d/x", "set-mode d 500"],
		],
		[
			"moves what cannot be captured out of the way of what comes",
			{ target: [database("state.db")], unreadable: ["state.db"] },
			["set-aside state.db", "database state.db"],
		],
	])("%s", (_, given, plan) => {
		expect(steps(given)).toEqual(plan);
	});

	it("replaces a file by a copy where its mode cannot be set in place, or leaves it and says so", () => {
		const given = {
			target: [file("a", "1", { mode: 0o600 }), directory("d", 0o700)],
			now: [file("a", "1", { mode: 0o644 }), directory("d", 0o755)],
		};
		expect(steps({ ...given, modeChange: { a: "by a copy" } })).toEqual([
			"write a",
			"set-mode d 700",
		]);
		const { steps: none, leftAlone } = planRestore(
			request({ ...given, modeChange: { a: "not", d: "not" } }),
		);
		expect(none).toEqual([]);
		expect(leftAlone.map(({ path }) => path)).toEqual(["a", "d"]);
	});

	it("leaves modes that a snapshot does not know as they are, and new files private", () => {
		const theirs = { mode: undefined, mtime: undefined };
		const { steps } = planRestore(
			request({
				target: [file("a", "old", theirs), file("b", "old", theirs)],
				now: [file("a", "new", { mode: 0o640 })],
			}),
		);
		expect(steps).toMatchObject([
			{ path: "a", entry: { mode: 0o640 } },
			{ path: "b", entry: { mode: 0o600 } },
		]);
	});

	it("says what was there, so that a crash can be judged", () => {
		const { steps } = planRestore(
			request({ target: [file("a", "1"), file("b")], now: [file("a", "2")] }),
		);
		expect(steps).toMatchObject([
			{ path: "a", was: file("a", "2") },
			{ path: "b", was: undefined },
		]);
	});
});

describe("what was not looked for", () => {
	it.each<[promise: string, given: Case]>([
		["stays outside what was covered", { now: [file("other")] }],
		["stays where it was left out", { now: [file("d/skipped/x")] }],
		[
			"stays when the snapshot missed it",
			{ now: [database("state.db")], missed: ["state.db"] },
		],
		[
			"stays below what the snapshot missed",
			{ now: [directory("d"), file("d/x")], missed: ["d"] },
		],
		[
			"stays when the snapshot, as Hermes', does not say what was absent",
			{ captured: undefined, now: [file("a")] },
		],
		[
			"stays out of scope, and so does what differs",
			{
				only: ["b"],
				target: [file("a", "1")],
				now: [file("a", "2"), file("d")],
			},
		],
		[
			"stays when it is a database in use",
			{ now: [database("state.db")], held: ["state.db"] },
		],
	])("%s", (_, given) => {
		expect(steps(given)).toEqual([]);
	});

	it("stays when it could not be saved, and is named", () => {
		const { steps, leftAlone } = planRestore(request({ unreadable: ["d/x"] }));
		expect(steps).toEqual([]);
		expect(leftAlone).toEqual([
			{
				path: "d/x",
				why: "came since, and could not be saved: ruined",
				onRequest: false,
			},
		]);
	});

	it("goes all the same when a restore made it: its undo knows that it was absent", () => {
		expect(
			steps({ now: [directory("other")], knownAbsent: ["other"] }),
		).toEqual(["remove other"]);
	});

	it("is not below what is in scope: an undo touches what the restore touched", () => {
		const given = { only: ["d"], target: [directory("d", 0o700)] };
		expect(
			steps({ ...given, now: [directory("d", 0o711), file("d/new")] }),
		).toEqual(["set-mode d 700"]);
	});
});

describe("a login token", () => {
	const old = file("token.json", "old");
	const now = file("token.json", "new");

	it.each<[promise: string, given: Case, plan: string[]]>([
		["goes back when it is missing", { target: [old] }, ["write token.json"]],
		[
			"goes back when it is broken",
			{ target: [old], now: [now], broken: ["token.json"] },
			["write token.json"],
		],
		[
			"goes back when it is named",
			{ target: [old], now: [now], include: ["token.json"] },
			["write token.json"],
		],
		["is left alone otherwise", { target: [old], now: [now] }, []],
		["is not removed when it came since", { now: [now] }, []],
	])("%s", (_, given, plan) => {
		expect(steps(given)).toEqual(plan);
	});

	it("is said to be left alone, and why", () => {
		expect(
			planRestore(request({ target: [old], now: [now] })).leftAlone,
		).toEqual([
			{
				path: "token.json",
				why: "an old login token would end the login",
				onRequest: true,
			},
		]);
	});

	it("is not mentioned when it is the same", () => {
		expect(
			planRestore(request({ target: [old], now: [old] })).leftAlone,
		).toEqual([]);
	});
});

describe("a directory that came since", () => {
	const came = [
		directory("d"),
		directory("d/e"),
		file("d/e/one"),
		directory("d/f"),
	];

	it("stays when it holds what was never captured, and so do those above it", () => {
		const given = { now: came, uncaptured: { "d/e": "d/e/cache" } };
		expect(steps(given)).toEqual(["remove d/e/one", "remove d/f"]);
		expect(planRestore(request(given)).leftAlone).toEqual([
			{
				path: "d/e",
				why: "it holds cache, which was never captured",
				onRequest: false,
			},
		]);
	});

	it("stays when something in it is left alone", () => {
		const given = { now: came, held: ["d/e/one"] };
		expect(steps(given)).toEqual(["remove d/f"]);
	});

	it("goes when it is all known", () => {
		expect(steps({ now: came })).toEqual([
			"remove d/e/one",
			"remove d/f",
			"remove d/e",
			"remove d",
		]);
	});
});

describe("the state of running processes", () => {
	it("never goes back, missing or not", () => {
		const target = [file("running.json", "1")];
		expect(steps({ target })).toEqual([]);
		expect(steps({ target, now: [file("running.json", "2")] })).toEqual([]);
	});

	it("goes back when it is named", () => {
		const target = [file("running.json", "1")];
		expect(steps({ target, include: ["running.json"] })).toEqual([
			"write running.json",
		]);
	});
});
