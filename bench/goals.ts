/** What is promised ("Shows" 1 to 6): each a line of data, judged by what was measured. */
import {
	type Field,
	type Measured,
	type Name,
	ratioOf,
	spreadOfName,
} from "./results.ts";

export interface Goal {
	/** Which of the six it belongs to. */
	readonly show: number;
	readonly title: string;
	/** The id of a measure. */
	readonly measure: string;
	/** What ours is divided by, round by round; undefined: the figure itself is what counts. */
	readonly over?: Name;
	readonly field?: Field;
	readonly limit: number;
	/** How a figure itself is written. */
	readonly unit?: "ms" | "MB" | "of 100";
	/** The figure must reach the limit instead of staying below it. */
	readonly atLeast?: boolean;
}

export interface Verdict {
	readonly goal: Goal;
	/** Undefined: not measured. */
	readonly value: number | undefined;
	readonly isMet: boolean | undefined;
}

const MB = 1_000_000;
const SIZES = ["1MB", "50MB", "500MB", "2GB"] as const;

export const GOALS: readonly Goal[] = [
	...(
		[
			["50MB", 0.7],
			["500MB", 0.28],
			["2GB", 0.25],
		] as const
	).map(
		([size, limit]): Goal => ({
			show: 1,
			title: `${size}, repeat after 50 messages`,
			measure: `repeat-${size}`,
			over: "original",
			limit,
		}),
	),
	...SIZES.map(
		(size): Goal => ({
			show: 1,
			title: `${size}, repeat after 50 messages`,
			measure: `repeat-${size}`,
			over: "restic",
			limit: 0.4,
		}),
	),
	{
		show: 1,
		title: "500MB, nothing changed",
		measure: "unchanged-500MB",
		over: "original",
		limit: 0.08,
	},
	...SIZES.map(
		(size): Goal => ({
			show: 1,
			title: `${size}, nothing changed`,
			measure: `unchanged-${size}`,
			over: "empty",
			limit: 2,
		}),
	),
	{
		show: 2,
		title: "1MB and 10 files, after 50 messages",
		measure: "repeat-1MB",
		over: "original",
		limit: 1.5,
	},
	{
		show: 2,
		title: "1MB and 10 files, nothing changed",
		measure: "unchanged-1MB",
		over: "original",
		limit: 0.9,
	},
	{
		show: 2,
		title: "list of 20",
		measure: "list-20",
		over: "original",
		limit: 0.9,
	},
	{
		show: 2,
		title: "list of 1,000, all of them",
		measure: "list-1000",
		over: "original",
		limit: 0.3,
	},
	{
		show: 3,
		title: "disk of 20 snapshots of 500MB",
		measure: "disk-500MB",
		over: "one-copy",
		limit: 1.3,
	},
	{
		show: 4,
		title: "first snapshot of 500MB",
		measure: "first-500MB",
		over: "original",
		limit: 0.8,
	},
	{
		show: 4,
		title: "restore of 500MB, nobody holds it",
		measure: "restore-500MB",
		over: "cp-fsync",
		limit: 1.4,
	},
	{
		show: 4,
		title: "restore of 500MB into a live database",
		measure: "restore-live-500MB",
		over: "cp-fsync",
		limit: 4,
	},
	{
		show: 5,
		title: "500 files, 10 changed and 50 messages",
		measure: "files-500",
		over: "original",
		limit: 0.4,
	},
	{
		show: 5,
		title: "5,000 files, 10 changed and 50 messages",
		measure: "files-5000",
		over: "original",
		limit: 0.25,
	},
	{
		show: 5,
		title: "restore of 5,000 files, 10 changed",
		measure: "files-restore-5000",
		over: "original",
		limit: 0.1,
	},
	{
		show: 6,
		title: "writer's p99 beside a create of 2GB",
		measure: "writer-2GB",
		over: "alone",
		limit: 2,
	},
	{
		show: 6,
		title: "longest stall of the host, 2GB",
		measure: "stall-2GB",
		limit: 10,
		unit: "ms",
	},
	...["first", "repeat", "restore"].map(
		(what): Goal => ({
			show: 6,
			title: `memory of a ${what} of 2GB`,
			measure: `${what}-2GB`,
			field: "memory",
			limit: 150 * MB,
			unit: "MB",
		}),
	),
	{
		show: 6,
		title: "create of 500MB beside 200 commits a second",
		measure: "beside-500MB",
		limit: 3000,
		unit: "ms",
	},
	{
		show: 6,
		title: "of these, consistent",
		measure: "consistent-500MB",
		limit: 100,
		unit: "of 100",
		atLeast: true,
	},
];

export function judge(goal: Goal, measured: readonly Measured[]): Verdict {
	const one = measured.find(({ id }) => id === goal.measure);
	const value = one && figureOf(goal, one);
	if (value === undefined) return { goal, value, isMet: undefined };
	const isMet = goal.atLeast ? value >= goal.limit : value <= goal.limit;
	return { goal, value, isMet };
}

function figureOf(
	{ over, field }: Goal,
	measured: Measured,
): number | undefined {
	if (over !== undefined) return ratioOf(measured, "ours", over)?.median;
	// What must hold always is judged by its worst, what is a matter of time by its median.
	const spread = spreadOfName(measured, "ours", field);
	return field === "memory" ? spread?.high : spread?.median;
}
