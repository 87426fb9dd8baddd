import { describe, expect, it } from "vitest";
import {
	type ExportRequest,
	exportPlain,
} from "../../../src/core/export/export.ts";
import { listSnapshots } from "../../../src/core/store/listing.ts";
import { readManifest } from "../../../src/core/store/store.ts";
import { verifySnapshot } from "../../../src/core/verify/verify.ts";
import { create, listedIds, restore } from "../../support/commands.ts";
import { dyingEverywhere, failingEverywhere } from "../../support/dying.ts";
import { homeState } from "../../support/home-state.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	agentOn,
	HOME,
	plainMachine,
	put,
	putDatabase,
	STORE,
} from "../../support/plain-agent.ts";
import { storeAt } from "../../support/store-folders.ts";

const PARTS = '{"partsFromBytes": 65536, "reserveBytes": 1000}';
const LARGE = "0123456789abcdef".repeat(40_000);

/** Two snapshots that share almost everything, a file and a database of which are kept in parts. */
async function machineWithParts(): Promise<Machine> {
	const on = plainMachine();
	put(on, "state-snapshots/config.json", PARTS);
	put(on, "letters/large.txt", LARGE);
	putDatabase(on, "state.db", "rows ".repeat(30_000));
	on.volume.symlinkSync("ada.txt", `${HOME}/letters/link`);
	await create(on, "first");
	put(on, "config.yaml", "model: two");
	await create(on, "second");
	return on;
}

function exported(on: Machine, request: Partial<ExportRequest> = {}) {
	return exportPlain(agentOn(on), { ref: "latest", to: undefined, ...request });
}

function read(on: Machine, path: string): string {
	return String(on.volume.readFileSync(path));
}

describe("export --plain", () => {
	it("makes a snapshot in which every file is whole, writable and nobody else's", async () => {
		const on = await machineWithParts();
		const [newest = "", older = ""] = listedIds(on);
		const { id = "", links } = await exported(on);
		expect(listedIds(on)).toEqual([newest, id, older]);
		expect(id).toBe(`${newest}-plain`);
		expect(links).toEqual(["letters/link"]);
		expect(read(on, `${STORE}/${id}/letters/large.txt`)).toBe(LARGE);
		const manifest = readManifest(on.system.disk, storeAt, id);
		expect(manifest).toMatchObject({
			formatVersion: 1,
			label: "plain copy of second",
			reason: "manual",
			files: readManifest(on.system.disk, storeAt, newest).files,
		});
		await verifySnapshot(agentOn(on), manifest);
		for (const path of Object.keys(manifest.files)) {
			const stat = on.volume.lstatSync(`${STORE}/${id}/${path}`);
			expect([path, Number(stat.mode) & 0o777, stat.nlink]).toEqual([
				path,
				0o600,
				1,
			]);
		}
	});

	it("can be restored like its original", async () => {
		const on = await machineWithParts();
		const before = homeState(on);
		const { id = "" } = await exported(on);
		put(on, "letters/large.txt", "short");
		putDatabase(on, "state.db", "other rows");
		await restore(on, id);
		expect(homeState(on)).toEqual(before);
	});

	it("is what no later snapshot shares files with", async () => {
		const on = await machineWithParts();
		const { id = "" } = await exported(on);
		for (const other of listedIds(on).filter((one) => one !== id))
			on.volume.rmSync(`${STORE}/${other}`, { recursive: true });
		put(on, "config.yaml", "model: three");
		await create(on);
		const { nlink } = on.volume.lstatSync(`${STORE}/${id}/letters/ada.txt`);
		expect(nlink).toBe(1);
	});

	it("makes a directory elsewhere, private", async () => {
		const on = await machineWithParts();
		on.volume.mkdirSync("/usb");
		const { folder, id } = await exported(on, { ref: "2", to: "/usb/agent/" });
		expect([folder, id]).toEqual(["/usb/agent", undefined]);
		expect(Number(on.volume.statSync(folder).mode) & 0o777).toBe(0o700);
		expect(read(on, "/usb/agent/config.yaml")).toBe("model: one\n");
		expect(JSON.parse(read(on, "/usb/agent/manifest.json"))).toMatchObject({
			label: "plain copy of first",
			timestamp: listedIds(on)[1]?.slice(0, 15),
		});
		expect(listedIds(on)).toHaveLength(2);
	});

	it.each<[why: RegExp, to: string]>([
		[/is there already/, "/usb"],
		[/is there already/, "/usb/taken"],
		[/is not there/, "/nowhere/agent"],
		[/names no new directory/, "/usb/.."],
		[/lies in a store/, `${STORE}/mine`],
		[/look for the agent's state/, `${HOME}/letters/copy`],
		[/look for the agent's state/, `${HOME}/tokens`],
	])("refuses a place that %s: %s", async (why, to) => {
		const on = await machineWithParts();
		on.volume.mkdirSync("/usb/taken", { recursive: true });
		await expect(exported(on, { to })).rejects.toThrow(why);
		expect(on.volume.readdirSync("/usb")).toEqual(["taken"]);
	});

	it("refuses a damaged snapshot, a disk without room, and to be done twice", async () => {
		const on = await machineWithParts();
		on.freeBytes = LARGE.length;
		await expect(exported(on)).rejects.toThrow(/Not enough room/);
		on.freeBytes = 50e9;
		await exported(on);
		await expect(exported(on)).rejects.toThrow(/already/);
		const [newest] = listedIds(on);
		on.volume.writeFileSync(`${STORE}/${newest}/config.yaml`, "model: ten");
		const dots = () => on.volume.readdirSync("/").map(String);
		await expect(exported(on, { to: "/out" })).rejects.toThrow(/is damaged/);
		expect(dots().filter((name) => name.startsWith("out"))).toEqual([]);
	});

	it("leaves a whole one or none, wherever it dies", async () => {
		const first = await machineWithParts();
		const counts = new Set<number>();
		await dyingEverywhere(first, exported, async ({ on, at }) => {
			const { snapshots, damaged } = listSnapshots(on.system.disk, storeAt);
			expect(damaged, at).toEqual([]);
			counts.add(snapshots.length);
			for (const { id } of snapshots)
				await verifySnapshot(
					agentOn(on),
					readManifest(on.system.disk, storeAt, id),
				);
			await create(on);
			const hidden = on.volume
				.readdirSync(STORE)
				.filter((name) => String(name).startsWith("."));
			expect(hidden, at).toEqual([".lock.db", ".sizes.json", ".tags.json"]);
		});
		expect([...counts].toSorted()).toEqual([2, 3]);
	});

	it("leaves nothing half-made elsewhere when the disk refuses a change", async () => {
		const first = await machineWithParts();
		first.volume.mkdirSync("/usb");
		const work = (on: Machine) => exported(on, { to: "/usb/agent" });
		await failingEverywhere(first, work, async ({ on, at, error }) => {
			const names = on.volume.readdirSync("/usb").map(String);
			expect(names, at).toEqual(error === undefined ? ["agent"] : []);
		});
	});
});
