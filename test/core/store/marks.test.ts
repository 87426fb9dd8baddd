import { describe, expect, it } from "vitest";
import { baseFrom, newestBase } from "../../../src/core/capture/base.ts";
import type { Marks } from "../../../src/core/manifest/marked-text.ts";
import { sizesOf } from "../../../src/core/sizes/sizes.ts";
import { listSnapshots } from "../../../src/core/store/listing.ts";
import { markSnapshot } from "../../../src/core/store/marks.ts";
import { readManifest } from "../../../src/core/store/store.ts";
import { isAllThere } from "../../../src/core/verify/as-left.ts";
import { verifySnapshot } from "../../../src/core/verify/verify.ts";
import { create, listedIds } from "../../support/commands.ts";
import { dyingEverywhere, failingEverywhere } from "../../support/dying.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	agentOn,
	plainMachine,
	put,
	STORE,
} from "../../support/plain-agent.ts";
import { storeAt, theirs } from "../../support/store-folders.ts";

const PINNED: Marks = { pinned: true, note: "the last one\nbefore the move" };

function mark(on: Machine, marks: Marks, ref = "1") {
	return markSnapshot(agentOn(on), { ref, purpose: "test", marks });
}

function manifestOn({ system }: Machine, id: string) {
	return readManifest(system.disk, storeAt, id);
}

function textOn({ volume }: Machine, id: string): string {
	return String(volume.readFileSync(`${STORE}/${id}/manifest.json`));
}

async function withOne(): Promise<{ on: Machine; id: string }> {
	const on = plainMachine();
	await create(on, "one");
	const [id = ""] = listedIds(on);
	return { on, id };
}

describe("what is said of a snapshot", () => {
	it("is in its manifest, and all else of that is as it was", async () => {
		const { on, id } = await withOne();
		const before = manifestOn(on, id);
		const { changed, snapshot, note } = await mark(on, PINNED);
		expect([changed, snapshot.pinned, note]).toEqual([true, true, PINNED.note]);
		expect(manifestOn(on, id)).toEqual({ ...before, ...PINNED });
		await mark(on, { label: 'zwei — \u2028 \ud800 "2"' });
		await mark(on, { pinned: false, note: null });
		expect(manifestOn(on, id)).toEqual({
			...before,
			label: 'zwei — \u2028 \ud800 "2"',
		});
	});

	it("is the same text again when it is taken back", async () => {
		const { on, id } = await withOne();
		const text = textOn(on, id);
		await mark(on, { ...PINNED, label: "two" });
		expect(textOn(on, id)).not.toBe(text);
		await mark(on, { label: "one", pinned: false, note: null });
		expect(textOn(on, id)).toBe(text);
	});

	it("changes nothing when it says so already", async () => {
		const { on, id } = await withOne();
		await mark(on, PINNED);
		const { ino } = on.volume.statSync(`${STORE}/${id}/manifest.json`);
		const { changed } = await mark(on, PINNED);
		expect(changed).toBe(false);
		expect(on.volume.statSync(`${STORE}/${id}/manifest.json`).ino).toBe(ino);
	});

	it("leaves it the snapshot that the next one shares with, unread", async () => {
		const { on, id } = await withOne();
		const agent = agentOn(on);
		const sealed = baseFrom(agent, manifestOn(on, id)).sealed;
		on.clock.advance(3_600_000);
		await mark(on, { label: "another" });
		const base = newestBase(agent, {});
		expect([base?.id, base?.sealed]).toEqual([id, sealed]);
		expect(base && isAllThere(agent, base)).toBe(true);
		await create(on);
		const [next = ""] = listedIds(on);
		const inode = (of: string) =>
			on.volume.statSync(`${STORE}/${of}/config.yaml`).ino;
		expect(inode(next)).toBe(inode(id));
	});

	it("is what the list shows at once, and its size is still known", async () => {
		const { on, id } = await withOne();
		await mark(on, { label: "a much longer label than before" });
		const { snapshots } = listSnapshots(on.system.disk, storeAt);
		expect(snapshots[0]?.label).toBe("a much longer label than before");
		const { alone } = sizesOf(agentOn(on), snapshots);
		on.volume.unlinkSync(`${STORE}/.sizes.json`);
		expect(sizesOf(agentOn(on), snapshots).alone.get(id)).toBe(alone.get(id));
	});

	it("keeps mode and owner of the manifest, and its secrets from others meanwhile", async () => {
		const { on, id } = await withOne();
		const path = `${STORE}/${id}/manifest.json`;
		on.volume.chmodSync(path, 0o640);
		on.before = (call) => {
			const marking = `${STORE}/.manifest.new`;
			if (on.volume.existsSync(marking) && /^write/.test(call))
				expect(Number(on.volume.statSync(marking).mode) & 0o77).toBe(0);
		};
		await mark(on, PINNED);
		expect(Number(on.volume.statSync(path).mode) & 0o777).toBe(0o640);
	});

	it("of one that was numbered before another command ended is said of that one", async () => {
		const { on, id } = await withOne();
		const lock = on.system.sqlite.tryLock(storeAt.lock);
		const { sleep } = on.clock;
		let isFirst = true;
		on.system.clock.sleep = async (milliseconds) => {
			await sleep(milliseconds);
			if (!isFirst) return;
			isFirst = false;
			lock?.();
			await create(on, "came meanwhile");
		};
		const agent = agentOn(on, { waitMilliseconds: 10_000 });
		await markSnapshot(agent, { ref: "1", purpose: "pin", marks: PINNED });
		expect(manifestOn(on, id).pinned).toBe(true);
		expect(listedIds(on)).toHaveLength(2);
	});
});

