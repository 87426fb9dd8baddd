import { reasonIn, SnapshotError } from "../../errors.ts";
import type { FileEntry } from "../capture/entry.ts";
import { DatabaseHeader } from "../files/database-header.ts";
import { readBeginning } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { UNDO_REASON } from "../manifest/manifest-summary.ts";
import { whyFailed } from "../reasons.ts";
import {
	type Flaws,
	flawsOfConfig,
	flawsOfDatabase,
	NO_FLAWS,
} from "./flaws.ts";
import { withOnePiece } from "./one-piece.ts";

/** What was searched in this run, by its content: snapshots that say the same are searched once. */
export type Searched = Map<string, Flaws>;

/** Looks into a file of a snapshot whose hashes are right. */
export async function searchStored(
	agent: Agent,
	manifest: Manifest,
	entry: FileEntry,
	searched: Searched,
): Promise<Flaws> {
	const folder = `${agent.store.directory}/${manifest.id}`;
	if (!isDatabase(agent, folder, entry))
		return entry.parts === undefined
			? flawsOfConfig(agent, manifest, entry.path, `${folder}/${entry.path}`)
			: NO_FLAWS;
	const key =
		entry.kind === "database" ? `${entry.path} ${entry.content}` : undefined;
	const flaws =
		(key === undefined ? undefined : searched.get(key)) ??
		(await searchDatabase(agent, manifest.id, entry));
	if (key !== undefined) searched.set(key, flaws);
	// What was there before a restore was saved sound or not: it is what somebody wanted to be rid of.
	return manifest.reason === UNDO_REASON
		? { ...flaws, damage: [], faults: [...flaws.damage, ...flaws.faults] }
		: flaws;
}

/** Hermes does not say what is one. */
function isDatabase(
	{ system: { disk } }: Agent,
	folder: string,
	entry: FileEntry,
): boolean {
	if (entry.kind === "database") return true;
	if (entry.sha256 !== undefined || entry.parts !== undefined) return false;
	const beginning = readBeginning(disk, `${folder}/${entry.path}`, 100);
	return new DatabaseHeader(beginning).isSqlite;
}

async function searchDatabase(
	agent: Agent,
	id: string,
	entry: FileEntry,
): Promise<Flaws> {
	const { path } = entry;
	try {
		return await withOnePiece(agent, id, entry, (whole) =>
			flawsOfDatabase(agent, path, whole.path, whole),
		);
	} catch (error) {
		const isRefused =
			error instanceof SnapshotError && error.code === "no-space";
		if (!isRefused) throw error;
		const why = reasonIn(whyFailed(error));
		const what = `was not searched: ${why}`;
		return { ...NO_FLAWS, notes: [{ path, what }], unsearched: [path] };
	}
}
