import path from "node:path";
import { rowsOf } from "../../../support/database-rows.ts";
import { storeOf } from "../../../support/store.ts";
import { manifestIn, snapshotFolders } from "../../store-oracle.ts";

/** A snapshot as plain tools see it, without what the clock decides: its name and its times. */
export interface SeenSnapshot {
	readonly id: string;
	readonly label: string | null;
	readonly reason: string;
	readonly sequence: number;
	/** A line a captured thing: what it is, its mode, and a hash of its content; of a database, of its rows. */
	readonly contents: readonly string[];
}

/** All snapshots of a home, oldest first. Throws when a manifest cannot be read. */
export function snapshotsOf(home: string): SeenSnapshot[] {
	return snapshotFolders(home)
		.map((id) => seen(home, id))
		.sort((a, b) => a.sequence - b.sequence);
}

function seen(home: string, id: string): SeenSnapshot {
	const manifest = manifestIn(home, id);
	if (manifest?.entries === undefined)
		throw new Error(`the manifest of ${id} cannot be read`);
	const { label, reason, sequence, entries } = manifest;
	const contents = entries.map(({ path: file, kind, mode, target, sha256 }) => {
		const kept = path.join(storeOf(home), id, file);
		const content =
			kind === "database" ? rowsOf(kept) : (target ?? sha256 ?? "");
		return `${file} ${kind} ${mode} ${content}`;
	});
	return { id, label, reason, sequence, contents };
}
