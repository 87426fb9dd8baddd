import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatManifest } from "../../src/core/manifest/format-manifest.ts";
import { parseManifest } from "../../src/core/manifest/manifest.ts";
import { type Forged, forge, inZip } from "../support/archives.ts";
import { makeSmallDb } from "../support/hermes-databases.ts";
import { importedState } from "../support/imported-state.ts";
import { record } from "../support/oracle.ts";
import { put } from "../support/put.ts";
import { runCli } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import { snapshotFolders } from "../support/store.ts";

const timeout = 300_000;
const FORCE = ["--force"];
const MANIFEST = "state-snapshots/archive.json";
/** The agent whose home nothing may come to. */
let top = "";
let user = "";
let home = "";
/** A sound archive of another one like it. */
let sound = "";
beforeAll(async () => {
	top = fs.mkdtempSync("/tmp/agent-snapshot-hostile-");
	user = path.join(top, "user");
	home = path.join(user, ".hermes");
	makeLittleHome(home);
	const other = path.join(top, "other");
	makeLittleHome(path.join(other, ".hermes"));
	put(path.join(other, ".hermes"), "SOUL.md", "# Another soul\n");
	sound = path.join(top, "sound.zip");
	const words = ["export", "--full", "--no-encrypt", "--to", sound];
	const ran = await runCli(words, { env: { HOME: other } });
	expect(ran.code, ran.stderr).toBe(0);
	await runCli(["create"], { env: { HOME: user } });
}, timeout);
afterAll(() => fs.rmSync(top, { recursive: true, force: true }));

function makeLittleHome(at: string): void {
	fs.mkdirSync(at, { recursive: true, mode: 0o700 });
	makeSmallDb(path.join(at, "state.db"), "messages", 40);
	put(at, "config.yaml", "model: one\n");
	put(at, ".env", "KEY=one\n");
	put(at, "SOUL.md", "# Soul\n");
	put(at, "memories/MEMORY.md", "Ada likes tea.\n");
}

function importing(words: readonly string[]) {
	return runCli(["import", ...words], { env: { HOME: user }, cwd: top });
}

/** But for the engine's compiled code, and for when something came into a directory and went again. */
function states(dir: string) {
	return new Map(
		[...record(dir)]
			.filter(([name]) => !name.startsWith(".cache"))
			.map(([name, fact]) => [
				name,
				fact.type === "directory" ? fact.mode : fact,
			]),
	);
}

/** All that an import could have touched, whatever it was told. */
function everything() {
	return {
		user: states(user),
		home: states(home),
		snapshots: snapshotFolders(home),
		scratch: fs
			.readdirSync(path.join(home, "state-snapshots"))
			.filter((name) => name.startsWith(".scratch")),
		beside: fs
			.readdirSync(top)
			.filter((name) => !/\.(zip|tgz|tar)$/.test(name)),
		root: fs.existsSync("/agent-snapshot-evil"),
	};
}

const text = (name: string, content = "x") => ({ name, text: content });
/** Enough to be known by. */
const known = [
	text("config.yaml", "model: two\n"),
	text("SOUL.md", "# Other\n"),
	text(".env", "KEY=two\n"),
];
const zip = (...members: Forged["members"]): Forged => ({
	form: "zip",
	members: [...known, ...members],
});
const tgz = (...members: Forged["members"]): Forged => ({
	form: "tgz",
	members: [...known, ...members],
});

interface Case {
	readonly archive: Forged;
	readonly says: RegExp;
	/** Even then. */
	readonly flags?: readonly string[];
}

const UP = /holds a name that holds "\.\."/;
const ABSOLUTE = /holds a name that is absolute/;
const HUGE = 300 * 1024 * 1024;
const LINK = 0o120777;

