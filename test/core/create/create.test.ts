import { describe, expect, it } from "vitest";
import { createSnapshot } from "../../../src/core/create/create.ts";
import { listSnapshots } from "../../../src/core/store/listing.ts";
import { readManifest } from "../../../src/core/store/store.ts";
import { homeState } from "../../support/home-state.ts";
import { type Machine, machine } from "../../support/memory-system.ts";
import {
	agentOn,
	exists,
	HOME,
	plainMachine,
	put,
	putDatabase,
	read,
	STORE,
} from "../../support/plain-agent.ts";
import { ours, storeAt } from "../../support/store-folders.ts";

type Request = Partial<Parameters<typeof createSnapshot>[1]>;

function create(on: Machine, request: Request = {}) {
	on.clock.advance(60_000);
	return createSnapshot(agentOn(on), {
		label: null,
		reason: "manual",
		force: false,
		...request,
	});
}

function ids({ system }: Machine): string[] {
	return listSnapshots(system.disk, storeAt).snapshots.map(({ id }) => id);
}

describe("creating a snapshot", () => {
	it("keeps a copy of all that was looked for, and changes nothing", async () => {
		const on = plainMachine();
		const before = homeState(on);
		const { created, snapshot } = await create(on, { label: "first one" });
		expect(homeState(on)).toEqual(before);
		expect(created).toBe(true);
		expect(snapshot).toMatchObject({
			id: "20261121-011502-first-one",
			number: 1,
			label: "first one",
			files: 6,
			complete: true,
		});
		expect(read(on, `state-snapshots/${snapshot.id}/letters/bob.txt`)).toBe(
			"Dear Bob",
		);
		expect(exists(on, `state-snapshots/${snapshot.id}/diary.txt`)).toBe(false);
	});

	it("leaves nothing in the store but the snapshot, the lock and the sizes", async () => {
		const on = plainMachine();
		const { snapshot } = await create(on);
		expect(on.volume.readdirSync(STORE)).toEqual([
			".lock.db",
			".sizes.json",
			snapshot.id,
		]);
	});

	it("is private in every part", async () => {
		const on = plainMachine();
		put(on, "letters/open.txt", "x", 0o666);
		on.volume.chmodSync(`${HOME}/letters`, 0o777);
		const { snapshot } = await create(on);
		for (const path of [
			"",
			"/letters",
			"/letters/open.txt",
			"/manifest.json",
			"/state.db",
		])
			expect(
				on.volume.statSync(`${STORE}/${snapshot.id}${path}`).mode & 0o077,
			).toBe(0);
	});

	it("makes none when nothing has changed, unless it is told to", async () => {
		const on = plainMachine();
		const first = await create(on);
		put(on, "running.json", '{"pid":2}');
		put(on, "diary.txt", "a new page");
		expect(await create(on)).toMatchObject({
			created: false,
			snapshot: { id: first.snapshot.id },
		});
		expect(ids(on)).toHaveLength(1);
		expect((await create(on, { force: true })).created).toBe(true);
	});

	it.each<[what: string, harm: (on: Machine, folder: string) => void]>([
		["lacks a file", (on, at) => on.volume.unlinkSync(`${at}/config.yaml`)],
		[
			"has another content",
			(on, at) => on.volume.writeFileSync(`${at}/config.yaml`, "model: ONE\n"),
		],
		["was cut", (on, at) => on.volume.truncateSync(`${at}/state.db`, 3)],
	])("makes one though nothing has changed when the newest %s", async (_, harm) => {
		const on = plainMachine();
		const { snapshot: first } = await create(on);
		harm(on, `${STORE}/${first.id}`);
		expect(await create(on)).toMatchObject({
			created: true,
			differences: { none: true },
			damage: {
				id: first.id,
				what: expect.stringMatching(
					`^Snapshot ${first.id} is damaged: .*[^.]$`,
				),
			},
		});
		expect(await create(on)).toMatchObject({
			created: false,
			damage: undefined,
		});
	});

	it("says so when what it made cannot be read again", async () => {
		const agent = agentOn(plainMachine());
		const { disk } = agent.system;
		const open: typeof disk.open = (path, how, mode) => {
			if (how === "read" && path.endsWith("/manifest.json"))
				throw Object.assign(new Error("EIO"), { code: "EIO" });
			return disk.open(path, how, mode);
		};
		const system = { ...agent.system, disk: { ...disk, open } };
		const request = { label: null, reason: "manual", force: false };
		await expect(
			createSnapshot({ ...agent, system }, request),
		).rejects.toMatchObject({
			code: "damaged",
			message: expect.stringContaining("was made, but cannot be read again"),
		});
	});

	it("says what is new", async () => {
		const on = plainMachine();
		await create(on);
		put(on, "config.yaml", "model: two");
		put(on, "letters/eve.txt", "Dear Eve");
		on.volume.unlinkSync(`${HOME}/letters/ada.txt`);
		expect((await create(on)).differences).toMatchObject({
			changed: ["config.yaml"],
			added: ["letters/eve.txt"],
			removed: ["letters/ada.txt"],
		});
	});

	it("gives two of the same second and label ids of their own", async () => {
		const on = plainMachine();
		const made = [];
		for (let count = 0; count < 3; count++) {
			on.clock.set("2026-11-21T00:00:00Z");
			made.push((await create(on, { label: "x", force: true })).snapshot.id);
		}
		expect(made).toEqual([
			"20261121-000100-x",
			"20261121-000100-x-2",
			"20261121-000100-x-3",
		]);
	});

	it("is the newest though the clock was set back", async () => {
		const on = plainMachine();
		await create(on);
		on.clock.set("2019-01-01T00:00:00Z");
		const { snapshot } = await create(on, { force: true });
		expect(snapshot.number).toBe(1);
		expect(ids(on)[0]).toBe("20190101-000100");
	});

	it.each([
		["../../evil", "evil"],
		["a/b", "a-b"],
		["  --  ", ""],
		["é ñ ü", "e-n-u"],
		["😀", ""],
		["-rf", "rf"],
		["\u001b[2J", "2J"],
		["x".repeat(300), "x".repeat(40)],
		[".hidden", "hidden"],
	])("keeps the label %j and makes a safe name of it", async (label, slug) => {
		const on = plainMachine();
		const { snapshot } = await create(on, { label });
		expect(snapshot.label).toBe(label);
		expect(snapshot.id).toBe(
			["20261121-011502", slug].filter(Boolean).join("-"),
		);
	});

	it("refuses a home in which there is nothing of the agent's, and makes no store", async () => {
		const on = machine();
		on.volume.mkdirSync(HOME, { recursive: true });
		await expect(create(on)).rejects.toMatchObject({ code: "no-home" });
		expect(on.volume.readdirSync(HOME)).toEqual([]);
	});

	it("refuses a disk that would be too full, with the figures, and leaves nothing", async () => {
		const on = plainMachine();
		on.freeBytes = 128 * 1024 * 1024;
		await expect(create(on)).rejects.toMatchObject({
			code: "no-space",
			message: expect.stringMatching(
				/reserve of 134\.2 MB, but only 134\.2 MB are free/,
			),
		});
		expect(on.volume.readdirSync(STORE)).toEqual([".lock.db"]);
	});

	it("goes on where the system does not say how much is free", async () => {
		const on = plainMachine();
		on.freeBytes = undefined;
		expect((await create(on)).created).toBe(true);
	});

	it("refuses settings that are wrong before it does anything", async () => {
		const on = plainMachine();
		put(on, "state-snapshots/config.json", '{"inclde": []}');
		await expect(create(on)).rejects.toMatchObject({ code: "bad-config" });
		expect(on.volume.readdirSync(STORE)).toEqual(["config.json"]);
	});
});

