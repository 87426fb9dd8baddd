import type { Entry } from "../capture/entry.ts";
import type { Agent } from "../home/agent.ts";
import { nameInHome } from "../home/outside.ts";
import { isWithin } from "../home/paths.ts";
import type { Manifest } from "../manifest/manifest.ts";
import type { Ready } from "./restore-prepare.ts";

/** A directory of another program, in the user's home, that a restore changes. */
export interface Beside {
	/** Absolute. */
	readonly path: string;
	/** How many files, directories and links of it change. */
	readonly items: number;
	/** Of its files in the snapshot; undefined: it is not in it, and goes. */
	readonly bytes: number | undefined;
	/** Of its files now; undefined: it is not there, and comes. */
	readonly was: number | undefined;
}

export function besideOf(
	{ host, outside }: Agent,
	{ entries }: Manifest,
	{ plan, present }: Pick<Ready, "plan" | "present">,
): Beside[] {
	if (outside === undefined) return [];
	return (host.external ?? []).flatMap((directory) => {
		const isOfIt = ({ path }: { readonly path: string }) =>
			isWithin(path, nameInHome(directory));
		const changed = plan.steps.filter(isOfIt).map(({ path }) => path);
		if (changed.length === 0) return [];
		return [
			{
				path: `${outside.user}/${directory}`,
				items: new Set(changed).size,
				bytes: bytesOf(entries.filter(isOfIt)),
				was: bytesOf(present.entries.filter(isOfIt)),
			},
		];
	});
}

function bytesOf(entries: readonly Entry[]): number | undefined {
	if (entries.length === 0) return undefined;
	return entries.reduce(
		(sum, entry) => sum + ("size" in entry ? entry.size : 0),
		0,
	);
}
