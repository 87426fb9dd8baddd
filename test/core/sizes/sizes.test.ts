import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { prune } from "../../../src/core/retention/prune.ts";
import { sizesOf, totalOf } from "../../../src/core/sizes/sizes.ts";
import { listSnapshots } from "../../../src/core/store/listing.ts";
import { create, listedIds, restore } from "../../support/commands.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	agentOn,
	HOME,
	plainMachine,
	put,
	putDatabase,
	STORE,
} from "../../support/plain-agent.ts";
import { say } from "../../support/say.ts";
import { storeAt } from "../../support/store-folders.ts";

const CACHE = `${STORE}/.sizes.json`;

function shown(on: Machine) {
	const { snapshots } = listSnapshots(on.system.disk, storeAt);
	const { alone } = sizesOf(agentOn(on), snapshots);
	return {
		alone: snapshots.map(({ id }) => alone.get(id)),
		total: totalOf(agentOn(on), snapshots),
	};
}

/** By looking at every file. */
function looked(on: Machine) {
	const files = listedIds(on).map((id) => filesBelow(on, `${STORE}/${id}`));
	const alone = files.map((own) =>
		own
			.filter(({ nlink }) => nlink === 1)
			.reduce((sum, { size }) => sum + size, 0),
	);
	const every = new Map(files.flat().map(({ ino, size }) => [ino, size]));
	const bytes = [...every.values()].reduce((sum, size) => sum + size, 0);
	return { alone, total: { bytes, isAll: true } };
}

function filesBelow({ volume }: Machine, folder: string) {
	return volume
		.readdirSync(folder, { recursive: true })
		.map((name) => volume.lstatSync(`${folder}/${String(name)}`))
		.filter((stat) => stat.isFile())
		.map(({ ino, nlink, size }) => ({
			ino: Number(ino),
			nlink: Number(nlink),
			size: Number(size),
		}));
}

/** Whatever a list would find out by itself is looked at by nobody. */
function noted(on: Machine) {
	const text = String(on.volume.readFileSync(CACHE));
	const { snapshots, total } = JSON.parse(text) as {
		snapshots: [string, number][];
		total: number;
	};
	return {
		alone: listedIds(on).map((id) => new Map(snapshots).get(id)),
		total: { bytes: total, isAll: true },
	};
}

const acts: Record<string, (on: Machine, at: number) => unknown> = {
	"changes a file": (on, at) => put(on, "config.yaml", `model: ${at}\n`),
	"writes to the database": (on, at) => putDatabase(on, "state.db", `${at}`),
	"adds a file": (on, at) => put(on, `letters/${at}.txt`, "x".repeat(at)),
	creates: (on) => create(on),
	"creates again": (on) => create(on),
	restores: (on) => restore(on, "2").catch(() => undefined),
	prunes: (on) => prune(agentOn(on), { keep: 2, dryRun: false }),
	"removes one by hand": (on) => {
		const [, second] = listedIds(on);
		// File by file: memfs' rmSync forgets that there is a name less.
		if (second !== undefined) on.system.disk.removeTree(`${STORE}/${second}`);
	},
};

describe("what snapshots cost on the disk", () => {
	it("is told as it is, whatever was done before", async () => {
		const story = fc.array(fc.constantFrom(...Object.keys(acts)), {
			maxLength: 14,
		});
		await fc.assert(
			fc.asyncProperty(story, async (names) => {
				const on = plainMachine();
				await create(on);
				for (const [at, name] of names.entries()) await acts[name]?.(on, at);
				expect(shown(on)).toEqual(looked(on));
			}),
			{ numRuns: 60 },
		);
	});

	it("is noted by every command that makes or removes one", async () => {
		const on = plainMachine();
		for (let made = 0; made < 4; made++) {
			put(on, "config.yaml", `model: ${made}\n`);
			await create(on);
			expect(noted(on)).toEqual(looked(on));
		}
		put(on, "config.yaml", "model: x\n");
		await restore(on, "3");
		expect(noted(on)).toEqual(looked(on));
		await prune(agentOn(on), { keep: 2, dryRun: false });
		expect(noted(on)).toEqual(looked(on));
	});

	it.each([
		"",
		"{}",
		'{"formatVersion":2}',
		'{"formatVersion":1,"snapshots":[',
		"null",
	])("is looked at where %j is noted", async (text) => {
		const on = plainMachine();
		await create(on);
		on.volume.writeFileSync(CACHE, text);
		expect(shown(on)).toEqual(looked(on));
		await create(on);
		expect(noted(on)).toEqual(looked(on));
	});

	it("is not told of those that there is no time to look at", async () => {
		const on = plainMachine();
		for (let made = 0; made < 3; made++) await create(on);
		on.volume.unlinkSync(CACHE);
		const { glance } = on.system.disk;
		const slow = {
			...on,
			system: {
				...on.system,
				disk: {
					...on.system.disk,
					glance: (path: string) => {
						on.clock.advance(100);
						return glance(path);
					},
				},
			},
		};
		expect(shown(slow).alone).toEqual([
			expect.any(Number),
			undefined,
			undefined,
		]);
		expect(shown(slow).total.isAll).toBe(false);
	});
});

