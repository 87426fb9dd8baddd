import path from "node:path";
import type { Campaign, Point, Setting } from "../campaign.ts";
import { copyHome } from "../copy-home.ts";
import { mountTmpfs, resize, run } from "../mounts.ts";
import { runSubject } from "../run-subject.ts";
import { misbehaviour, saysWhatChanged } from "../sentences.ts";
import { harmCall, isMutating, MUTATING, traceCalls } from "../strace.ts";
import { inUser, makeScenes, type Scene } from "./archives/scenes.ts";

/** How many of a scene's calls are tried, spread evenly; `--whole`: all. */
const KILLS = 50;
/** How much is free on a disk that is too small, or nearly: KiB. */
const ROOM = [8, 50, 100, 200, 300, 400, 600, 800, 1000, 1400, 2000, 3000];

/** `export` and `import`, killed at calls that change the disk, and on disks that become full. */
export const archives: Campaign = {
	name: "archives",
	title: "Archives: kill -9 and full disks at export and import",
	bounded: 16,
	together: true,
	oursOnly: true,
	async points(setting) {
		const scenes = await makeScenes(setting.dir);
		const points: Point[] = [];
		for (const scene of scenes) points.push(...(await killing(setting, scene)));
		return [...points, ...scenes.flatMap(filling)];
	},
};

async function killing(
	{ dir, seed, whole }: Setting,
	scene: Scene,
): Promise<Point[]> {
	const copy = copyHome(
		scene.dir,
		path.join(dir, `traced-${scene.name.replace("/", "-")}`),
	);
	const command = { subject: inUser, home: copy, words: scene.words(copy) };
	const calls = (await traceCalls(command, MUTATING)).filter(isMutating);
	const step = whole ? 1 : Math.max(1, calls.length / KILLS);
	const count = Math.floor(calls.length / step);
	return Array.from({ length: count }, (_, index): Point => {
		const at = Math.floor(index * step + seed) % calls.length;
		const { name, ordinal } = calls[at] ?? { name: "write", ordinal: 1 };
		return {
			id: `kill/${scene.name}/${name}#${ordinal}`,
			async run(place) {
				const home = copyHome(scene.dir, `${place}/user`);
				const words = scene.words(home);
				const harmed = await harmCall(
					{ subject: inUser, home, words },
					{ name, ordinal },
					"signal=SIGKILL",
				);
				return scene.faults(home, harmed.ran);
			},
		};
	});
}

/** All that it writes goes to one small disk. */
function filling(scene: Scene): Point[] {
	return ROOM.map((room) => ({
		id: `full/${scene.name}/${room}k`,
		async run(place) {
			const disk = mountTmpfs(`${place}/disk`, "size=64m");
			try {
				const copied = `${place}/disk/user`;
				copyHome(scene.dir, copied);
				const used = run("du", ["-sk", copied]).split("\t")[0];
				resize(disk, `size=${Number(used) + room}k`);
				const words = scene.words(copied);
				const ran = await runSubject(inUser, copied, words);
				// Room again, for whoever looks.
				const outside = copyHome(copied, `${place}/user`);
				const told =
					ran.code === 0 || saysWhatChanged(ran.reply?.text ?? "")
						? []
						: [`does not say what it left: ${ran.reply?.text}`];
				return [
					...misbehaviour(inUser, ran),
					...told,
					...(await scene.faults(outside, ran)),
				];
			} finally {
				disk.unmount();
			}
		},
	}));
}
