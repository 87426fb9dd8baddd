import { lateText, type MovedAside } from "../apply/moved-aside.ts";

/** What a command did before its own work: it ended an interrupted restore. */
export interface Finished {
	/** The snapshot whose restore was finished; undefined when none was interrupted. */
	readonly snapshot: string | undefined;
	/** The snapshot of another restore, which waited for the next start: the interrupted one was begun later. */
	readonly forgotten: string | undefined;
	/** By that restore, before it was interrupted or now. */
	readonly movedAside: readonly MovedAside[];
	/** Of the one that was finished; undefined when it left no undo snapshot. */
	readonly canUndo: boolean | undefined;
	/** What was finished in homes that have state in common with this one. */
	readonly elsewhere?: readonly (Finished & { readonly home: string })[];
}

export const NONE_INTERRUPTED: Finished = {
	snapshot: undefined,
	forgotten: undefined,
	movedAside: [],
	canUndo: undefined,
};

/** For a reply that has to tell of it: see `afterDoing`. */
export function finishedFirst(finished: Finished): string | undefined {
	const told = [
		...finishedHere(finished, ""),
		...(finished.elsewhere ?? []).flatMap((one) =>
			finishedHere(one, ` in ${one.home}`),
		),
	];
	return told.length === 0 ? undefined : told.join(" ");
}

function finishedHere(
	{ snapshot, forgotten, movedAside }: Finished,
	where: string,
): string[] {
	if (snapshot === undefined) return [];
	return [
		`Finished the interrupted restore of ${snapshot}${where} first.`,
		...lateText(movedAside),
		...(forgotten === undefined
			? []
			: [
					`The restore of ${forgotten} that waited for the next start is forgotten.`,
				]),
	];
}
