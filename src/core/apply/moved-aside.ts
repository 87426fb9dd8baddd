import type { Agent } from "../home/agent.ts";
import { databaseOfSidecar, isWithin, STORE_NAME } from "../home/paths.ts";
import { someOf } from "../words.ts";
import type { Journal } from "./journal.ts";
import { foldersOf } from "./quarantine.ts";

/** What a restore did not destroy, and what is in no snapshot. */
export interface MovedAside {
	/** Where it was, below the home. */
	readonly path: string;
	/** Where it is, below the home. */
	readonly to: string;
	/** `late`: it was written to after the present had been captured. */
	readonly why: "late" | "unreadable";
}

/**
 * All that lies in its own quarantine when the last step is done, so that none of the ways there can be forgotten, and
 * what was moved before a crash is told by the recovery. A journal that names no folder cannot know.
 */
export function movedAside(agent: Agent, journal: Journal): MovedAside[] {
	if (journal.quarantine === undefined) return [];
	const unreadable = journal.steps
		.filter((step) => step.do === "set-aside")
		.map(({ path }) => path);
	const found = foldersOf(agent, journal).flatMap((folder) =>
		filesIn(agent, folder).map((path): MovedAside => {
			const isPlanned = unreadable.some((one) => isWithin(path, one));
			const name = folder.slice(agent.store.quarantine.length + 1);
			const to = `${STORE_NAME}/quarantine/${name}/${path}`;
			return { path, to, why: isPlanned ? "unreadable" : "late" };
		}),
	);
	// A log goes with its database.
	const paths = new Set(found.map(({ path }) => path));
	return found.filter(({ path }) => !paths.has(databaseOfSidecar(path) ?? ""));
}

/** Below the folder. */
function filesIn({ system: { disk } }: Agent, folder: string): string[] {
	const below = (path: string): string[] =>
		disk.stat(`${folder}/${path}`)?.kind === "directory"
			? namesIn(`${folder}/${path}`).flatMap((name) => below(`${path}/${name}`))
			: [path];
	const namesIn = (directory: string) => [...disk.names(directory)].sort();
	return namesIn(folder).flatMap(below);
}

/** Worth naming one by one: more are found in the folder. */
const MOST = 20;

/** A sentence for each folder. */
export function lateText(moved: readonly MovedAside[]): string[] {
	const late = moved.filter(({ why }) => why === "late");
	const folderOf = ({ path, to }: MovedAside) => to.slice(0, -path.length - 1);
	return [...Map.groupBy(late, folderOf)].map(
		([folder, items]) =>
			`Written to meanwhile, and so moved to ${folder}: ${someOf(
				items.map(({ path }) => path),
				MOST,
			)}.`,
	);
}
