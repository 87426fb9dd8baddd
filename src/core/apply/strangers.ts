import type { Entry } from "../capture/entry.ts";
import type { Agent } from "../home/agent.ts";
import { databaseOfSidecar } from "../home/paths.ts";

interface Step {
	readonly do: string;
	readonly path: string;
	readonly was?: Pick<Entry, "kind"> | undefined;
}

/** Something in a directory, however deep, that none of the steps takes away. */
export function strangerIn(
	{ system: { disk }, home }: Agent,
	steps: readonly Step[],
	directory: string,
): string | undefined {
	const going = new Map(
		steps
			.filter((step) => step.do === "remove" || step.do === "set-aside")
			.map((step) => [step.path, step]),
	);
	// Only a database, or what may be one, takes its logs with it.
	const isKnown = (path: string) => {
		const owner = going.get(databaseOfSidecar(path) ?? path);
		return (
			going.has(path) ||
			(owner !== undefined &&
				(owner.do === "set-aside" || owner.was?.kind === "database"))
		);
	};
	const lookIn = (parent: string): string | undefined => {
		if (disk.stat(`${home}/${parent}`)?.kind !== "directory") return undefined;
		const paths = disk
			.names(`${home}/${parent}`)
			.map((name) => `${parent}/${name}`);
		return (
			paths.find((path) => !isKnown(path)) ??
			paths.map(lookIn).find((found) => found !== undefined)
		);
	};
	return lookIn(directory);
}

/** Something right in a directory that was not captured, and is no log of a database that was. */
export function uncapturedIn(
	{ system: { disk }, home }: Agent,
	captured: ReadonlyMap<string, Entry>,
	directory: string,
): string | undefined {
	return disk
		.names(`${home}/${directory}`)
		.map((name) => `${directory}/${name}`)
		.find(
			(path) =>
				!captured.has(path) &&
				captured.get(databaseOfSidecar(path) ?? path)?.kind !== "database",
		);
}
