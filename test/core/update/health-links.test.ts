import { expect, it } from "vitest";
import type { Entry } from "../../../src/core/capture/entry.ts";
import type { Missed } from "../../../src/core/manifest/manifest.ts";
import { problemsOf } from "../../../src/core/update/health.ts";
import { hermes } from "../../../src/hosts/hermes/host.ts";

const HOME = "/home/ada/.hermes";
const directory = (path: string): Entry => ({ path, kind: "directory" });
const link = (path: string, target: string): Entry => {
	return { path, kind: "link", target };
};

function file(path: string, bytes: string): Entry {
	return { path, kind: "file", size: 10, sha256: bytes.repeat(64) };
}

const linked = (path: string) =>
	`${path} is a link now, which snapshots do not follow`;
const before = [
	file("SOUL.md", "a"),
	directory("memories"),
	file("memories/MEMORY.md", "b"),
	file("memories/USER.md", "c"),
];
const [soul, memories, memory, user] = before as [Entry, Entry, Entry, Entry];
const FIFO = "it is a FIFO, which holds nothing to keep";
const fifo = (path: string): Missed => ({ path, why: FIFO, lost: false });
/** The same contents at another path. */
const at = (path: string, entry: Entry): Entry => ({ ...entry, path });

it.each<[string, after: Entry[], whys: string[], missed?: Missed[]]>([
	[
		"to nothing",
		[soul, memories, memory, link("memories/USER.md", "/nonexistent")],
		[linked("memories/USER.md")],
	],
	[
		"to another program's file",
		[link("SOUL.md", "/etc/hostname"), memories, memory, user],
		[linked("SOUL.md")],
	],
	[
		"for a directory to outside",
		[soul, link("memories", "/mnt/memories")],
		[linked("memories")],
	],
	[
		"in a circle",
		[link("SOUL.md", "SOUL.md"), memories, memory, user],
		[linked("SOUL.md")],
	],
	[
		"to the same, which is captured",
		[
			link("SOUL.md", "memories/SOUL.md"),
			memories,
			memory,
			user,
			at("memories/SOUL.md", soul),
		],
		[],
	],
	[
		"to the same, by its whole path",
		[
			link("SOUL.md", `${HOME}/memories/SOUL.md`),
			memories,
			memory,
			user,
			at("memories/SOUL.md", soul),
		],
		[],
	],
	[
		"to what says something else",
		[
			link("SOUL.md", "memories/SOUL.md"),
			memories,
			memory,
			user,
			file("memories/SOUL.md", "d"),
		],
		[linked("SOUL.md")],
	],
	[
		"for a directory to the same",
		[
			soul,
			link("memories", "kanban/boards/../boards/m"),
			at("kanban/boards/m/MEMORY.md", memory),
			at("kanban/boards/m/USER.md", user),
		],
		[],
	],
	[
		"nowhere: a FIFO",
		[memories, memory, user],
		[`SOUL.md is no file any more: ${FIFO}`],
		[fifo("SOUL.md")],
	],
	[
		"nowhere: a FIFO for a directory",
		[soul],
		[`memories is no directory any more: ${FIFO}`],
		[fifo("memories")],
	],
])("what was a file and leads %s", (_, after, whys, missed = []) => {
	const left = { entries: after, missed };
	const problems = problemsOf(
		hermes,
		{ entries: before, missed: [] },
		left,
		[],
		HOME,
	);
	expect(problems.map(({ path, what }) => `${path} ${what}`)).toEqual(whys);
});

it.each<[string, key: string, sealed: string, isWorse: boolean]>([
	["alone", "b", "b", true],
	["with what it opens", "b", "c", false],
	["not at all", "a", "c", false],
])("a key that has changed %s", (_, key, sealed, isWorse) => {
	const stateOf = (own: string, vault: string) => ({
		entries: [
			file("profiles/x/vault.json.enc", vault),
			file("profiles/x/vault.key", own),
		],
		missed: [],
	});
	const [then, now] = [stateOf("a", "b"), stateOf(key, sealed)];
	expect(problemsOf(hermes, then, now, [])).toEqual(
		isWorse
			? [
					{
						path: "profiles/x/vault.key",
						what: "is another key now, and vault.json.enc, which it opens, is as it was",
					},
				]
			: [],
	);
});
