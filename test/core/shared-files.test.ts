import { describe, expect, it } from "vitest";
import type { DatabaseEntry } from "../../src/core/capture/entry.ts";
import { createSnapshot } from "../../src/core/create/create.ts";
import { readManifest } from "../../src/core/store/store.ts";
import { damageIn } from "../../src/core/verify/verify.ts";
import { listedIds, restore } from "../support/commands.ts";
import type { Machine } from "../support/memory-system.ts";
import {
	agentOn,
	HOME,
	plainMachine,
	put,
	putDatabase,
	read,
	rot,
	STORE,
} from "../support/plain-agent.ts";
import { storeAt } from "../support/store-folders.ts";

const DAY = 24 * 60 * 60 * 1000;

type Request = Partial<Parameters<typeof createSnapshot>[1]>;

function create(on: Machine, request: Request = {}) {
	on.clock.advance(60_000);
	const usual = { label: null, reason: "manual", force: false };
	return createSnapshot(agentOn(on), { ...usual, ...request });
}

function inode({ system }: Machine, path: string): string | undefined {
	return system.disk.stat(path)?.inode;
}

/** Of the newest snapshot that people made. */
function newest(on: Machine): string {
	return `${STORE}/${listedIds(on)[0]}`;
}

async function twice(on: Machine, between: () => void): Promise<string[]> {
	await create(on);
	const first = newest(on);
	between();
	await create(on, { force: true });
	return [first, newest(on)];
}

/** What is opened of the home, its store left out. */
function watchOpened(on: Machine): string[] {
	const { disk } = on.system;
	const opened: string[] = [];
	const open = disk.open;
	disk.open = (path, ...rest) => {
		if (!path.startsWith(STORE)) opened.push(path);
		return open(path, ...rest);
	};
	return opened;
}

