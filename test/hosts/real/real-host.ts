/** A real agent, in which somebody types. */
export interface RealAgent {
	/** Types it, and resolves with what is shown. */
	type(line: string): Promise<string>;
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
	readonly name: string;
	readonly version: string;
	/** A file of its state, below the user's home, and what is in it. */
	readonly state: readonly [name: string, content: string];
	start(place: Place): Promise<RealAgent>;
}
