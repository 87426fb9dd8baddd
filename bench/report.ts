import { NAMES } from "./contestants.ts";
import { GOALS, type Goal, judge, type Verdict } from "./goals.ts";
import { inShort } from "./in-short.ts";
import {
	type Measured,
	type Name,
	ratioOf,
	type Sample,
	spreadOfName,
} from "./results.ts";
import type { Spread } from "./statistics.ts";
import { bytes, milliseconds, ratio } from "./text.ts";

export const TITLES: Readonly<Record<Name, string>> = {
	ours: "agent-snapshot",
	original: "Hermes' algorithm, May 2026",
	naive: "straightforward Node",
	cp: "`cp -a`",
	restic: "restic",
	borg: "borg",
	empty: "an empty Node",
	"cp-fsync": "`cp` + fsync",
	alone: "alone",
	"one-copy": "one copy",
};

export interface Report {
	/** Of the machine: pairs of a name and a value. */
	readonly facts: readonly (readonly [string, string])[];
	readonly measured: readonly Measured[];
	/** What was left out or went wrong: it stands at the top. */
	readonly notes: readonly string[];
}

/** results.md. */
export function report({ facts, measured, notes }: Report): string {
	return [
		"# Results of `npm run bench`",
		"",
		"Written by `bench/bench.ts`; not edited. A figure is the median, in brackets the lowest and the highest. Ratios are those of",
		"one round, in which all worked on the same state one behind the other; their median is not that of the times divided.",
		"",
		...notes.flatMap((note) => [note, ""]),
		...table(["Machine", ""], facts),
		"",
		inShort(measured),
		"",
		"![Time of each, the original is 1](results.svg)",
		"",
		"## What is promised",
		"",
		...table(
			["", "Promise", "Compared with", "At most", "Measured", ""],
			GOALS.map((goal) => goalRow(judge(goal, measured))),
		),
		"",
		...measured.flatMap(section),
		"## How it is measured",
		"",
		...HOW,
		"",
	].join("\n");
}

const HOW = [
	"- Everybody works on one home, by turns, another one first in each round; the agent holds the database open, and 50 messages",
	"  lie in its log. Before each run the file system is synced, and each writes into a folder that is new.",
	"- The first result of each measure is taken out and compared: files by bytes, the database by its rows and SQLite's own check.",
	"- Time is wall time from start to end of the process, Node's or Python's own start with it. Processor time is that of the whole",
	"  tree, memory the largest process of it, written what it made dirty (`write_bytes`), without the file system's own journal.",
	"- Ours hashes, checks and syncs what it writes. The original hashes nothing and syncs the database only; `cp -a` and the Node",
	"  version sync nothing. restic and borg compress, and read the live files as they are: here nobody wrote meanwhile.",
];

function goalRow({ goal, value, isMet }: Verdict): string[] {
	const verdict =
		isMet === undefined ? "not measured" : isMet ? "met" : "**not met**";
	return [
		String(goal.show),
		goal.title,
		goal.over === undefined ? "" : TITLES[goal.over],
		`${goal.atLeast ? "at least " : ""}${figure(goal, goal.limit)}`,
		value === undefined ? "" : figure(goal, value),
		verdict,
	];
}

function figure({ unit }: Goal, value: number): string {
	if (unit === "ms") return milliseconds(value);
	if (unit === "MB") return bytes(value);
	return unit === undefined ? ratio(value) : `${value} ${unit}`;
}

const UNITS = {
	ms: milliseconds,
	bytes,
	"of 100": (value: number) => `${value} of 100`,
};
const HEADS = { ms: "Time", bytes: "Bytes", "of 100": "Consistent" };

function section(measured: Measured): string[] {
	const names = namesIn(measured);
	const value = UNITS[measured.unit];
	const base = baseOf(measured);
	const rows = names.map((name) => [
		TITLES[name],
		spread(spreadOfName(measured, name), value),
		base === undefined ? "" : spread(ratioOf(measured, name, base), ratio),
		median(measured, name, "cpu", milliseconds),
		median(measured, name, "memory", bytes),
		median(measured, name, "written", bytes),
	]);
	const heads = [
		"",
		HEADS[measured.unit],
		base === undefined ? "" : `Ratio to ${TITLES[base]}`,
		"Processor",
		"Memory",
		"Written",
	];
	const rounds = Math.max(
		...names.map((name) => measured.samples[name]?.length ?? 0),
	);
	const count = rounds === 1 ? "1 round" : `${rounds} rounds`;
	return [
		`## ${measured.title}`,
		"",
		[`\`${measured.id}\`, ${count}.`, ...(measured.notes ?? [])].join(" "),
		"",
		...withoutEmptyColumns(heads, rows),
		"",
	];
}

/** What the others of a measure are divided by: what its promise names, else the original. */
export function baseOf({ id, samples }: Measured): Name | undefined {
	const bases: readonly Name[] = ["original", "cp-fsync", "alone", "one-copy"];
	const here = bases.filter((name) => samples[name] !== undefined);
	const promised = GOALS.filter(({ measure }) => measure === id);
	return (
		here.find((name) => promised.some(({ over }) => over === name)) ?? here[0]
	);
}

function namesIn({ samples }: Measured): Name[] {
	const others = (Object.keys(samples) as Name[]).filter(
		(name) => !NAMES.some((known) => known === name),
	);
	return [...NAMES.filter((name) => samples[name] !== undefined), ...others];
}

function median(
	measured: Measured,
	name: Name,
	field: Exclude<keyof Sample, "value">,
	text: (value: number) => string,
): string {
	const found = spreadOfName(measured, name, field);
	return found === undefined ? "" : text(found.median);
}

function spread(
	found: Spread | undefined,
	text: (value: number) => string,
): string {
	if (found === undefined) return "";
	const { median, low, high, count } = found;
	return count === 1
		? text(median)
		: `${text(median)} (${text(low)} - ${text(high)})`;
}

function withoutEmptyColumns(
	heads: readonly string[],
	rows: readonly (readonly string[])[],
): string[] {
	const kept = heads.flatMap((_, column) =>
		column === 0 || rows.some((row) => row[column]) ? [column] : [],
	);
	const pick = (row: readonly string[]) =>
		kept.map((column) => row[column] ?? "");
	return table(pick(heads), rows.map(pick));
}

function table(
	heads: readonly string[],
	rows: readonly (readonly string[])[],
): string[] {
	const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
	return [line(heads), line(heads.map(() => "---")), ...rows.map(line)];
}
