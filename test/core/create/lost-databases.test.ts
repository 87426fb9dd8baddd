import { describe, expect, it } from "vitest";
import { createSnapshot } from "../../../src/core/create/create.ts";
import { readManifest } from "../../../src/core/store/store.ts";
import { listedIds, restore, undo } from "../../support/commands.ts";
import { homeState } from "../../support/home-state.ts";
import type { Machine } from "../../support/memory-system.ts";
import {
	agentOn,
	HOME,
	plainMachine,
	put,
	putDatabase,
	read,
	STORE,
} from "../../support/plain-agent.ts";
import { storeAt } from "../../support/store-folders.ts";

const ADA = "profiles/ada/state.db";
const BOARD = "boards/one/board.db";

function create(on: Machine) {
	on.clock.advance(60_000);
	const request = { label: null, reason: "manual", force: false };
	return createSnapshot(agentOn(on), request);
}

/** With every kind of database: by right, by right in a profile, and by what it was. */
function full(): Machine {
	const on = plainMachine();
	put(on, "state-snapshots/config.json", '{"keep": {"manual": 2}}');
	putDatabase(on, ADA, "one message");
	putDatabase(on, BOARD, "a board");
	return on;
}

/** Moves it to a bigger disk, and leaves a link. */
function moveAway(on: Machine, path: string, to = "/big/it"): void {
	on.volume.mkdirSync("/big", { recursive: true });
	on.volume.renameSync(`${HOME}/${path}`, to);
	on.volume.symlinkSync(to, `${HOME}/${path}`);
}

/** memfs removes what a link leads to. */
function remove({ volume }: Machine, path: string): void {
	const full = `${HOME}/${path}`;
	if (volume.lstatSync(full).isSymbolicLink()) volume.unlinkSync(full);
	else volume.rmSync(full, { recursive: true });
}

function replace(on: Machine, path: string): void {
	remove(on, path);
	on.volume.mkdirSync(`${HOME}/${path}`);
}

const LINK = /^it is a link, and what it leads to is not taken: \/big\/it$/;
const DIRECTORY = /^it is a directory now, where a database belongs$/;

const LOST: [
	what: string,
	path: string,
	lose: (on: Machine) => void,
	RegExp,
][] = [
	[
		"is a link out of the home",
		"state.db",
		(on) => moveAway(on, "state.db"),
		LINK,
	],
	[
		"is a link to nothing",
		"state.db",
		(on) => {
			moveAway(on, "state.db");
			on.volume.unlinkSync("/big/it");
		},
		LINK,
	],
	[
		"is a link in a circle",
		"state.db",
		(on) => {
			on.volume.unlinkSync(`${HOME}/state.db`);
			on.volume.symlinkSync("state.db", `${HOME}/state.db`);
		},
		/not taken: state\.db$/,
	],
	[
		"is a link to what is not taken in the home",
		"state.db",
		(on) => {
			on.volume.mkdirSync(`${HOME}/data`);
			on.volume.renameSync(`${HOME}/state.db`, `${HOME}/data/state.db`);
			on.volume.symlinkSync("data/state.db", `${HOME}/state.db`);
		},
		/not taken: data\/state\.db$/,
	],
	[
		"is a link to what is no database",
		"state.db",
		(on) => {
			on.volume.unlinkSync(`${HOME}/state.db`);
			on.volume.symlinkSync("config.yaml", `${HOME}/state.db`);
		},
		/not taken: config\.yaml$/,
	],
	["is a directory", "state.db", (on) => replace(on, "state.db"), DIRECTORY],
	[
		"is a directory that holds something",
		"state.db",
		(on) => {
			replace(on, "state.db");
			put(on, "state.db/inner/note.txt", "of Docker");
		},
		DIRECTORY,
	],
	["of a profile is a link", ADA, (on) => moveAway(on, ADA), LINK],
	["of a profile is a directory", ADA, (on) => replace(on, ADA), DIRECTORY],
	[
		"lies behind a profile's link",
		"profiles/ada",
		(on) => moveAway(on, "profiles/ada"),
		LINK,
	],
	[
		"lies behind a link of all profiles",
		"profiles",
		(on) => moveAway(on, "profiles"),
		LINK,
	],
	["that was one is a link", BOARD, (on) => moveAway(on, BOARD), LINK],
	["that was one is a directory", BOARD, (on) => replace(on, BOARD), DIRECTORY],
	[
		"that was one lies behind a link",
		"boards",
		(on) => moveAway(on, "boards"),
		LINK,
	],
	[
		"that was one lies behind a link to nothing",
		"boards/one",
		(on) => {
			moveAway(on, "boards/one");
			on.volume.rmSync("/big/it", { recursive: true });
		},
		LINK,
	],
];

