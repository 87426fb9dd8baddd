/** What is used of OpenClaw's plugin API (openclaw/plugin-sdk/plugin-entry): its package is not needed to build ours. */
export interface OpenClawApi {
	/** Where the plugin is installed; its code runs from a copy elsewhere. */
	readonly rootDir?: string;
	/** Not to be had in every mode of registration: for handlers only. */
	readonly runtime: {
		readonly version: string;
		readonly state: { resolveStateDir(): string };
	};
	registerCommand(command: {
		name: string;
		description: string;
		acceptsArgs: true;
		requireAuth: true;
		/**
		 * Of chat senders only the owner has them: OpenClaw sends all others away. Only with some are we told who the owner is
		 * (`assertOwnerCurrent`); without any, whoever is on an allow list could do all.
		 */
		requiredScopes: readonly string[];
		handler(context: OpenClawContext): Promise<OpenClawReply>;
	}): void;
	/** A command of `openclaw` itself, for a terminal; it needs no gateway. */
	registerCli(
		registrar: (context: { program: OpenClawProgram }) => void,
		options: {
			descriptors: readonly {
				name: string;
				description: string;
				hasSubcommands: boolean;
			}[];
		},
	): void;
	on(
		event: "gateway_start" | "gateway_stop" | "before_compaction",
		listener: () => unknown,
	): void;
}

/** Of commander's Command. */
export interface OpenClawProgram {
	command(name: string): OpenClawProgram;
	description(text: string): OpenClawProgram;
	argument(name: string): OpenClawProgram;
	helpOption(enabled: false): OpenClawProgram;
	allowUnknownOption(): OpenClawProgram;
	action(run: (words: readonly string[]) => Promise<void>): OpenClawProgram;
}

export interface OpenClawContext {
	readonly args?: string;
	readonly config?: { readonly commands?: { readonly restart?: boolean } };
	/** Of a gateway client; undefined in a chat. */
	readonly gatewayClientScopes?: readonly string[];
	/** Given for the owner in a chat. Throws when the sender is not the owner any more. */
	assertOwnerCurrent?(): void;
}

export interface OpenClawReply {
	readonly text: string;
	readonly isError?: boolean;
}
