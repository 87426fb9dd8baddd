import { describe, expect, it } from "vitest";
import { compact } from "../../../src/core/compact/compact.ts";
import { prune } from "../../../src/core/retention/prune.ts";
import { listSnapshots } from "../../../src/core/store/listing.ts";
import { readManifest } from "../../../src/core/store/store.ts";
import { verifySnapshot } from "../../../src/core/verify/verify.ts";
import { create, listedIds, recover, restore } from "../../support/commands.ts";
import { diedHalfWay } from "../../support/crash-scenes.ts";
import { dyingEverywhere, failingEverywhere } from "../../support/dying.ts";
import { homeState } from "../../support/home-state.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	agentOn,
	plainMachine,
	put,
	putDatabase,
	STORE,
} from "../../support/plain-agent.ts";
import { storeAt, theirs } from "../../support/store-folders.ts";

const PART = 256 * 1024;

function setParts(on: Machine, from: number): void {
	const text = JSON.stringify({ partsFromBytes: from, reserveBytes: 0 });
	put(on, "state-snapshots/config.json", text);
}

/** Three snapshots of a home with a large file and a large database, each a whole copy that shares nothing, as they once were. */
async function wholeCopies(count = 3): Promise<Machine> {
	const on = plainMachine();
	setParts(on, 1e9);
	for (let made = 0; made < count; made++) {
		const middle = String(made).repeat(10);
		put(on, "letters/large.txt", `${"a".repeat(PART)}${middle}`);
		putDatabase(on, "state.db", `${"b".repeat(PART)}${middle}`);
		await create(withoutLinks(on), `number ${made}`);
	}
	setParts(on, 100_000);
	return on;
}

function withoutLinks(on: Machine): Machine {
	const hardLink = () => {
		throw Object.assign(new Error("no"), { code: "EPERM" });
	};
	const disk = { ...on.system.disk, hardLink };
	return { ...on, system: { ...on.system, disk } };
}

const run = (on: Machine, foreign = false) =>
	compact(agentOn(on), { dryRun: false, foreign });

async function expectWhole(on: Machine, at = ""): Promise<void> {
	const { snapshots, damaged } = listSnapshots(on.system.disk, storeAt);
	expect(damaged, at).toEqual([]);
	for (const { id } of snapshots)
		await verifySnapshot(
			agentOn(on),
			readManifest(on.system.disk, storeAt, id),
		);
}

/** What each snapshot says of every file, whatever form it has. */
function contents(on: Machine): string {
	const said = listedIds(on).map((id) => {
		const manifest = readManifest(on.system.disk, storeAt, id);
		const files = Object.keys(manifest.files).map((path) => {
			const at = `${STORE}/${id}/${path}`;
			if (!on.volume.statSync(at).isDirectory())
				return [path, String(on.volume.readFileSync(at))];
			const parts = on.volume.readdirSync(at).map(String).toSorted();
			const texts = parts.map((name) =>
				String(on.volume.readFileSync(`${at}/${name}`)),
			);
			return [path, texts.join("")];
		});
		const { label, sequence, createdAt, captured, missed } = manifest;
		return { id, label, sequence, createdAt, captured, missed, files };
	});
	return JSON.stringify(said, undefined, 1);
}

