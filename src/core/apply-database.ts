import type { Agent } from "./agent.ts";
import { syncFile } from "./durable.ts";
import { type JournalStep, stagedPath } from "./journal.ts";
import { SIDECARS } from "./paths.ts";
import { mayChange } from "./permissions.ts";
import { setAside } from "./quarantine.ts";
import { databaseSignature } from "./scan.ts";

/** How long a step waits for a live database to be free, in milliseconds. */
export const REPLACE_WAIT = 10_000;

/** How long the check of a large database that was written through SQLite may take, in milliseconds. */
const CHECK_WAIT = 10_000;

/** Can be done again after a crash. `replaceLocked` writes it if its lock is held already. */
export async function replaceDatabase(
	agent: Agent,
	{
		path,
		staged,
		how,
		entry,
		signature,
	}: Extract<JournalStep, { do: "database" }>,
	replaceLocked: () => Promise<boolean>,
): Promise<void> {
	const { system, store, home } = agent;
	const live = `${home}/${path}`;
	// Moved in by a recovery that died: nobody had it open then, whatever the journal says.
	if (system.disk.stat(stagedPath(store, staged)) === undefined) return;
	if (how === "through") {
		if (!(await replaceLocked())) {
			const replacement = await system.sqlite.beginReplace(
				stagedPath(store, staged),
				live,
				REPLACE_WAIT,
			);
			await replacement.commit();
		}
		setModeOfOurs(agent, live, entry.mode);
		await refuseDamage(agent, live);
		// Closing our connections took the log in, unless the disk refused or the last one could only read.
		system.sqlite.tidy(live);
		syncDatabase(system.disk, live);
		return;
	}
	// Made since the present was captured, or written to: it is in no snapshot, and so it is only moved away.
	if (databaseSignature(system.disk, live) !== signature) setAside(agent, path);
	// SQLite would replay a stale write-ahead log over the new file, so the sidecars go first: dying in between
	// leaves the old database without its last commits, and the journal, which finishes the job.
	removeSidecars(system.disk, live);
	system.disk.rename(stagedPath(store, staged), live);
}

/** Whoever may write to it has put its content back; its mode only its owner can. */
function setModeOfOurs(
	agent: Agent,
	live: string,
	mode: number | undefined,
): void {
	const { disk } = agent.system;
	const now = disk.stat(live);
	if (mode === undefined || now === undefined || now.mode === mode) return;
	if (mayChange(agent, now)) disk.setMode(live, mode);
}

/**
 * SQLite leaves a commit in the write-ahead log unsynced, and a power cut would take it back. Our own connection is
 * closed by now, so that opening the files drops no lock of ours.
 */
function syncDatabase(disk: Agent["system"]["disk"], live: string): void {
	for (const path of [`${live}-wal`, live])
		if (disk.stat(path)?.kind === "file") syncFile(disk, path);
}

/** Told while the journal still stands: `recover` writes it once more. */
async function refuseDamage({ system }: Agent, live: string): Promise<void> {
	const found = await system.sqlite.check(live, CHECK_WAIT);
	if (found.verdict === "damaged")
		throw new Error(`${live} was written and is damaged: ${found.details}`);
}

export function removeSidecars(
	disk: Agent["system"]["disk"],
	path: string,
): void {
	for (const suffix of SIDECARS)
		if (disk.stat(`${path}${suffix}`) !== undefined)
			disk.unlink(`${path}${suffix}`);
}
