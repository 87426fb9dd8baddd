/** OpenCode's plugin: `/snapshot` and `/snap`, answered before a model hears of them. */
import { isDeepStrictEqual } from "node:util";
import { createSnapshotCommand, hosts } from "../../index.ts";
import { answer } from "./answer.ts";
import type { OpenCodeHooks, OpenCodeInput } from "./api.ts";

/** OpenCode has no way to say "answered": an error is what keeps the model from being asked. */
class Answered extends Error {
	constructor() {
		super("answered by agent-snapshot");
	}
}

async function server({ client }: OpenCodeInput): Promise<OpenCodeHooks> {
	const snapshot = createSnapshotCommand(hosts.opencode);
	const entry = {
		template: "$ARGUMENTS",
		description: snapshot.description,
	};
	let names = [snapshot.name, ...snapshot.aliases];
	return {
		async config(config) {
			const own = config.command ?? {};
			// A person's own command of that name stays theirs; ours may be there from a call before.
			names = names.filter(
				(name) =>
					!Object.hasOwn(own, name) || isDeepStrictEqual(own[name], entry),
			);
			config.command = { ...own };
			for (const name of names) config.command[name] = { ...entry };
		},
		async "command.execute.before"({ command, sessionID, arguments: text }) {
			if (!names.includes(command)) return;
			await answer(snapshot, text, (said) =>
				client.session.prompt({
					path: { id: sessionID },
					body: {
						noReply: true,
						// Shown, and left out of what the model is given later.
						parts: [{ type: "text", text: said, ignored: true }],
					},
				}),
			);
			throw new Answered();
		},
		async event({ event }) {
			if (event.type === "session.created")
				snapshot.startAutomatic("start", event.properties?.info?.version);
		},
		async "experimental.session.compacting"() {
			snapshot.startAutomatic("compaction");
		},
	};
}

export default { id: "agent-snapshot", server };
