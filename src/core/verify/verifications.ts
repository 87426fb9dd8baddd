import type { Disk } from "../../system/system.ts";
import { readNote } from "../files/noted.ts";
import type { StorePaths } from "../store/store.ts";

/** What is remembered of the last verification of a snapshot. */
export interface LastVerified {
	/** When it was read, ISO 8601. */
	readonly at: string;
	/** When its databases were last searched, too. */
	readonly fullAt?: string;
	/** The first damage that was found then, a sentence without its end. */
	readonly damage?: string;
	/** The first that the last one found that searched its databases, too: what only reads it has not refuted that. */
	readonly fault?: string;
	/** It was a drill that met the damage: one that goes well refutes it. */
	readonly by?: "drill";
	/** Databases that it did not search to their end. */
	readonly unsearched?: readonly string[];
}

/** By the ids of snapshots. What cannot be read, or is of another form, says nothing. */
export function readVerifications(
	disk: Disk,
	store: StorePaths,
): ReadonlyMap<string, LastVerified> {
	const found = readNote(disk, store.verifications);
	const isList =
		typeof found === "object" && found !== null && !Array.isArray(found);
	const all = new Map<string, LastVerified>();
	for (const [id, said] of isList ? Object.entries(found) : [])
		if (isLastVerified(said)) all.set(id, said);
	return all;
}

function isLastVerified(said: unknown): said is LastVerified {
	if (typeof said !== "object" || said === null) return false;
	const {
		at,
		fullAt,
		damage,
		fault,
		unsearched = [],
		by,
	} = said as Record<string, unknown>;
	const isTime = (value: unknown) =>
		typeof value === "string" && !Number.isNaN(Date.parse(value));
	return (
		isTime(at) &&
		(by === undefined || by === "drill") &&
		(fullAt === undefined || isTime(fullAt)) &&
		Array.isArray(unsearched) &&
		unsearched.every((path) => typeof path === "string") &&
		[damage, fault].every((why) => ["string", "undefined"].includes(typeof why))
	);
}
