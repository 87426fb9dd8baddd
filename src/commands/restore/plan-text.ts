import { lateText, type MovedAside } from "../../core/apply/moved-aside.ts";
import type { Step } from "../../core/restore/restore-steps.ts";
import { countText, someOf } from "../text/text.ts";

interface Verbs {
	readonly write: string;
	readonly remove: string;
	readonly mode: string;
}

export const DONE: Verbs = {
	write: "Put back",
	remove: "Removed",
	mode: "Set modes or times of",
};

export const PLANNED: Verbs = { ...DONE, remove: "Remove" };

/** A line for what comes, what goes, and what only looks otherwise. @param most the paths that a line names */
export function planText(
	steps: readonly Step[],
	verbs: Verbs,
	most = 4,
): string[] {
	const pathsOf = (...kinds: Step["do"][]) => [
		...new Set(
			steps.filter((step) => kinds.includes(step.do)).map(({ path }) => path),
		),
	];
	const written = pathsOf("write", "database", "link", "make-directory");
	const removed = pathsOf("remove").filter((path) => !written.includes(path));
	const modes = pathsOf("set-mode").filter((path) => !written.includes(path));
	const line = (verb: string, paths: string[]) => lineOf(verb, paths, most);
	return [
		...line(verbs.write, written),
		...line(verbs.remove, removed),
		...line(verbs.mode, modes),
		...asideText(steps, most),
	];
}

/** What could be saved nowhere. */
function asideText(steps: readonly Step[], most = 4): string[] {
	const aside = steps.filter((step) => step.do === "set-aside");
	const paths = aside.map(({ path }) => path);
	return lineOf(UNREADABLE, [...new Set(paths)], most);
}

const UNREADABLE = "Moved to state-snapshots/quarantine, because unreadable,";

/** Where no plan is told: all of it. */
export function movedAsideText(moved: readonly MovedAside[]): string[] {
	const unreadable = moved.filter(({ why }) => why === "unreadable");
	const paths = unreadable.map(({ path }) => path);
	return [...lineOf(UNREADABLE, paths, 4), ...lateText(moved)];
}

function lineOf(verb: string, paths: string[], most: number): string[] {
	if (paths.length === 0) return [];
	return [
		`${verb} ${countText(paths.length, "item")}: ${someOf(paths, most)}.`,
	];
}