describe("a second snapshot", () => {
	it("shares what nobody has written to, and what was written and says the same", async () => {
		const on = plainMachine();
		const [one, two] = await twice(on, () => {
			put(on, "config.yaml", "model: two\n");
			put(on, "letters/bob.txt", "Dear Bob");
		});
		for (const path of ["letters/ada.txt", "letters/bob.txt", "state.db"])
			expect(inode(on, `${two}/${path}`), path).toBe(
				inode(on, `${one}/${path}`),
			);
		expect(inode(on, `${two}/config.yaml`)).not.toBe(
			inode(on, `${one}/config.yaml`),
		);
		expect(String(on.volume.readFileSync(`${one}/config.yaml`))).toBe(
			"model: one\n",
		);
	});

	it("opens nothing of the agent's that nobody has written to", async () => {
		const on = plainMachine();
		await create(on);
		put(on, "config.yaml", "model: two\n");
		const opened = watchOpened(on);
		const { created } = await create(on);
		expect(created).toBe(true);
		expect(new Set(opened)).toEqual(new Set([`${HOME}/config.yaml`]));
	});

	it("is not made when nothing has changed, which is found out by looking only", async () => {
		const on = plainMachine();
		await create(on);
		const opened = watchOpened(on);
		on.elsewhere.locked.add(`${HOME}/state.db`);
		expect(await create(on)).toMatchObject({ created: false });
		expect(opened).toEqual([]);
	});

	it("never shares a file with the agent", async () => {
		const on = plainMachine();
		await twice(on, () => put(on, "config.yaml", "model: two\n"));
		for (const path of ["config.yaml", "letters/ada.txt", "state.db"])
			expect(on.system.disk.stat(`${HOME}/${path}`)?.links, path).toBe(1);
		await restore(on, "2");
		expect(on.system.disk.stat(`${HOME}/config.yaml`)?.links).toBe(1);
	});

	it("can only be read", async () => {
		const on = plainMachine();
		const [, two] = await twice(on, () => put(on, "config.yaml", "x"));
		for (const path of ["config.yaml", "letters/ada.txt", "state.db"])
			expect(on.system.disk.stat(`${two}/${path}`)?.mode, path).toBe(0o400);
	});

	it("reads what was written to within the last seconds", async () => {
		const on = plainMachine();
		const stat = on.system.disk.stat;
		on.system.disk.stat = (path) => {
			const found = stat(path);
			return found && { ...found, look: undefined, isSettled: false };
		};
		await create(on);
		const opened = watchOpened(on);
		await create(on, { force: true });
		expect(opened).toContain(`${HOME}/letters/ada.txt`);
	});

	it.each<[how: string, ruin: (on: Machine, path: string) => void]>([
		["was written to", (on, path) => on.volume.writeFileSync(path, "Dear Eve")],
		["was cut", (on, path) => on.volume.truncateSync(path, 3)],
		["is gone", (on, path) => on.volume.unlinkSync(path)],
	])("holds a copy of its own where that of the first %s", async (_, ruin) => {
		const on = plainMachine();
		const [, two] = await twice(on, () =>
			ruin(on, `${newest(on)}/letters/ada.txt`),
		);
		expect(String(on.volume.readFileSync(`${two}/letters/ada.txt`))).toBe(
			"Dear Ada",
		);
	});

	it("holds a copy of its own of what is one file with the agent's", async () => {
		const on = plainMachine();
		const [, two] = await twice(on, () => {
			const stored = `${newest(on)}/letters/ada.txt`;
			on.volume.unlinkSync(stored);
			on.volume.linkSync(`${HOME}/letters/ada.txt`, stored);
		});
		expect(inode(on, `${two}/letters/ada.txt`)).not.toBe(
			inode(on, `${HOME}/letters/ada.txt`),
		);
	});

	it("takes nothing over through a link in the place of a directory", async () => {
		const on = plainMachine();
		const [, two] = await twice(on, () => {
			on.volume.renameSync(`${newest(on)}/letters`, "/elsewhere");
			on.volume.symlinkSync("/elsewhere", `${newest(on)}/letters`);
		});
		expect(inode(on, `${two}/letters/ada.txt`)).not.toBe(
			inode(on, "/elsewhere/ada.txt"),
		);
	});

	it("reads everything when it is forced", async () => {
		const on = plainMachine();
		await create(on);
		const opened = watchOpened(on);
		await create(on, { force: true });
		expect(opened).toContain(`${HOME}/letters/ada.txt`);
	});

	it("is made beside remains that somebody else left", async () => {
		const on = plainMachine();
		await create(on);
		on.volume.mkdirSync(`${STORE}/.going.removing`);
		const removeTree = on.system.disk.removeTree;
		on.system.disk.removeTree = (path) => {
			if (path.endsWith(".going.removing"))
				throw Object.assign(new Error("denied"), { code: "EACCES" });
			removeTree(path);
		};
		put(on, "config.yaml", "model: two");
		expect(await create(on)).toMatchObject({ created: true });
	});

	it("reads what it shares once a day: one that has rotted is copied again", async () => {
		const on = plainMachine();
		const [, two] = await twice(on, () => {
			rot(on, `${newest(on)}/letters/ada.txt`);
			rot(on, `${newest(on)}/state.db`);
			on.clock.advance(DAY);
		});
		expect(
			await damageIn(agentOn(on), String(two).slice(STORE.length + 1)),
		).toBe(undefined);
	});

	it("is made when nothing has changed and the first has rotted since yesterday", async () => {
		const on = plainMachine();
		await create(on);
		rot(on, `${newest(on)}/letters/ada.txt`);
		on.clock.advance(DAY);
		const { created, damage } = await create(on);
		expect(created).toBe(true);
		expect(damage?.what).toContain("letters/ada.txt");
		on.clock.advance(2 * DAY);
		expect(await create(on)).toMatchObject({ created: false });
	});

	it("reads everything after the machine was started anew", async () => {
		const on = plainMachine();
		const { processes } = on.system;
		const bootedAs = (boot: string) =>
			Object.assign(on.system, { processes: { ...processes, boot } });
		bootedAs("one");
		await create(on);
		const opened = watchOpened(on);
		bootedAs("two");
		expect(await create(on)).toMatchObject({ created: false });
		expect(opened).toContain(`${HOME}/letters/ada.txt`);
	});

	it.each([
		"EMLINK",
		"EPERM",
		"EXDEV",
		"ENOTSUP",
	])("holds copies where the disk says %s to second names", async (code) => {
		const on = plainMachine();
		on.system.disk.hardLink = () => {
			throw Object.assign(new Error(code), { code });
		};
		const [one, two] = await twice(on, () => {});
		const path = "letters/ada.txt";
		expect(inode(on, `${two}/${path}`)).not.toBe(inode(on, `${one}/${path}`));
		expect(String(on.volume.readFileSync(`${two}/${path}`))).toBe("Dear Ada");
	});

	it("reads a database again of which other tables are to be left out now", async () => {
		const on = plainMachine();
		putDatabase(on, "strict.db", "version 3 leases(seven) outbox(mail)");
		await create(on);
		const exact = await create(on, { isExact: true, force: true });
		const path = `${STORE}/${exact.snapshot.id}/strict.db`;
		expect(String(on.volume.readFileSync(path))).toContain("outbox(mail)");
	});
});

