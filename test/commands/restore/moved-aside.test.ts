import { beforeEach, describe, expect, it } from "vitest";
import { create, restore } from "../../support/commands.ts";
import { diedBefore, diedHalfWay } from "../../support/crash-scenes.ts";
import type { Machine } from "../../support/memory-system.ts";
import { plainMachine, put, read } from "../../support/plain-agent.ts";
import { say } from "../../support/say.ts";
import { storeAt } from "../../support/store-folders.ts";

const LATE = "saved in the last moment";
const CLOSING = /^unlink .*journal\.json$/;
const TOLD =
	/Written to meanwhile, and so moved to (state-snapshots\/quarantine\/\S+): config\.yaml, letters\/eve\.txt\./;

/** Somebody saves two files right behind the commit point: one that is put back, one that is removed. */
function saveLate(on: Machine, next: Machine["before"] = () => {}): void {
	let isSaved = false;
	on.before = (call, tear) => {
		if (!isSaved && on.volume.existsSync(storeAt.journal)) {
			isSaved = true;
			put(on, "config.yaml", LATE);
			put(on, "letters/eve.txt", LATE);
		}
		next(call, tear);
	};
}

function folderIn(text: string): string {
	return TOLD.exec(text)?.[1] ?? `it is not told: ${text}`;
}

describe("what is saved in the last moment of a restore", () => {
	let on: Machine;
	beforeEach(async () => {
		on = plainMachine();
		await create(on, "one");
		put(on, "config.yaml", "model: two");
		put(on, "letters/ada.txt", "Dear Ada, two");
		put(on, "letters/eve.txt", "Dear Eve");
	});

	it("is named by the reply, with its place, and lies there", async () => {
		saveLate(on);
		const { text, data } = await say(on, "restore 1");
		const folder = folderIn(text);
		expect(read(on, `${folder}/config.yaml`)).toBe(LATE);
		expect(data.movedAside).toEqual(
			["config.yaml", "letters/eve.txt"].map((path) => ({
				path,
				to: `${folder}/${path}`,
				why: "late",
			})),
		);
	});

	it("is named by the reply of undo", async () => {
		await say(on, "restore 1");
		saveLate(on);
		const { text } = await say(on, "undo");
		expect(read(on, `${folderIn(text)}/config.yaml`)).toBe(LATE);
	});

	it.each([
		["recover", true],
		["restore 1", true],
		["create", false],
	])("is named by %s, which finishes that restore after a crash", async (command, hasData) => {
		const died = await diedBefore(CLOSING, on, (dying) => {
			saveLate(dying, dying.before);
			return restore(dying, "1");
		});
		const { text, data } = await say(died, command);
		expect(read(died, `${folderIn(text)}/config.yaml`)).toBe(LATE);
		if (hasData) expect(data.movedAside).toHaveLength(2);
	});

	it("is none when there was nothing of the kind", async () => {
		const { text, data } = await say(on, "restore 1");
		expect(text).not.toContain("quarantine");
		expect(data.movedAside).toEqual([]);
	});

	it("is not what an earlier restore has left there", async () => {
		saveLate(on);
		await say(on, "restore 1");
		const { text, data } = await say(on, "undo");
		expect(text).not.toContain("quarantine");
		expect(data.movedAside).toEqual([]);
	});

	it("is named with all other files when a directory that was filled had to give way", async () => {
		on = plainMachine();
		await create(on, "one");
		on.volume.unlinkSync(`${storeAt.home}/config.yaml`);
		put(on, "config.yaml/inner.txt", "x");
		const died = await diedHalfWay(on, (dying) => restore(dying, "1"), 2);
		put(died, "config.yaml/late.txt", LATE);
		const { text, data } = await say(died, "recover --finish");
		expect(text).toMatch(/moved to state-.*: config\.yaml\/late\.txt\./);
		expect(data.movedAside).toMatchObject([{ path: "config.yaml/late.txt" }]);
	});
});

describe("what nobody could read and had to give way", () => {
	it("is named by a recovery, with its log told by its database", async () => {
		const on = plainMachine();
		await create(on, "one");
		put(on, "state.db", Buffer.alloc(300));
		put(on, "state.db-wal", "MALFORMED, who knows");
		put(on, "config.yaml", "model: two");
		const died = await diedHalfWay(on, (dying) => restore(dying, "1"), 4);
		const { text, data } = await say(died, "recover");
		expect(text).toContain("because unreadable, 1 item: state.db.");
		expect(data.movedAside).toMatchObject([
			{ path: "state.db", why: "unreadable" },
		]);
	});
});