describe.each(LOST)("where a database %s", (_, path, lose, why) => {
	it("a snapshot is incomplete and pushes no good one out", async () => {
		const on = full();
		const { snapshot: good } = await create(on);
		lose(on);
		for (let count = 0; count < 3; count++) {
			put(on, "config.yaml", `model: ${count}\n`);
			const { snapshot, missed } = await create(on);
			expect(missed).toEqual([
				{ path, why: expect.stringMatching(why), lost: true },
			]);
			expect(snapshot.complete).toBe(false);
			const { entries } = readManifest(on.system.disk, storeAt, snapshot.id);
			expect(entries.map((entry) => entry.path)).not.toContain(path);
		}
		expect(listedIds(on)).toContain(good.id);
	});

	it("a restore of that leaves it alone when it is back", async () => {
		const on = full();
		await create(on);
		lose(on);
		await create(on);
		remove(on, path);
		putDatabase(on, path === "state.db" ? path : ADA, "it is back");
		if (!on.volume.existsSync(`${HOME}/${BOARD}`))
			putDatabase(on, BOARD, "it is back");
		put(on, "config.yaml", "model: two\n");
		await restore(on, "1");
		expect(read(on, "config.yaml")).toBe("model: one\n");
		for (const database of ["state.db", ADA, BOARD])
			expect(on.volume.lstatSync(`${HOME}/${database}`).isFile()).toBe(true);
	});
});

describe.each(LOST)("where a database %s", (_, _path, lose) => {
	it("a restore of the good one saves what stands there, and an undo puts that back", async () => {
		const on = full();
		await create(on);
		const good = homeState(on);
		lose(on);
		const before = homeState(on);
		await restore(on, "1");
		expect(homeState(on)).toMatchObject(good);
		await undo(on);
		expect(homeState(on)).toEqual(before);
	});
});

describe("a snapshot is complete where", () => {
	it.each<[what: string, change: (on: Machine) => void]>([
		[
			"a database is a link to another that is taken",
			(on) => {
				on.volume.unlinkSync(`${HOME}/${ADA}`);
				on.volume.symlinkSync("../../state.db", `${HOME}/${ADA}`);
			},
		],
		[
			"a profile is a link to another that is taken",
			(on) => {
				on.volume.rmSync(`${HOME}/profiles/ada`, { recursive: true });
				putDatabase(on, "profiles/bob/state.db", "two messages");
				on.volume.symlinkSync("bob", `${HOME}/profiles/ada`);
			},
		],
		[
			"a database is a link to one that was never written to",
			(on) => {
				put(on, "letters/empty.db", "");
				on.volume.symlinkSync("letters/empty.db", `${HOME}/strict.db`);
			},
		],
		[
			"a linked directory has nothing of a database",
			(on) => {
				on.volume.mkdirSync("/big");
				on.volume.symlinkSync("/big", `${HOME}/profiles/eve`);
			},
		],
		[
			"a database was deleted",
			(on) => on.volume.unlinkSync(`${HOME}/${BOARD}`),
		],
		[
			"the link is named as to be left out",
			(on) => {
				moveAway(on, "state.db");
				put(on, "state-snapshots/config.json", '{"exclude": ["state.db"]}');
			},
		],
	])("%s", async (_, change) => {
		const on = full();
		await create(on);
		change(on);
		const { snapshot, missed } = await create(on);
		expect(missed).toEqual([]);
		expect(snapshot).toMatchObject({ number: 1, complete: true });
	});
});

it("is told by the newest manifest that can be read", async () => {
	const on = full();
	await create(on);
	const { snapshot } = await create(on);
	on.volume.writeFileSync(`${STORE}/${snapshot.id}/manifest.json`, "{");
	replace(on, "state.db");
	const { missed } = await create(on);
	expect(missed).toMatchObject([{ path: "state.db", lost: true }]);
});