/** Bytes of all files of the snapshots, each once. */
function taken(on: Machine): number {
	const sizes = new Map<number, number>();
	for (const id of listedIds(on))
		for (const name of on.volume.readdirSync(`${STORE}/${id}`, {
			recursive: true,
		})) {
			const stat = on.volume.lstatSync(`${STORE}/${id}/${String(name)}`);
			if (stat.isFile()) sizes.set(Number(stat.ino), Number(stat.size));
		}
	return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

describe("compact", () => {
	it("makes whole copies share what they have in common, and says how much that saved", async () => {
		const on = await wholeCopies();
		const before = contents(on);
		const was = taken(on);
		const { compacted, saved, left } = await run(on);
		expect(contents(on)).toBe(before);
		await expectWhole(on);
		expect(compacted).toEqual(listedIds(on).toReversed());
		expect(left).toEqual([]);
		expect(saved).toBe(was - taken(on));
		expect(saved).toBeGreaterThan(3.9 * PART);
		expect(on.volume.existsSync(storeAt.compacting)).toBe(false);
		expect(await run(on)).toMatchObject({ compacted: [], saved: 0 });
	});

	it("leaves snapshots that can be restored, and that the next one shares with", async () => {
		const on = await wholeCopies();
		await run(on);
		await restore(on, "3");
		expect(homeState(on)["letters/large.txt"]).toContain("0000000000");
		expect(homeState(on)["state.db"]).toContain("0000000000");
		const [newest = ""] = listedIds(on);
		const was = taken(on);
		const { snapshot } = await create(on);
		expect(snapshot.id).not.toBe(newest);
		expect(taken(on) - was).toBeLessThan(10_000);
		await expectWhole(on);
	});

	it("tells before what would come of it, and changes nothing", async () => {
		const on = await wholeCopies();
		const files = () =>
			on.volume
				.readdirSync(STORE, { recursive: true })
				.map(String)
				.filter((name) => !name.startsWith("."));
		const before = files();
		const agent = agentOn(on);
		const dry = await compact(agent, { dryRun: true, foreign: false });
		expect(files()).toEqual(before);
		const { saved, compacted } = await run(on);
		expect(dry.compacted).toEqual(compacted);
		expect(Math.abs(dry.saved - saved)).toBeLessThan(10_000);
	});

	it("leaves alone what is damaged, or holds what its manifest does not name", async () => {
		const on = await wholeCopies(4);
		const [, third = "", second = ""] = listedIds(on);
		const rotten = `${STORE}/${third}/letters/large.txt`;
		on.volume.writeFileSync(rotten, "z".repeat(PART + 10));
		on.volume.writeFileSync(`${STORE}/${second}/notes.txt`, "mine");
		const { compacted, left } = await run(on);
		expect(compacted).toHaveLength(2);
		expect(left.map(({ id }) => id)).toEqual([second, third]);
		expect(left[0]?.why).toContain("notes.txt");
		expect(left[1]?.why).toContain("letters/large.txt");
		expect(String(on.volume.readFileSync(rotten))).toContain("zzz");
	});

	it("touches Hermes' own only when it is told to, and their manifests never", async () => {
		const on = await wholeCopies(1);
		for (const day of ["1", "2"]) {
			const [id] = theirs(`2020010${day}-000000`);
			const manifest = { id, timestamp: id, files: { "config.yaml": 5 } };
			const folder = `state-snapshots/${id}`;
			put(on, `${folder}/manifest.json`, JSON.stringify(manifest));
			put(on, `${folder}/config.yaml`, "model");
		}
		const own = listedIds(on).filter((id) => id.startsWith("2020"));
		const file = (id = "") => on.volume.lstatSync(`${STORE}/${id}/config.yaml`);
		const manifests = () =>
			own.map((id) =>
				String(on.volume.readFileSync(`${STORE}/${id}/manifest.json`)),
			);
		const before = manifests();
		expect((await run(on)).foreign).toBe(2);
		expect(file(own[0]).nlink).toBe(1);
		await run(on, true);
		expect(file(own[0]).ino).toBe(file(own[1]).ino);
		expect(manifests()).toEqual(before);
		await expectWhole(on);
	});

	it("refuses while a restore waits", async () => {
		const on = await wholeCopies(2);
		put(on, "config.yaml", "model: other");
		const stopped = await diedHalfWay(on, (one) => restore(one, "2"));
		put(stopped, "config.yaml", "written since");
		await expect(run(stopped)).rejects.toMatchObject({
			code: "recovery-blocked",
		});
	});

	it("finishes no interrupted restore when it only looks", async () => {
		const on = await wholeCopies(2);
		put(on, "config.yaml", "model: other");
		const stopped = await diedHalfWay(on, (one) => restore(one, "2"));
		const before = contents(stopped);
		await expect(
			compact(agentOn(stopped), { dryRun: true, foreign: false }),
		).rejects.toMatchObject({ code: "recovery-blocked" });
		expect(contents(stopped)).toBe(before);
	});

	it("refuses on a disk that has no second names, and changes nothing", async () => {
		const on = await wholeCopies();
		const before = contents(on);
		await expect(run(withoutLinks(on))).rejects.toThrow(
			/no file a second name/,
		);
		expect(contents(on)).toBe(before);
		expect(on.volume.existsSync(storeAt.compacting)).toBe(false);
	});

	it("loses no snapshot and no byte, wherever it dies; list says where one is", async () => {
		const first = await wholeCopies(2);
		const old = contents(first);
		const ids = listedIds(first);
		let between = 0;
		await dyingEverywhere(first, run, async ({ on, at }) => {
			const { betweenForms } = listSnapshots(on.system.disk, storeAt);
			between += betweenForms.length;
			expect([...listedIds(on), ...betweenForms].toSorted(), at).toEqual(
				ids.toSorted(),
			);
			if (between % 2 === 0) await recover(on);
			else await prune(agentOn(on), { keep: 20, dryRun: false });
			expect(contents(on), at).toBe(old);
			await expectWhole(on, at);
			expect(on.volume.existsSync(storeAt.compacting), at).toBe(false);
		});
		expect(between).toBe(2);
	});

	it("loses none when the disk refuses a change, and can be done again", async () => {
		const first = await wholeCopies(2);
		const old = contents(first);
		await failingEverywhere(first, run, async ({ on, at }) => {
			await run(on);
			expect(contents(on), at).toBe(old);
			await expectWhole(on, at);
		});
	});
});
