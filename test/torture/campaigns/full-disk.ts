import fs from "node:fs";
import path from "node:path";
import type { Campaign, Point, Setting } from "../campaign.ts";
import type { Ran } from "../run-subject.ts";
import { tellingOf } from "../sentences.ts";
import { faultsAfter } from "./full-disk/checks.ts";
import {
	type Look,
	needOf,
	onDisk,
	type Resource,
} from "./full-disk/scarce.ts";
import { makeScenes, type Scene, type SceneName } from "./full-disk/scenes.ts";
import { type Undisturbed, undisturbed } from "./full-disk/stage.ts";

/** How many points a scene gets with each resource. */
const STEPS: ReadonlyArray<
	readonly [Resource, Look, Partial<Record<SceneName, number>>]
> = [
	[
		"pages",
		"fooled",
		{
			create: 32,
			restore: 32,
			held: 32,
			undo: 32,
			little: 16,
			recover: 4,
			"recover-held": 16,
			prune: 2,
		},
	],
	["pages", "told", { create: 32, restore: 32, held: 16, undo: 32 }],
	[
		"inodes",
		"told",
		{
			create: 16,
			restore: 16,
			held: 8,
			undo: 16,
			recover: 4,
			"recover-held": 4,
			prune: 2,
		},
	],
	[
		"file-size",
		"told",
		{
			create: 32,
			restore: 16,
			held: 16,
			little: 8,
			undo: 16,
			recover: 4,
			"recover-held": 8,
			prune: 2,
		},
	],
];

/** How many points ended in which way. */
const ends = new Map<string, number>();

export const fullDisk: Campaign = {
	name: "full-disk",
	title: "Disks without a page, an inode or a longer file to give",
	bounded: 10,
	together: true,
	async points(setting) {
		const scenes = await makeScenes(setting);
		const known = new Map<Scene, Promise<Undisturbed>>();
		return STEPS.flatMap(([resource, look, steps]) =>
			Object.entries(steps).flatMap(([name, count]) => {
				const scene = scenes.get(name as SceneName);
				if (scene === undefined) return [];
				const wanted = () => undisturbed(scene, setting.dir, known);
				return pointsOf(setting, scene, wanted, { resource, look, count });
			}),
		);
	},
	async end() {
		for (const [how, count] of [...ends].sort())
			console.log(`full-disk: ${count} ended with: ${how}`);
	},
};

interface Scarcity {
	readonly resource: Resource;
	readonly look: Look;
	readonly count: number;
}

function pointsOf(
	{ dir }: Setting,
	scene: Scene,
	wanted: () => Promise<Undisturbed>,
	{ resource, look, count }: Scarcity,
): Point[] {
	const group = `${scene.name}/${resource}-${look}`;
	let need: Promise<number> | undefined;
	const needed = () => {
		const own = path.join(dir, group.replace("/", "-"));
		fs.mkdirSync(own, { recursive: true });
		need ??= needOf(own, scene, resource, look);
		return need;
	};
	return Array.from({ length: count }, (_, index) => ({
		id: `${group}#${index + 1}`,
		async run(place) {
			const enough = await needed();
			const left = spread(enough, index, count);
			const expected = await wanted();
			const faults = await onDisk(place, scene, resource, async (disk) => {
				const ran = await disk.run(left, look);
				note(ran);
				const telling = tellingOf(ran);
				const room = () => disk.giveRoom();
				const after = await faultsAfter(disk.stage, telling, expected, room);
				return [...telling.faults, ...foolery(ran, look), ...after];
			});
			const where = `with ${left} ${resource} where ${enough} are enough`;
			return faults.length === 0 ? [] : [where, ...faults];
		},
	}));
}

/** One too few, two too few, … eight; from there on evenly down to none at all. */
function spread(enough: number, index: number, count: number): number {
	const near = Math.min(8, Math.ceil(count / 2));
	if (index < near) return Math.max(0, enough - 1 - index);
	const rest = Math.max(0, enough - 1 - near);
	return Math.floor((rest * (count - 1 - index)) / (count - near));
}

/** The harness must not think that it tried a full disk when the command never went near it. */
function foolery({ reply }: Ran, look: Look): string[] {
	const isRefused = reply?.error?.code === "no-space";
	return look === "fooled" && isRefused ? ["it was not fooled"] : [];
}

function note({ code, reply }: Ran): void {
	const why = reply?.error?.code ?? (code === 0 ? "done" : `exit ${code}`);
	const how = `${why}${/half-way|be finished/.test(reply?.text ?? "") ? ", half-way" : ""}`;
	const known = why === "no-space" ? "no-space, predicted" : how;
	ends.set(known, (ends.get(known) ?? 0) + 1);
}
