import { SnapshotError } from "../../errors.ts";
import type { DatabaseFinding } from "../../system/system.ts";
import type { FileEntry } from "../capture/entry.ts";
import { refuseFullDisk } from "../create/room.ts";
import { JOURNAL_MODE_AT, journalModeBytes } from "../files/database-header.ts";
import { withScratch } from "../files/scratch.ts";
import { type Agent, settingsOrDefaults } from "../home/agent.ts";
import { copyStored } from "../restore/staged-file.ts";
import { maskText } from "../secrets/secrets.ts";

/**
 * A database of a snapshot, put together where it is kept in parts. Undefined: there is no room for that, or it is damaged,
 * which is told elsewhere.
 */
export async function withOnePiece<T>(
	agent: Agent,
	id: string,
	entry: FileEntry,
	work: (at: string) => Promise<T>,
): Promise<T | undefined> {
	if (entry.parts === undefined)
		return work(`${agent.store.directory}/${id}/${entry.path}`);
	try {
		refuseFullDisk(agent, entry.size, settingsOrDefaults(agent).reserveBytes);
		return await withScratch(agent, async (folder) => {
			const whole = `${folder}/whole.db`;
			await copyStored(agent, id, entry, whole);
			// One that says that it has a log would get one beside it.
			const plain = journalModeBytes("delete");
			agent.system.disk.overwrite(whole, JOURNAL_MODE_AT, plain);
			return await work(whole);
		});
	} catch (error) {
		if (!(error instanceof SnapshotError) || error.code === "interrupted")
			throw error;
		return undefined;
	}
}

/** How long one database is searched, in milliseconds. */
const BUDGET = 15_000;

interface Kept {
	readonly id: string;
	readonly entry: FileEntry;
}

/**
 * Of what all was searched when it was captured: full-text indexes, above all. Large ones were searched as far as that goes.
 * @param isAnew its full-text indexes may still have to be filled
 */
export async function newFaults(
	agent: Agent,
	before: Kept,
	after: Kept,
	isAnew: boolean,
): Promise<readonly string[]> {
	const isLarge = after.entry.parts !== undefined;
	if (isLarge || after.entry.kind !== "database") return [];
	const kinds: DatabaseFinding["kind"][] = isAnew
		? ["damage"]
		: ["damage", "index"];
	const now = await faultsOf(agent, after, kinds);
	if (now.length === 0 || before.entry.kind !== "database") return now;
	const then = await faultsOf(agent, before, kinds);
	return now.filter((what) => !then.includes(what));
}

async function faultsOf(
	agent: Agent,
	{ id, entry }: Kept,
	kinds: readonly DatabaseFinding["kind"][],
): Promise<string[]> {
	const { sqlite } = agent.system;
	const { signal } = agent.patience;
	const search = (at: string) => sqlite.examine(at, BUDGET, { signal });
	const { found = [] } = (await withOnePiece(agent, id, entry, search)) ?? {};
	return found
		.filter(({ kind }) => kinds.includes(kind))
		.map(({ what }) => maskText(what));
}
