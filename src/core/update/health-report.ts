import { compareEntries } from "../capture/compare.ts";
import type { Entry } from "../capture/entry.ts";
import { totalCounts } from "../home/counted.ts";
import { putBackOf } from "../home/coverage.ts";
import type { Host } from "../home/host.ts";
import { maskText } from "../secrets/secrets.ts";
import { eachOnce } from "./health-counts.ts";
import {
	type MovedHome,
	movedEntries,
	movedHomes,
	movedLooks,
} from "./health-homes.ts";
import type { Changed } from "./health-look.ts";

/** What a command has changed, in few words. */
export interface WhatChanged {
	/** Of those of which there are more or fewer. */
	readonly counts: readonly {
		readonly what: string;
		readonly before: number;
		readonly after: number;
	}[];
	/** Paths. */
	readonly changed: readonly string[];
	readonly added: readonly string[];
	readonly removed: readonly string[];
	/** Nested homes that stand elsewhere now, whole. Their files are in none of the above for that. */
	readonly moved: readonly MovedHome[];
	/** Databases with other tables than before, and how many of these have come and gone, or have no row any more. */
	readonly tables: readonly OtherTables[];
}

export interface OtherTables {
	readonly path: string;
	readonly added: number;
	readonly removed: number;
	/** With how many rows each had. */
	readonly emptied: readonly {
		readonly table: string;
		readonly rows: number;
	}[];
}

/** From the two manifests, and what a look at the changed files has shown. */
export function whatChanged(
	host: Host,
	was: readonly Entry[],
	after: readonly Entry[],
	looks: readonly Changed[] = [],
): WhatChanged {
	const moved = movedHomes(host, was, after);
	const before = movedEntries(was, moved);
	const seen = movedLooks(looks, moved);
	const { changed, added, removed } = compareEntries(
		before,
		after,
		({ path }) => putBackOf(host, path) !== "never",
	);
	return {
		counts: otherCounts(
			eachOnce(host, before, seen, "before"),
			eachOnce(host, after, seen, "after"),
		),
		changed,
		added,
		removed,
		moved,
		tables: looks.flatMap(otherTables),
	};
}

function otherCounts(
	before: readonly Entry[],
	after: readonly Entry[],
): WhatChanged["counts"] {
	const numbers = (entries: readonly Entry[]) =>
		new Map(totalCounts(entries).map(({ what, count }) => [what, count]));
	const [then, now] = [numbers(before), numbers(after)];
	return [...new Set([...then.keys(), ...now.keys()])]
		.map((what) => ({
			what,
			before: then.get(what) ?? 0,
			after: now.get(what) ?? 0,
		}))
		.filter((one) => one.before !== one.after);
}

function otherTables({ path, before, after }: Changed): WhatChanged["tables"] {
	const [then, now] = [before.fill?.tables, after.fill?.tables];
	if (then === undefined || now === undefined) return [];
	const added = [...now.keys()].filter((name) => !then.has(name)).length;
	const removed = [...then.keys()].filter((name) => !now.has(name)).length;
	const emptied = [...then].flatMap(([table, { rows }]) =>
		rows > 0 && now.get(table)?.rows === 0
			? [{ table: maskText(table), rows }]
			: [],
	);
	return added + removed + emptied.length > 0
		? [{ path, added, removed, emptied }]
		: [];
}
