import type { HostName } from "../../../src/hosts/index.ts";
import type { Terminal } from "./terminal.ts";

/** A real agent, in which somebody types. */
export interface RealAgent {
	/** Types it, and resolves with what is shown; where only a screen can be read, when `expected` is there. */
	type(line: string, expected: string | RegExp): Promise<string>;
	/** What it keeps in databases of its own while it runs. */
	readonly data?: {
		change(): Promise<void>;
		/** As the agent itself says it now. Throws when its database says something else. */
		read(): Promise<string>;
	};
	/** What else is to be seen in this agent alone. Throws at what is wrong. */
	also?(): Promise<void>;
	stop(): Promise<void>;
	/** As `also`, behind `stop`. */
	stopped?(): Promise<void>;
}

export interface Place {
	/** The user's own home directory: made for this, and removed. */
	readonly home: string;
	/** Where our package is installed. */
	readonly ours: string;
	/** And what it was installed from. */
	readonly tarball: string;
	/** Where the stand-in for a model listens. */
	readonly modelPort: number;
}

export interface RealHost {
	readonly name: HostName;
	readonly version: string;
	/** A file of its state, below the user's home, and what is in it. */
	readonly state: readonly [name: string, content: string];
	/** What stands before our command's name. */
	readonly sigil?: "$";
	start(place: Place): Promise<RealAgent>;
	/** What its terminal asks before a restore, the keys that say yes, and what it shows at the very end. */
	readonly asks?: {
		readonly question: RegExp;
		readonly keys: readonly string[];
		readonly done: RegExp;
	};
	/** Its terminal, ready for somebody to type. */
	openTerminal?(place: Place): Promise<Terminal>;
}
