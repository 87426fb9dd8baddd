import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Entry } from "../../../src/core/capture/entry.ts";
import { createSnapshot } from "../../../src/core/create/create.ts";
import { readManifest } from "../../../src/core/store/store.ts";
import { tagOf } from "../../../src/tag.ts";
import { listedIds } from "../../support/commands.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	agentOn,
	plainMachine,
	put,
	putDatabase,
	STORE,
} from "../../support/plain-agent.ts";
import { storeAt } from "../../support/store-folders.ts";

const NOTE = `${STORE}/.tags.json`;
const KEY = Buffer.alloc(16, 1);

describe("a tag", () => {
	it("is another one when a single bit is, and under another key", () => {
		fc.assert(
			fc.property(
				fc.uint8Array({ minLength: 1, maxLength: 5000 }),
				fc.nat(),
				(bytes, place) => {
					const tag = tagOf(KEY, bytes);
					expect(tag).toHaveLength(24);
					expect(tagOf(KEY, Uint8Array.from(bytes))).toBe(tag);
					expect(tagOf(Buffer.alloc(16, 2), bytes)).not.toBe(tag);
					const other = Uint8Array.from(bytes);
					const bit = place % (8 * other.length);
					other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
					expect(tagOf(KEY, other)).not.toBe(tag);
				},
			),
		);
	});

	it("is that of one length only", () => {
		const zeros = [16, 32, 48].map((length) =>
			tagOf(KEY, Buffer.alloc(length)),
		);
		expect(new Set(zeros).size).toBe(3);
	});
});

describe("parts that are told by tags", () => {
	it("are those of the snapshot before where they say the same, and others where not", async () => {
		const on = machine();
		const [one, two] = [await create(on, "a"), await create(on, "b")];
		const tags = noted(on);
		expect(Object.keys(tags).sort()).toEqual([...new Set(two.hashes)].sort());
		expect(shared(one, two)).toBeGreaterThan(3);
		expect(two.hashes).not.toEqual(one.hashes);
		expect(two.hashes).toEqual((await onceMore("b")).hashes);
	});

	it.each([
		["is gone", undefined],
		["is torn", '{"key": "AQEBAQ'],
		["is none", "[]"],
		["has a key that is too short", '{"key":"AQEBAQ==","tags":{}}'],
		[
			"has a key that is too long by a rotten bit",
			`{"key":"${KEY.toString("base64").replace("=", "9")}","tags":{}}`,
		],
		[
			"is a list of others",
			`{"key":"${KEY.toString("base64")}","tags":{"a":"b"}}`,
		],
	])("are told by their hashes when the note %s", async (_, text) => {
		const on = machine();
		const one = await create(on, "a");
		if (text === undefined) on.volume.unlinkSync(NOTE);
		else put(on, "state-snapshots/.tags.json", text);
		const two = await create(on, "b");
		expect(shared(one, two)).toBeGreaterThan(3);
		expect(two.hashes).toEqual((await onceMore("b")).hashes);
		expect(Object.keys(noted(on)).length).toBeGreaterThan(3);
	});

	it("are right where the tags are those of other parts", async () => {
		const on = machine();
		await create(on, "a");
		const { key, tags } = JSON.parse(
			String(on.volume.readFileSync(NOTE, "utf8")),
		);
		const [first, ...rest] = Object.values(tags);
		const moved = [...rest, first];
		const turned = Object.keys(tags).map((name, at) => [name, moved[at]]);
		const other = { key, tags: Object.fromEntries(turned) };
		put(on, "state-snapshots/.tags.json", JSON.stringify(other));
		// None of the parts has the tag that is said to be its own, so that all are hashed.
		expect((await create(on, "b")).hashes).toEqual(
			(await onceMore("b")).hashes,
		);
	});
});

function machine(): Machine {
	const on = plainMachine();
	put(on, "state-snapshots/config.json", '{"partsFromBytes": 65536}');
	on.volume.chmodSync(STORE, 0o700);
	return on;
}

interface Made {
	readonly hashes: readonly string[];
	readonly inodes: readonly (string | undefined)[];
}

/** @param letter what differs in the database */
async function create(on: Machine, letter: string): Promise<Made> {
	const rows = Array.from({ length: 1_500_000 }, (_, at) =>
		at === 900_000 ? letter : String.fromCharCode(97 + ((at >> 16) % 26)),
	);
	putDatabase(on, "state.db", rows.join(""));
	on.clock.advance(60_000);
	const asked = { label: null, reason: "manual", force: true };
	await createSnapshot(agentOn(on), asked);
	const [id = ""] = listedIds(on);
	const manifest = readManifest(on.system.disk, storeAt, id);
	const entry = manifest.entries.find(isState);
	const hashes = (entry && "parts" in entry && entry.parts?.sha256) || [];
	const inodes = hashes.map(
		(_, part) =>
			on.system.disk.stat(
				`${STORE}/${id}/state.db/${String(part).padStart(6, "0")}`,
			)?.inode,
	);
	return { hashes, inodes };
}

function isState({ path }: Entry): boolean {
	return path === "state.db";
}

/** In a store that has never had another one. */
function onceMore(letter: string): Promise<Made> {
	return create(machine(), letter);
}

function shared(one: Made, two: Made): number {
	return two.inodes.filter((inode) => one.inodes.includes(inode)).length;
}

function noted(on: Machine): Record<string, string> {
	return JSON.parse(String(on.volume.readFileSync(NOTE, "utf8"))).tags;
}
