import { describe, expect, it } from "vitest";
import { create, recover, restore } from "../../support/commands.ts";
import { dyingEverywhere } from "../../support/dying.ts";
import { homeState } from "../../support/home-state.ts";
import type { Machine } from "../../support/memory-system.ts";
import { HOME, plainMachine, put, read } from "../../support/plain-agent.ts";
import { storeAt } from "../../support/store-folders.ts";

const LATE = "letters/ada.txt";

/** With one snapshot, of a link or a file; since then there is another file, or nothing. */
async function changed(was: "link" | "file", now?: string): Promise<Machine> {
	const on = plainMachine();
	on.volume.unlinkSync(`${HOME}/${LATE}`);
	if (was === "link") on.volume.symlinkSync("bob.txt", `${HOME}/${LATE}`);
	else put(on, LATE, "Dear Ada");
	await create(on);
	on.volume.unlinkSync(`${HOME}/${LATE}`);
	if (now !== undefined) put(on, LATE, now);
	return on;
}

/** Writes something at the last moment before each call of this kind that puts something into the home, once. */
function writingLate(on: Machine, call: RegExp): void {
	on.before = (now) => {
		if (!call.test(now) || !on.volume.existsSync(storeAt.journal)) return;
		on.before = () => {};
		put(on, LATE, "written late");
	};
}

/** What lies there, by whatever folder. */
function setAside({ volume }: Machine): string[] {
	if (!volume.existsSync(storeAt.quarantine)) return [];
	return volume
		.readdirSync(storeAt.quarantine)
		.map((folder) => `${storeAt.quarantine}/${String(folder)}/${LATE}`)
		.map((path) => String(volume.readFileSync(path)));
}

describe("what is written in the last moment, where a restore puts", () => {
	it.each([
		["a link in the place of a file", "link", "Dear Eve", /rename .*\/000000$/],
		["a file in the place of a file", "file", "Dear Eve", /rename .*\/000000$/],
		["a link where nothing was", "link", undefined, /^symlink /],
		["a file where nothing was", "file", undefined, /^link .*\/000000$/],
	] as const)("%s, is moved aside", async (_, was, now, call) => {
		const on = await changed(was, now);
		const old = await changed(was, now);
		await restore(old, "1");
		writingLate(on, call);
		await restore(on, "1");
		expect(setAside(on)).toEqual(["written late"]);
		expect(homeState(on)).toEqual(homeState(old));
		expect(on.volume.existsSync(storeAt.restoring)).toBe(false);
	});

	it("is moved aside by the recovery when the restore died then", async () => {
		const on = await changed("link", "Dear Eve");
		let endings = 0;
		await dyingEverywhere(
			on,
			(dying) => {
				const { before: count } = dying;
				dying.before = (call, tear) => {
					if (/rename .*\/000000$/.test(call)) put(dying, LATE, "written late");
					count(call, tear);
				};
				return restore(dying, "1");
			},
			async ({ on: died, at }) => {
				const found = died.volume.lstatSync(`${HOME}/${LATE}`);
				if (!died.volume.existsSync(storeAt.journal) || found.isFile()) return;
				endings++;
				await recover(died);
				expect(setAside(died), at).toEqual(["written late"]);
				expect(read(died, LATE), at).toBe("Dear Bob");
			},
		);
		expect(endings).toBeGreaterThan(1);
	});
});
