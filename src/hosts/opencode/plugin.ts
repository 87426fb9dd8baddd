/** OpenCode's plugin: `/snapshot` and `/snap`, answered before a model hears of them. */
import { isDeepStrictEqual } from "node:util";
import { createSnapshotCommand, hosts } from "../../index.ts";

/** What is used of `@opencode-ai/plugin`: its package is not needed to build ours. */
export interface OpenCodeInput {
	readonly client: {
		readonly session: {
			prompt(request: {
				path: { id: string };
				body: {
					noReply: true;
					parts: { type: "text"; text: string; ignored: true }[];
				};
			}): Promise<unknown>;
		};
	};
}

export interface OpenCodeHooks {
	config(config: { command?: Record<string, unknown> }): Promise<void>;
	"command.execute.before"(input: {
		readonly command: string;
		readonly sessionID: string;
		readonly arguments: string;
	}): Promise<void>;
	event(input: { readonly event: OpenCodeEvent }): Promise<void>;
	"experimental.session.compacting"(): Promise<void>;
}

export interface OpenCodeEvent {
	readonly type: string;
	/** Of `session.created`: the session, with the version of the OpenCode that made it. */
	readonly properties?: { readonly info?: { readonly version?: string } };
}

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
			const reply = await snapshot.run(unquoted(text));
			await client.session.prompt({
				path: { id: sessionID },
				body: {
					noReply: true,
					// Shown, and left out of what the model is given later.
					parts: [{ type: "text", text: reply.text, ignored: true }],
				},
			});
			throw new Answered();
		},
		async event({ event }) {
			if (event.type === "session.created")
				void snapshot.automatic("start", event.properties?.info?.version);
		},
		async "experimental.session.compacting"() {
			void snapshot.automatic("compaction");
		},
	};
}

/** `opencode run --command snapshot "list --all"` hands its words over in quotation marks. */
function unquoted(text: string): string {
	return /^"([^"]*)"$/.exec(text.trim())?.[1] ?? text;
}

export default { id: "agent-snapshot", server };
