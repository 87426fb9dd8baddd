import { describe, expect, it } from "vitest";
import { create, restore, undo } from "../support/commands.ts";
import { homeState } from "../support/home-state.ts";
import type { Machine } from "../support/memory-system.ts";
import {
	exists,
	HOME,
	plainMachine,
	put,
	putDatabase,
	read,
	STORE,
} from "../support/plain-agent.ts";

/** A snapshot, and everything in the home changed since. */
async function changed(): Promise<Machine> {
	const on = plainMachine();
	put(on, "deep/down/note.txt", "noted");
	await create(on);
	put(on, "config.yaml", "model: two");
	put(on, "letters/ada.txt", "Dear nobody");
	put(on, "letters/eve.txt", "Dear Eve");
	put(on, "token.json", '{"refresh":"second"}');
	putDatabase(on, "state.db", "eleven messages");
	return on;
}

const select = (...paths: string[]) => ({ select: paths });

describe("a restore of some of it", () => {
	it("puts back the files that are named, and nothing else", async () => {
		const on = await changed();
		const before = homeState(on);
		await restore(on, "1", select("config.yaml"));
		const { "config.yaml": config, ...rest } = homeState(on);
		const { "config.yaml": _, ...untouched } = before;
		expect(config).toContain("model: one");
		expect(rest).toEqual(untouched);
	});

	it("is exact within a directory that is named", async () => {
		const on = await changed();
		await restore(on, "1", select("letters"));
		expect(read(on, "letters/ada.txt")).toBe("Dear Ada");
		expect(exists(on, "letters/eve.txt")).toBe(false);
		expect(read(on, "config.yaml")).toBe("model: two");
	});

	it("is taken back by undo, and done again by another", async () => {
		const on = await changed();
		const before = homeState(on);
		await restore(on, "1", select("letters", "state.db"));
		const after = homeState(on);
		await undo(on);
		expect(homeState(on)).toEqual(before);
		await undo(on);
		expect(homeState(on)).toEqual(after);
	});

	it("keeps for the undo only what it may touch", async () => {
		const on = await changed();
		const { undo: id } = await restore(on, "1", select("letters/ada.txt"));
		const kept = on.volume.readdirSync(`${STORE}/${id}`).map(String);
		expect(kept.toSorted()).toEqual(["letters", "manifest.json"]);
	});

	it("puts back a login token that is named", async () => {
		const on = await changed();
		await restore(on, "1", select("token.json"));
		expect(read(on, "token.json")).toContain("first");
	});

	it("makes the directories that are gone above what is named", async () => {
		const on = await changed();
		on.volume.rmSync(`${HOME}/deep`, { recursive: true });
		await restore(on, "1", select("deep/down/note.txt"));
		expect(read(on, "deep/down/note.txt")).toBe("noted");
	});

	it("leaves the mode of a directory above as it is", async () => {
		const on = await changed();
		on.volume.chmodSync(`${HOME}/letters`, 0o750);
		await restore(on, "1", select("letters/ada.txt"));
		expect(homeState(on).letters).toBe("directory 750");
	});

	it("is refused where a link stands for a directory above", async () => {
		const on = await changed();
		on.volume.renameSync(`${HOME}/letters`, `${HOME}/elsewhere`);
		on.volume.symlinkSync(`${HOME}/elsewhere`, `${HOME}/letters`);
		await expect(
			restore(on, "1", select("letters/ada.txt")),
		).rejects.toMatchObject({
			code: "failed",
			message: expect.stringContaining("letters is a link"),
		});
	});

	it("takes the place of a file that stands where a directory was", async () => {
		const on = await changed();
		on.volume.rmSync(`${HOME}/letters`, { recursive: true });
		put(on, "letters", "a file now");
		const before = homeState(on);
		await restore(on, "1", select("letters/ada.txt"));
		expect(read(on, "letters/ada.txt")).toBe("Dear Ada");
		expect(exists(on, "letters/bob.txt")).toBe(false);
		await undo(on);
		expect(homeState(on)).toEqual(before);
	});

	it("is had from a snapshot that is damaged elsewhere, and not from what is damaged", async () => {
		const on = await changed();
		const [id = ""] = on.volume
			.readdirSync(STORE)
			.map(String)
			.filter((name) => /^\d/.test(name));
		on.volume.writeFileSync(`${STORE}/${id}/state.db`, "ruined");
		await restore(on, "1", select("config.yaml"));
		expect(read(on, "config.yaml")).toBe("model: one\n");
		await expect(restore(on, "1", select("state.db"))).rejects.toMatchObject({
			code: "damaged",
			message: expect.stringContaining("state.db"),
		});
	});

	it.each<[path: string, hint: RegExp]>([
		["ada.txt", /Did you mean letters\/ada\.txt\?/],
		["Config.yaml", /Did you mean config\.yaml\?/],
		["state.db-wal", /belongs to state\.db/],
		["../outside", /below the agent's home/],
		["letter", /below the agent's home/],
		["", /below the agent's home/],
	])("is refused for %j, which is not in it", async (path, hint) => {
		const on = await changed();
		const before = homeState(on);
		await expect(restore(on, "1", select(path))).rejects.toMatchObject({
			code: "usage",
			message: expect.stringContaining("Nothing was changed"),
			hint: expect.stringMatching(hint),
		});
		expect(homeState(on)).toEqual(before);
	});
});
