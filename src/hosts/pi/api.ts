import type { EntryData, PiComponent, PiEntry } from "./entry.ts";

/** What is used of pi's ExtensionAPI (dist/core/extensions/types.d.ts): its package is not needed to build ours. */
export interface PiExtensions {
	registerCommand(name: string, command: PiCommand): void;
	/** Not in 0.73. */
	registerEntryRenderer?(
		type: string,
		render: (entry: PiEntry) => PiComponent | undefined,
	): void;
	appendEntry(type: string, data: EntryData): void;
	on(
		event: "session_start" | "session_before_compact" | "session_shutdown",
		listener: (event: { readonly reason?: string }) => unknown,
	): void;
}

export interface PiCommand {
	readonly description: string;
	getArgumentCompletions(
		prefix: string,
	): Promise<{ value: string; label: string }[] | null>;
	handler(args: string, context: PiContext): Promise<void>;
}

export interface PiContext {
	/** Not in 0.73. */
	readonly mode?: string;
	/** False with `-p` and in JSON mode. */
	readonly hasUI: boolean;
	readonly ui: {
		select(title: string, options: string[]): Promise<string | undefined>;
		notify(message: string, type: "info" | "error"): void;
	};
	waitForIdle(): Promise<void>;
	reload(): Promise<void>;
}