const SLIPS: Readonly<Record<string, Case>> = {
	"a name that goes up": {
		archive: zip(text("../evil")),
		says: UP,
		flags: FORCE,
	},
	"one that goes up further down": {
		archive: zip(text("memories/../../evil")),
		says: UP,
		flags: FORCE,
	},
	"one that goes up three hundred times": {
		archive: zip(text(`${"../".repeat(300)}agent-snapshot-evil`)),
		says: UP,
		flags: FORCE,
	},
	'".." alone': { archive: zip(text("..")), says: UP, flags: FORCE },
	'one that begins with "./"': {
		archive: zip(text("./../evil")),
		says: UP,
		flags: FORCE,
	},
	"a directory that goes up": {
		archive: zip({ name: "../evil/", mode: 0o040755 }),
		says: UP,
		flags: FORCE,
	},
	"an absolute one": {
		archive: zip(text("/agent-snapshot-evil")),
		says: ABSOLUTE,
		flags: FORCE,
	},
	"one with backslashes": {
		archive: zip(text("..\\evil")),
		says: UP,
		flags: FORCE,
	},
	"one with both": {
		archive: zip(text("memories\\..\\../evil")),
		says: UP,
		flags: FORCE,
	},
	"one with a drive": {
		archive: zip(text("C:\\evil")),
		says: ABSOLUTE,
		flags: FORCE,
	},
	"one with a drive and a slash": {
		archive: zip(text("C:/evil")),
		says: ABSOLUTE,
		flags: FORCE,
	},
	"one of a server": {
		archive: zip(text("\\\\server\\share\\evil")),
		says: ABSOLUTE,
		flags: FORCE,
	},
	"another one in Unicode": {
		archive: zip({ ...text("harmless.md"), unicode: "../evil" }),
		says: UP,
		flags: FORCE,
	},
	"an empty name between": {
		archive: zip(text("memories//evil")),
		says: /holds an empty name/,
		flags: FORCE,
	},
	"a name with control characters": {
		archive: zip(text("memories/\u00fc\u001b[2J.md")),
		says: /control characters: "memories\/ü\\u001b/,
	},
	"the same name twice": {
		archive: zip(text("memories/A.md"), text("memories/A.md", "y")),
		says: /holds "memories\/A\.md" twice/,
		flags: FORCE,
	},
	"a file below a file": {
		archive: zip(text("SOUL.md/evil")),
		says: /puts "SOUL\.md\/evil" below a file/,
		flags: FORCE,
	},
	"a tar with a name that goes up": {
		archive: tgz(text("../evil")),
		says: UP,
		flags: FORCE,
	},
	"a tar with an absolute name": {
		archive: tgz(text("/agent-snapshot-evil")),
		says: ABSOLUTE,
		flags: FORCE,
	},
};

const LINKS: Readonly<Record<string, Case>> = {
	"a link": {
		archive: zip({ ...text("memories/evil", "/etc"), mode: LINK }),
		says: /holds a link: "memories\/evil"/,
	},
	"a link and a file through it": {
		archive: zip(
			{ ...text("memories/evil", "/tmp"), mode: LINK },
			text("memories/evil/agent-snapshot-evil"),
		),
		says: /holds a link/,
	},
	"a device": {
		archive: zip({ name: "memories/evil", mode: 0o020666 }),
		says: /holds a device/,
	},
	"a FIFO": {
		archive: zip({ name: "memories/evil", mode: 0o010666 }),
		says: /holds a device/,
	},
	"a link of a tar": {
		archive: tgz({ name: "memories/evil", type: "link", to: "/etc" }),
		says: /holds a link/,
	},
	"one of a tar, and a file through it": {
		archive: tgz(
			{ name: "memories/evil", type: "link", to: "/tmp" },
			text("memories/evil/agent-snapshot-evil"),
		),
		says: /holds a link/,
	},
	"a hard link": {
		archive: tgz({ name: "memories/evil", type: "hard", to: "/etc/passwd" }),
		says: /holds a link/,
	},
	"a character device": {
		archive: tgz({ name: "memories/evil", type: "device" }),
		says: /holds a device/,
	},
	"a FIFO of a tar": {
		archive: tgz({ name: "memories/evil", type: "fifo" }),
		says: /holds a device/,
	},
};

