import type { Agent } from "../core/home/agent.ts";
import type { KnownAgent } from "../core/home/known-agent.ts";
import { isUsualHome, outsideOf } from "../core/home/leading-outside.ts";
import { nameInHome, withOutside } from "../core/home/outside.ts";
import type { Coverage, Missed } from "../core/manifest/manifest.ts";

/** What of the agent's lies in directories of other programs, beside its home. */
export interface WithExternal {
	/** For whom they are in the home. */
	readonly agent: Agent;
	/** With those that are there. */
	readonly covering: (coverage: Coverage) => Coverage;
	/** Those in whose place something else is taken. */
	readonly missed: readonly Missed[];
}

/**
 * A home that an archive was imported into may have them in it, where none could be put beside it: then these are taken.
 */
export function withExternal(agent: Agent, known: KnownAgent): WithExternal {
	const { system, store, host } = agent;
	const { disk } = system;
	const outside = outsideOf(agent);
	const isThere = (directory: string) =>
		outside !== undefined &&
		disk.stat(`${outside.user}/${directory}`) !== undefined;
	const there = (host.external ?? []).filter(isThere);
	const isInHome = (directory: string) =>
		disk.stat(`${store.home}/${nameInHome(directory)}`) !== undefined;
	const pathOf = (directory: string) =>
		`${store.home}/${nameInHome(directory)}`.slice(agent.home.length + 1);
	const taken = there.filter((directory) => !isInHome(directory));
	const hidden = isUsualHome(system, known) ? there.filter(isInHome) : [];
	return {
		agent: withOutside(agent, outside, (directory) => !isInHome(directory)),
		covering: (coverage) => ({
			...coverage,
			paths: [...coverage.paths, ...taken.map(pathOf)].sort(),
		}),
		missed: hidden.map((directory) => ({
			path: `~/${directory}`,
			why: `${nameInHome(directory)} in the home is taken in its place: move one of them away`,
			lost: true,
		})),
	};
}
