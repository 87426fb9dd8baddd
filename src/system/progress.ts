/** What long work is doing. */
export type Phase =
	| "waiting"
	| "looking"
	| "copying"
	| "comparing"
	| "checking"
	| "writing"
	| "verifying"
	| "restoring"
	| "removing"
	| "sending"
	| "fetching";

/** Whoever wants to know how far the work is. The calls are many and must cost next to nothing. */
export interface Progress {
	/** Ends the phase before. @param total bytes that there are to do; undefined: nobody knows */
	begin(phase: Phase, total?: number): void;
	/** What is worked on from now on, as a person knows it. */
	at(path: string): void;
	/** So many bytes more are done. */
	add(bytes: number): void;
	/** Nothing is worked on until the next one begins: another program may have the terminal. */
	end(): void;
}
