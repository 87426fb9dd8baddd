import { parentOf } from "../../core/home/paths.ts";
import { countText, pathText, someOf } from "../text/text.ts";

/** Names of files, and of directories, that are told of many. */
const NAMES = 5;
/** More than these are told by the directory above. */
const DIRECTORIES = 3;

/** Some by the directories that a person would name: two names deep, or of many such only one. Undefined: the home itself. */
export function groupedByDirectory<T>(
	all: readonly T[],
	pathOf: (one: T) => string,
): [group: string | undefined, some: T[]][] {
	const group = (depth: number) =>
		Map.groupBy(all, (one) =>
			parentOf(pathOf(one))?.split("/").slice(0, depth).join("/"),
		);
	const deep = group(2);
	return [...(deep.size > DIRECTORIES ? group(1) : deep)];
}

export function groupedText(group: string, count: number): string {
	return `${pathText(group)} differs in ${countText(count, "file")}`;
}

/** "a.md, b.md", of many "skills/arxiv (12), notes (3), c.md". */
export function namesText(paths: readonly string[]): string {
	if (paths.length <= NAMES) return someOf(paths, NAMES);
	const groups = groupedByDirectory(paths, (path) => path);
	const names = groups.flatMap(([group, some]) =>
		group === undefined || some.length === 1
			? some
			: [`${group} (${some.length})`],
	);
	return someOf(names, NAMES);
}
