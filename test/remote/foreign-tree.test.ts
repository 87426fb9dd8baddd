import { describe, expect, it } from "vitest";
import type { Manifest } from "../../src/core/manifest/manifest.ts";
import { refuseStrangeTree } from "../../src/remote/foreign-tree.ts";

const sha256 = "0".repeat(64);
const manifest: Manifest = {
	id: "20261121-011402",
	timestamp: "20261121-011402",
	label: null,
	file_count: 2,
	total_size: 12,
	reason: "manual",
	complete: true,
	pinned: false,
	files: {},
	captured: undefined,
	missed: [],
	entries: [
		{ path: "memories", kind: "directory", mode: 0o700 },
		{ path: "memories/USER.md", kind: "file", size: 4, sha256 },
		{
			path: "state.db",
			kind: "database",
			size: 8,
			content: sha256,
			journalMode: "wal",
			checked: true,
			parts: { size: 4, sha256: [sha256, sha256] },
		},
		{ path: "link", kind: "link", target: "/etc/passwd" },
	],
} as unknown as Manifest;

const node = (path: string, size: number, type = "file") =>
	JSON.stringify({ struct_type: "node", type, path, size });
const dir = (path: string) => node(path, 0, "dir");
/** As restic lists what was pushed. */
const SOUND = [
	'{"struct_type":"snapshot","paths":["/x"]}',
	node("/manifest.json", 999),
	dir("/memories"),
	node("/memories/USER.md", 4),
	dir("/state.db"),
	node("/state.db/000000", 4),
	node("/state.db/000001", 4),
];
const without = (path: string) =>
	SOUND.filter((line) => !line.includes(`"${path}"`));

describe("what lies in a repository", () => {
	it("is taken when it is what the manifest names", () => {
		expect(() => refuseStrangeTree(manifest, SOUND)).not.toThrow();
	});

	it("is taken when names that are no text have become one", () => {
		const [, file] = manifest.entries.slice(0, 2);
		const named = (path: string) => ({ ...file, path }) as typeof file & object;
		const entries = [named("bad-\udcff"), named("bad-\udcfe")];
		const listed = [node("/manifest.json", 9), node("/bad-\ufffd", 4)];
		const look = (lines: readonly string[]) => () =>
			refuseStrangeTree({ ...manifest, entries } as Manifest, lines);
		expect(look([...listed, node("/bad-\ufffd", 4)])).not.toThrow();
		expect(look(listed)).toThrow("lacks");
	});

	it.each<[string, readonly string[]]>([
		[
			"a link that the manifest names as one",
			[...SOUND, node("/link", 0, "symlink")],
		],
		[
			"a link in the place of a file",
			[
				...without("/memories/USER.md"),
				node("/memories/USER.md", 4, "symlink"),
			],
		],
		[
			"a link in the place of a directory",
			[...without("/memories"), node("/memories", 0, "symlink")],
		],
		["a device", [...SOUND, node("/null", 0, "chardev")]],
		[
			"a device in the place of a file",
			[...without("/memories/USER.md"), node("/memories/USER.md", 4, "dev")],
		],
		["a file more", [...SOUND, node("/memories/more.md", 1)]],
		["a directory more", [...SOUND, dir("/memories/more")]],
		["a part more", [...SOUND, node("/state.db/000002", 4)]],
		["a name twice", [...SOUND, node("/memories/USER.md", 4)]],
		["a name that leads out", [...SOUND, node("/../up.md", 1)]],
		[
			"a directory in the place of a file",
			[...without("/memories/USER.md"), dir("/memories/USER.md")],
		],
		[
			"a bomb",
			[...without("/memories/USER.md"), node("/memories/USER.md", 4e12)],
		],
		["a part less", without("/state.db/000001")],
		["no manifest", without("/manifest.json")],
		["nothing", []],
	])("is refused before any of it is put down when it is %s", (_, lines) => {
		expect(() => refuseStrangeTree(manifest, lines)).toThrow(
			expect.objectContaining({ code: "damaged" }),
		);
	});
});
