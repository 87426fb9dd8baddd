import { describe, expect, it } from "vitest";
import { createSnapshot } from "../../../src/core/create/create.ts";
import { prune } from "../../../src/core/retention/prune.ts";
import { listSnapshots } from "../../../src/core/store/listing.ts";
import { readManifest } from "../../../src/core/store/store.ts";
import { markDamaged } from "../../../src/core/verify/mark-damaged.ts";
import { searchStored } from "../../../src/core/verify/search-stored.ts";
import {
	type Verification,
	verifySnapshots,
} from "../../../src/core/verify/verify-snapshots.ts";
import { create, listedIds, restore } from "../../support/commands.ts";
import { databaseFile } from "../../support/memory-sqlite.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	agentOn,
	HOME,
	plainMachine,
	put,
	read,
	STORE,
} from "../../support/plain-agent.ts";
import { storeAt, theirs } from "../../support/store-folders.ts";

const MARKS = `${STORE}/.damaged.json`;

/** Three snapshots, newest first, each of another `config.yaml`. */
async function three(): Promise<{ on: Machine; ids: string[] }> {
	const on = plainMachine();
	for (const model of ["one", "two", "three"]) {
		put(on, "config.yaml", `model: ${model}\n`);
		await create(on);
	}
	return { on, ids: listedIds(on) };
}

function verify(on: Machine, full = false, ref?: string) {
	return verifySnapshots(agentOn(on), { ref, full });
}

async function verifyAndMark(on: Machine) {
	return markDamaged(agentOn(on), (await verify(on)).verified);
}

/** Of the same length, as a bad disk would. */
function spoil({ volume }: Machine, id: string, path: string): void {
	const full = `${STORE}/${id}/${path}`;
	const bytes = Buffer.from(volume.readFileSync(full) as Uint8Array);
	bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
	volume.chmodSync(full, 0o600);
	volume.writeFileSync(full, bytes);
}

function damageIn({ verified }: Verification): Record<string, string[]> {
	return Object.fromEntries(
		verified
			.filter(({ damage }) => damage.length > 0)
			.map(({ id, damage }) => [id, damage.map(({ path }) => path)]),
	);
}

describe("a verification", () => {
	it("finds nothing wrong with what is as it was captured", async () => {
		const { on, ids } = await three();
		const found = await verify(on, true);
		expect(found.verified.map(({ id }) => id)).toEqual(ids);
		expect(damageIn(found)).toEqual({});
		expect(found.good?.id).toBe(ids[0]);
	});

	it("names every file that is not, and the newest that is good", async () => {
		const { on, ids } = await three();
		const [newest = "", second = ""] = ids;
		spoil(on, newest, "config.yaml");
		on.volume.unlinkSync(`${STORE}/${newest}/letters/ada.txt`);
		const found = await verify(on);
		expect(damageIn(found)).toEqual({
			[newest]: ["config.yaml", "letters/ada.txt"],
		});
		expect(found.good?.id).toBe(second);
	});

	it("names what a damaged file does to each snapshot that shares it", async () => {
		const { on, ids } = await three();
		spoil(on, ids[0] ?? "", "letters/bob.txt");
		expect(damageIn(await verify(on))).toEqual(
			Object.fromEntries(ids.map((id) => [id, ["letters/bob.txt"]])),
		);
	});

	it("names a manifest that is not as it was written", async () => {
		const { on, ids } = await three();
		const [newest = ""] = ids;
		const manifest = `${STORE}/${newest}/manifest.json`;
		const text = String(on.volume.readFileSync(manifest));
		on.volume.writeFileSync(manifest, text.replace('"mode":384', '"mode":385'));
		expect(damageIn(await verify(on))).toEqual({ [newest]: ["manifest.json"] });
		on.volume.writeFileSync(manifest, text.replace('"checksum"', '"chebksum"'));
		expect(damageIn(await verify(on))).toEqual({ [newest]: ["manifest.json"] });
		on.volume.writeFileSync(manifest, "{");
		expect(damageIn(await verify(on))).toEqual({ [newest]: ["manifest.json"] });
	});

	it("of one looks at no other", async () => {
		const { on, ids } = await three();
		spoil(on, ids[0] ?? "", "config.yaml");
		const found = await verify(on, false, "2");
		expect(found.verified.map(({ id }) => id)).toEqual([ids[1]]);
	});

	it("in full searches databases and parses configurations", async () => {
		const on = plainMachine();
		put(on, "letters/list.json", "{ not: json");
		put(on, "config.yaml", "model: [one");
		await create(on);
		const [found] = (await verify(on, true)).verified;
		expect(found).toMatchObject({
			damage: [],
			faults: [{ path: "config.yaml", what: "is not YAML (line 1)" }],
			notes: [{ path: "letters/list.json", what: "is not JSON (line 1)" }],
		});
	});

	it("takes what was there before a restore as it was, damaged or not", async () => {
		const on = plainMachine();
		await create(on);
		const [id = ""] = listedIds(on);
		const agent = agentOn(on);
		const manifest = readManifest(on.system.disk, agent.store, id);
		const entry = manifest.entries.find(({ path }) => path === "state.db");
		const kept = `${STORE}/${id}/state.db`;
		on.volume.chmodSync(kept, 0o600);
		on.volume.writeFileSync(kept, databaseFile("DAMAGED"));
		const found = async (reason: string) =>
			entry?.kind === "database"
				? searchStored(agent, { ...manifest, reason }, entry, new Map())
				: undefined;
		expect((await found("manual"))?.damage).toHaveLength(1);
		const undo = await found("before-restore");
		expect(undo?.damage).toEqual([]);
		expect(undo?.faults).toHaveLength(1);
	});

	it("reads the agent's own ones, of which only the size is known", async () => {
		const on = plainMachine();
		const [id, manifest] = theirs("20261120-000000");
		const files = { "config.yaml": 11 };
		on.volume.mkdirSync(`${STORE}/${id}`, { recursive: true });
		const whole = JSON.stringify({ ...JSON.parse(manifest), files });
		on.volume.writeFileSync(`${STORE}/${id}/manifest.json`, whole);
		on.volume.writeFileSync(`${STORE}/${id}/config.yaml`, "model: one\n");
		expect(damageIn(await verify(on, true))).toEqual({});
		on.volume.writeFileSync(`${STORE}/${id}/config.yaml`, "model");
		expect(damageIn(await verify(on, true))).toEqual({ [id]: ["config.yaml"] });
	});

	it("changes nothing, but for the note that the newest was read", async () => {
		const { on, ids } = await three();
		const names = () => on.volume.readdirSync(STORE);
		const before = names();
		await verify(on, true);
		expect(names()).toEqual(
			[
				...before.map(String),
				".verifications.json",
				".verified.json",
			].toSorted(),
		);
		const note = String(on.volume.readFileSync(`${STORE}/.verified.json`));
		expect(JSON.parse(note).id).toBe(ids[0]);
	});

	it("passes over one that is pruned while it is read", async () => {
		const { on, ids } = await three();
		const [newest = ""] = ids;
		const { disk } = on.system;
		const open = disk.open;
		const agent = agentOn(on);
		const pruning = {
			...disk,
			open(...given: Parameters<typeof open>) {
				if (given[0].endsWith(`${newest}/config.yaml`))
					disk.removeTree(`${STORE}/${newest}`);
				return open(...given);
			},
		};
		const found = await verifySnapshots(
			{ ...agent, system: { ...agent.system, disk: pruning } },
			{ ref: undefined, full: false },
		);
		expect(found.gone).toEqual([newest]);
		expect(damageIn(found)).toEqual({});
	});
});

