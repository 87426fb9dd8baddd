import { describe, expect, it } from "vitest";
import { recover } from "../../src/core/restore/at-next-start.ts";
import { SnapshotError } from "../../src/errors.ts";
import { create, restore, undo } from "../support/commands.ts";
import { dyingAt } from "../support/dying.ts";
import { rowsOf } from "../support/memory-sqlite.ts";
import type { Machine } from "../support/memory-system.ts";
import {
	agentOn,
	HOME,
	plainMachine,
	putDatabase,
	STORE,
} from "../support/plain-agent.ts";

const TEN = "ten messages, leases(one of mine)";
const ELEVEN = "eleven messages, leases(another one)";

function codeOf(error: unknown): unknown {
	return error instanceof SnapshotError ? error.code : error;
}

/** A snapshot, and another lease and a message since, in a database whose leases are not kept. */
async function changed(): Promise<{ on: Machine; id: string }> {
	const on = plainMachine();
	putDatabase(on, "strict.db", TEN, "wal");
	const { snapshot } = await create(on);
	putDatabase(on, "strict.db", ELEVEN, "wal");
	return { on, id: snapshot.id };
}

function rows({ volume }: Machine, folder = HOME): string {
	return rowsOf(volume, `${folder}/strict.db`);
}

describe("tables of processes at work", () => {
	it("are saved without their rows, and the live ones keep theirs", async () => {
		const { on, id } = await changed();
		expect(rows(on, `${STORE}/${id}`)).toMatch(/^ten messages, leases\( +\)$/);
		expect(rows(on)).toBe(ELEVEN);
	});

	it("are put back without rows, by a restore and by its undo", async () => {
		const { on } = await changed();
		await restore(on, "1");
		expect(rows(on)).toMatch(/^ten messages, leases\( +\)$/);
		await undo(on);
		expect(rows(on)).toMatch(/^eleven messages, leases\( +\)$/);
	});

	it("make no difference: where only they have changed, nothing has", async () => {
		const { on } = await changed();
		putDatabase(on, "strict.db", "ten messages, leases(yet a third)", "wal");
		const { plan } = await restore(on, "1");
		expect(plan.steps).toEqual([]);
	});

	it("with what waits to be sent are not in a snapshot, and all of it is in the undo", async () => {
		const { on } = await changed();
		putDatabase(on, "strict.db", "ten, outbox(a letter)", "wal");
		const { snapshot } = await create(on);
		expect(rows(on, `${STORE}/${snapshot.id}`)).toMatch(/^ten, outbox\( +\)$/);
		putDatabase(on, "strict.db", "twelve, outbox(another one)", "wal");
		await restore(on, "1");
		expect(rows(on)).toMatch(/^ten, outbox\( +\)$/);
		await undo(on);
		expect(rows(on)).toBe("twelve, outbox(another one)");
	});

	it("with what waits to be sent are asked about when that came after a crash", async () => {
		let asked = 0;
		for (let died = 1; ; died++) {
			const on = plainMachine();
			putDatabase(on, "strict.db", "ten, outbox(a letter)", "wal");
			await create(on);
			putDatabase(on, "strict.db", "twelve, outbox(none for)", "wal");
			const ending = await dyingAt(died, on, (dying) => restore(dying, "1"));
			if (ending === undefined) break;
			// As long as what was there, so that nothing but its rows tells.
			const text = rows(ending.on).replace(/\(.*\)/, "(for hers)");
			ending.on.volume.rmSync(`${HOME}/strict.db-wal`, { force: true });
			// Later than all that was written before: its time is counted anew.
			for (let times = 0; times < 20; times++)
				putDatabase(ending.on, "strict.db", text, "wal");
			const reply = await recover(agentOn(ending.on)).catch(codeOf);
			if (reply === "recovery-blocked") asked++;
			else expect(rows(ending.on)).toContain("(for hers)");
		}
		expect(asked).toBeGreaterThan(0);
	});

	it("keep nobody from finishing a restore that died, wherever it died", async () => {
		for (let died = 1; ; died++) {
			const { on } = await changed();
			const ending = await dyingAt(died, on, (dying) => restore(dying, "1"));
			if (ending === undefined) break;
			await recover(agentOn(ending.on));
			expect([ELEVEN, `ten messages, leases(${" ".repeat(11)})`]).toContain(
				rows(ending.on),
			);
		}
	});
});
