import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { capture } from "../../../src/core/capture/capture.ts";
import type { Scan } from "../../../src/core/home/scan.ts";
import type { Patience } from "../../../src/system/system.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	HOME,
	plainMachine,
	put,
	putDatabase,
} from "../../support/plain-agent.ts";

const INTO = "/into";
const COVERED = ["config.yaml", "letters", "other.db", "state.db"];

function take(
	on: Machine,
	{
		beforeCopy,
		patience = {
			signal: new AbortController().signal,
			deadline: undefined,
		},
	}: { beforeCopy?: (found: Scan) => void; patience?: Patience } = {},
) {
	on.volume.mkdirSync(INTO, { recursive: true });
	const request = {
		home: HOME,
		coverage: { paths: COVERED, except: [] },
		into: INTO,
		expectDatabase: (path: string) => path.endsWith(".db"),
		cleared: () => [],
		...(beforeCopy && { beforeCopy }),
	};
	return capture(on.system, request, patience);
}

/** Does something to the home at each of the first looks. */
function disturb(on: Machine, times: number, change: (time: number) => void) {
	const quiet = { ...on, before: () => {} };
	let time = 0;
	on.before = (call) => {
		if (call !== `create ${INTO}/letters/bob.txt` || time >= times) return;
		change(++time);
	};
	return quiet;
}

describe("a capture", () => {
	it("records what it took: kind, size, mode, time and hash", async () => {
		const on = plainMachine();
		on.volume.symlinkSync("nowhere", `${HOME}/letters/link`);
		const { entries, coherent, missed } = await take(on);
		expect({ coherent, missed }).toEqual({ coherent: true, missed: [] });
		expect(entries.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
			"file config.yaml",
			"directory letters",
			"file letters/ada.txt",
			"file letters/bob.txt",
			"link letters/link",
			"database state.db",
		]);
		expect(entries[3]).toEqual({
			path: "letters/bob.txt",
			kind: "file",
			size: 8,
			mode: 0o600,
			mtime: Date.parse("2026-11-01T00:00:06Z"),
			sha256: createHash("sha256").update("Dear Bob").digest("hex"),
			look: on.system.disk.stat(`${HOME}/letters/bob.txt`)?.look,
		});
	});

	it("makes a single file of a database, whatever journal mode it is in", async () => {
		const on = plainMachine();
		putDatabase(on, "state.db", "ten", "wal");
		put(on, "state.db-wal", "eleven");
		const { entries } = await take(on);
		expect(on.volume.readdirSync(INTO)).not.toContain("state.db-wal");
		expect(String(on.volume.readFileSync(`${INTO}/state.db`))).toContain(
			"eleven",
		);
		expect(entries.find(({ path }) => path === "state.db")).toMatchObject({
			journalMode: "wal",
			checked: true,
		});
	});

	it("looks again when a file moved, and takes it as it is then", async () => {
		const on = plainMachine();
		const quiet = disturb(on, 1, () => put(quiet, "config.yaml", "model: two"));
		const { coherent } = await take(on);
		expect(coherent).toBe(true);
		expect(String(on.volume.readFileSync(`${INTO}/config.yaml`))).toBe(
			"model: two",
		);
	});

	it("says that it is of several moments when it never stands still", async () => {
		const on = plainMachine();
		let count = 0;
		on.before = (call) => {
			if (call.startsWith(`create ${INTO}/letters`))
				put(on, "config.yaml", `model: ${++count}`);
			if (call.startsWith(`create ${INTO}/config.yaml`))
				put(on, "letters/ada.txt", `Dear ${++count}`);
		};
		expect((await take(on)).coherent).toBe(false);
	});

	it("keeps no copy of a file that went between two looks", async () => {
		const on = plainMachine();
		disturb(on, 1, () => on.volume.unlinkSync(`${HOME}/letters/ada.txt`));
		const { entries } = await take(on);
		expect(entries.map(({ path }) => path)).not.toContain("letters/ada.txt");
		expect(on.volume.readdirSync(`${INTO}/letters`)).toEqual(["bob.txt"]);
	});

	it("takes a file that became a directory between two looks", async () => {
		const on = plainMachine();
		const quiet = disturb(on, 1, () => {
			on.volume.unlinkSync(`${HOME}/letters/ada.txt`);
			put(quiet, "letters/ada.txt/inner.txt", "x");
		});
		const { entries, missed } = await take(on);
		const known = [...entries, ...missed].map(({ path }) => path);
		expect(known).toContain("letters/ada.txt/inner.txt");
	});

	it("does not take a fault of its own disk for a fault of the agent's file", async () => {
		const on = plainMachine();
		on.before = (call) => {
			if (call.startsWith(`create ${INTO}/letters`))
				throw Object.assign(new Error("EIO"), { code: "EIO" });
		};
		await expect(take(on)).rejects.toMatchObject({ code: "EIO" });
	});

	it("goes on after a file that cannot be read, and names it", async () => {
		const on = plainMachine();
		const { disk } = on.system;
		const open: typeof disk.open = (path, how, mode) => {
			if (path.endsWith("home/ada/.plain/letters/ada.txt"))
				throw Object.assign(new Error("EACCES"), { code: "EACCES" });
			return disk.open(path, how, mode);
		};
		const system = { ...on.system, disk: { ...disk, open } };
		const { missed, entries } = await take({ ...on, system });
		expect(missed.map(({ path }) => path)).toEqual(["letters/ada.txt"]);
		expect(entries.map(({ path }) => path)).toContain("letters/bob.txt");
	});

	it("may be refused before anything is copied", async () => {
		const on = plainMachine();
		const refuse = () => {
			throw new Error("no room");
		};
		await expect(take(on, { beforeCopy: refuse })).rejects.toThrow("no room");
		expect(on.volume.readdirSync(INTO)).toEqual([]);
	});

	it.each([
		["interrupted", { signal: AbortSignal.abort(), deadline: undefined }],
		["timed-out", { signal: new AbortController().signal, deadline: -1 }],
	])("ends when it is %s", async (code, patience) => {
		await expect(take(plainMachine(), { patience })).rejects.toMatchObject({
			code,
		});
	});
});