const BOMBS: Readonly<Record<string, Case>> = {
	"zeros without end": {
		archive: zip({ name: "memories/evil", zeros: HUGE }),
		says: /would become \d+ times as large.*--force/s,
	},
	"the same bytes under two hundred names": {
		archive: zip({ name: "memories/evil", zeros: 2 * 1024 * 1024, again: 200 }),
		says: /says that "memories\/evil.*" and "memories\/evil\.\d+" lie in the same bytes/,
		flags: FORCE,
	},
	"a size that is not true": {
		archive: {
			...zip({ name: "memories/evil", zeros: 1024 * 1024 }),
			claims: { "memories/evil": 10 },
		},
		says: /is damaged, or not whole/,
		flags: FORCE,
	},
	"a size that is not true of what is not packed": {
		archive: {
			...zip({ name: "memories/evil", zeros: 1024 * 1024, stored: true }),
			claims: { "memories/evil": 100 },
		},
		says: /memories\/evil is damaged, or not whole: its bytes are not those/,
		flags: FORCE,
	},
	"a tar that never ends": {
		archive: tgz({ name: "memories/evil", zeros: HUGE }),
		says: /becomes larger than \d+ MB/,
	},
	"packed and packed again": {
		archive: { ...tgz(), gzipped: 2 },
		says: /holds no tar: it is something else that was packed/,
		flags: FORCE,
	},
	"a hundred thousand entries": {
		archive: { ...zip(), many: 100_000 },
		says: /has 100003 entries, and 65535 are the most/,
	},
};

const STRANGERS: Readonly<Record<string, Case>> = {
	"another program's": {
		archive: { form: "zip", members: [text("word/document.xml")] },
		says: /is no archive of an agent/,
		flags: FORCE,
	},
	"ours, but for its manifest": {
		archive: { ...zip(), comment: "Hermes on x, by agent-snapshot 1.0.0" },
		says: /is damaged: it says that agent-snapshot made it/,
		flags: FORCE,
	},
	"one with nothing in it": {
		archive: { form: "zip", members: [] },
		says: /is no archive of an agent/,
		flags: FORCE,
	},
	"a tar with nothing in it": {
		archive: { form: "tgz", members: [] },
		says: /holds no tar: it is something else that was packed, empty/,
		flags: FORCE,
	},
};

const TWO_FACED: Readonly<Record<string, Case>> = {
	"another name where the content lies": {
		archive: zip({ name: "memories/evil", local: "../../../evil" }),
		says: /calls a file "memories\/evil" in its table of contents, and "\.\.\/\.\.\/\.\.\/evil" where/,
		flags: FORCE,
	},
	"more than it says at its end": {
		archive: { ...zip(text("memories/A.md"), text("memories/B.md")), count: 4 },
		says: /table of contents is longer than it says/,
		flags: FORCE,
	},
	"a directory that has content": {
		archive: zip(text("memories/evil/")),
		says: /"memories\/evil\/" is a directory, and has content/,
		flags: FORCE,
	},
	"a directory that says it has none": {
		archive: {
			...zip(text("memories/MEMORY.md/", "Ada likes tea.\n")),
			claims: { "memories/MEMORY.md/": 0 },
		},
		says: /"memories\/MEMORY.md\/" is a directory, and has content/,
		flags: FORCE,
	},
	"a directory that is a file where its content would lie": {
		archive: zip({ name: "memories/evil/", local: "memories/evil" }),
		says: /calls a file "memories\/evil\/" in its table of contents, and "memories\/evil" where/,
		flags: FORCE,
	},
	...Object.fromEntries(
		(
			[
				["encryption", { flags: 1 }, /none in .*, and used where/],
				["method", { method: 0 }, /8 in its table of contents, and 0 where/],
				["CRC-32", { crc: 7 }, /\d+ in .*, and 7 where its content lies/],
				["size", { size: 9 }, /1 in .*, and 9 where its content lies/],
				["packed size", { packed: 9 }, /3 in .*, and 9 where/],
			] as const
		).map(([what, before, how]) => [
			`another ${what} where the content lies`,
			{
				archive: zip({ ...text("memories/evil"), before }),
				says: new RegExp(
					`says of "memories/evil" that its ${what} is ${how.source}`,
				),
				flags: FORCE,
			},
		]),
	),
};

