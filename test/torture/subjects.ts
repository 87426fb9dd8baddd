import { cli, hermesOriginal } from "../support/paths.ts";

/** What is tortured. The same harness is pointed at the original algorithm, to show that it can fail. */
export interface Subject {
	readonly name: "ours" | "original";
	/** Program and arguments for one command on one home. */
	command(home: string, ...words: string[]): readonly [string, ...string[]];
}

export const ours: Subject = {
	name: "ours",
	command: (home, ...words) => [
		process.execPath,
		cli,
		"--home",
		home,
		"--host",
		"hermes",
		"--json",
		...words,
	],
};

/** Hermes' quick snapshots of May 2026, written anew for the bench. It knows create, list, restore and prune. */
export const original: Subject = {
	name: "original",
	command: (home, ...words) => ["python3", hermesOriginal, home, ...words],
};

export const subjects = { ours, original };
