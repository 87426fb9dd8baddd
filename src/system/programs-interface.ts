/** The programs of this machine: those of agents, and our own. */
export interface Programs {
	/** Where this package lies. */
	readonly ownDirectory: string;
	/** What "~" stands for. */
	readonly userHome: string;
	/** What runs this: its file, and its version without a "v". */
	readonly node: { readonly path: string; readonly version: string };
	/** Its file, if it is on the person's path. */
	find(name: string): string | undefined;
	/** Those of these variables that are set here. */
	variables(names: readonly string[]): Readonly<Record<string, string>>;
	/** Runs a program to its end. Never rejects. @param input what it has to read; undefined: nothing */
	run(
		command: readonly string[],
		environment: Readonly<Record<string, string>>,
		input?: string,
	): Promise<ProgramResult>;
	/** Runs a program to its end, line by line, with nothing to read and as little of the machine as it can have. Never rejects. */
	follow(program: FollowedProgram): Promise<Followed>;
	/** Runs a program in the person's own terminal to its end. Signals are its own meanwhile. Never rejects. */
	runAttached(program: AttachedProgram): Promise<Ended>;
	/** What a person types at a question without its being shown. Undefined: nobody is there to be asked. @throws AbortError at Ctrl-C */
	askSecret(question: string): Promise<string | undefined>;
	/** Runs a command of the shell for a while, with nothing to read, and ends all that it has started. */
	tryOut(request: TrialRequest): Promise<Trial>;
	/** Processes that run a program of one of these names; undefined where the system does not tell. */
	running(
		names: readonly string[],
		variables: readonly string[],
	): readonly RunningProgram[] | undefined;
}

export interface RunningProgram {
	readonly pid: number;
	readonly command: string;
	/** Those of the variables that it was started with; undefined: it is somebody else's, and does not tell. */
	readonly environment: Readonly<Record<string, string>> | undefined;
}

export interface ProgramResult {
	/** Undefined: it could not be started, or was ended. */
	readonly exitCode: number | undefined;
	readonly output: string;
	/** What it complained of. */
	readonly problem: string;
}

export interface FollowedProgram {
	readonly command: readonly string[];
	/** Besides our own; what is undefined is taken out of that. */
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** In which it is started; undefined: where we are. */
	readonly directory?: string | undefined;
	/** A line of its standard output, without its end. */
	onOutput(line: string): void;
	/** A line of what it complains of. */
	onProblem(line: string): void;
	/** Asks it to end, as Ctrl-C does; it is killed if it does not. */
	readonly signal: AbortSignal;
}

export interface Followed {
	/** Undefined: it could not be started, or was ended. */
	readonly exitCode: number | undefined;
	/** Why it could not be started; absent: it was. */
	readonly problem?: string;
}

export interface AttachedProgram {
	readonly command: readonly string[];
	readonly environment: Readonly<Record<string, string>>;
	/** Where its standard output goes: to ours, or to our standard error. */
	readonly output: "stdout" | "stderr";
}

/** How a program came to its end. */
export interface Ended {
	/** As a shell says it: 128 and more of a signal, 126 and 127 of what could not be started. */
	readonly exitCode: number;
	/** "SIGTERM", if that ended it. */
	readonly signal?: string;
	/** Why it could not be started; absent: it was. */
	readonly problem?: string;
}

export interface TrialRequest {
	readonly command: string;
	/** In which it is started. */
	readonly directory: string;
	/** Besides our own; what is undefined is taken out of that. */
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** How long it may run. */
	readonly milliseconds: number;
	readonly signal: AbortSignal;
}

export interface Trial {
	/** It was still at work when the time was up. */
	readonly isRunning: boolean;
	/** Undefined: it could not be started, was still running, or was ended by a signal. */
	readonly exitCode: number | undefined;
}
