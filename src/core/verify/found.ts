import type { Disk } from "../../system/system.ts";
import { readText } from "../files/durable.ts";
import type { StorePaths } from "../store/store.ts";
import { readVerifications } from "./verifications.ts";

/** What the last verification or drill of a snapshot found against it. It holds until another one refutes it. */
export interface Found {
	/** ISO 8601. */
	readonly at: string;
	readonly by: "verify" | "drill";
	/** A sentence without its end. */
	readonly why: string;
	/** It is not what was captured; otherwise it was captured so, and the agent would trip over it. */
	readonly isDamage: boolean;
}

/** By the ids of snapshots: those that are not good. */
export function readFound(
	disk: Disk,
	store: StorePaths,
): ReadonlyMap<string, Found> {
	const all = new Map(failedDrills(disk, store));
	for (const [id, said] of readVerifications(disk, store)) {
		const { at, fullAt = at, damage, fault, by = "verify" } = said;
		if (damage !== undefined)
			all.set(id, { at, by, why: damage, isDamage: true });
		else if (fault !== undefined)
			all.set(id, { at: fullAt, by: "verify", why: fault, isDamage: false });
	}
	return all;
}

/** By hand: `list` reads it. The last one of each snapshot counts, but for those that failed for their surroundings. */
function failedDrills(disk: Disk, store: StorePaths): Map<string, Found> {
	const failed = new Map<string, Found>();
	if (disk.stat(store.drills)?.kind !== "file") return failed;
	const text = readText(disk, store.drills, LIMIT) ?? "";
	for (const line of text.split("\n")) {
		const { at, id, ok, why, surroundings } = objectIn(line);
		if (typeof id !== "string" || surroundings === true) continue;
		if (ok === true) failed.delete(id);
		if (ok !== false || typeof at !== "string") continue;
		const said = typeof why === "string" ? why : "it failed";
		failed.set(id, { at, by: "drill", why: said, isDamage: false });
	}
	return failed;
}

/** As much as `readDrills` takes. */
const LIMIT = 16 * 1024 * 1024;

/** What is no object says nothing. */
function objectIn(line: string): Record<string, unknown> {
	if (!line.startsWith("{")) return {};
	try {
		return JSON.parse(line) as Record<string, unknown>;
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		return {}; // torn
	}
}
