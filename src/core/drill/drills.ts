import * as v from "valibot";
import { SnapshotError } from "../../errors.ts";
import { readLines, writeLines } from "../files/json-lines.ts";
import type { Agent } from "../home/agent.ts";
import { Size } from "../manifest/summary-schema.ts";
import { withLock } from "../store/lock.ts";

/** A line of `drills.jsonl`. */
const Drill = v.object({
	/** When it began, ISO 8601. */
	at: v.pipe(v.string(), v.isoTimestamp()),
	/** Of the snapshot. */
	id: v.string(),
	ok: v.boolean(),
	/** That the restore and the look at it took. */
	milliseconds: v.number(),
	/** What was put back. */
	files: Size,
	bytes: Size,
	/** Why not ok: sentences without the last full stop. */
	why: v.exactOptional(v.string()),
	/** What failed was not the snapshot's: no room, a disk, variables that cannot say where the drill's home lies. */
	surroundings: v.exactOptional(v.literal(true)),
	/** Databases that were not searched to their end. */
	unsearched: v.exactOptional(v.array(v.string())),
	/** What was found of what people would miss, by its name. */
	counts: v.exactOptional(v.record(v.string(), Size)),
});
export type Drill = v.InferOutput<typeof Drill>;

/** The lock may be had by a command that was begun meanwhile, in milliseconds. */
const WAIT = 60_000;

/** From the first to the last. A line that is none (torn, or somebody's) says nothing. */
export function readDrills({ system, store }: Agent): Drill[] {
	return readLines(system, store.drills, Drill);
}

/** The last one of a snapshot. */
export function lastDrillOf(agent: Agent, id: string): Drill | undefined {
	return readDrills(agent).findLast((drill) => drill.id === id);
}

/** Before hours are spent on one that cannot be noted. @throws SnapshotError `failed` */
export function refuseUnnotable({ system, store }: Agent): void {
	if (system.disk.stat(store.drills)?.kind !== "directory") return;
	throw new SnapshotError(
		"failed",
		`${store.drills} is a directory, so that no drill can be noted. Nothing was changed.`,
		{ hint: "Move it away." },
	);
}

/** Adds a line, durably; lines that are none are left out. */
export function noteDrill(agent: Agent, drill: Drill): Promise<void> {
	const { system, store } = agent;
	const waitMilliseconds = Math.max(agent.waitMilliseconds, WAIT);
	return withLock({ ...agent, waitMilliseconds }, "drill", async () => {
		const lines = [...readDrills(agent), drill];
		writeLines(system, store, store.drills, lines);
		if (!drill.ok) return;
		const { refuteDrill } = await import("../verify/note-verified.ts");
		refuteDrill(agent, drill.id);
	});
}
