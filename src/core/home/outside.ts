import * as v from "valibot";
import type { Agent } from "./agent.ts";
import type { Host } from "./host.ts";
import { led } from "./leading-outside.ts";
import { isWithin } from "./paths.ts";

/**
 * Where directories of other programs lie that hold what is the agent's (see `Host.external`): below the user's own home, and
 * so beside the agent's. A snapshot that has them says it; without it they are directories of the home like any.
 */
export const Outside = v.object({
	/** The agent's own home. In a copy of it elsewhere nothing leads out. */
	home: v.string(),
	/** The user's. */
	user: v.string(),
});
export type Outside = v.InferOutput<typeof Outside>;

/**
 * The same agent, for whom the names of other programs' directories lead to where those are: what captures, restores and
 * recovers a home does so with them, in one transaction.
 * @param outside of the snapshot or journal that is worked on
 * @param isMeant which of the directories
 */
export function withOutside(
	agent: Agent,
	outside: Outside | undefined,
	isMeant: (directory: string) => boolean = () => true,
): Agent {
	if (outside === undefined || agent.outside !== undefined) return agent;
	if (outside.home !== agent.store.home) return agent;
	return led(agent, outside, isMeant);
}

/** What such names begin with, in a snapshot and in the home. */
const MARK = "_external";

/** ".honcho" → "_external.honcho": right in the home, so that no directory above it has to be invented. */
export function nameInHome(directory: string): string {
	return `${MARK}${directory}`;
}

/** Of a path below the home: where it would lie below the user's. Undefined: it is no such name. */
export function pathOutside(
	{ external = [] }: Pick<Host, "external">,
	path: string,
): string | undefined {
	const known = external.find((directory) =>
		isWithin(path, nameInHome(directory)),
	);
	return known === undefined ? undefined : path.slice(MARK.length);
}
