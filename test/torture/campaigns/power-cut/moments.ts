import path from "node:path";
import type { Setting } from "../../campaign.ts";
import { type Call, type CallNumber, traceCalls } from "../../strace.ts";
import { makeScenes, type Scene, type SceneName } from "../full-disk/scenes.ts";
import { lay, type Undisturbed, undisturbed } from "../full-disk/stage.ts";

/** When the power goes. */
export interface Moment {
	readonly scene: Scene;
	readonly wanted: () => Promise<Undisturbed>;
	/** Undefined: when the command has ended. */
	readonly call: CallNumber | undefined;
}

/** Calls that change a disk or make a change durable; write() is not here, because it also goes elsewhere. */
const CALLS = [
	..."rename unlink rmdir mkdir symlink chmod lchown utimensat ftruncate pwrite64 fsync fdatasync".split(
		" ",
	),
];

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
		return [undefined, ...calls].map((call) => ({ scene, wanted, call }));
	};
	return (await Promise.all(Object.entries(KILLS).map(of))).flat();
}

/** Spread over the calls of a command; three of four where it works on what counts, and not on its own drafts. */
async function callsOf(
	scene: Scene,
	{ dir }: Setting,
	count: number,
): Promise<Call[]> {
	if (count === 0) return [];
	const stage = await lay(scene, path.join(dir, `traced-${scene.name}`));
	try {
		const calls = await traceCalls(
			{ subject: scene.subject, home: stage.home, words: scene.words },
			CALLS,
		);
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