/** Whole, but not for us. */
const UNREAD: Readonly<Record<string, Case>> = Object.fromEntries(
	(
		[
			["Deflate64", { method: 9 }, /evil is packed by Deflate64/],
			["an unknown method", { method: 77 }, /evil is packed by method 77/],
			["a password", { flags: 1 }, /evil is encrypted by the zip itself/],
			["a password and AES", { flags: 1, method: 99 }, /evil is encrypted by/],
			["strong encryption", { flags: 0x41 }, /is encrypted, which/],
		] as const
	).map(([name, member, how]) => [
		`a file under ${name}`,
		{
			archive: zip({ ...text("memories/evil"), ...member }),
			says: new RegExp(`${how.source}.*not read here.*Unpack it.*zip -r`, "s"),
			flags: FORCE,
		},
	]),
);

const NOT_WHOLE: Readonly<Record<string, Case>> = {
	"something behind it": {
		archive: { ...zip(), tail: "And more.\n" },
		says: /not whole: something stands behind its end\. Nothing/,
		flags: FORCE,
	},
	"more in a file than it says": {
		archive: {
			...zip(text("memories/evil", "y".repeat(99))),
			claims: { "memories/evil": 98 },
		},
		says: /not whole: more is packed than it says\. Nothing/,
		flags: FORCE,
	},
	"less in a file than it says": {
		archive: {
			...zip(text("memories/evil", "y".repeat(99))),
			claims: { "memories/evil": 100 },
		},
		says: /not whole: less is packed than it says\. Nothing/,
		flags: FORCE,
	},
};

const CASES = {
	...NOT_WHOLE,
	...SLIPS,
	...LINKS,
	...BOMBS,
	...STRANGERS,
	...TWO_FACED,
	...UNREAD,
};

describe("an archive with", { timeout }, () => {
	const fileOf = (name: string) =>
		path.join(top, `${Object.keys(CASES).indexOf(name)}.zip`);
	beforeAll(() => {
		forge(
			Object.fromEntries(
				Object.entries(CASES).map(([name, { archive }]) => [
					fileOf(name),
					archive,
				]),
			),
		);
	}, timeout);

	it.each(
		Object.entries(CASES),
	)("%s is refused, and nothing has changed", async (name, {
		says,
		flags = [],
	}) => {
		const before = everything();
		const ran = await importing([fileOf(name), ...flags]);
		expect(ran.stderr).toMatch(says);
		expect(ran.stderr).toMatch(/Nothing was changed\./);
		expect(ran.code).toBe(1);
		expect(everything()).toEqual(before);
	});
});

const packed = (content: string) => gzipSync(content).toString("latin1");
const NO_TAR = /holds no tar: it is something else that was packed/;

describe("what is none at all", { timeout }, () => {
	it.each([
		["a text", "hello, this is no archive\n", /is no archive that can be read/],
		["nothing", "", /is no archive that can be read: it is empty/],
		["zeros, packed", packed("\0".repeat(100_000)), NO_TAR],
		["nothing, packed", packed(""), NO_TAR],
		[
			"a database, packed",
			packed(`SQLite format 3\0${"x".repeat(1000)}${"\0".repeat(4096)}`),
			NO_TAR,
		],
		["a beginning only", "PK\x03\x04", /not whole: its end is missing\./],
		["gzip's beginning", packed("y".repeat(9)).slice(0, -9), /too early\. N/],
		[
			"an armoured one",
			"-----BEGIN AGE ENCRYPTED FILE-----\n",
			/age -d decrypts/,
		],
	])("is refused: %s", async (_, content, says) => {
		const file = path.join(top, "none.zip");
		fs.writeFileSync(file, content, "latin1");
		const before = everything();
		const ran = await importing([file]);
		expect(ran.stderr).toMatch(says);
		expect(ran.code).toBe(1);
		expect(everything()).toEqual(before);
	});
});

