import * as v from "valibot";
import type { Host } from "./host.ts";
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