describe("what dead makers left", () => {
	it("is collected, and nothing else", async () => {
		const on = plainMachine();
		const stay = [
			"foo.removing",
			"bar.partial",
			".20261121-000000.4711.partial",
			"my notes",
		];
		const gone = [".20261121-000000-x.partial", ".going.removing"];
		for (const name of [...stay, ...gone])
			on.volume.mkdirSync(`${STORE}/${name}/inner`, { recursive: true });
		const { snapshot } = await create(on);
		expect(on.volume.readdirSync(STORE).map(String)).toEqual(
			[...stay, ".lock.db", ".sizes.json", snapshot.id].toSorted(),
		);
	});
});

describe("an incomplete snapshot", () => {
	it.each<[what: string, ruin: (on: Machine) => void, why: RegExp]>([
		[
			"is all zeros",
			(on) => put(on, "state.db", Buffer.alloc(500)),
			/all zeros/,
		],
		[
			"is locked",
			(on) => {
				putDatabase(on, "state.db", "written since");
				on.elsewhere.locked.add(`${HOME}/state.db`);
			},
			/locked by another process/,
		],
		[
			"is malformed",
			(on) => putDatabase(on, "state.db", "MALFORMED"),
			/malformed/,
		],
		[
			"is damaged inside",
			(on) => putDatabase(on, "state.db", "DAMAGED"),
			/row 7 missing/,
		],
		["was emptied", (on) => put(on, "state.db", ""), /empty file now/],
		[
			"is something else now",
			(on) => put(on, "state.db", "text"),
			/not a SQLite database/,
		],
	])("keeps the rest when the database %s, and says so", async (_, ruin, why) => {
		const on = plainMachine();
		await create(on);
		ruin(on);
		put(on, "config.yaml", "model: two");
		const { snapshot, missed } = await create(on);
		expect(snapshot).toMatchObject({ number: 1, complete: false, files: 5 });
		expect(missed).toEqual([
			{ path: "state.db", why: expect.stringMatching(why), lost: true },
		]);
		expect(exists(on, `state-snapshots/${snapshot.id}/state.db`)).toBe(false);
		const manifest = readManifest(on.system.disk, storeAt, snapshot.id);
		expect(manifest.missed).toEqual(missed);
	});

	it("pushes no older one out, and a complete one does", async () => {
		const on = plainMachine();
		put(on, "state-snapshots/config.json", '{"keep": {"manual": 1}}');
		await create(on);
		putDatabase(on, "state.db", "written since");
		on.elsewhere.locked.add(`${HOME}/state.db`);
		for (let count = 0; count < 3; count++) await create(on, { force: true });
		expect(ids(on)).toHaveLength(4);
		on.elsewhere.locked.clear();
		const { snapshot } = await create(on, { force: true });
		expect(ids(on)[0]).toBe(snapshot.id);
		expect(ids(on), "the newest incomplete one stays beside it").toHaveLength(
			2,
		);
	});
});