describe("pruning", () => {
	it("says what became free: not what the others still have", async () => {
		const on = plainMachine();
		put(on, "letters/large.txt", "x".repeat(10_000));
		for (let made = 0; made < 3; made++) {
			put(on, "config.yaml", `model: ${"y".repeat(made)}\n`);
			await create(on);
		}
		const before = looked(on).total.bytes;
		const dry = await prune(agentOn(on), { keep: 1, dryRun: true });
		const { freed } = await prune(agentOn(on), { keep: 1, dryRun: false });
		expect(freed).toBe(dry.freed);
		expect(freed).toBe(before - looked(on).total.bytes);
		expect(freed).toBeLessThan(10_000);
	});

	it("brings the store under keepBytes, the oldest first, and never removes the last", async () => {
		const on = plainMachine();
		for (let made = 0; made < 5; made++) {
			put(on, "letters/large.txt", String(made).repeat(100_000));
			await create(on);
		}
		const before = listedIds(on);
		put(on, "state-snapshots/config.json", '{"keepBytes": 320000}');
		const some = await prune(agentOn(on), { dryRun: false });
		expect(listedIds(on)).toEqual(before.slice(0, 3));
		expect(some.tooLarge).toBeUndefined();
		put(on, "state-snapshots/config.json", '{"keepBytes": 10}');
		const { tooLarge } = await prune(agentOn(on), { dryRun: false });
		expect(listedIds(on)).toEqual(before.slice(0, 1));
		expect(tooLarge).toEqual({ limit: 10, taken: looked(on).total.bytes });
	});

	it("brings a reason under its own keepBytes, and leaves the others alone", async () => {
		const on = plainMachine();
		const reasons = ["pre-update", "manual", "manual", "manual", "manual"];
		for (const [made, reason] of reasons.entries()) {
			put(on, "letters/large.txt", String(made).repeat(100_000));
			await create(on, null, reason);
		}
		const before = listedIds(on);
		// All of one reason take what the store does, less what only the other has.
		const { total, alone } = looked(on);
		const taken = total.bytes - (alone.at(-1) ?? 0);
		const limitedTo = async (keepBytes: number) => {
			const settings = JSON.stringify({ keep: { manual: { keepBytes } } });
			put(on, "state-snapshots/config.json", settings);
			return (await say(on, "prune --dry-run --all")).data.verdicts;
		};
		expect(await limitedTo(taken)).toEqual([
			...before
				.slice(0, 4)
				.map((id) => ({ id, keep: true, why: "any number" })),
			{ id: before[4], keep: true, why: "pre-update: last 1" },
		]);
		const over = (limit: string) => `manual: over keepBytes (${limit})`;
		expect(await limitedTo(taken - 1)).toMatchObject([
			{ keep: true, why: "any number" },
			{ keep: true, why: "any number" },
			{ keep: true, why: "any number" },
			{ keep: false, why: expect.stringContaining("manual: over keepBytes") },
			{ keep: true },
		]);
		expect(await limitedTo(10)).toMatchObject([
			{ keep: true, why: `${over("10 B")}, but the newest` },
			...Array.from({ length: 3 }, () => ({ keep: false, why: over("10 B") })),
			{ keep: true, why: "pre-update: last 1" },
		]);
		await say(on, "prune");
		expect(listedIds(on)).toEqual([before[0], before[4]]);
	});
});

it("a home without a store costs nothing", () => {
	const on = plainMachine();
	expect(on.volume.existsSync(`${HOME}/state-snapshots`)).toBe(false);
	expect(shown(on)).toEqual({ alone: [], total: { bytes: 0, isAll: true } });
});
