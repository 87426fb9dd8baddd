import type { Agent } from "./agent.ts";
import { reachedOutside } from "./leading-outside.ts";
import { nameInHome, type Outside, withOutside } from "./outside.ts";
import { isWithin } from "./paths.ts";

/**
 * As `withOutside`, for a snapshot that is put back or compared. It may be of another machine or user, or made up: it is
 * believed where it says what is so here and now. Else those names are directories of the home like any.
 */
export function withSaidOutside(
	agent: Agent,
	said: Outside | undefined,
): Agent {
	if (said === undefined || agent.outside !== undefined) return agent;
	const now = reachedOutside(agent);
	const isSo = now?.home === said.home && now.user === said.user;
	return isSo ? withOutside(agent, now) : agent;
}

/** Those that something of lies in, absolute, in the home. @param paths below `agent.home` */
export function externalIn(
	{ home, store, host }: Agent,
	paths: readonly string[],
): string[] {
	return (host.external ?? [])
		.map((directory) => `${store.home}/${nameInHome(directory)}`)
		.filter((directory) =>
			paths.some((path) => isWithin(`${home}/${path}`, directory)),
		);
}