describe("what was written down as damaged", () => {
	it("is shown, and no good one any more, until it is found sound", async () => {
		const { on, ids } = await three();
		const [newest = ""] = ids;
		spoil(on, newest, "config.yaml");
		expect(await verifyAndMark(on)).toEqual({ added: [newest], removed: [] });
		const marked = () =>
			listSnapshots(on.system.disk, storeAt)
				.snapshots.filter(({ mark }) => mark)
				.map(({ id }) => id);
		expect(marked()).toEqual([newest]);
		expect(on.system.disk.stat(MARKS)?.mode).toBe(0o600);
		spoil(on, newest, "config.yaml"); // the bit flips back
		expect(await verifyAndMark(on)).toEqual({ added: [], removed: [newest] });
		expect(marked()).toEqual([]);
	});

	it("goes back only file by file", async () => {
		const { on, ids } = await three();
		const [newest = ""] = ids;
		spoil(on, newest, "config.yaml");
		await verifyAndMark(on);
		put(on, "letters/ada.txt", "changed");
		for (const ref of ["latest", "1", newest])
			await expect(restore(on, ref)).rejects.toMatchObject({
				code: "damaged",
				hint: expect.stringContaining(`restore ${ids[1]}`),
			});
		expect(read(on, "letters/ada.txt")).toBe("changed");
		await restore(on, "latest", { select: ["letters"] });
		expect(read(on, "letters/ada.txt")).toBe("Dear Ada");
		for (const present of ["as it was captured", "model: four\n"]) {
			if (present.startsWith("model")) put(on, "config.yaml", present);
			await expect(
				restore(on, "latest", { select: ["config.yaml"] }),
			).rejects.toMatchObject({ code: "damaged" });
		}
	});

	it("shares nothing with the next snapshot, which is made though nothing has changed", async () => {
		const { on, ids } = await three();
		const [newest = ""] = ids;
		spoil(on, newest, "letters/bob.txt"); // shared by all three
		await verifyAndMark(on);
		on.clock.advance(60_000);
		const made = await createSnapshot(agentOn(on), {
			label: null,
			reason: "manual",
			force: false,
		});
		expect(made.created).toBe(true);
		const found = await verify(on, false, made.snapshot.id);
		expect(damageIn(found)).toEqual({});
	});

	it("is not what retention keeps as the last good one", async () => {
		const { on, ids } = await three();
		const [newest = "", second = "", oldest = ""] = ids;
		spoil(on, newest, "config.yaml");
		await verifyAndMark(on);
		const { verdicts } = await prune(agentOn(on), { keep: 1, dryRun: false });
		expect(verdicts[0]?.why).toBe("damaged: last 1");
		expect(listedIds(on)).toContain(second);
		expect(listedIds(on)).not.toContain(oldest);
	});

	it.each([
		"{",
		"[]",
		"null",
		'"x"',
		'{"a": 1}',
		'{"20261121-011502": {"at": "never", "why": "x"}}',
	])("is nothing where the list reads %j", async (text) => {
		const { on, ids } = await three();
		on.volume.writeFileSync(MARKS, text);
		const { snapshots } = listSnapshots(on.system.disk, storeAt);
		expect(snapshots.filter(({ mark }) => mark)).toEqual([]);
		expect(ids).toHaveLength(3);
		expect(on.volume.existsSync(HOME)).toBe(true);
	});
});