describe("a zip in several parts", { timeout }, () => {
	/** At the end of a zip: its number, and where its table of contents begins. */
	const endOf = (part: number) =>
		`PK\x05\x06${String.fromCharCode(part)}\0${"\x01\0".repeat(3)}${"\0".repeat(10)}`;
	it.each([
		["first", "split.z01", `PK\x07\x08PK\x03\x04${"y".repeat(99)}`],
		["first, under the name of all", "split.zip", "PK\x07\x08PK\x03\x04yy"],
		["second", "split.z02", "y".repeat(99)],
		["last", "split.zip", `${"y".repeat(99)}${endOf(1)}`],
		["last, which begins with a file", "split.zip", `PK\x03\x04${endOf(2)}`],
	])("is told as such by its %s one, and how to join it", async (_, name, content) => {
		const file = path.join(scratch(), name);
		fs.writeFileSync(file, content, "latin1");
		const before = everything();
		const ran = await importing([file]);
		expect(ran.stderr).toMatch(
			/is one of several parts of a zip, .*Nothing was changed\..*zip -s 0 \S+\/split\.zip --out whole\.zip/s,
		);
		expect(ran.code).toBe(1);
		expect(everything()).toEqual(before);
	});

	it("that has all of it in one comes", async () => {
		const blank = path.join(scratch(), "user");
		fs.mkdirSync(blank);
		const file = path.join(scratch(), "unsplit.zip");
		forge({ [file]: { ...zip(), made: "unsplit" } });
		const ran = await runCli(["import", file], { env: { HOME: blank } });
		expect(ran.code, ran.stderr).toBe(0);
		const came = fs.readFileSync(path.join(blank, ".hermes/SOUL.md"), "utf8");
		expect(came).toBe("# Other\n");
	});
});

type Lie = Record<string, unknown> & {
	entries: Record<string, unknown>[];
	captured: { paths: string[]; patterns?: string[]; except: string[] };
};

/** A sound archive with another manifest, and members besides. */
function lying(
	change: (manifest: Lie) => void,
	...more: Forged["members"]
): string {
	const said = parseManifest(inZip(sound, MANIFEST).toString(), "It");
	const manifest = JSON.parse(JSON.stringify(said)) as Lie;
	change(manifest);
	const names = said.entries
		.filter(({ kind }) => kind === "file" || kind === "database")
		.map(({ path: name }) => name)
		.filter((name) => !more.some((one) => one.name === name));
	const file = path.join(top, "lying.zip");
	forge({
		[file]: {
			form: "zip",
			members: [
				...names.map((name) => ({
					name,
					base64: inZip(sound, name).toString("base64"),
				})),
				...more,
				text(MANIFEST, formatManifest(manifest as never)),
			],
		},
	});
	return file;
}

const anEntry = (name: string) => ({
	path: name,
	kind: "file",
	size: 1,
	mode: 0o600,
	mtime: 1,
	sha256: "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
});
const add = (name: string) => (manifest: Lie) => {
	manifest.entries.push(anEntry(name));
	manifest.captured.paths.push(name);
};

