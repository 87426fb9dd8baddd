import { setAsideBy } from "../apply/quarantine.ts";
import type { Agent } from "../home/agent.ts";
import { STORE_NAME } from "../home/paths.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { UNDO_REASON } from "../manifest/manifest-summary.ts";
import { listSnapshots } from "../store/listing.ts";

/** The restore that an undo takes back. */
export interface Undone {
	/** Of the snapshot that it put back. */
	readonly id: string;
	/** It was an undo itself. */
	readonly wasUndo: boolean;
	/** Where that lies below the home which it could not save, and so moved aside; none where it never came to. */
	readonly aside: readonly string[];
}

/** @param manifest of the undo snapshot */
export function undoneBy(
	agent: Agent,
	{ undoes, missed, createdAt }: Manifest,
): Undone | undefined {
	const { system, store } = agent;
	if (undoes === undefined) return undefined;
	const { snapshots } = listSnapshots(system.disk, store);
	const found = snapshots.find(({ id }) => id === undoes.snapshot);
	const lost = missed.filter((one) => one.lost);
	// The first of them: those of later restores have later names.
	const aside = lost.flatMap(({ path }) =>
		createdAt === undefined
			? []
			: setAsideBy(agent, { startedAt: createdAt }, path).slice(0, 1),
	);
	const wasUndo = found?.reason === UNDO_REASON;
	const below = (place: string) =>
		`${STORE_NAME}${place.slice(store.directory.length)}`;
	return { id: undoes.snapshot, wasUndo, aside: aside.map(below) };
}
