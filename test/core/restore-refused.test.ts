import { describe, expect, it } from "vitest";
import { create, listedIds, restore, undo } from "../support/commands.ts";
import { homeState } from "../support/home-state.ts";
import { databaseFile } from "../support/memory-sqlite.ts";
import type { Machine } from "../support/memory-system.ts";
import {
	HOME,
	plainMachine,
	put,
	putDatabase,
	STORE,
} from "../support/plain-agent.ts";

const HOLDER = [{ pid: 7, command: "plain", isGone: false }];

/** A home with one snapshot and a change since; says where the snapshot lies. */
async function changed(): Promise<{ on: Machine; folder: string }> {
	const on = plainMachine();
	const { snapshot } = await create(on);
	put(on, "config.yaml", "model: two");
	putDatabase(on, "state.db", "eleven messages");
	return { on, folder: `${STORE}/${snapshot.id}` };
}

type Refusal = [
	why: string,
	ruin: (on: Machine, folder: string) => void,
	code: string,
	message: RegExp,
];

describe("a restore is refused, and nothing changes,", () => {
	it.each<Refusal>([
		[
			"when a file of the snapshot is missing",
			(on, folder) => on.volume.unlinkSync(`${folder}/letters/bob.txt`),
			"damaged",
			/letters\/bob\.txt is missing/,
		],
		[
			"when a bit of it has flipped",
			(on, folder) => {
				on.volume.writeFileSync(`${folder}/letters/bob.txt`, "Dear Rob");
				put(on, "letters/bob.txt", "written since");
			},
			"damaged",
			/letters\/bob\.txt does not have the content/,
		],
		[
			"when it is shorter",
			(on, folder) => on.volume.writeFileSync(`${folder}/letters/bob.txt`, ""),
			"damaged",
			/has 0 bytes instead of 8/,
		],
		[
			"when it has become a link",
			(on, folder) => {
				on.volume.unlinkSync(`${folder}/letters/bob.txt`);
				on.volume.symlinkSync("/etc/passwd", `${folder}/letters/bob.txt`);
			},
			"damaged",
			/has become a link/,
		],
		[
			"when the manifest is cut short",
			(on, folder) => on.volume.truncateSync(`${folder}/manifest.json`, 900),
			"damaged",
			/manifest/,
		],
		[
			"when a database there is damaged and held open",
			(on) => {
				put(on, "state.db", Buffer.alloc(200));
				on.holders = new Map([[`${HOME}/state.db`, HOLDER]]);
			},
			"busy-database",
			/state\.db is open in plain \(process 7\)/,
		],
		[
			"when a database there has another page size and is held open",
			(on) => {
				const other = databaseFile("x");
				other.writeUInt16BE(8192, 16);
				put(on, "state.db", other);
				on.holders = new Map([[`${HOME}/state.db`, HOLDER]]);
			},
			"busy-database",
			/another page size/,
		],
		[
			"when a file is mounted from elsewhere, as in a container",
			(on) => {
				on.mountPoints = [`${HOME}/config.yaml`];
			},
			"failed",
			/config\.yaml is mounted from elsewhere.*Nothing was changed/,
		],
		[
			"when the store is mounted from elsewhere",
			(on) => {
				on.mountPoints = [STORE];
			},
			"failed",
			/state-snapshots is mounted from elsewhere.*Nothing was changed/,
		],
		[
			"when a file may not be changed by anybody",
			(on) => {
				on.system.disk.isFixed = (path) => path === `${HOME}/config.yaml`;
			},
			"failed",
			/config\.yaml cannot be changed: .*immutable.*Nothing was changed/,
		],
		[
			"when a file may only be appended to",
			(on) => {
				on.system.disk.isKept = (path) => path === `${HOME}/config.yaml`;
			},
			"failed",
			/config\.yaml cannot be changed: .*append-only.*Nothing was changed/,
		],
		[
			"when a directory cannot be listed",
			(on) => {
				const { names } = on.system.disk;
				put(on, "letters/eve.txt", "came since");
				on.system.disk.names = (directory) => {
					if (directory !== `${HOME}/letters`) return names(directory);
					throw Object.assign(new Error("too many"), { code: "EMFILE" });
				};
			},
			"failed",
			/letters cannot be listed now.*Nothing was changed/,
		],
		[
			"when a database is written to without end",
			(on) => {
				on.elsewhere.open.add(`${HOME}/state.db`);
				on.system.sqlite.beginReplace = () =>
					Promise.reject(
						Object.assign(new Error("busy"), { code: "SQLITE_BUSY" }),
					);
			},
			"SQLITE_BUSY",
			/busy/,
		],
		...["SQLITE_IOERR_SHMSIZE", "SQLITE_FULL", "SQLITE_CANTOPEN"].map(
			(sqlite): Refusal => [
				`when a sound database cannot be opened (${sqlite})`,
				(on) => {
					on.system.sqlite.pin = () =>
						Promise.reject(
							Object.assign(new Error("disk I/O error"), { code: sqlite }),
						);
				},
				"failed",
				/state\.db cannot be read.*Nothing was changed/,
			],
		),
		[
			"when the disk has no room for both",
			(on) => {
				on.freeBytes = 128 * 1024 * 1024 + 100;
			},
			"no-space",
			/Not enough room/,
		],
	])("%s", async (_, ruin, code, message) => {
		const { on, folder } = await changed();
		ruin(on, folder);
		const before = homeState(on);
		await expect(restore(on, "1")).rejects.toMatchObject({
			code,
			message: expect.stringMatching(message),
		});
		expect(homeState(on)).toEqual(before);
		expect(on.volume.existsSync(`${STORE}/.restore`)).toBe(false);
	});

	it("when there is no snapshot, and no store is made", async () => {
		const on = plainMachine();
		await expect(restore(on, "1")).rejects.toMatchObject({ code: "not-found" });
		await expect(undo(on)).rejects.toMatchObject({ code: "not-found" });
		expect(on.volume.existsSync(STORE)).toBe(false);
	});

	it("when a directory in the way holds what was never captured", async () => {
		const on = plainMachine();
		put(on, "boards/one", "a file");
		await create(on);
		on.volume.unlinkSync(`${HOME}/boards/one`);
		put(on, "boards/one/workspaces/mine.txt", "never captured");
		const before = homeState(on);
		await expect(restore(on, "1")).rejects.toMatchObject({
			code: "failed",
			message: expect.stringContaining("workspaces, which was never captured"),
		});
		expect(homeState(on)).toEqual(before);
	});

	it("when the agent writes faster than can be saved", async () => {
		const { on } = await changed();
		let writes = 0;
		on.before = (call) => {
			if (call.startsWith("sync") || call.startsWith("chmod"))
				put({ ...on, before: () => {} }, "config.yaml", `model: ${++writes}`);
		};
		await expect(restore(on, "1")).rejects.toMatchObject({
			code: "busy-database",
			message: expect.stringContaining("Nothing was changed"),
		});
		on.before = () => {};
		expect(listedIds(on)).toHaveLength(1);
	});
});

