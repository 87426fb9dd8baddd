import fs from "node:fs";
import path from "node:path";
import { storeOf } from "../support/store.ts";
import { copyHome } from "./copy-home.ts";
import { harmCall, traceCalls } from "./strace.ts";
import type { Subject } from "./subjects.ts";

/** The number of the rename that commits a restore, which is the same in every copy of a home. */
export async function commitOf(
	subject: Subject,
	template: string,
	ref: string,
): Promise<number> {
	const home = copyHome(template, `${template}.rehearsal`);
	const words = ["restore", ref];
	const calls = await traceCalls({ subject, home, words }, ["rename"]);
	fs.rmSync(home, { recursive: true });
	const commit = calls.find(({ line }) => line.includes('/journal.json"'));
	if (commit === undefined) throw new Error("a restore has no journal");
	return commit.ordinal;
}

/**
 * Leaves a restore as a crash leaves it: its journal is on disk, and some of its steps are done. `at` is the number of
 * the rename that it does not come to. In place: a journal knows inodes, so a home cannot be copied afterwards.
 */
export async function interruptRestore(
	subject: Subject,
	home: string,
	ref: string,
	at: number,
): Promise<void> {
	const words = ["restore", ref];
	const call = { name: "rename", ordinal: at };
	const command = { subject, home, words };
	const { ran, isMet } = await harmCall(command, call, "signal=SIGKILL");
	if (!isMet || !hasJournal(home))
		throw new Error(`the restore was not interrupted: ${ran.stdout}`);
}

export function hasJournal(home: string): boolean {
	return fs.existsSync(path.join(storeOf(home), ".restore/journal.json"));
}
