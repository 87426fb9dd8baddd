import { describe, expect, it } from "vitest";
import { readManifest } from "../../src/core/store/store.ts";
import {
	create,
	listedIds,
	recover,
	restore,
	undo,
} from "../support/commands.ts";
import { diedHalfWay } from "../support/crash-scenes.ts";
import { homeState } from "../support/home-state.ts";
import type { Machine } from "../support/memory-system.ts";
import {
	exists,
	HOME,
	plainMachine,
	put,
	read,
	STORE,
} from "../support/plain-agent.ts";
import { storeAt } from "../support/store-folders.ts";

const VAULT = "letters/vault.db";
const LOG = `${VAULT}-wal`;

/** Named like a database, and none that SQLite can read. */
function putVault(on: Machine, what: string, log?: string): void {
	put(on, VAULT, `encrypted ${what}`);
	if (log !== undefined) put(on, LOG, log);
}

async function withVault(log?: string): Promise<Machine> {
	const on = plainMachine();
	putVault(on, "one", log);
	await create(on);
	return on;
}

function entriesOf(on: Machine): string[] {
	const [newest = ""] = listedIds(on);
	return readManifest(on.system.disk, storeAt, newest).entries.map(
		({ path }) => path,
	);
}

const hold = (on: Machine, path: string) => {
	const holder = { pid: 7, command: "keeper", isGone: false };
	on.holders = new Map([[`${HOME}/${path}`, [holder]]]);
};

describe("a database that is none to SQLite", () => {
	it("is put back with its log, and both are in the undo snapshot", async () => {
		const on = await withVault("log one");
		const old = homeState(on);
		putVault(on, "two", "log two");
		put(on, `${VAULT}-shm`, "index");
		const now = homeState(on);
		await restore(on, "1");
		expect(homeState(on)).toEqual(old);
		expect(exists(on, `${VAULT}-shm`)).toBe(false);
		await undo(on);
		expect(homeState(on)).toEqual(now);
	});

	it("is not put back beside a log that came since", async () => {
		const on = await withVault();
		putVault(on, "two", "log two");
		await restore(on, "1");
		expect(read(on, VAULT)).toBe("encrypted one");
		expect(exists(on, LOG)).toBe(false);
		await undo(on);
		expect(read(on, LOG)).toBe("log two");
	});

	it("is not put back beside the log of one that is gone or empty", async () => {
		for (const spoil of ["gone", "empty"]) {
			const on = await withVault();
			put(on, LOG, "log two");
			if (spoil === "gone") on.volume.unlinkSync(`${HOME}/${VAULT}`);
			else put(on, VAULT, "");
			await restore(on, "1");
			expect(read(on, VAULT)).toBe("encrypted one");
			expect(exists(on, LOG), spoil).toBe(false);
			await undo(on);
			expect(read(on, LOG), spoil).toBe("log two");
		}
	});

	it("takes the log with it where only one of the two is named", async () => {
		for (const named of [VAULT, LOG]) {
			const on = await withVault("log one");
			putVault(on, "two", "log two");
			await restore(on, "1", { select: [named] });
			expect(read(on, VAULT)).toBe("encrypted one");
			expect(read(on, LOG)).toBe("log one");
		}
	});

	it("loses a log that came behind a restore to its undo, and not to nobody", async () => {
		const on = await withVault();
		putVault(on, "two");
		await restore(on, "1");
		put(on, LOG, "written since");
		await undo(on);
		expect(read(on, VAULT)).toBe("encrypted two");
		expect(exists(on, LOG)).toBe(false);
		await undo(on);
		expect(read(on, LOG)).toBe("written since");
	});

	it("has its log in a snapshot that names it alone", async () => {
		const on = plainMachine();
		put(on, "state-snapshots/config.json", '{"include":["vault.db"]}');
		put(on, "vault.db", "encrypted one");
		await create(on);
		put(on, "vault.db-wal", "log two");
		await create(on);
		expect(entriesOf(on)).toContain("vault.db-wal");
		await restore(on, "2");
		expect(exists(on, "vault.db-wal")).toBe(false);
		await restore(on, listedIds(on).at(0) ?? "");
		expect(read(on, "vault.db-wal")).toBe("log two");
	});

	it("is not in a snapshot without a log that could not be read", async () => {
		const on = plainMachine();
		putVault(on, "one", "log one");
		const { open } = on.system.disk;
		on.system.disk.open = (path, how, mode) => {
			if (path === `${HOME}/${LOG}` && how === "read")
				throw Object.assign(new Error("EIO"), { code: "EIO" });
			return open(path, how, mode);
		};
		const { missed } = await create(on);
		expect(missed.map(({ path }) => path).toSorted()).toEqual([VAULT, LOG]);
		expect(entriesOf(on)).not.toContain(VAULT);
		expect(on.volume.existsSync(`${STORE}/${listedIds(on)[0]}/${VAULT}`)).toBe(
			false,
		);
	});

	it("is said to be of several moments when a log comes each time it is looked at", async () => {
		const on = plainMachine();
		putVault(on, "one");
		const { read: readFile } = on.system.disk;
		let writes = 0;
		on.system.disk.read = (file, into) => {
			put(on, LOG, `commit ${++writes}`);
			return readFile(file, into);
		};
		expect(await create(on)).toMatchObject({ coherent: false });
	});

	it.each([
		["it", VAULT],
		["its log", LOG],
	])("is left alone while somebody has %s open", async (_, open) => {
		const on = await withVault("log one");
		put(on, LOG, "log two");
		hold(on, open);
		await expect(restore(on, "1")).rejects.toMatchObject({
			code: "busy-database",
		});
		expect(read(on, LOG)).toBe("log two");
	});

	it("gets no log under somebody who has it open", async () => {
		const on = await withVault("log one");
		on.volume.unlinkSync(`${HOME}/${LOG}`);
		hold(on, VAULT);
		await expect(restore(on, "1")).rejects.toMatchObject({
			code: "busy-database",
		});
	});

	it("stays with its log when both came since and are in use", async () => {
		const on = plainMachine();
		await create(on);
		putVault(on, "one", "log one");
		hold(on, VAULT);
		await restore(on, "1");
		expect(read(on, VAULT)).toBe("encrypted one");
		expect(read(on, LOG)).toBe("log one");
	});

	it.each<[what: string, write: (on: Machine) => void]>([
		["made a log", (on) => put(on, LOG, "commit after the crash")],
		["written into it", (on) => putVault(on, "checkpointed")],
	])("is asked about when somebody has %s after a crash", async (_, write) => {
		const on = await withVault();
		put(on, "letters/ada.txt", "changed");
		putVault(on, "two");
		const died = await diedHalfWay(on, (dying) => restore(dying, "1"), 1);
		write(died);
		const now = homeState(died);
		await expect(recover(died)).rejects.toMatchObject({
			code: "recovery-blocked",
		});
		expect(homeState(died)).toEqual(now);
	});

	it("is asked about when its log was taken in after a crash", async () => {
		const on = await withVault("log one");
		put(on, LOG, "log one and more");
		const died = await diedHalfWay(on, (dying) => restore(dying, "1"), 1);
		putVault(died, "one, checkpointed");
		await expect(recover(died)).rejects.toMatchObject({
			code: "recovery-blocked",
		});
	});
});
