import { describe, expect, it } from "vitest";
import { setAside } from "../../../src/core/apply/quarantine.ts";
import { create, recover, restore } from "../../support/commands.ts";
import { diedBefore } from "../../support/crash-scenes.ts";
import { databaseFile } from "../../support/memory-sqlite.ts";
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

const OWNER = {
	startedAt: "2026-11-21T01:14:02.000Z",
	quarantine: "2026-11-21T011402000Z",
};
const DATABASE = "letters/eve.db";
const JOURNAL = "state-snapshots/.restore/journal.json";

describe("what is set aside", () => {
	it.each([
		["a file", "letters/daily", "Dear diary", false],
		["an empty file", "letters/daily", "", false],
		["a database by its beginning", "letters/daily", databaseFile("1"), true],
		["a database by its name", "letters/daily.db", "ruined", true],
		["a database of the host's", "state.db", "ruined", true],
	])("takes its log with it only when it is a database: %s", (_, path, content, isTaken) => {
		const on = plainMachine();
		put(on, path, content);
		put(on, `${path}-journal`, "of today");
		on.volume.mkdirSync(storeAt.directory);
		setAside(agentOn(on), OWNER, path);
		expect(exists(on, path)).toBe(false);
		expect(exists(on, `${path}-journal`)).toBe(!isTaken);
	});

	it("does not take the place of what was set aside in the same moment", () => {
		const on = plainMachine();
		on.volume.mkdirSync(storeAt.directory);
		for (const content of ["one", "two"]) {
			put(on, "letters/eve.txt", content);
			setAside(agentOn(on), OWNER, "letters/eve.txt");
		}
		const kept = on.volume
			.readdirSync(storeAt.quarantine)
			.map((folder) => `${storeAt.quarantine}/${String(folder)}`)
			.map((folder) =>
				String(on.volume.readFileSync(`${folder}/letters/eve.txt`)),
			);
		expect(kept).toEqual(["one", "two"]);
	});

	it("leaves the neighbours of a link that stands where a file was", () => {
		const on = plainMachine();
		on.volume.mkdirSync(storeAt.directory);
		on.volume.symlinkSync("bob.txt", `${HOME}/letters/daily`);
		put(on, "letters/daily-wal", "a letter");
		setAside(agentOn(on), OWNER, "letters/daily");
		expect(exists(on, "letters/daily-wal")).toBe(true);
	});
});

const wayBack = (on: Machine) => restore(on, "1");

async function withDatabaseSince(): Promise<Machine> {
	const on = plainMachine();
	await create(on);
	putDatabase(on, DATABASE, "one letter");
	return on;
}

describe("the quarantine of an interrupted restore", () => {
	const FUTURE = `state-snapshots/quarantine/2030-01-01T000000000Z/${DATABASE}`;

	it("is not that of another, made when the clock ran ahead", async () => {
		const on = await withDatabaseSince();
		put(on, FUTURE, "ruined in 2030");
		const died = await diedBefore(/^unlink .*journal\.json$/, on, wayBack);
		await recover(died);
		expect(exists(died, DATABASE)).toBe(false);
		expect(read(died, FUTURE)).toBe("ruined in 2030");
	});

	it("is a free one, though the clock stands still", async () => {
		const on = await withDatabaseSince();
		const died = await diedBefore(
			/^unlink .*quarantine.*eve\.db$/,
			on,
			wayBack,
		);
		const [first = ""] = died.volume.readdirSync(storeAt.quarantine);
		const again = await withDatabaseSince();
		const other = `state-snapshots/quarantine/${String(first)}-2/${DATABASE}`;
		put(again, other, "of another restore");
		const second = await diedBefore(/^unlink .*journal\.json$/, again, wayBack);
		await recover(second);
		expect(exists(second, DATABASE)).toBe(false);
		expect(read(second, other)).toBe("of another restore");
	});

	it("is found by its time when an older journal does not name it", async () => {
		const died = await diedBefore(
			/^unlink .*quarantine.*eve\.db$/,
			await withDatabaseSince(),
			wayBack,
		);
		expect(exists(died, DATABASE)).toBe(false);
		const journal = JSON.parse(read(died, JOURNAL));
		expect(journal.quarantine).toBeDefined();
		delete journal.quarantine;
		put(died, JOURNAL, JSON.stringify(journal));
		await recover(died);
		expect(exists(died, DATABASE)).toBe(false);
		expect(died.volume.existsSync(storeAt.quarantine)).toBe(false);
	});
});
