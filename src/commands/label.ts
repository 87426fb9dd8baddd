import { markSnapshot } from "../core/store/marks.ts";
import { type Handler, waitOf } from "./call/handler.ts";
import { snapshotData } from "./call/reply.ts";
import { nameOf } from "./text/snapshot-name.ts";
import { capital, finishedText, printable, shortened } from "./text/text.ts";

export const label: Handler = async (invocation) => {
	const { positionals } = invocation;
	const [ref = "", ...words] = positionals;
	const text = words.join(" ").trim() === "" ? null : words.join(" ");
	const agent = invocation.agent({ wait: waitOf(invocation) });
	const { snapshot, changed, recovered } = await markSnapshot(agent, {
		ref,
		purpose: "label",
		marks: { label: text },
	});
	const name = nameOf(snapshot, agent.system.clock.now());
	const said =
		text === null
			? "has no label now"
			: `is labelled: ${shortened(printable(text), 200)}`;
	return {
		text: [
			...finishedText(recovered),
			`${capital(name)} ${said}`,
			changed
				? "Its id stays as it is."
				: "It was so before. Nothing was changed.",
		].join("\n"),
		data: { snapshot: snapshotData(snapshot), changed },
	};
};
