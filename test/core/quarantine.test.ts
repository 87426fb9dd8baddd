import { describe, expect, it } from "vitest";
import { setAside } from "../../src/core/quarantine.ts";
import { databaseFile } from "../support/memory-sqlite.ts";
import {
	agentOn,
	exists,
	HOME,
	plainMachine,
	put,
} from "../support/plain-agent.ts";
import { storeAt } from "../support/store-folders.ts";

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
		setAside(agentOn(on), path);
		expect(exists(on, path)).toBe(false);
		expect(exists(on, `${path}-journal`)).toBe(!isTaken);
	});

	it("does not take the place of what was set aside in the same moment", () => {
		const on = plainMachine();
		on.volume.mkdirSync(storeAt.directory);
		for (const content of ["one", "two"]) {
			put(on, "letters/eve.txt", content);
			setAside(agentOn(on), "letters/eve.txt");
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
		setAside(agentOn(on), "letters/daily");
		expect(exists(on, "letters/daily-wal")).toBe(true);
	});
});
