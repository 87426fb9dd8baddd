import { settleOriginal, settleOurs } from "./aftermath.ts";
import type { Campaign, Point, Setting } from "./campaign.ts";
import { chooseCalls } from "./choose-calls.ts";
import type { LiveWriter } from "./live-writer.ts";
import { startWriter } from "./live-writer.ts";
import {
	beside,
	freshCopy,
	makeScenes,
	optionsFor,
	type Scene,
} from "./scenes.ts";
import {
	type Call,
	hurtAt,
	isMutating,
	MUTATING,
	traceCalls,
} from "./strace.ts";

/** `kill -9` just before every system call that changes the disk, and then the next command. */
export const kill: Campaign = {
	name: "kill",
	title: "kill -9 at every mutating system call",
	bounded: 60,
	together: true,
	async points(setting) {
		const points: Point[] = [];
		for (const scene of await makeScenes(setting)) {
			const calls = await callsOf(setting, scene, MUTATING);
			const chosen = chooseCalls(
				calls.filter(isMutating),
				scene.every,
				setting.seed,
			);
			points.push(...chosen.map((call) => pointAt(setting, scene, call)));
		}
		return points;
	},
};

/** All calls of a scene's command on its home. */
export async function callsOf(
	{ subject, dir }: Setting,
	scene: Scene,
	names: readonly string[],
): Promise<Call[]> {
	const copy = freshCopy(scene.home, `${dir}/traced`);
	const traced = await beside(scene.isLive, copy.home, (writer) =>
		traceCalls(optionsFor(subject, scene, copy.dir, writer), names),
	);
	return traced.calls;
}

function pointAt({ subject }: Setting, scene: Scene, call: Call): Point {
	const { name, place, occurrence } = call;
	return {
		id: `${scene.name}/${name}:${place}#${occurrence}`,
		async run(point) {
			const dir = `${point}/run`;
			let writer: LiveWriter | undefined;
			const prepare = async () => {
				await writer?.end();
				const { home } = freshCopy(scene.home, dir);
				writer = scene.isLive ? await startWriter(home) : undefined;
				return optionsFor(subject, scene, dir, writer);
			};
			try {
				const options = await prepare();
				const { ran, reached } = await hurtAt(
					options,
					call,
					"signal=SIGKILL",
					prepare,
				);
				if (!reached) return ["the kill was not reached"];
				const { home } = options;
				const turn = call.ordinal;
				const after = { subject, scene, home, dir, ran, writer, turn };
				return await (subject.name === "ours"
					? settleOurs(after)
					: settleOriginal(after));
			} finally {
				await writer?.end();
			}
		},
	};
}