describe("a large database", () => {
	const PART = 256 * 1024;
	const rows = (last: string) =>
		`${"a".repeat(PART)}${"b".repeat(PART)}${last}`;

	function withLarge(): Machine {
		const on = plainMachine();
		put(on, "state-snapshots/config.json", '{"partsFromBytes": 65536}');
		putDatabase(on, "state.db", rows("ten"), "wal");
		return on;
	}

	function entryOf(on: Machine, folder: string): DatabaseEntry {
		const id = folder.slice(STORE.length + 1);
		const { entries } = readManifest(on.system.disk, storeAt, id);
		return entries.find(({ path }) => path === "state.db") as DatabaseEntry;
	}

	function together({ volume }: Machine, folder: string): string {
		const at = `${folder}/state.db`;
		const parts = volume.readdirSync(at).map(String).sort();
		return parts.map((name) => volume.readFileSync(`${at}/${name}`)).join("");
	}

	it("is kept in parts, of which those that say the same are shared", async () => {
		const on = withLarge();
		const [one = "", two = ""] = await twice(on, () =>
			putDatabase(on, "state.db", rows("eleven"), "wal"),
		);
		const shared = ["000000", "000001", "000002"].map(
			(name) =>
				inode(on, `${one}/state.db/${name}`) ===
				inode(on, `${two}/state.db/${name}`),
		);
		expect(shared).toEqual([true, true, false]);
		expect(together(on, one)).toContain(`${rows("ten")}`);
		expect(together(on, two)).toContain(`${rows("eleven")}`);
		expect(entryOf(on, two)).toMatchObject({ parts: { size: PART } });
		expect(entryOf(on, two)).not.toHaveProperty("sha256");
	});

	it("has the same content whichever way it was copied", async () => {
		const on = withLarge();
		const pin = on.system.sqlite.pin;
		const [one = "", two = ""] = await twice(on, () => {
			put(on, "state.db", read(on, "state.db"));
			on.system.sqlite.pin = async (...args) => ({
				...(await pin(...args)),
				raw: undefined,
			});
		});
		expect(entryOf(on, two).content).toBe(entryOf(on, one).content);
		expect(entryOf(on, two).parts).toEqual(entryOf(on, one).parts);
		expect(on.volume.readdirSync(STORE).map(String)).not.toContainEqual(
			expect.stringContaining("whole"),
		);
	});

	it("is copied through SQLite when what was read raw cannot be relied on", async () => {
		const on = withLarge();
		const pin = on.system.sqlite.pin;
		on.system.sqlite.pin = async (...args) => ({
			...(await pin(...args)),
			raw: {
				read: (_, into) => into.fill(7).length,
				mark: "-",
				since: () => undefined,
				comparing: () => undefined,
				confirm() {
					throw Object.assign(new Error(), { code: "NOT_AS_PINNED" });
				},
			},
		});
		await create(on);
		expect(together(on, newest(on))).toContain(rows("ten"));
	});

	it("holds a new part where that of the first has rotted, once a day", async () => {
		const on = withLarge();
		const [, two = ""] = await twice(on, () => {
			rot(on, `${newest(on)}/state.db/000001`);
			putDatabase(on, "state.db", rows("eleven"), "wal");
			on.clock.advance(DAY);
		});
		expect(await damageIn(agentOn(on), two.slice(STORE.length + 1))).toBe(
			undefined,
		);
	});

	it.each<[what: string, ruin: (on: Machine, parts: string) => void, RegExp]>([
		["lacks one", (on, at) => on.volume.unlinkSync(`${at}/000001`), /000001/],
		[
			"has a stranger",
			(on, at) => on.volume.writeFileSync(`${at}/x`, "x"),
			/x/,
		],
		[
			"has a cut one",
			(on, at) => on.volume.truncateSync(`${at}/000001`, 9),
			/9/,
		],
		["has a rotten one", (on, at) => rot(on, `${at}/000001`), /000001/],
	])("is not put back when it %s", async (_, ruin, why) => {
		const on = withLarge();
		await create(on);
		ruin(on, `${newest(on)}/state.db`);
		putDatabase(on, "state.db", rows("eleven"), "wal");
		await expect(restore(on, "1")).rejects.toThrow(why);
		expect(read(on, "state.db")).toContain("eleven");
	});

	it("is hashed once a day: what has rotted may be in the original by now, too", async () => {
		const on = withLarge();
		const [, two = ""] = await twice(on, () => {
			rot(on, `${newest(on)}/state.db/000001`);
			const bytes = Buffer.from(
				on.volume.readFileSync(`${HOME}/state.db`) as Uint8Array,
			);
			const part = on.volume.readFileSync(`${newest(on)}/state.db/000001`);
			bytes.set(part as Uint8Array, PART);
			put(on, "state.db", bytes);
			on.clock.advance(DAY);
		});
		const id = two.slice(STORE.length + 1);
		expect(await damageIn(agentOn(on), id)).toBe(undefined);
	});

	it("is the same whether a snapshot has it whole or in parts", async () => {
		const on = withLarge();
		await create(on);
		put(on, "state-snapshots/config.json", "{}");
		const { plan } = await restore(on, "1", { dryRun: true });
		expect(plan.steps).toEqual([]);
	});

	it("that was not searched whole is searched before it is put back", async () => {
		const on = withLarge();
		const [, two = ""] = await twice(on, () =>
			putDatabase(on, "state.db", rows("eleven"), "wal"),
		);
		expect(entryOf(on, two).checked).toBe(false);
		putDatabase(on, "state.db", rows("twelve"), "wal");
		const searched: string[] = [];
		const check = on.system.sqlite.check;
		on.system.sqlite.check = (path, ...rest) => {
			searched.push(path);
			return check(path, ...rest);
		};
		await restore(on, "1");
		expect(searched).toContainEqual(expect.stringContaining(".restore/new"));
	});

	it("shares nothing through a link in the place of its parts", async () => {
		const on = withLarge();
		const [, two] = await twice(on, () => {
			on.volume.renameSync(`${newest(on)}/state.db`, "/elsewhere");
			on.volume.symlinkSync("/elsewhere", `${newest(on)}/state.db`);
			putDatabase(on, "state.db", rows("eleven"), "wal");
		});
		expect(inode(on, `${two}/state.db/000001`)).not.toBe(
			inode(on, "/elsewhere/000001"),
		);
	});

	it("ends its search for damage when another one cannot be copied", async () => {
		const on = withLarge();
		putDatabase(on, "agents/one/agent.db", rows("ten"), "wal");
		const signals: AbortSignal[] = [];
		on.system.sqlite.check = (_path, _budget, signal) => {
			if (signal) signals.push(signal);
			return new Promise((resolve) => {
				signal?.addEventListener("abort", () =>
					resolve({ verdict: "unfinished" }),
				);
			});
		};
		const open = on.system.disk.open;
		on.system.disk.open = (path, how, mode) => {
			if (how === "create" && path.includes("state.db/000001"))
				throw Object.assign(new Error("full"), { code: "ENOSPC" });
			return open(path, how, mode);
		};
		await expect(create(on)).rejects.toThrow("full");
		expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
	});

	it("is put back, and an undo puts back what was there", async () => {
		const on = withLarge();
		await create(on);
		putDatabase(on, "state.db", rows("eleven"), "wal");
		const { undo } = await restore(on, "1");
		expect(read(on, "state.db")).toContain(rows("ten"));
		await restore(on, String(undo));
		expect(read(on, "state.db")).toContain(rows("eleven"));
	});

	it("becomes one file again when it is small", async () => {
		const on = withLarge();
		const [, two = ""] = await twice(on, () =>
			putDatabase(on, "state.db", "one"),
		);
		expect(on.system.disk.stat(`${two}/state.db`)?.kind).toBe("file");
	});
});

