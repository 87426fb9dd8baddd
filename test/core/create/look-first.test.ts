import { describe, expect, it } from "vitest";
import { createSnapshot } from "../../../src/core/create/create.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	agentOn,
	HOME,
	plainMachine,
	put,
	putDatabase,
	STORE,
} from "../../support/plain-agent.ts";

/** How often the lock is taken. */
async function created(on: Machine, meanwhile = () => {}) {
	on.clock.advance(60_000);
	const agent = agentOn(on);
	const { sqlite } = on.system;
	let locks = 0;
	const system = {
		...agent.system,
		sqlite: {
			...sqlite,
			tryLock(...given: Parameters<typeof sqlite.tryLock>) {
				if (locks++ === 0) meanwhile();
				return sqlite.tryLock(...given);
			},
		},
	};
	const request = { label: null, reason: "manual", force: false };
	const outcome = await createSnapshot({ ...agent, system }, request);
	return { ...outcome, locks };
}

async function saved(): Promise<Machine> {
	const on = plainMachine();
	await created(on);
	return on;
}

describe("a create that finds nothing changed", () => {
	it("says so without the lock, for which SQLite would have to be loaded", async () => {
		const on = await saved();
		expect(await created(on)).toMatchObject({ created: false, locks: 0 });
	});

	it("takes the lock as soon as something has changed", async () => {
		const on = await saved();
		put(on, "config.yaml", "other: true");
		const { locks, created: isNew, snapshot } = await created(on);
		expect({ locks, isNew }).toEqual({ locks: 1, isNew: true });
		expect(snapshot.number).toBe(1);
	});

	it.each([
		["somebody is at work there", ".lock.holder"],
		["an interrupted restore waits", ".restore-suspended"],
		["a create has died", ".20261121-011402.partial"],
		["a prune has died", ".going.removing"],
		["it does not know what lies there", ".strange"],
	])("takes the lock when %s", async (_, name) => {
		const on = await saved();
		on.volume.mkdirSync(`${STORE}/${name}`);
		expect((await created(on).catch((error) => error)).locks).not.toBe(0);
	});

	it("takes the lock where others can read the store, and closes it", async () => {
		const on = await saved();
		on.volume.chmodSync(STORE, 0o755);
		expect(await created(on)).toMatchObject({ created: false, locks: 1 });
		expect(on.volume.statSync(STORE).mode & 0o777).toBe(0o700);
	});

	it("takes the lock where a home within has a store of its own", async () => {
		const on = await saved();
		const within = `${HOME}/profiles/coder/state-snapshots`;
		on.volume.mkdirSync(within, { recursive: true });
		on.volume.writeFileSync(`${within}/.lock.db`, "");
		const { locks } = await created(on);
		expect(locks).toBeGreaterThan(0);
	});

	it("makes a new one when a file of the newest is gone", async () => {
		const on = await saved();
		const { snapshot } = await created(on);
		on.volume.rmSync(`${STORE}/${snapshot.id}/config.yaml`);
		expect(await created(on)).toMatchObject({ created: true });
	});
});

describe("what was seen before the lock", () => {
	it("does not count when another command has made a snapshot meanwhile", async () => {
		const on = await saved();
		put(on, "config.yaml", "other: true");
		let other = "";
		const { created: isNew, snapshot } = await created(on, () => {
			// As that command would leave it: the snapshot with all that is there now.
			const [first = ""] = on.volume
				.readdirSync(STORE)
				.map(String)
				.filter((name) => !name.startsWith("."));
			other = `${first}-other`;
			on.volume.mkdirSync(`${STORE}/${other}`);
			const text = String(
				on.volume.readFileSync(`${STORE}/${first}/manifest.json`),
			);
			const changed = text
				.replace(/^ {2}"sequence": .*$/m, '  "sequence": 9,')
				.replace(/,\n {2}"checksum".*$/m, "");
			on.volume.writeFileSync(`${STORE}/${other}/manifest.json`, changed);
		});
		expect(isNew).toBe(true);
		expect(snapshot).toMatchObject({ sequence: 10, number: 1 });
	});

	it("does not count for what the agent has written since: all of one moment", async () => {
		const on = await saved();
		put(on, "config.yaml", "other: true");
		const { snapshot } = await created(on, () => {
			put(on, "config.yaml", "last: true");
			putDatabase(on, "state.db", "last");
		});
		const kept = `${STORE}/${snapshot.id}/config.yaml`;
		expect(String(on.volume.readFileSync(kept))).toBe("last: true");
	});
});
