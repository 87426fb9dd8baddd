import type { Agent } from "../home/agent.ts";
import type { KnownAgent } from "../home/known-agent.ts";

/** One thing that was looked at. */
export interface Finding {
	/** A note is worth knowing; a problem keeps us, or the agent's secrets, from being safe. */
	readonly level: "ok" | "note" | "problem";
	/** "plugin", "room" and so on. */
	readonly about: string;
	/** A sentence without its full stop. */
	readonly text: string;
	/** What to do, where something is to be done; `verb …` in backticks is a command of ours. */
	readonly advice?: string;
}

/** Changes nothing. */
export type Check = (
	agent: Agent,
	known: KnownAgent,
) => readonly Finding[] | Promise<readonly Finding[]>;
