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