describe("an archive of ours that lies", { timeout }, () => {
	it.each<[string, (manifest: Lie) => void, RegExp, Forged["members"]]>([
		["of a path out of the home", add("../evil"), /names the path.*"\.\."/, []],
		["of an absolute path", add("/agent-snapshot-evil"), /is absolute/, []],
		[
			"of a path in the store",
			add("state-snapshots/config.json"),
			/lies in the snapshot store/,
			[],
		],
		["of a path twice", add("SOUL.md"), /names a path twice/, []],
		["of a file that it lacks", add("memories/evil"), /it lacks memories/, []],
		[
			"of a hash",
			() => {},
			/SOUL\.md is not what was packed/,
			[text("SOUL.md", "# another\n")],
		],
		[
			"of a database",
			(manifest) => {
				const soul = manifest.entries.find((one) => one.path === "SOUL.md");
				Object.assign(soul ?? {}, {
					kind: "database",
					content: soul?.sha256,
					journalMode: "wal",
					checked: true,
				});
			},
			/SOUL\.md is a database that cannot be opened/,
			[],
		],
		[
			"of a file below a link",
			(manifest) => {
				manifest.entries.push({
					path: "memories/evil",
					kind: "link",
					target: "/tmp",
				});
				add("memories/evil/agent-snapshot-evil")(manifest);
			},
			/below "memories\/evil", which is not a directory/,
			[],
		],
		[
			"of an agent that nobody knows",
			(manifest) => {
				manifest.host = "nobody";
			},
			/is an archive of "nobody"/,
			[],
		],
		[
			"at length",
			(manifest) => {
				manifest.label = "x".repeat(65 * 1024 * 1024);
			},
			/larger than 67108864 bytes/,
			[],
		],
	])("%s is refused", async (_, change, says, more) => {
		const file = lying(change, ...more);
		const before = everything();
		const ran = await importing([file, "--force"]);
		expect(ran.stderr).toMatch(says);
		expect(ran.stderr).toMatch(/Nothing was changed\./);
		expect(ran.code).toBe(1);
		expect(everything()).toEqual(before);
	});

	it("of all that it looked for takes nothing away unasked, and then it can be taken back", async () => {
		const file = lying((manifest) => {
			manifest.entries = manifest.entries.filter(
				({ path: name }) => name === "config.yaml",
			);
			manifest.captured = {
				paths: [".env", "SOUL.md", "config.yaml", "memories", "state.db"],
				patterns: ["**/*"],
				except: [],
			};
		});
		const before = importedState(home);
		const held = await importing([file]);
		expect(held.code).toBe(1);
		expect(held.stdout).toMatch(/Remove \d items?: .*nothing was changed/s);
		expect(importedState(home)).toEqual(before);
		await importing([file, "--force"]);
		expect(importedState(home)).not.toEqual(before);
		const undone = await runCli(["undo"], { env: { HOME: user } });
		expect(undone.code, undone.stderr).toBe(0);
		expect(importedState(home)).toEqual(before);
	});

	it("of a link to elsewhere brings no such link", async () => {
		const blank = path.join(scratch(), "user");
		fs.mkdirSync(blank);
		const file = lying((manifest) => {
			for (const [name, target] of [
				["skills", "/etc"],
				["hooks", "../.ssh"],
			])
				manifest.entries.push({ path: name, kind: "link", target });
			manifest.captured.paths.push("skills", "hooks");
		});
		const ran = await runCli(["import", file], { env: { HOME: blank } });
		expect(ran.code, ran.stderr).toBe(0);
		expect(ran.stdout).toMatch(/lead out of the home: .*skills \(to \/etc\)/);
		expect(fs.readdirSync(path.join(blank, ".hermes"))).not.toContain("skills");
		expect(fs.readdirSync(path.join(blank, ".hermes"))).not.toContain("hooks");
	});

	it("of an agent with files in the user's home writes and clears only those", async () => {
		const blank = path.join(scratch(), "user");
		put(blank, ".ssh/authorized_keys", "mine\n");
		put(blank, "Documents/letter.txt", "mine\n");
		put(blank, ".claude/settings.json", "{}\n");
		const file = lying(
			(manifest) => {
				manifest.host = "claude-code";
				manifest.entries = [
					anEntry("settings.json"),
					anEntry("_external/.ssh/authorized_keys"),
					anEntry("_external/.bashrc"),
					anEntry("_external/.claude.json"),
				];
				manifest.captured = {
					paths: [
						"settings.json",
						"_external/.ssh",
						"_external/Documents",
						"_external/.bashrc",
						"_external/.claude.json",
					],
					patterns: ["**/letter.txt"],
					except: [],
				};
			},
			...[
				"settings.json",
				"_external/.ssh/authorized_keys",
				"_external/.bashrc",
				"_external/.claude.json",
			].map((name) => text(name)),
		);
		const ran = await runCli(["import", file, "--force"], {
			env: { HOME: blank },
		});
		expect(ran.code, ran.stderr).toBe(0);
		const at = (name: string) =>
			fs.readFileSync(path.join(blank, name), "utf8");
		expect(at(".ssh/authorized_keys")).toBe("mine\n");
		expect(at("Documents/letter.txt")).toBe("mine\n");
		expect(at(".claude.json")).toBe("x");
		expect(fs.existsSync(path.join(blank, ".bashrc"))).toBe(false);
		expect(ran.stdout).toMatch(/Left out, having no place here: .*\.ssh/);
	});
});

/** Several at once: each is a process of its own. */
async function inTurns<T>(all: readonly T[], work: (one: T) => Promise<void>) {
	const waiting = all.values();
	const worker = async () => {
		for (const one of waiting) await work(one);
	};
	await Promise.all([worker(), worker(), worker()]);
}

/** What no mode and time is part of. */
function textsOf(at: string): Record<string, string> {
	const files = fs
		.readdirSync(at, { recursive: true, encoding: "utf8" })
		.filter((name) => !name.startsWith("state-snapshots"))
		.filter((name) => fs.statSync(path.join(at, name)).isFile());
	return Object.fromEntries(
		files
			.sort()
			.map((name) => [name, fs.readFileSync(path.join(at, name), "utf8")]),
	);
}

