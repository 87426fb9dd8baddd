import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { hosts } from "../../src/index.ts";
import { opensBetween, traceOpens } from "../support/host-trace.ts";
import { canTrace, root } from "../support/paths.ts";
import { scratch } from "../support/scratch.ts";
import { faces, piFace } from "./faces.ts";
import { homeWith } from "./home-with.ts";

const timeout = 60_000;
const environment = { ...process.env };
afterEach(() => {
	process.env = { ...environment };
});

it("every host but Hermes, whose plugin is in Python, has a face here", () => {
	const known = Object.keys(hosts).filter((name) => name !== "hermes");
	expect(faces.map(({ name }) => name).toSorted()).toEqual(known.toSorted());
});

describe.each(faces)("in $name", ({ state, start }) => {
	it("both names are there, and take a label of several words", {
		timeout,
	}, async () => {
		const { names, type } = await start(homeWith(state));
		expect(names.toSorted()).toEqual(["snap", "snapshot"]);
		expect(await type("snapshot", 'create "two words"')).toContain(
			"Snapshot 1 created",
		);
		expect(await type("snap", "list")).toContain("two words");
	});

	it("what was lost comes back", { timeout }, async () => {
		const home = homeWith(state);
		const { type } = await start(home);
		await type("snapshot", "create");
		for (const name of Object.keys(state))
			fs.writeFileSync(path.join(home, name), "ruined");
		expect(await type("snap", "restore 1")).toContain("Restored snapshot 1");
		for (const [name, content] of Object.entries(state))
			expect(fs.readFileSync(path.join(home, name), "utf8")).toBe(content);
	});

	it("what is before a compaction is saved by itself", {
		timeout,
	}, async () => {
		const { type, compact } = await start(homeWith(state));
		await compact();
		// Nobody waits for it, and it is a process of its own.
		await vi.waitFor(
			async () => {
				expect(await type("snapshot", "list")).toContain("before compaction");
			},
			{ timeout, interval: 200 },
		);
	});

	it("an error is shown, and nothing is thrown", { timeout }, async () => {
		const { type } = await start(homeWith(state));
		await type("snapshot", "create");
		expect(await type("snapshot", "restore 9")).toContain(
			"There is no snapshot 9. Nothing was changed.",
		);
		expect(await type("snap", "dance")).toContain(
			'There is no command "dance"',
		);
	});

	it("a home that is not there is said, and nothing is thrown", {
		timeout,
	}, async () => {
		const { type } = await start(scratch());
		expect(await type("snapshot", "create")).toMatch(
			/There is no|holds nothing/,
		);
	});
});

/** Those of whose process our plugin is a part; the others start a program. */
const inside = faces.filter(({ name }) =>
	fs.existsSync(path.join(root, "src/hosts", name, "plugin.ts")),
);

describe.each(inside)("inside $name's process", ({ name, state }) => {
	it.runIf(canTrace())("no file of its home is opened", { timeout }, () => {
		const home = homeWith(state);
		const traces = scratch();
		const [program = "", ...args] = traceOpens(traces);
		const host = path.join(root, "test/hosts/typing-host.ts");
		execFileSync(program, [...args, process.execPath, host, name], {
			env: { PATH: process.env.PATH, HOME: home },
		});
		const marks = ["first-mark", "last-mark"] as const;
		expect(opensBetween(traces, home, marks)).toEqual([]);
		// They are seen where there are some: those of the engine.
		const all = fs
			.readdirSync(traces)
			.map((file) => fs.readFileSync(path.join(traces, file), "utf8"));
		expect(all.join("\n")).toMatch(/openat?\(.*state-snapshots/);
	});
});

describe("in pi a person can think better of it", () => {
	async function typeInPi(words: string, choose: (asked: string[]) => string) {
		const home = homeWith({ ".pi/agent/settings.json": "{}" });
		const session = await piFace.start(home, choose);
		await session.type("snapshot", "create");
		fs.writeFileSync(path.join(home, ".pi/agent/settings.json"), "ruined");
		const shown = await session.type("snapshot", words);
		const now = fs.readFileSync(
			path.join(home, ".pi/agent/settings.json"),
			"utf8",
		);
		return { shown, now };
	}

	it.each(["restore", "restore 1", "undo"])("of %s: Cancel comes first", {
		timeout,
	}, async (words) => {
		const { shown, now } = await typeInPi(words, ([first = ""]) => first);
		expect(shown).toMatch(/Nothing was changed|nothing to undo|no restore/i);
		expect(now).toBe("ruined");
	});

	it.each<[words: string, reloads: number]>([
		["list", 0],
		["restore 1 --dry-run", 0],
		["restore 1", 1],
	])(
		"after %s pi is told to reload %i times",
		{ timeout },
		async (words, times) => {
			const home = homeWith({ ".pi/agent/settings.json": "{}" });
			const session = await piFace.start(home);
			await session.type("snapshot", "create");
			fs.writeFileSync(path.join(home, ".pi/agent/settings.json"), "ruined");
			await session.type("snapshot", words);
			expect(session.reloads()).toBe(times);
			await session.type("snapshot", "undo");
			expect(session.reloads()).toBe(2 * times);
		},
	);

	it("completes verbs and snapshots, and nothing that is whole", {
		timeout,
	}, async () => {
		const home = homeWith({ ".pi/agent/settings.json": "{}" });
		const { type, offer } = await piFace.start(home);
		const created = await type("snapshot", "create by hand");
		const [id = ""] = /\d{8}-\d{6}-by-hand/.exec(created) ?? [];
		expect(await offer?.("re")).toEqual([
			"restore",
			"rewind",
			"remove",
			"recover",
		]);
		expect(await offer?.("ins")).toEqual([]);
		expect(await offer?.("restore ")).toContain(`restore ${id}`);
		expect(await offer?.("restore by")).toEqual([`restore ${id}`]);
		expect(await offer?.(`restore ${id}`)).toEqual([]);
	});

	it("a restore without a number offers what there is, then its plan", {
		timeout,
	}, async () => {
		const { shown, now } = await typeInPi(
			"restore",
			(options) => options.at(-1) ?? "",
		);
		expect(shown).toContain("Restore which snapshot?");
		expect(shown).toContain("would:");
		expect(shown).toContain("pi loads it now.");
		expect(now).toBe("{}");
	});
});
