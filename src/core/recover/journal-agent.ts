import { SnapshotError } from "../../errors.ts";
import type { Journal } from "../apply/journal.ts";
import type { Agent } from "../home/agent.ts";
import { type Outside, withOutside } from "../home/outside.ts";
import { externalIn, withSaidOutside } from "../home/said-outside.ts";

/**
 * Who ends what a journal began: with the same directories beside the home, whoever calls it, and with whatever variables.
 * @throws SnapshotError `recovery-blocked`: the user's home that it began in is not there any more, or another one's
 */
export function agentFor(own: Agent, journal: Journal): Agent {
	const agent = agentIfThere(own, journal);
	if (agent !== undefined) return agent;
	const { snapshot, undo, outside } = journal;
	const there = `${outside?.user}, beside the home ${outside?.home}`;
	throw new SnapshotError(
		"recovery-blocked",
		`A restore of ${snapshot} was interrupted, and part of it lies in ${there}. That is not so any more: one of them is gone or was moved, or belongs to somebody else. Nothing was changed.`,
		{
			hint:
				undo === undefined
					? `Move it back and \`recover\`. Or move ${own.store.restoring} away to go on without finishing that restore.`
					: "Move it back and `recover`. Or go back to what was there, with what lay beside the home put into it: `recover --back`.",
		},
	);
}

/** Undefined: its places are not there any more, and nothing may be put where they were. */
export function agentIfThere(
	own: Agent,
	{ outside, steps }: Journal,
): Agent | undefined {
	if (outside === undefined) return own;
	const agent = withSaidOutside(own, outside);
	if (agent.outside !== undefined) return agent;
	if (isOfOwner(own, outside)) return withOutside(own, outside);
	const paths = steps.map(({ path }) => path);
	return externalIn(own, paths).length === 0 ? own : undefined;
}

/** Root may end it, or who has another home in the variables. */
function isOfOwner({ system, store }: Agent, { home, user }: Outside): boolean {
	const there = system.disk.stat(user);
	const owner = system.disk.stat(store.home)?.uid;
	const isIt = there?.kind === "directory" && there.uid === owner;
	return home === store.home && isIt;
}
