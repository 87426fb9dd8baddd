import fs from "node:fs";
import path from "node:path";
import { unmountAll } from "./mounts.ts";
import type { Subject } from "./subjects.ts";

/** One way in which things can go wrong, tried once. */
export interface Point {
	/** Names it for ever: `npm run torture -- --campaign kill --only ID` repeats it alone. */
	readonly id: string;
	/** For how many it counts: a walk of a hundred operations is a hundred. Default 1. */
	readonly size?: number;
	/** Tries it in an empty folder of its own. Returns what was wrong, a line each; throws when it could not be tried. */
	run(dir: string): Promise<string[]>;
}

export interface Setting {
	readonly subject: Subject;
	/** For all that is drawn by chance. */
	readonly seed: number;
	/** Every point there is, where a campaign otherwise takes a share of them by the seed: hours. */
	readonly whole: boolean;
	/** A folder that lives as long as the campaign, for homes that points copy. */
	readonly dir: string;
}

export interface Campaign {
	/** As in `--campaign NAME`. */
	readonly name: string;
	/** What is done, for people. */
	readonly title: string;
	/** How many points the bounded part takes, spread evenly over all of them. */
	readonly bounded: number;
	/** False: its points must not run beside others, because they time out or fill something that is shared. */
	readonly together: boolean;
	/** The original algorithm has no such command, or no such promise. */
	readonly oursOnly?: boolean;
	/** Mounts, templates and whatever else points share. Undone by `end`. */
	points(setting: Setting): Promise<Point[]>;
	end?(): Promise<void>;
}

export interface Outcome {
	readonly campaign: string;
	readonly points: number;
	readonly failed: number;
	readonly seconds: number;
}

export interface RunOptions {
	readonly subject: Subject;
	readonly seed: number;
	readonly bounded: boolean;
	/** As in `Setting`. */
	readonly whole: boolean;
	/** One point's id. */
	readonly only: string | undefined;
	/** How many points at once. */
	readonly jobs: number;
	/** Below which scratch folders are made. */
	readonly base: string;
	/** Leaves the folders of failed points. */
	readonly keep: boolean;
	say(line: string): void;
}

/** Runs a campaign and prints `campaign: N points, N passed, N failed` and, of each that failed, how to repeat it. */
export async function runCampaign(
	campaign: Campaign,
	options: RunOptions,
): Promise<Outcome> {
	const { say, subject, seed, whole } = options;
	const began = performance.now();
	const root = fs.mkdtempSync(
		path.join(options.base, "agent-snapshot-torture-"),
	);
	let [points, failed] = [0, 0];
	const clean = () => {
		unmountAll();
		if (!options.keep || failed === 0)
			fs.rmSync(root, { recursive: true, force: true, maxRetries: 10 });
	};
	process.once("exit", clean); // after Ctrl-C
	try {
		const dir = path.join(root, "shared");
		fs.mkdirSync(dir);
		const all = await campaign.points({ subject, seed, whole, dir });
		const chosen = choose(all, campaign, options);
		await eachOf(
			chosen,
			campaign.together ? options.jobs : 1,
			async (point) => {
				const faults = await tryPoint(point, root, options.keep);
				points += point.size ?? 1;
				if (faults.length === 0) return;
				failed++;
				say(`${campaign.name}: FAILED ${point.id}`);
				for (const fault of faults) say(`    ${fault}`);
				say(`    again: ${repeat(campaign, point, options)}`);
			},
		);
	} finally {
		await campaign.end?.();
		process.off("exit", clean);
		clean();
	}
	const seconds = Math.round((performance.now() - began) / 1000);
	say(`${campaign.title}, ${subject.name}, ${seconds} s`);
	say(
		`${campaign.name}: ${points} points, ${points - failed} passed, ${failed} failed`,
	);
	return { campaign: campaign.name, points, failed, seconds };
}

function choose(
	all: readonly Point[],
	{ name, bounded }: Campaign,
	options: RunOptions,
): readonly Point[] {
	if (all.length === 0) throw new Error(`${name} has no points`);
	if (options.only !== undefined) {
		const found = all.filter(({ id }) => id === options.only);
		if (found.length === 0)
			throw new Error(`${name} has no point ${options.only}`);
		return found;
	}
	if (!options.bounded || all.length <= bounded) return all;
	// Spread evenly, beginning elsewhere with every seed, so that many runs of the bounded part see all of them.
	return Array.from({ length: bounded }, (_, index) => {
		const at = Math.floor((index * all.length) / bounded);
		return all[(at + options.seed) % all.length] as Point;
	});
}

async function tryPoint(
	point: Point,
	root: string,
	keep: boolean,
): Promise<string[]> {
	const dir = fs.mkdtempSync(path.join(root, "point-"));
	let faults = ["was not tried"];
	try {
		faults = await point.run(dir);
	} catch (error) {
		faults = [
			`could not be tried: ${error instanceof Error ? error.stack : error}`,
		];
	}
	if (keep && faults.length > 0) faults = [...faults, `kept: ${dir}`];
	else fs.rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
	return faults;
}

async function eachOf<T>(
	items: readonly T[],
	atOnce: number,
	work: (item: T) => Promise<void>,
): Promise<void> {
	const waiting = items.values();
	const worker = async () => {
		for (const item of waiting) await work(item);
	};
	await Promise.all(Array.from({ length: atOnce }, worker));
}

function repeat(
	{ name }: Campaign,
	{ id }: Point,
	{ subject, seed, whole }: RunOptions,
): string {
	const other = subject.name === "ours" ? "" : ` --subject ${subject.name}`;
	return `npm run torture -- --campaign ${name} --only '${id}' --seed ${seed}${other}${whole ? " --whole" : ""} --keep`;
}
