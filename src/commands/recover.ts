import { recover as recoverRestore } from "../core/recover.ts";
import { type Handler, waitOf } from "./handler.ts";

export const recover: Handler = async (invocation) => {
	const agent = invocation.agent({ wait: waitOf(invocation) });
	const { snapshot } = await recoverRestore(agent);
	return {
		text:
			snapshot === undefined
				? "No restore was interrupted: there is nothing to recover."
				: `Finished the interrupted restore of ${snapshot}.\n${agent.host.afterRestore}\nTake it back with: ${invocation.prefix} undo`,
		data: { recovered: snapshot ?? null },
	};
};
