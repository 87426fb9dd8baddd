import fs from "node:fs";
import path from "node:path";
import type { Setting } from "../../campaign.ts";
import { type Call, type CallNumber, traceCalls } from "../../strace.ts";
import { makeScenes, type Scene, type SceneName } from "../full-disk/scenes.ts";
import { lay, type Undisturbed, undisturbed } from "../full-disk/stage.ts";
import { behindCommit } from "../kill/leave-unsynced.ts";

/** When the power goes. */
export interface Moment {
	readonly scene: Scene;
	readonly wanted: () => Promise<Undisturbed>;
	/** Undefined: when the command has ended. */
	readonly call: CallNumber | undefined;
	/** Just behind a commit point: what goes in through SQLite has its name on the disk, and not its content. */
	readonly isUnsynced?: boolean;
}

/** Calls that change a disk or make a change durable; write() is not here, because it also goes elsewhere. */
const CALLS = [
	..."rename unlink rmdir mkdir symlink chmod lchown utimensat ftruncate pwrite64 fsync fdatasync".split(
		" ",
	),
];

/** What is behind a commit point: its own fsync, and SQLite's writes. */
const COMMITTING = ["rename", "fsync", "pwrite64"];

/** At how many calls each command is killed before the power goes, on each filesystem. */
const KILLS: Partial<Record<SceneName, number>> = {
	first: 0,
	create: 4,
	restore: 8,
	held: 6,
	undo: 5,
	prune: 3,
	crowd: 2,
	"crowd-restore": 2,
	recover: 4,
	"recover-held": 3,
};

/** All moments of all scenes: after the acknowledgement, and calls before it. */
export async function momentsOf(setting: Setting): Promise<Moment[]> {
	const scenes = await makeScenes(setting);
	const known = new Map<Scene, Promise<Undisturbed>>();
	const of = async ([name, count]: [string, number]) => {
		const scene = scenes.get(name as SceneName);
		if (scene === undefined) return [];
		const wanted = () => undisturbed(scene, setting.dir, known);
		const calls = await callsOf(scene, setting, count);
		const moments = [undefined, ...calls].map((call) => ({
			scene,
			wanted,
			call,
		}));
		if (scene.name !== "held") return moments;
		const call = behindCommit(await traced(scene, setting, COMMITTING));
		return [...moments, { scene, wanted, call, isUnsynced: true }];
	};
	return (await Promise.all(Object.entries(KILLS).map(of))).flat();
}

/** Spread over the calls of a command; three of four where it works on what counts, and not on its own drafts. */
async function callsOf(
	scene: Scene,
	setting: Setting,
	count: number,
): Promise<Call[]> {
	if (count === 0) return [];
	const calls = await traced(scene, setting, CALLS);
	const isDraft = ({ line }: Call) =>
		/\/(undo|new)\/|\.partial\/|\.lock/.test(line);
	const drafts = calls.filter(isDraft);
	const inDrafts = Math.min(drafts.length, Math.floor(count / 4));
	return [
		...spread(drafts, inDrafts),
		...spread(
			calls.filter((call) => !isDraft(call)),
			count - inDrafts,
		),
	];
}

/** What a scene's command does, undisturbed. */
async function traced(
	scene: Scene,
	{ dir }: Setting,
	names: readonly string[],
): Promise<Call[]> {
	const own = fs.mkdtempSync(path.join(dir, `traced-${scene.name}-`));
	const stage = await lay(scene, path.join(own, "home"));
	try {
		const { home } = stage;
		const { subject, words } = scene;
		return await traceCalls({ subject, home, words }, names);
	} finally {
		await stage.release();
	}
}

function spread<T>(all: readonly T[], count: number): T[] {
	if (all.length <= count) return [...all];
	return Array.from({ length: count }, (_, index) => {
		const at = Math.floor(((index + 0.5) * all.length) / count);
		return all[at] as T;
	});
}
