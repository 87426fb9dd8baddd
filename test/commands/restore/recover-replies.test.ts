import { describe, expect, it } from "vitest";
import { create, restore } from "../../support/commands.ts";
import { diedHalfWay } from "../../support/crash-scenes.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	HOME,
	plainMachine,
	put,
	putDatabase,
	STORE,
} from "../../support/plain-agent.ts";
import { say } from "../../support/say.ts";

/** Snapshot "one" waits for the next start; a restore of "two" was begun after that, and died half-way. */
async function waitingAndInterrupted(): Promise<Machine> {
	const on = plainMachine();
	await create(on, "one");
	put(on, "config.yaml", "model: two");
	put(on, "letters/ada.txt", "Dear Ada, two");
	await create(on, "two");
	put(on, "config.yaml", "model: three");
	put(on, "letters/ada.txt", "Dear Ada, three");
	await say(on, "restore 2 --at-next-start");
	return diedHalfWay(on, (dying) => restore(dying, "1"), 2);
}

async function reply(on: Machine, command: string): Promise<string> {
	on.clock.advance(3_600_000);
	return (await say(on, command)).text;
}

describe("a restore that waited, and was overtaken by one that was interrupted,", () => {
	it("is forgotten by recover, which says so", async () => {
		expect(
			await reply(await waitingAndInterrupted(), "recover"),
		).toMatchInlineSnapshot(`
			"Finished the interrupted restore of 20261121-011602-two.
			The restore of 20261121-011502-one that waited for the next start is forgotten.
			Restart Plain to load it.
			Take it back with: /snapshot undo"
		`);
	});

	it.each([
		"create",
		"prune",
		"restore 1",
		"restore 1 --at-next-start",
		"recover --finish",
		"recover --back",
	])("is forgotten by %s, which says so once", async (command) => {
		const text = await reply(await waitingAndInterrupted(), command);
		expect(text.split("20261121-011502-one that waited")).toHaveLength(2);
	});

	it("is finished by restore --at-next-start, which says so", async () => {
		const text = await reply(
			await waitingAndInterrupted(),
			"restore 1 --at-next-start",
		);
		expect(text).toMatch(
			/^Finished the interrupted restore of 20261121-011602-two first\./,
		);
		expect(text).toContain("\nNothing else was changed yet. To restore");
	});

	it("is finished by restore --at-next-start of a damaged snapshot, which says so", async () => {
		const on = await waitingAndInterrupted();
		on.volume.writeFileSync(
			`${STORE}/20261121-011502-one/config.yaml`,
			"model: rot\n",
		);
		expect(await reply(on, "restore 2 --at-next-start")).toMatch(
			/^Finished the interrupted restore of \S+-two first\. .*Nothing else was changed/,
		);
	});

	it("is not said to be forgotten when it is the one that was interrupted", async () => {
		const on = plainMachine();
		await create(on, "one");
		put(on, "config.yaml", "model: two");
		put(on, "letters/ada.txt", "Dear Ada, two");
		await say(on, "restore 1 --at-next-start");
		const died = await diedHalfWay(on, (dying) => say(dying, "recover"), 2);
		expect(await reply(died, "recover")).not.toContain("forgotten");
	});
});

describe("recover --back says", () => {
	it("what it did, what it pruned, and where the present is", async () => {
		const on = plainMachine();
		put(on, "state-snapshots/config.json", '{"keep":{"manual":2}}');
		for (const label of ["one", "two"]) {
			put(on, "config.yaml", `model: ${label}`);
			put(on, "letters/ada.txt", `Dear Ada, ${label}`);
			await create(on, label);
		}
		const died = await diedHalfWay(on, (dying) => restore(dying, "2"), 2);
		put(died, "config.yaml", "written after the crash");
		for (const label of ["three", "four"]) await create(died, label);
		expect(await reply(died, "recover --back")).toMatchInlineSnapshot(`
			"Went back to what was there before the interrupted restore of 20261121-011502-one.
			Removed 2 old snapshots.
			What was there a moment ago is snapshot 20261121-022002-before-recover-back: /snapshot restore 20261121-022002-before-recover-back
			Restart Plain to load it."
		`);
	});
});

describe("recover", () => {
	it.each([
		[{}, (on: Machine) => put(on, "config.yaml", "two"), /Take it back with: /],
		[{ undo: false }, (on: Machine) => put(on, "config.yaml", "two"), /it\.$/],
		[
			{},
			(on: Machine) => put(on, "state.db", Buffer.alloc(300)),
			/It cannot be taken back: /,
		],
	])("offers an undo only where there is one: %o", async (options, change, said) => {
		const on = plainMachine();
		await create(on, "one");
		change(on);
		const died = await diedHalfWay(on, (it) => restore(it, "1", options), 1);
		expect(await reply(died, "recover")).toMatch(said);
	});
});

