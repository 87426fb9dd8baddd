import fs from "node:fs";
import path from "node:path";
import { root } from "../../../support/paths.ts";
import type { Point } from "../../campaign.ts";
import { runSubject } from "../../run-subject.ts";
import { misbehaviour } from "../../sentences.ts";
import {
	commandsFor,
	type FuzzScene,
	fileOf,
	placeIn,
	type Target,
	wrongAnswer,
} from "./fuzz-point.ts";

const SIZE = 100_000_000;
/** KiB. The engine alone takes about 90,000; a reader that took the file into memory would take twice its size. */
const MOST_MEMORY = 250_000;
const MOST_SECONDS = 10;

const SHAPES: Readonly<Record<string, string>> = {
	spaces: " ",
	lists: "[",
	objects: '{"files":',
	entries: '{"path":"a","kind":"file"},',
	"one-text": "x",
};

/** 100 MB of JSON, of several shapes, wherever JSON is read: refused at once, without being read. */
export function hugeOnes(scene: FuzzScene): Point[] {
	return (["manifest", "journal", "config"] as const).flatMap((target) =>
		Object.entries(SHAPES).map(([shape, piece]) => ({
			id: `${target}/100-MB-of-${shape}`,
			run: async (dir: string) => {
				const home = await placeIn(scene, target, dir);
				writeHuge(fileOf(home, target, scene.newer), shape, piece);
				return tryHuge(scene, target, home);
			},
		})),
	);
}

function writeHuge(file: string, shape: string, piece: string): void {
	const start =
		shape === "one-text"
			? '{"id":"'
			: shape === "entries"
				? '{"entries":['
				: "";
	const chunk = Buffer.from(piece.repeat(Math.ceil(1_000_000 / piece.length)));
	const open = fs.openSync(file, "w");
	fs.writeSync(open, start);
	for (let written = 0; written < SIZE; written += chunk.length)
		fs.writeSync(open, chunk);
	fs.closeSync(open);
}

async function tryHuge(
	scene: FuzzScene,
	target: Target,
	home: string,
): Promise<string[]> {
	const faults: string[] = [];
	for (const words of commandsFor(target, scene)) {
		const used = path.join(path.dirname(home), "used");
		const under = [
			"python3",
			path.join(root, "test/torture/campaigns/fuzz/measured.py"),
			used,
		];
		const answer = await runSubject(scene.subject, home, words, { under });
		const [memory = 0, seconds = 0] = fs
			.readFileSync(used, "utf8")
			.split(" ")
			.map(Number);
		faults.push(
			...misbehaviour(scene.subject, answer),
			...wrongAnswer(words, answer),
			...(memory > MOST_MEMORY
				? [`${words[0]}: took ${memory} KiB of memory`]
				: []),
			...(seconds > MOST_SECONDS
				? [`${words[0]}: took ${seconds} s of the processor`]
				: []),
		);
		const mustFail = words[0] === "restore" || words[0] === "recover";
		if (mustFail && answer.code === 0)
			faults.push(`${words[0]} was not refused`);
	}
	return faults;
}