it("a database that is kept whole is searched whole when the copy before it is gone", async () => {
	const on = plainMachine();
	const rows = "a".repeat(9_000_000);
	putDatabase(on, "state.db", `${rows}ten`);
	await create(on);
	on.volume.unlinkSync(`${newest(on)}/state.db`);
	putDatabase(on, "state.db", `${rows}six`);
	const { snapshot } = await create(on);
	expect(snapshot.complete).toBe(true);
	const { entries } = readManifest(on.system.disk, storeAt, snapshot.id);
	expect(entries.find(({ path }) => path === "state.db")).toMatchObject({
		checked: true,
	});
});

it("a large file of another kind is kept in parts, too", async () => {
	const on = plainMachine();
	put(on, "state-snapshots/config.json", '{"partsFromBytes": 65536}');
	const text = (end: string) => `${"a".repeat(300_000)}${end}`;
	put(on, "letters/long.txt", text("one"));
	const [one = "", two = ""] = await twice(on, () =>
		put(on, "letters/long.txt", text("two")),
	);
	const part = (folder: string, name: string) =>
		inode(on, `${folder}/letters/long.txt/${name}`);
	expect(part(two, "000000")).toBe(part(one, "000000"));
	expect(part(two, "000001")).not.toBe(part(one, "000001"));
	await restore(on, "2");
	expect(read(on, "letters/long.txt")).toBe(text("one"));
});