describe("of a snapshot that Hermes made", () => {
	const [id, text] = theirs("20200101-000000-old");

	it("it is said in keys that come to those it has, in ASCII and without a checksum", async () => {
		const on = plainMachine();
		const odd = { ...JSON.parse(text), failed_dbs: [], note2: { ä: [1.5] } };
		put(on, `state-snapshots/${id}/manifest.json`, JSON.stringify(odd));
		await mark(on, { ...PINNED, label: "naïve" }, id);
		expect(JSON.parse(textOn(on, id))).toEqual({
			...odd,
			...PINNED,
			label: "naïve",
		});
		expect(textOn(on, id)).toMatch(/^[\x20-\x7e\n]*$/);
		const { snapshots } = listSnapshots(on.system.disk, storeAt);
		expect(snapshots).toMatchObject([{ id, pinned: true, label: "naïve" }]);
	});

	it("what it means by our words does not make it damaged", async () => {
		const on = plainMachine();
		const odd = { ...JSON.parse(text), note: ["not", "ours"] };
		put(on, `state-snapshots/${id}/manifest.json`, JSON.stringify(odd));
		expect(manifestOn(on, id).note).toBeUndefined();
	});
});

describe("what cannot be marked is refused, and nothing is changed:", () => {
	it.each<
		[what: string, code: string, harm: (on: Machine, path: string) => void]
	>([
		[
			"a damaged one",
			"damaged",
			({ volume }, path) =>
				volume.writeFileSync(
					path,
					String(volume.readFileSync(path)).replace(
						'"coherent": true',
						'"coherent":  true',
					),
				),
		],
		[
			"one whose manifest is a link",
			"damaged",
			({ volume }, path) => {
				volume.renameSync(path, "/elsewhere.json");
				volume.symlinkSync("/elsewhere.json", path);
			},
		],
		[
			"another user's",
			"failed",
			(on) => Object.assign(on.system.processes, { userId: 77 }),
		],
	])("%s", async (_, code, harm) => {
		const { on, id } = await withOne();
		const path = `${STORE}/${id}/manifest.json`;
		harm(on, path);
		const before = textOn(on, id);
		await expect(mark(on, PINNED, id)).rejects.toMatchObject({
			code,
			message: expect.stringContaining("Nothing was changed."),
		});
		expect(textOn(on, id)).toBe(before);
		expect(on.volume.existsSync(storeAt.marking)).toBe(false);
	});

	it("a label as long as a manifest may be", async () => {
		const { on, id } = await withOne();
		const before = textOn(on, id);
		const label = "x".repeat(64 * 1024 * 1024);
		await expect(mark(on, { label })).rejects.toMatchObject({ code: "failed" });
		expect(textOn(on, id)).toBe(before);
	});

	it("makes no store where there is none", async () => {
		const on = plainMachine();
		await expect(mark(on, PINNED)).rejects.toMatchObject({ code: "not-found" });
		expect(on.volume.existsSync(STORE)).toBe(false);
	});
});

describe("old or new, wherever it is interrupted:", () => {
	const [foreign, text] = theirs("20200101-000000-old");

	async function twoKinds(): Promise<Machine> {
		const { on } = await withOne();
		put(on, `state-snapshots/${foreign}/manifest.json`, text);
		return on;
	}

	async function expectEither(on: Machine, id: string, at: string) {
		const { damaged } = listSnapshots(on.system.disk, storeAt);
		expect(damaged, at).toEqual([]);
		const manifest = manifestOn(on, id);
		expect([false, true], at).toContain(manifest.pinned);
		expect(manifest.note, at).toBe(manifest.pinned ? PINNED.note : undefined);
		await verifySnapshot(agentOn(on), manifest);
		return manifest.pinned;
	}

	it.each(["ours", "Hermes'"])("%s, when it dies", async (whose) => {
		const first = await twoKinds();
		const id = whose === "ours" ? (listedIds(first)[0] ?? "") : foreign;
		const seen = new Set<boolean>();
		const pin = (on: Machine) => mark(on, PINNED, id);
		await dyingEverywhere(first, pin, async ({ on, at }) => {
			if (whose === "ours") seen.add(await expectEither(on, id, at));
			else seen.add(manifestOn(on, id).pinned);
			expect(on.volume.readdirSync(`${STORE}/${id}`), at).not.toContain(
				"manifest.json.new",
			);
			await create(on);
			expect(on.volume.existsSync(storeAt.marking), at).toBe(false);
			await pin(on);
			expect(manifestOn(on, id).pinned, at).toBe(true);
		});
		expect(seen).toEqual(new Set([false, true]));
	});

	it("when the disk refuses", async () => {
		const first = await twoKinds();
		const [id = ""] = listedIds(first);
		const pin = (on: Machine) => mark(on, PINNED, id);
		await failingEverywhere(first, pin, async ({ on, at, error }) => {
			const isPinned = await expectEither(on, id, at);
			if (error === undefined) expect(isPinned, at).toBe(true);
			expect(on.volume.existsSync(storeAt.marking), at).toBe(false);
		});
	});
});
