import type { Entry } from "../capture/entry.ts";
import type { Agent } from "../home/agent.ts";
import { nameInHome, type Outside } from "../home/outside.ts";
import { isWithin } from "../home/paths.ts";
import { externalIn } from "../home/said-outside.ts";
import type { Manifest } from "../manifest/manifest.ts";
import type { RestorePlan } from "./restore-plan.ts";
import type { Ready } from "./restore-prepare.ts";

/** A directory of another program, in the user's home, that a restore changes. */
export interface Beside {
	/** Absolute. */
	readonly path: string;
	/** How many files, directories and links of it change. */
	readonly items: number;
	/** Of its files in the snapshot; null: it is not in it, and goes. */
	readonly bytes: number | null;
	/** Of its files now; null: it is not there, and comes. */
	readonly was: number | null;
}

export function besideOf(
	{ host }: Agent,
	{ user }: Outside,
	{ entries }: Manifest,
	{ plan, present }: Pick<Ready, "plan" | "present">,
): Beside[] {
	return (host.external ?? []).flatMap((directory) => {
		const isOfIt = ({ path }: { readonly path: string }) =>
			isWithin(path, nameInHome(directory));
		const changed = plan.steps.filter(isOfIt).map(({ path }) => path);
		if (changed.length === 0) return [];
		return [
			{
				path: `${user}/${directory}`,
				items: new Set(changed).size,
				bytes: bytesOf(entries.filter(isOfIt)),
				was: bytesOf(present.entries.filter(isOfIt)),
			},
		];
	});
}

/** Of a snapshot that had them beside a home, and is not believed here: those that are put into the home instead. */
export function inHomeOf(agent: Agent, { steps }: RestorePlan): string[] {
	if (agent.outside !== undefined) return [];
	const coming = steps.filter(
		(step) => step.do !== "remove" && step.do !== "set-aside",
	);
	return externalIn(
		agent,
		coming.map(({ path }) => path),
	);
}

function bytesOf(entries: readonly Entry[]): number | null {
	if (entries.length === 0) return null;
	return entries.reduce(
		(sum, entry) => sum + ("size" in entry ? entry.size : 0),
		0,
	);
}
