import { pushSnapshot } from "../../remote/push.ts";
import { chooseRemote } from "../../remote/remotes.ts";
import { shown } from "../../remote/shown.ts";
import { type Invocation, textFlag, waitOf } from "../call/handler.ts";
import { type Answer, snapshotData } from "../call/reply.ts";
import { bytesText, printable } from "../text/text.ts";
import { addedText } from "./remote-text.ts";

export async function answerPush(invocation: Invocation): Promise<Answer> {
	const [ref = "latest"] = invocation.positionals;
	const agent = invocation.agent({ wait: waitOf(invocation) });
	const remote = chooseRemote(agent, textFlag(invocation, "name"));
	const { snapshot, isSent, added, milliseconds, resticId } =
		await pushSnapshot(agent, remote, ref);
	const where = shown(remote.repository);
	const id = printable(snapshot.id);
	return {
		text: isSent
			? `Pushed ${id}${snapshot.complete ? "" : " (INCOMPLETE)"} to ${where}: ${bytesText(snapshot.bytes)}, ${addedText(added)}, in ${(milliseconds / 1000).toFixed(1)} s.`
			: `${id} is there already: ${where}`,
		data: {
			snapshot: snapshotData(snapshot),
			remote: remote.name,
			sent: isSent,
			added,
			milliseconds,
			resticId,
		},
	};
}
