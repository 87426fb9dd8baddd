import type { Entry } from "../capture/entry.ts";
import { isWithin, parentOf } from "../home/paths.ts";
import type { PlanRequest } from "../restore/restore-plan.ts";

/**
 * Directories that came after the snapshot and cannot go, because something stays in them; with what that is where it
 * is nothing that is left alone itself. Those in the place of which something else comes are another matter.
 */
export function stayingDirectories(
	removable: readonly Entry[],
	replaced: readonly Entry[],
	{ present, uncapturedIn }: PlanRequest,
): Map<string, string | undefined> {
	const going = new Set(removable.map(({ path }) => path));
	const staying = new Map<string, string | undefined>();
	const children = Map.groupBy(present.entries, ({ path }) => parentOf(path));
	const directories = removable
		.filter(({ kind }) => kind === "directory")
		.filter(({ path }) => !replaced.some((one) => isWithin(path, one.path)))
		.toSorted((a, b) => (a.path < b.path ? 1 : -1));
	for (const { path } of directories) {
		const stranger = uncapturedIn(path);
		const isKept = children.get(path)?.some((one) => !going.has(one.path));
		if (stranger === undefined && isKept !== true) continue;
		going.delete(path);
		const name = stranger?.slice(path.length + 1);
		staying.set(path, name && `it holds ${name}, which was never captured`);
	}
	return staying;
}