describe("a damaged archive", { timeout }, () => {
	/** Either all of it comes, as it was, or nothing does. @param stateOf what has to be the same, by where it came to */
	async function outcome(
		bytes: Buffer,
		stateOf: (home: string) => unknown = importedState,
		expected: unknown = wanted,
	): Promise<"refused" | "whole" | string> {
		const place = fs.mkdtempSync(path.join(top, "blank-"));
		const file = path.join(place, "damaged.zip");
		fs.writeFileSync(file, bytes);
		const ran = await runCli(["import", file], { env: { HOME: place } });
		const came = path.join(place, ".hermes");
		try {
			if (ran.code !== 0)
				return fs.existsSync(came)
					? `left something: ${ran.stderr}`
					: "refused";
			return JSON.stringify(stateOf(came)) === JSON.stringify(expected)
				? "whole"
				: "something else";
		} finally {
			fs.rmSync(place, { recursive: true });
		}
	}

	let wanted: Record<string, string> = {};
	beforeAll(() => {
		wanted = importedState(path.join(top, "other/.hermes"));
	});

	it("with one bit turned, at fifty places, is refused or brings what was packed", async () => {
		const bytes = fs.readFileSync(sound);
		const places = Array.from({ length: 50 }, (_, index) =>
			Math.floor(((index + 0.37) * bytes.length) / 50),
		);
		const found = new Map<string, number>();
		await inTurns(places, async (place) => {
			const other = Buffer.from(bytes);
			other[place] = (other[place] ?? 0) ^ (1 << (place % 8));
			const what = await outcome(other);
			found.set(what, (found.get(what) ?? 0) + 1);
		});
		expect([...found.keys()].sort()).toEqual(
			expect.arrayContaining(["refused"]),
		);
		for (const what of found.keys())
			expect(["refused", "whole"]).toContain(what);
	});

	it("of another program, with every 997th byte another, is refused or brings what was packed", async () => {
		const file = path.join(top, "foreign.zip");
		const members = [
			...known,
			...Array.from({ length: 9 }, (_, number) =>
				text(`memories/${number}.md`, `${number} likes tea.\n`.repeat(240)),
			),
			text("memories/empty.md", ""),
		];
		const stored = members.map((one) => ({ ...one, stored: true }));
		forge({ [file]: { form: "zip", members: stored } });
		const packed = Object.fromEntries(
			members.map((one) => [one.name, "text" in one ? one.text : ""]).sort(),
		);
		const bytes = fs.readFileSync(file);
		expect(await outcome(bytes, textsOf, packed)).toBe("whole");
		const places = Array.from(
			{ length: Math.floor(bytes.length / 997) },
			(_, index) => (index + 1) * 997,
		);
		expect(places.length).toBeGreaterThan(25);
		const found = new Map<string, number>();
		await inTurns(places, async (place) => {
			const other = Buffer.from(bytes);
			other[place] = (other[place] ?? 0) ^ (1 << (place % 8));
			const what = await outcome(other, textsOf, packed);
			found.set(what, (found.get(what) ?? 0) + 1);
		});
		for (const what of found.keys())
			expect(["refused", "whole"]).toContain(what);
		expect(found.get("refused")).toBeGreaterThan(20);
	});

	it("that is not whole is refused, wherever it ends", async () => {
		const bytes = fs.readFileSync(sound);
		const tar = path.join(top, "plain.tar");
		const members = [...known, text("memories/A.md", "y".repeat(3000))];
		forge({ [tar]: { form: "tar", members } });
		const plain = fs.readFileSync(tar);
		const cut = [
			...[0.1, 0.5, 0.9, 0.999].map((part) =>
				bytes.subarray(0, Math.floor(part * bytes.length)),
			),
			bytes.subarray(0, bytes.length - 1),
			// Between two files of a tar, where nothing seems to be wrong.
			...[2, 4, 6].map((blocks) => plain.subarray(0, blocks * 512)),
		];
		await inTurns(cut, async (part) => {
			expect(await outcome(part)).toBe("refused");
		});
	});
});
