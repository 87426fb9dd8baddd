import { describe, expect, it } from "vitest";
import { create, recover, restore } from "../support/commands.ts";
import { diedHalfWay } from "../support/crash-scenes.ts";
import { dyingEverywhere } from "../support/dying.ts";
import { homeState } from "../support/home-state.ts";
import type { Machine } from "../support/memory-system.ts";
import {
	exists,
	HOME,
	plainMachine,
	put,
	putDatabase,
	read,
} from "../support/plain-agent.ts";
import { storeAt } from "../support/store-folders.ts";

/** As `cp -a` onto a new disk: the same content, modes and times, and no inode of before. */
function copyAll({ volume }: Machine, directory = HOME): void {
	for (const name of volume.readdirSync(directory).map(String)) {
		const path = `${directory}/${name}`;
		const stat = volume.lstatSync(path);
		if (stat.isDirectory()) copyAll({ volume } as Machine, path);
		if (stat.isSymbolicLink()) {
			const target = volume.readlinkSync(path);
			volume.unlinkSync(path);
			volume.symlinkSync(target, path);
		}
		if (!stat.isFile()) continue;
		volume.writeFileSync(`${path}~`, volume.readFileSync(path), {
			mode: stat.mode & 0o7777,
		});
		volume.utimesSync(`${path}~`, stat.atimeMs / 1000, stat.mtimeMs / 1000);
		volume.unlinkSync(path); // memfs miscounts the names of a directory otherwise
		volume.renameSync(`${path}~`, path);
	}
}

/** With one snapshot; since then something of each kind has come, changed or gone. */
async function changed(): Promise<Machine> {
	const on = plainMachine();
	on.volume.symlinkSync("ada.txt", `${HOME}/letters/first.txt`);
	putDatabase(on, "profiles/ada/state.db", "one message");
	await create(on);
	on.volume.unlinkSync(`${HOME}/profiles/ada/state.db`);
	on.volume.unlinkSync(`${HOME}/letters/first.txt`);
	on.volume.symlinkSync("bob.txt", `${HOME}/letters/first.txt`);
	putDatabase(on, "state.db", "eleven messages");
	putDatabase(on, "letters/new.db", "one letter");
	put(on, "config.yaml", "model: two\n");
	put(on, "letters/eve.txt", "Dear Eve");
	on.volume.unlinkSync(`${HOME}/letters/bob.txt`);
	return on;
}

describe("a home that was copied after a crash", () => {
	it("is finished wherever the restore died, and nothing of it taken for written since", async () => {
		const whole = await changed();
		await restore(whole, "1");
		let endings = 0;
		await dyingEverywhere(
			await changed(),
			(on) => restore(on, "1"),
			async ({ on, at }) => {
				if (!on.volume.existsSync(storeAt.journal)) return;
				endings++;
				copyAll(on);
				await recover(on).catch((error) => {
					throw new Error(`${at}: ${error}`);
				});
				expect(homeState(on), at).toEqual(homeState(whole));
				expect(on.volume.existsSync(storeAt.quarantine), at).toBe(false);
			},
		);
		expect(endings).toBeGreaterThan(10);
	});
});

describe("a database that the agent has only opened since", () => {
	it.each([
		["is exchanged", "state.db"],
		["is removed", "letters/new.db"],
	])("%s by the recovery", async (_, path) => {
		const died = await diedHalfWay(
			await changed(),
			(on) => restore(on, "1"),
			1,
		);
		const rows = path === "state.db" ? "eleven messages" : "one letter";
		putDatabase(died, path, rows, "wal");
		await recover(died);
		if (path === "state.db") expect(read(died, path)).toContain("ten messages");
		else expect(exists(died, path)).toBe(false);
	});
});

describe("a database that is opened as the recovery comes to it", () => {
	it("stops it with both ways out, and a snapshot can be made", async () => {
		const died = await diedHalfWay(
			await changed(),
			(on) => restore(on, "1"),
			1,
		);
		const late = "letters/new.db";
		died.before = (call) => {
			if (call.includes("quarantine")) putDatabase(died, late, "two letters");
		};
		await expect(recover(died)).rejects.toMatchObject({
			code: "recovery-blocked",
			message: expect.stringContaining(`${late} was written to by another`),
			hint: expect.stringMatching(/--finish.*--back/),
		});
		died.before = () => {};
		await create(died);
		expect(read(died, late)).toContain("two letters");
	});
});

describe("a recovery that has to ask", () => {
	it("says what it has moved back from the quarantine", async () => {
		const late = "letters/new.db";
		let endings = 0;
		await dyingEverywhere(
			await changed(),
			(on) => restore(on, "1"),
			async ({ on, at }) => {
				const isAway =
					on.volume.existsSync(storeAt.journal) && !exists(on, late);
				const folders = on.volume.existsSync(storeAt.quarantine)
					? on.volume.readdirSync(storeAt.quarantine, { recursive: true })
					: [];
				if (!isAway || !folders.map(String).some((one) => one.endsWith(late)))
					return;
				endings++;
				put(on, "config.yaml", "model: three, written since\n");
				await expect(recover(on), at).rejects.toMatchObject({
					code: "recovery-blocked",
					message: expect.stringMatching(
						/ Only letters\/new\.db has been moved back from state-snapshots\/quarantine\.$/,
					),
				});
				expect(exists(on, late), at).toBe(true);
			},
		);
		expect(endings).toBeGreaterThan(0);
	});
});
