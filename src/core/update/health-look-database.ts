import { SnapshotError } from "../../errors.ts";
import type { DatabaseFinding } from "../../system/system.ts";
import type { FileEntry } from "../capture/entry.ts";
import type { Agent } from "../home/agent.ts";
import { maskText } from "../secrets/secrets.ts";
import { withOnePiece } from "../verify/one-piece.ts";

/** Undefined: there is no room to look into it, or it is damaged, which is told elsewhere. */
export async function lookInto<T>(
	agent: Agent,
	id: string,
	entry: FileEntry,
	work: (path: string) => Promise<T>,
): Promise<T | undefined> {
	try {
		return await withOnePiece(agent, id, entry, ({ path }) => work(path));
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
	const { found = [] } = (await lookInto(agent, id, entry, search)) ?? {};
	return found
		.filter(({ kind }) => kinds.includes(kind))
		.map(({ what }) => maskText(what));
}
