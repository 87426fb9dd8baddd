import path from "node:path";
import { type Ran, runSubject } from "../../run-subject.ts";
import { misbehaviour } from "../../sentences.ts";
import {
	brokenSnapshots,
	litter,
	snapshotFolders,
} from "../../store-oracle.ts";
import { amongEnds, type EndState, endStateOf } from "./end-state.ts";
import type { RaceScene } from "./scenes.ts";
import { snapshotsOf } from "./seen-snapshots.ts";

type Words = readonly string[];

export async function homeIn(scene: RaceScene, dir: string): Promise<string> {
	const home = path.join(dir, "home");
	await scene.copyTo(home);
	return home;
}

/** All of them are started at once. */
export async function raceAtOnce(
	scene: RaceScene,
	dir: string,
	words: readonly Words[],
): Promise<string[]> {
	const home = await homeIn(scene, dir);
	const answers = await Promise.all(
		words.map((one) => runSubject(scene.setting.subject, home, one)),
	);
	return afterAll(scene, home, words, answers);
}

/** The end is that of one of their orders, all is whole, and nothing was left behind. */
export async function afterAll(
	scene: RaceScene,
	home: string,
	words: readonly Words[],
	answers: readonly Ran[],
): Promise<string[]> {
	const { subject } = scene.setting;
	const end = endStateOf(
		home,
		answers.map(({ code }) => code),
	);
	return [
		...answers.flatMap((answer) => misbehaviour(subject, answer)),
		...amongEnds(await expectedEnds(scene, words), end),
		...brokenSnapshots(home),
		...litter(home),
		...answers
			.filter((answer) => answer.words === "list")
			.flatMap((answer) => wrongList(scene, home, answer)),
	];
}

async function expectedEnds(
	scene: RaceScene,
	words: readonly Words[],
): Promise<EndState[]> {
	const ends: EndState[] = [];
	// A reader changes nothing: its place in the order does not matter.
	const writers = words.flatMap(([verb], at) => (verb === "list" ? [] : [at]));
	const readers = words.flatMap(([verb], at) => (verb === "list" ? [at] : []));
	for (const order of ordersOf(writers))
		ends.push(await scene.inOrder(words, [...order, ...readers]));
	return ends;
}

function ordersOf(places: readonly number[]): number[][] {
	if (places.length === 0) return [[]];
	return places.flatMap((first) =>
		ordersOf(places.filter((other) => other !== first)).map((rest) => [
			first,
			...rest,
		]),
	);
}

/** It shows all that was there before and after, and nothing that never was. */
function wrongList(scene: RaceScene, home: string, { reply }: Ran): string[] {
	const [before, after] = [scene.home, home].map((one) => snapshotFolders(one));
	const shown = reply?.data.snapshots?.map(({ id }) => id) ?? [];
	const ever = [...(before ?? []), ...(after ?? [])];
	const always = (before ?? []).filter((id) => after?.includes(id));
	return [
		...shown
			.filter((id) => !ever.includes(id))
			.map((id) => `list shows ${id}, which never was`),
		...always
			.filter((id) => !shown.includes(id))
			.map((id) => `list does not show ${id}, which was always there`),
		...(reply?.data.damaged ?? []).map((id) => `list calls ${id} damaged`),
	];
}

/**
 * As many creates at once. Those that wait make their snapshots one after the other; of those that do not (`wait` is
 * "0") each makes its own or says who holds the lock.
 */
export async function raceCrowd(
	scene: RaceScene,
	dir: string,
	{ count, wait }: { count: number; wait: string },
): Promise<string[]> {
	const home = await homeIn(scene, dir);
	const labels = Array.from({ length: count }, (_, index) => `crowd ${index}`);
	const create = (label: string) => {
		const words = ["create", "--force", label, "--wait", wait];
		return runSubject(scene.setting.subject, home, words);
	};
	const answers = await Promise.all(labels.map(create));
	const made = labels.filter((_, index) => answers[index]?.code === 0);
	const mayRefuse = wait === "0";
	return [
		...answers
			.filter(({ code }) => code !== 0 && !(mayRefuse && code === 11))
			.map(({ stdout }) => `one failed: ${stdout}`),
		...(made.length === 0 ? ["none of them got the lock"] : []),
		...wrongCrowd(scene, home, mayRefuse ? made : labels, answers),
	];
}

function wrongCrowd(
	scene: RaceScene,
	home: string,
	labels: readonly string[],
	answers: readonly Ran[],
): string[] {
	const all = snapshotsOf(home);
	const made = all.flatMap(({ label }) =>
		label?.startsWith("crowd ") ? [label] : [],
	);
	const places = new Set(all.map(({ sequence }) => sequence));
	return [
		...answers.flatMap((answer) => misbehaviour(scene.setting.subject, answer)),
		...(made.toSorted().join() === labels.toSorted().join()
			? []
			: [`made ${made.join()} and not ${labels.join()}`]),
		...(places.size === all.length
			? []
			: ["two snapshots have the same place in the order"]),
		...brokenSnapshots(home),
		...litter(home),
	];
}
