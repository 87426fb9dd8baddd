import type { Base } from "../capture/base.ts";
import { type Agent, rulesOf, settingsIfSound } from "../home/agent.ts";
import {
	manifestOf,
	nameSnapshot,
	sealSnapshot,
} from "../manifest/assemble.ts";
import type { Coverage, Manifest } from "../manifest/manifest.ts";
import { UNDO_REASON } from "../manifest/manifest-summary.ts";
import type { PartTags } from "../parts/part-tags.ts";
import { type Present, presentFolder } from "../restore/present.ts";
import {
	type PruneOutcome,
	pruneAfterwards,
	readyToPrune,
} from "../retention/prune.ts";
import { noteCreated } from "../sizes/sizes.ts";
import { listSnapshots } from "../store/listing.ts";

/** The present as it was captured before something is restored. */
export interface Before {
	readonly present: Present;
	/** What it shares files with. */
	readonly base: Base | undefined;
	readonly coverage: Coverage;
	/** By which its parts were told. */
	readonly tags: PartTags;
}

/** Makes a snapshot of it, which is not in the list yet. */
export function sealUndo(
	agent: Agent,
	{ present, coverage }: Before,
	undoes: NonNullable<Manifest["undoes"]>,
): Manifest {
	const { system, store } = agent;
	const now = system.clock.now();
	const isTaken = (id: string) =>
		system.disk.stat(`${store.directory}/${id}`) !== undefined;
	const snapshots = listSnapshots(system.disk, store).snapshots;
	const naming = nameSnapshot(snapshots, isTaken, {
		label: "before restore",
		reason: UNDO_REASON,
		now,
	});
	const undo = manifestOf(agent, naming, present, coverage, undoes);
	sealSnapshot(agent, presentFolder(store), undo, present.survey);
	return undo;
}

/** For the sizes that people are shown, and for the next snapshot. */
export function noteUndo(
	agent: Agent,
	undo: Manifest,
	{ base, tags, present: { survey } }: Before,
): void {
	const { id } = undo;
	const { snapshots } = listSnapshots(agent.system.disk, agent.store);
	const before = snapshots.filter((one) => one.id !== id);
	noteCreated(agent, before, { id, base: base?.id, survey });
	tags.note(undo);
}

/** As `readyToPrune`. */
export function readyBehind(agent: Agent): void {
	const settings = settingsIfSound(agent);
	if (settings !== undefined) readyToPrune(rulesOf(settings));
}

/** Never after an incomplete capture: what it lacks may be in the oldest snapshot only. Nor without knowing how many. */
export function pruneBehind(
	agent: Agent,
	present: Pick<Present, "missed">,
	inUse: readonly (string | undefined)[],
): PruneOutcome | { readonly problem: string } | undefined {
	const settings = settingsIfSound(agent);
	if (present.missed.some(({ lost }) => lost) || settings === undefined)
		return undefined;
	const ids = inUse.filter((id) => id !== undefined);
	return pruneAfterwards(agent, rulesOf(settings), ids);
}
