import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { sealed } from "../../../support/malformed.ts";
import {
	type ManifestFile,
	readManifest,
	storeOf,
} from "../../../support/store.ts";
import type { Point } from "../../campaign.ts";
import { runSubject } from "../../run-subject.ts";
import { type FuzzScene, placeIn, tryMalformed } from "./fuzz-point.ts";

const CONTENT = "planted\n";
const HASH = createHash("sha256").update(CONTENT).digest("hex");

type Manifest = ManifestFile & { captured: { paths: string[] } } & Record<
		string,
		unknown
	>;

interface Twist {
	readonly id: string;
	/** Entries that come to the manifest and, if they are files, to the snapshot's folder; all of them are covered. */
	readonly entries: readonly Entry[];
	readonly more?: Readonly<Record<string, unknown>>;
	/** What the refusal says; undefined: it is restored. */
	readonly refused: RegExp | undefined;
}

type Entry = { path: string; kind: string; target?: string };

const file = (at: string): Entry => ({ path: at, kind: "file" });
const link = (at: string, target: string): Entry => ({
	path: at,
	kind: "link",
	target,
});

/** Sound in everything but one thing, hashes and contents included, so that nothing else can be what refuses them. */
const TWISTS: readonly Twist[] = [
	{
		id: "through-a-linked-folder",
		entries: [file("linked/escaped.txt")],
		refused: /linked is a link/,
	},
	{
		id: "through-a-linked-folder-of-the-host",
		entries: [file("platforms/pairing/escaped.json")],
		refused: /platforms is a link/,
	},
	// That link came since the snapshot, in a folder of the set: it goes, and nothing is written where it led.
	{
		id: "through-a-link-that-goes",
		entries: [
			{ path: "pairing/out", kind: "directory" },
			file("pairing/out/escaped.txt"),
		],
		refused: undefined,
	},
	{
		id: "below-a-link-of-its-own",
		entries: [
			link("pairing/mid", "../../canary"),
			file("pairing/mid/escaped.txt"),
		],
		refused: /which is not a directory/,
	},
	{
		id: "below-a-file-of-its-own",
		entries: [file("memories/f"), file("memories/f/g")],
		refused: /which is not a directory/,
	},
	{
		id: "a-link-out-of-the-home",
		entries: [link("memories/away", "../../canary/alive.txt")],
		refused: undefined,
	},
	{
		id: "a-name-twice",
		entries: [file("memories/twice.md"), file("memories/twice.md")],
		refused: /names a path twice/,
	},
	// Two files on a disk that tells them apart, as the homes of torture are: a home that had both gets both back.
	{
		id: "names-that-differ-in-case",
		entries: [file("memories/Case.md"), file("memories/case.md")],
		refused: undefined,
	},
	{
		id: "a-name-of-javascript",
		entries: [file("memories/__proto__"), file("memories/constructor")],
		refused: undefined,
	},
	{
		id: "the-highest-number",
		entries: [],
		more: { sequence: 1e12 },
		refused: undefined,
	},
];

export function twistedOnes(scene: FuzzScene): Point[] {
	return TWISTS.map((twist) => ({
		id: `twisted/${twist.id}`,
		run: async (dir) => {
			const { text, plant } = twisted(scene, twist);
			fs.mkdirSync(path.join(dir, "alone"));
			const home = await placeIn(scene, "manifest", path.join(dir, "alone"));
			plant(home);
			fs.writeFileSync(
				path.join(storeOf(home), scene.newer, "manifest.json"),
				text,
			);
			const faults = await asExpected(scene, home, twist);
			return [
				...faults,
				...(await tryMalformed(scene, "manifest", text, dir, true, plant)),
			];
		},
	}));
}

/** For the one reason that there is, or not at all. */
async function asExpected(
	{ subject, newer }: FuzzScene,
	home: string,
	{ refused, entries }: Twist,
): Promise<string[]> {
	const { code, reply } = await runSubject(subject, home, ["restore", newer]);
	const message = reply?.error?.message ?? "";
	if (refused !== undefined)
		return code !== 0 && refused.test(message)
			? []
			: [`was not refused for its reason: ${code} ${reply?.text}`];
	if (code !== 0) return [`was refused: ${message}`];
	const missing = entries.filter(
		({ path: at, kind }) =>
			kind === "file" &&
			fs.readFileSync(path.join(home, at), "utf8") !== CONTENT,
	);
	return missing.map(({ path: at }) => `${at} was not put back`);
}

function twisted(
	{ calm, newer }: FuzzScene,
	{ entries, more }: Twist,
): { text: string; plant: (home: string) => void } {
	const manifest = readManifest(path.join(calm, "home"), newer) as Manifest;
	const whole = entries.map((entry) => ({
		...entry,
		mtime: 1_776_000_000_000,
		...(entry.kind === "file" && {
			size: CONTENT.length,
			mode: 0o600,
			sha256: HASH,
		}),
		...(entry.kind === "directory" && { mode: 0o700 }),
	}));
	const covered = [
		...manifest.captured.paths,
		...entries.map((entry) => entry.path),
	];
	const text = sealed({
		...manifest,
		...more,
		captured: { ...manifest.captured, paths: covered },
		entries: [...manifest.entries, ...whole],
	});
	const plant = (home: string) => {
		for (const { path: at, kind } of entries) {
			const kept = path.join(storeOf(home), newer, at);
			if (
				kind !== "file" ||
				(fs.existsSync(path.dirname(kept)) &&
					!fs.statSync(path.dirname(kept)).isDirectory())
			)
				continue;
			fs.mkdirSync(path.dirname(kept), { recursive: true });
			fs.writeFileSync(kept, CONTENT);
		}
	};
	return { text, plant };
}
