import type { Agent } from "./agent.ts";
import { databaseOfSidecar } from "./paths.ts";

interface Step {
	readonly do: string;
	readonly path: string;
}

/** Something in a directory, however deep, that none of the steps takes away. */
export function strangerIn(
	{ system: { disk }, home }: Agent,
	steps: readonly Step[],
	directory: string,
): string | undefined {
	const going = new Set(
		steps
			.filter((step) => step.do === "remove" || step.do === "set-aside")
			.map(({ path }) => path),
	);
	const isKnown = (path: string) =>
		going.has(path) || going.has(databaseOfSidecar(path) ?? path);
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

/** Something right in a directory that was not captured, and is no sidecar of what was. */
export function uncapturedIn(
	{ system: { disk }, home }: Agent,
	captured: ReadonlySet<string>,
	directory: string,
): string | undefined {
	return disk
		.names(`${home}/${directory}`)
		.map((name) => `${directory}/${name}`)
		.find(
			(path) =>
				!captured.has(path) && !captured.has(databaseOfSidecar(path) ?? path),
		);
}
