import type { Campaign, Point } from "../campaign.ts";
import { raceAtOnce, raceCrowd } from "./races/many.ts";
import { raceAfterKill, raceAtLock, raceStopped } from "./races/pairs.ts";
import {
	makeScenes,
	type RaceScene,
	VERBS,
	type Verb,
	wordsOf,
} from "./races/scenes.ts";

/** In how many places of its work a command is held. */
const STOPS = 3;
const WRITERS = VERBS.filter((verb) => verb !== "list");

/** Two, three and eight processes on one home: one works at a time, and the end is that of some order of them. */
export const races: Campaign = {
	name: "races",
	title: "Commands run at once on one home",
	bounded: 32,
	together: true,
	oursOnly: true,
	points: async (setting) => {
		const { calm, pending } = await makeScenes(setting);
		return [
			...pairs(VERBS, VERBS, (first, second) =>
				pairOf("calm", calm, first, second),
			),
			...pairs(["recover"], VERBS, (first, second) =>
				pairOf("pending", pending, first, second),
			),
			...pairs(WRITERS.slice(0, 4), ["recover"], (first, second) =>
				pairOf("pending", pending, first, second),
			),
			...pairs(WRITERS, WRITERS, (first, second) =>
				afterKill(first === "recover" ? pending : calm, first, second),
			),
			...triples(calm),
			{
				id: "crowd/eight-creates",
				run: (dir: string) => raceCrowd(calm, dir, { count: 8, wait: "120" }),
			},
			{
				id: "crowd/six-that-do-not-wait",
				run: (dir: string) => raceCrowd(calm, dir, { count: 6, wait: "0" }),
			},
		];
	},
};

function pairs(
	firsts: readonly Verb[],
	seconds: readonly Verb[],
	points: (first: Verb, second: Verb) => Point[],
): Point[] {
	return firsts.flatMap((first) =>
		seconds.flatMap((second) => points(first, second)),
	);
}

function pairOf(
	name: string,
	scene: RaceScene,
	first: Verb,
	second: Verb,
): Point[] {
	const pair = { scene, first, second };
	const id = `${name}/${first}-${second}`;
	const words = [wordsOf(first, "one"), wordsOf(second, "two")];
	return [
		{ id: `${id}/together`, run: (dir) => raceAtOnce(scene, dir, words) },
		...(first === "list"
			? []
			: [{ id: `${id}/at-lock`, run: (dir: string) => raceAtLock(pair, dir) }]),
		// Where nothing was interrupted a recover does nothing that it could be held at.
		...Array.from(
			{ length: name === "calm" && first === "recover" ? 0 : STOPS },
			(_, index) => ({
				id: `${id}/held#${index + 1}`,
				run: (dir: string) => raceStopped(pair, dir, (index + 0.5) / STOPS),
			}),
		),
	];
}

function afterKill(scene: RaceScene, first: Verb, second: Verb): Point[] {
	return Array.from({ length: STOPS }, (_, index) => ({
		id: `killed/${first}-${second}/held#${index + 1}`,
		run: (dir) =>
			raceAfterKill({ scene, first, second }, dir, (index + 0.5) / STOPS),
	}));
}

/** Any three that write, twice the same among them, and a reader. */
function triples(scene: RaceScene): Point[] {
	return WRITERS.flatMap((one, a) =>
		WRITERS.slice(a).flatMap((two, b) =>
			WRITERS.slice(a + b).map((three) => ({
				id: `three/${one}-${two}-${three}`,
				run: (dir: string) =>
					raceAtOnce(scene, dir, [
						wordsOf(one, "one"),
						wordsOf(two, "two"),
						wordsOf(three, "three"),
						["list"],
					]),
			})),
		),
	);
}
