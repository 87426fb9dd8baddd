import fs from "node:fs";
import path from "node:path";
import { storeOf } from "../../../support/store.ts";
import type { PartsOnDisk } from "../../kept-file.ts";
import type { Subject } from "../../subjects.ts";
import { holdOpen } from "../full-disk/hold-open.ts";
import { callsToHurt, hurtAt, type TracedCall } from "./hurt-at.ts";
import { freshCopy } from "./scene.ts";

/** What a restore may do once its journal is on disk, before SQLite has written anything into a live database. */
const CALLS = ["rename", "fsync", "pwrite64"];

/**
 * A restore into a database that somebody has open, and a power cut just behind its commit point. What waits to go in
 * through SQLite is not synced, so the disk has its name and nothing in it.
 */
export async function leaveUnsynced(
	subject: Subject,
	home: string,
): Promise<void> {
	const dir = `${home}-tracing`;
	let release = async () => {};
	const fresh = async () => {
		await release();
		const copy = freshCopy(home, dir);
		release = await holdOpen(path.join(copy, "state.db"));
		return { subject, home: copy, words: ["restore", "1"] };
	};
	try {
		const first = await fresh();
		const chosen = behindCommit(await callsToHurt(first, CALLS));
		const command = await fresh();
		const { reached } = await hurtAt(command, chosen, "signal=SIGKILL", fresh);
		if (!reached) throw new Error("no restore was killed behind its commit");
	} finally {
		await release();
	}
	loseStaged(path.join(dir, "home"));
	fs.rmSync(home, { recursive: true });
	fs.renameSync(path.join(dir, "home"), home);
}

/** The first call behind the fsync of the folder in which the journal got its name. */
export function behindCommit<C extends Pick<TracedCall, "line" | "name">>(
	calls: readonly C[],
): C {
	const commit = calls.findIndex(
		({ name, line }) => name === "rename" && line.includes('/journal.json"'),
	);
	const isDurable = (call: C, index: number) =>
		index > commit && call.name === "fsync";
	const found = calls[calls.findIndex(isDurable) + 1];
	if (commit < 0 || found === undefined)
		throw new Error("a restore has no commit point");
	return found;
}

/** Of each database that goes in through SQLite, where it waits, as a power cut leaves it. */
function loseStaged(home: string): void {
	const staged = stagedThrough(home);
	if (staged.length === 0) throw new Error("nothing goes in through SQLite");
	for (const { file } of staged) fs.truncateSync(file);
}

/** Where the databases wait that go in through SQLite, and what they should be there. */
export function stagedThrough(
	home: string,
): { file: string; parts: PartsOnDisk }[] {
	const restoring = path.join(storeOf(home), ".restore");
	const { steps } = JSON.parse(
		fs.readFileSync(path.join(restoring, "journal.json"), "utf8"),
	) as {
		steps: {
			how?: string;
			staged: string;
			entry: { parts?: PartsOnDisk };
		}[];
	};
	return steps
		.filter(({ how }) => how === "through")
		.flatMap(({ staged, entry: { parts } }) =>
			parts === undefined
				? []
				: [{ file: path.join(restoring, "new", staged), parts }],
		);
}