describe("pruning after a snapshot", () => {
	it("counts the damaged one that made it necessary for no good one", async () => {
		const on = plainMachine();
		put(on, "state-snapshots/config.json", '{"keep": {"manual": 2}}');
		const { snapshot: good } = await create(on);
		const { snapshot: damaged } = await create(on, { force: true });
		on.volume.unlinkSync(`${STORE}/${damaged.id}/state.db`);
		const { snapshot: made } = await create(on);
		expect(ids(on)).toEqual([made.id, damaged.id, good.id]);
	});

	it("keeps the newest 20 that people made", async () => {
		const on = plainMachine();
		for (let count = 0; count < 22; count++) await create(on, { force: true });
		expect(ids(on)).toHaveLength(20);
	});

	it("touches no folder that is not a snapshot", async () => {
		const on = plainMachine();
		put(on, "state-snapshots/config.json", '{"keep": {"manual": 1}}');
		put(on, "state-snapshots/notes/manifest.json", "not a manifest");
		put(
			on,
			"state-snapshots/mine/manifest.json",
			ours("mine", { pinned: true, sequence: 1 })[1],
		);
		await create(on);
		expect(on.volume.readdirSync(STORE)).toEqual(
			expect.arrayContaining(["notes", "mine"]),
		);
	});
});