describe("what comes between the look and the restore", () => {
	it("is in the undo snapshot: nothing is lost", async () => {
		const { on } = await changed();
		let done = false;
		on.before = (call) => {
			if (done || !call.includes(".restore/new")) return;
			done = true;
			put(on, "config.yaml", "written just now");
		};
		await restore(on, "1");
		await undo(on);
		expect(homeState(on)["config.yaml"]).toContain("written just now");
	});
});

describe("a snapshot's own folder", () => {
	it("is what is restored, though its manifest names another", async () => {
		const { on, folder } = await changed();
		const copy = `${STORE}/my-copy`;
		on.volume.renameSync(folder, copy);
		await restore(on, "my-copy");
		expect(homeState(on)["config.yaml"]).toContain("model: one");
	});
});

describe("a home that was moved to where a path of the snapshot is too long", () => {
	it.each([
		["is gone", (on: Machine, path: string) => on.volume.unlinkSync(path)],
		[
			"is another",
			(on: Machine, path: string) => on.volume.writeFileSync(path, "other"),
		],
	])("is refused before anything is changed, where the file %s", async (_, spoil) => {
		const long = `letters/${"n".repeat(200)}`;
		const on = plainMachine();
		put(on, long, "mine");
		await create(on);
		put(on, "config.yaml", "model: two\n");
		spoil(on, `${HOME}/${long}`);
		on.system.disk.isTooLong = (path) => path.includes(long);
		const before = homeState(on);
		await expect(restore(on, "1")).rejects.toMatchObject({ code: "failed" });
		expect(homeState(on)).toEqual(before);
	});
});