describe("a settled restore whose present could not be saved whole", () => {
	it.each([
		["--finish", "Finished the interrupted restore"],
		["--back", "Went back to what was there"],
	])("says what was lost and what was moved aside: recover %s", async (flag, done) => {
		const on = plainMachine();
		await create(on, "one");
		putDatabase(on, "state.db", "eleven messages");
		put(on, "letters/ada.txt", "Dear Ada, no");
		const died = await diedHalfWay(on, (dying) => restore(dying, "1"), 1);
		put(died, "state.db", Buffer.alloc(300));
		died.clock.advance(3_600_000);
		const { text, exitCode, ok, error, data } = await say(
			died,
			`recover ${flag}`,
		);
		expect(text).toMatch(new RegExp(`^${done}`));
		expect(text).toMatch(/INCOMPLETE.*\n {2}state\.db: /);
		expect(text).toMatch(/quarantine, because unreadable, 1 item: state\.db/);
		expect({ ok, exitCode }).toEqual({ ok: false, exitCode: 3 });
		expect(error?.message).toMatch(/^2026.* lacks state\.db\.$/);
		expect(data).toMatchObject({ missed: [{ path: "state.db" }] });
	});

	it("is said to lack it when the way out is refused, too", async () => {
		const on = plainMachine();
		await create(on, "one");
		putDatabase(on, "state.db", "eleven messages");
		const died = await diedHalfWay(on, (dying) => restore(dying, "1"), 1);
		died.elsewhere.locked.add(`${HOME}/state.db`);
		expect(await reply(died, "recover --finish")).toMatch(
			/kept as snapshot \S+, which lacks state\.db\. /,
		);
	});
});

describe("a refused way out of an interrupted restore", () => {
	it.each([
		"--finish",
		"--back",
	])("beside a holder whose database is made otherwise names itself to be repeated: recover %s", async (flag) => {
		const on = plainMachine();
		await create(on, "one");
		putDatabase(on, "state.db", "eleven messages");
		const died = await diedHalfWay(on, (dying) => restore(dying, "1"), 1);
		putDatabase(died, "state.db", "version 2, an update");
		died.holders = new Map([
			[`${HOME}/state.db`, [{ pid: 7, command: "plain", isGone: false }]],
		]);
		const text = await reply(died, `recover ${flag}`);
		expect(text).toContain("plain (process 7) has it open");
		expect(text).toMatch(
			new RegExp(`\\nStop Plain and repeat /snapshot recover ${flag}\\.$`),
		);
	});

	it("for want of room does not offer what it has not got", async () => {
		const on = plainMachine();
		await create(on, "one");
		put(on, "config.yaml", "model: two");
		put(on, "letters/ada.txt", "Dear Ada, two");
		const died = await diedHalfWay(on, (dying) => restore(dying, "1"), 2);
		put(died, "config.yaml", "written after the crash");
		const { disk } = died.system;
		disk.freeBytes = () =>
			died.volume.existsSync(`${STORE}/.restore-suspended`) ? 1 : 50e9;
		const text = await reply(died, "recover --finish");
		expect(text).toMatch(/free/i);
		expect(text).not.toContain("--no-undo");
	});
});

describe("a list beside an interrupted restore", () => {
	it("does not promise that it can be finished", async () => {
		expect(await reply(await waitingAndInterrupted(), "list")).toMatch(
			/interrupted: \/snapshot recover finishes it, or says what stands in the way\./,
		);
	});
});

describe("a restore that was stopped half-way says", () => {
	it.each([
		["", true],
		[" --no-undo", false],
	])("how to go on, and how to go back if that can be: restore 1%s", async (flag, isBack) => {
		const on = plainMachine();
		await create(on, "one");
		put(on, "config.yaml", "model: two");
		put(on, "letters/ada.txt", "Dear Ada, two");
		on.before = (call) => {
			if (call.startsWith("rename") && call.includes(".restore/new/000001"))
				throw Object.assign(new Error("no"), { code: "EACCES" });
		};
		const text = await reply(on, `restore 1${flag}`);
		expect(text).toContain("stopped half-way");
		expect(text).toContain("/snapshot recover, which finishes it");
		expect(text.includes("/snapshot recover --back")).toBe(isBack);
		const again = await reply(on, "recover");
		expect(again).toContain("could not be finished");
		expect(again.includes("/snapshot recover --back")).toBe(isBack);
	});
});
