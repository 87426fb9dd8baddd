import type { DatabaseFinding } from "../../system/system.ts";
import { readText } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import {
	formOf,
	LARGEST_CONFIG,
	parseConfiguration,
} from "../home/configuration.ts";
import { countedIn } from "../home/counted.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { checkPatience } from "../patience.ts";
import { maskText } from "../secrets/secrets.ts";

/** Something that is wrong with a file of a snapshot, or with what came of it. */
export interface Flaw {
	readonly path: string;
	/** The end of a sentence that begins with the path. */
	readonly what: string;
}

export interface Flaws {
	/** It is not what was captured, or no database that works. */
	readonly damage: readonly Flaw[];
	/** It was captured so, and the agent would trip over it: a configuration that does not parse, a wrong full-text index. */
	readonly faults: readonly Flaw[];
	/** To be known: what could not be looked at, foreign keys that lead nowhere, a document in a directory that does not parse. */
	readonly notes: readonly Flaw[];
	/** Databases that were not searched to their end. */
	readonly unsearched: readonly string[];
}

export const NO_FLAWS: Flaws = {
	damage: [],
	faults: [],
	notes: [],
	unsearched: [],
};

/** How long one database is searched unless told otherwise, in milliseconds. */
const BUDGET = 60_000;
/** Of each kind, of one database. */
const MOST = 20;

type Level = "damage" | "faults" | "notes";
const LEVELS: Readonly<Record<DatabaseFinding["kind"], Level>> = {
	damage: "damage",
	index: "faults",
	references: "notes",
	unchecked: "notes",
	note: "notes",
};

export function joined(all: readonly Flaws[]): Flaws {
	return {
		damage: all.flatMap(({ damage }) => damage),
		faults: all.flatMap(({ faults }) => faults),
		notes: all.flatMap(({ notes }) => notes),
		unsearched: all.flatMap(({ unsearched }) => unsearched),
	};
}

/**
 * @param at where it lies in one piece; nobody writes to it
 * @param budget milliseconds; the worst is looked for first
 * @param isScratch what lies there is a copy that goes afterwards
 */
export async function flawsOfDatabase(
	{ system, patience }: Agent,
	path: string,
	at: string,
	{ budget = BUDGET, isScratch = false } = {},
): Promise<Flaws> {
	patience.progress?.at(path);
	const { signal } = patience;
	const options = { signal, isScratch };
	const examined = await system.sqlite.examine(at, budget, options);
	checkPatience(patience, system.clock.monotonic());
	const flaws: Record<Level, Flaw[]> = { damage: [], faults: [], notes: [] };
	for (const { kind, what } of examined.found) {
		const level = flaws[LEVELS[kind]];
		if (level.length < MOST)
			level.push({ path, what: `says: ${masked(what)}` });
	}
	if (!examined.isFinished)
		flaws.notes.push({
			path,
			what: `was not searched to its end in ${Math.round(budget / 1000)} s`,
		});
	return { ...flaws, unsearched: examined.isFinished ? [] : [path] };
}

/** Names of tables and columns are what SQLite says; a secret is no name, and all the same. */
function masked(what: string): string {
	return maskText(what.replace(/\s+/g, " ")).slice(0, 300);
}

/**
 * Of what is no configuration: none. A fault is one of a file that the agent reads as its own; what lies in a directory
 * of a person's (skills, notes) may say what it likes, and the agent starts all the same.
 */
export async function flawsOfConfig(
	{ system: { disk }, host }: Agent,
	{ captured }: Pick<Manifest, "captured">,
	path: string,
	at: string,
): Promise<Flaws> {
	const form = formOf(path);
	const size = disk.stat(at)?.size ?? 0;
	if (form === undefined || size > LARGEST_CONFIG) return NO_FLAWS;
	const text = readText(disk, at, LARGEST_CONFIG) ?? "";
	const parsed = await parseConfiguration(form, text);
	if ("value" in parsed) return NO_FLAWS;
	const flaws = [{ path, what: parsed.why }];
	// Hermes' own name each file.
	const isOwn = captured?.paths.includes(path) ?? true;
	return isOwn || countedIn(host, path).length > 0
		? { ...NO_FLAWS, faults: flaws }
		: { ...NO_FLAWS, notes: flaws };
}
