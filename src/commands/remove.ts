import { type Removed, removeSnapshot } from "../core/retention/remove.ts";
import { type Handler, waitOf } from "./handler.ts";
import { snapshotData } from "./reply.ts";
import { nameOf } from "./restore-text.ts";
import { bytesText, countText, finishedText, printable } from "./text.ts";

export const remove: Handler = async (invocation) => {
	const { positionals, flags, prefix } = invocation;
	const [ref = ""] = positionals;
	const force = flags.force === true;
	const isSure = flags.yes === true;
	const agent = invocation.agent({ wait: waitOf(invocation) });
	const outcome = await removeSnapshot(agent, { ref, force, dryRun: !isSure });
	const { snapshot, freed } = outcome;
	const name = nameOf(snapshot, agent.system.clock.now());
	const id = printable(snapshot.id);
	const text = isSure
		? [
				...finishedText(outcome.recovered),
				`Removed ${name}; ${bytesText(freed)} became free. ${leftText(outcome)}`,
			]
		: [
				`To remove ${name} would make ${bytesText(freed)} free. ${leftText(outcome)} It cannot be taken back.`,
				`Nothing was changed. To do it: ${prefix} remove ${id}${force ? " --force" : ""} --yes`,
			];
	return {
		text: text.join("\n"),
		data: {
			snapshot: snapshotData(snapshot),
			removed: isSure ? [snapshot.id] : [],
			dryRun: !isSure,
			freed,
		},
	};
};

function leftText({ left }: Removed): string {
	return left === 0
		? "No other one is there."
		: `${countText(left, "other")} ${left === 1 ? "stays" : "stay"}.`;
}
