import { describe, expect, it } from "vitest";
import { settle } from "../../../src/core/recover/settle.ts";
import { create, recover, restore } from "../../support/commands.ts";
import { dyingAt } from "../../support/dying.ts";
import { homeState } from "../../support/home-state.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	agentOn,
	exists,
	HOME,
	plainMachine,
	put,
	putDatabase,
	read,
} from "../../support/plain-agent.ts";
import { storeAt } from "../../support/store-folders.ts";

const DATABASE = "letters/eve.db";
const LOG = `${DATABASE}-wal`;

/** Died as it had removed a database, and not yet its log. */
async function diedBeforeTheLog(): Promise<Machine> {
	const on = plainMachine();
	await create(on);
	putDatabase(on, DATABASE, "one letter", "wal");
	put(on, LOG, "two letters");
	const ending = await dyingAt(1, on, async (dying) => {
		const { before: count } = dying;
		dying.before = (call, tear) => {
			if (call.endsWith(LOG) && dying.volume.existsSync(storeAt.journal))
				count(call, tear);
		};
		await restore(dying, "1");
	});
	if (ending === undefined) throw new Error("it was done too early");
	expect(exists(ending.on, DATABASE)).toBe(false);
	return ending.on;
}

/** The last moment before anything is done to the log. */
function asItComesToTheLog(on: Machine, act: () => void): void {
	on.before = (call) => {
		if (!call.endsWith(LOG)) return;
		on.before = () => {};
		act();
	};
}

function agentMakesIt(on: Machine): void {
	on.volume.unlinkSync(`${HOME}/${LOG}`);
	putDatabase(on, DATABASE, "a new letter", "wal");
	put(on, LOG, "committed just now");
}

describe("the log of a database that is gone", () => {
	it("is left to an agent who makes that database as a recovery comes by", async () => {
		const died = await diedBeforeTheLog();
		asItComesToTheLog(died, () => agentMakesIt(died));
		await recover(died);
		expect(read(died, LOG)).toBe("committed just now");
	});

	it("is in the snapshot of the present when an agent makes that database as a person settles it", async () => {
		const died = await diedBeforeTheLog();
		asItComesToTheLog(died, () => agentMakesIt(died));
		const { present } = await settle(agentOn(died), "finish");
		const kept = read(died, `state-snapshots/${present.id}/${DATABASE}`);
		expect(kept).toContain("committed just now");
	});

	it("is removed when it is the one that was captured, and no folder stays", async () => {
		const died = await diedBeforeTheLog();
		await recover(died);
		expect(exists(died, LOG)).toBe(false);
		expect(died.volume.existsSync(storeAt.quarantine)).toBe(false);
	});

	it("is kept in the quarantine when it is another one", async () => {
		const died = await diedBeforeTheLog();
		put(died, LOG, "of nobody knows whom");
		await recover(died);
		expect(exists(died, LOG)).toBe(false);
		const [folder] = died.volume.readdirSync(storeAt.quarantine).map(String);
		const kept = `${storeAt.quarantine}/${folder}/${LOG}`;
		expect(String(died.volume.readFileSync(kept))).toBe("of nobody knows whom");
	});
});

describe("a database that is being removed and had been moved out of reach when the restore died", () => {
	/** Died at the change after the one that moved it. */
	async function diedOutOfReach(): Promise<Machine> {
		const on = plainMachine();
		await create(on);
		putDatabase(on, DATABASE, "one letter", "wal");
		const ending = await dyingAt(1, on, async (dying) => {
			const { before: count } = dying;
			dying.before = (call, tear) => {
				if (call.startsWith(`unlink ${storeAt.quarantine}`)) count(call, tear);
			};
			await restore(dying, "1");
		});
		if (ending === undefined) throw new Error("it was done too early");
		expect(exists(ending.on, DATABASE)).toBe(false);
		return ending.on;
	}

	it("is removed by the recovery, and nothing stays in the quarantine", async () => {
		const died = await diedOutOfReach();
		await recover(died);
		expect(exists(died, DATABASE)).toBe(false);
		expect(died.volume.existsSync(storeAt.quarantine)).toBe(false);
	});

	it("is put back, and the recovery stops, when an agent who had it open has committed to it", async () => {
		const died = await diedOutOfReach();
		put(died, LOG, "two letters");
		await expect(recover(died)).rejects.toMatchObject({
			code: "recovery-blocked",
			message: expect.stringContaining(DATABASE),
		});
		expect(homeState(died)[DATABASE]).toContain("two letters");
		const { present } = await settle(agentOn(died), "finish");
		expect(read(died, `state-snapshots/${present.id}/${DATABASE}`)).toContain(
			"two letters",
		);
		expect(exists(died, DATABASE)).toBe(false);
		expect(exists(died, LOG)).toBe(false);
		expect(died.volume.existsSync(storeAt.quarantine)).toBe(false);
	});

	it("is as it was before the restore when a person goes back", async () => {
		const died = await diedOutOfReach();
		put(died, LOG, "two letters");
		await settle(agentOn(died), "back");
		expect(homeState(died)[DATABASE]).toContain("one letter");
	});
});
