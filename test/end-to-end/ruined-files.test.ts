import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { EXIT, type Reply } from "../../src/commands/call/reply.ts";
import { runCommand } from "../../src/commands/call/run.ts";
import { splitWords } from "../../src/commands/call/words.ts";
import { hosts } from "../../src/hosts/index.ts";
import { createNodeSystem } from "../../src/system/node.ts";
import type { System } from "../../src/system/system.ts";
import { makeHermesHome } from "../support/hermes-home.ts";
import { root } from "../support/paths.ts";
import { put } from "../support/put.ts";
import { loadFromSource } from "../support/say.ts";
import { scratch } from "../support/scratch.ts";
import { snapshotFolders, storeOf } from "../support/store.ts";

const timeout = 120_000;

/** What lies in a snapshot, and what a person would name to get it. */
const FILES = {
	"a file": { at: "SOUL.md", ref: "SOUL.md" },
	"a database in parts": { at: "state.db", ref: "state.db" },
	"a part": { at: "state.db/000000", ref: "state.db" },
	"a whole database": { at: "projects.db", ref: "projects.db" },
	"a manifest": { at: "manifest.json", ref: "SOUL.md" },
} as const;

/** What has happened to it. */
const DAMAGES: Readonly<Record<string, (at: string) => void>> = {
	"is missing": () => {},
	"is a directory": (at) => {
		fs.mkdirSync(at);
		fs.writeFileSync(path.join(at, "000000"), "x");
	},
	"is another file": (at) => fs.writeFileSync(at, "something else\n"),
	"is a link": (at) => fs.symlinkSync("/nowhere", at),
	"is a FIFO": (at) => execFileSync("mkfifo", [at]),
};

/** None of these needs that file. */
const MEANWHILE = [
	"list",
	"status",
	"show 1",
	"ls 1",
	"ls 1 PATH",
	"diff 1 --full",
	"diff 1 PATH --full",
];
/** These do, and must say so. */
const NEEDING = [
	"show 1 PATH",
	"cat 1 PATH",
	"verify",
	"verify 1 --full",
	"drill 1",
	"restore 1",
	"restore 1 PATH",
	"export 1 --no-encrypt --to OUT",
];
const OF_CONVERSATIONS = [
	"restore 1 state.db --session ?",
	"restore 1 state.db --session nosuch",
];
/** What may change the store comes last. */
const LAST = ["verify --repair-list", "create", "compact", "remove 2 --yes"];

/** As errors of a disk are called, and calls that met them. */
const RAW = /\bE(?!XIT)[A-Z]{4,}\b|\b(scandir|lstat|open|read) '/;

it.each(
	Object.keys(FILES).flatMap((what) =>
		Object.keys(DAMAGES).map((damage) => [what, damage] as const),
	),
)(
	"a snapshot in which %s %s is damaged, and never a bug",
	{
		timeout,
	},
	async (what, damage) => {
		const home = await homeWithSnapshot();
		const { at, ref } = FILES[what as keyof typeof FILES];
		const [id = ""] = snapshotFolders(home);
		const place = path.join(storeOf(home), id, at);
		fs.chmodSync(path.dirname(place), 0o700);
		fs.rmSync(place, { recursive: true });
		DAMAGES[damage]?.(place);
		const isOfConversations = ref === "state.db";
		const needing = [
			...NEEDING,
			...(isOfConversations ? OF_CONVERSATIONS : []),
		];
		for (const [index, form] of [...MEANWHILE, ...needing, ...LAST].entries()) {
			const out = path.join(path.dirname(home), `out-${index}`);
			const words = form.replace("PATH", ref).replace("OUT", out);
			const { exitCode, text } = await typed(home, words);
			const said = `${words}: ${exitCode}\n${text}`;
			expect(exitCode, said).not.toBe(EXIT.bug);
			expect(text, said).not.toMatch(RAW);
			if (!needing.includes(form)) continue;
			expect(exitCode, said).toBe(EXIT.failed);
		}
	},
);

/** What is noted beside the snapshots. */
const NOTED = [
	".verified.json",
	".verifications.json",
	".damaged.json",
	".sizes.json",
	".summaries.json",
	".tags.json",
	".remotes.json",
	"drills.jsonl",
	"log.jsonl",
	"config.json",
];

it.each(NOTED)("a store in which %s is a directory is no bug", {
	timeout,
}, async (name) => {
	const home = await homeWithSnapshot();
	const place = path.join(storeOf(home), name);
	fs.rmSync(place, { force: true });
	fs.mkdirSync(place);
	for (const words of [
		...["list", "status", "show 1", "diff 1", "verify 1", "drill 1"],
		...["create a", "verify --repair-list", "prune --dry-run", "restore 1"],
	]) {
		const { exitCode, text } = await typed(home, words);
		const said = `${words}: ${exitCode}\n${text}`;
		expect(exitCode, said).not.toBe(EXIT.bug);
		expect(text, said).not.toMatch(RAW);
	}
});

/** Its one snapshot keeps state.db in parts. */
async function homeWithSnapshot(): Promise<string> {
	const home = makeHermesHome({ dir: path.join(scratch(), "home") });
	put(home, "state-snapshots/config.json", { partsFromBytes: 262_144 });
	fs.chmodSync(storeOf(home), 0o700);
	expect(await typed(home, "create")).toMatchObject({ exitCode: 0 });
	return home;
}

/** Nothing of this needs to survive a power cut. */
function system(): System {
	const real = createNodeSystem(root);
	const { disk } = real;
	return Object.assign(Object.create(real), {
		disk: { ...disk, sync() {} },
	});
}

function typed(home: string, text: string): Promise<Reply> {
	const places = { home, roots: {} };
	const meant = { host: hosts.hermes, places, environment: {} };
	return runCommand({
		words: splitWords(text),
		meant,
		known: [meant],
		knownAt: (_, elsewhere) => ({
			...meant,
			places: { ...places, home: elsewhere },
		}),
		system: system(),
		load: loadFromSource,
		signal: new AbortController().signal,
		prefix: "/snapshot",
		terminal: "agent-snapshot",
	});
}
