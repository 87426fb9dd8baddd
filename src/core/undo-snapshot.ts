import { type Agent, rulesOf, settingsIfSound } from "./agent.ts";
import { manifestOf, nameSnapshot, sealSnapshot } from "./assemble.ts";
import type { Base } from "./base.ts";
import { listSnapshots } from "./listing.ts";
import type { Coverage, Manifest } from "./manifest.ts";
import { UNDO_REASON } from "./manifest-summary.ts";
import { type Present, presentFolder } from "./present.ts";
import { type PruneOutcome, pruneAfterwards } from "./prune.ts";
import { noteCreated } from "./sizes.ts";

/** The present as it was captured before something is restored. */
export interface Before {
	readonly present: Present;
	/** What it shares files with. */
	readonly base: Base | undefined;
	readonly coverage: Coverage;
}

/** Makes a snapshot of it, which is not in the list yet. Returns its id. */
export function sealUndo(
	agent: Agent,
	{ present, coverage }: Before,
	undoes: NonNullable<Manifest["undoes"]>,
): string {
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
	return naming.id;
}

/** For the sizes that people are shown. */
export function noteUndo(
	agent: Agent,
	undo: string,
	{ base, present: { survey } }: Before,
): void {
	const { snapshots } = listSnapshots(agent.system.disk, agent.store);
	const before = snapshots.filter(({ id }) => id !== undo);
	noteCreated(agent, before, { id: undo, base: base?.id, survey });
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
