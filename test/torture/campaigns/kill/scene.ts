import fs from "node:fs";
import path from "node:path";
import {
	difference,
	type HomeRecord,
	record,
} from "../../../support/oracle.ts";
import { copyHome } from "../../copy-home.ts";
import { runSubject } from "../../run-subject.ts";
import { snapshotFolders } from "../../store-oracle.ts";
import type { TracedCommand } from "../../strace.ts";
import type { Subject } from "../../subjects.ts";
import { recordBesideWriter } from "./home-oracle.ts";
import { inNamespacesOf, type LiveWriter, startWriter } from "./live-writer.ts";

/** A command in a situation, to be tried again and again, each time on a copy of the home. */
export interface Scene {
	/** As in the ids of its points. */
	readonly name: string;
	readonly words: readonly string[];
	/** The template. */
	readonly home: string;
	/** What the home is without the command; undefined when it lies half-way between two states. */
	readonly before: HomeRecord | undefined;
	/** What the template is, whatever state that is. */
	readonly start: HomeRecord;
	/** What it is when the command has worked. */
	readonly after: HomeRecord;
	/** What a recovery leads to that had to be told which way. */
	readonly ways: { readonly finish: HomeRecord; readonly back: HomeRecord };
	/** The snapshots that must be there whatever comes. */
	readonly kept: readonly string[];
	/** Of its points one in so many is tried: what is told apart by another scene already need not be tried twice. */
	readonly every: number;
	/** A writer holds state.db open and commits all the while. */
	readonly isLive: boolean;
	/** The agent wrote on after a crash: see `writeOn`. */
	readonly hasWrittenOn: boolean;
	/** … and has made a database anew that was to be moved aside: see `MADE_ANEW`. */
	readonly hasMadeAnew: boolean;
}

/** A scene that has not been tried yet. */
export type Plan = Pick<Scene, "name" | "words" | "home"> & {
	/** Worked out without the command; undefined: whatever the command makes of it when it is left alone. */
	readonly after?: HomeRecord;
	readonly before?: HomeRecord | undefined;
	readonly ways?: Scene["ways"];
	/** Snapshots. */
	readonly removes?: boolean;
	readonly every?: number;
	readonly isLive?: boolean;
	readonly hasWrittenOn?: boolean;
	readonly hasMadeAnew?: boolean;
};

/** Runs the command once, undisturbed: the harness must agree with what it does, or nothing else can be judged. */
export async function rehearse(
	subject: Subject,
	dir: string,
	plan: Plan,
): Promise<Scene> {
	const {
		name,
		words,
		home,
		every = 1,
		isLive = false,
		hasWrittenOn = false,
		hasMadeAnew = false,
	} = plan;
	const look = isLive ? recordBesideWriter : record;
	const start = look(home);
	const before = "before" in plan ? plan.before : start;
	const copy = freshCopy(home, path.join(dir, "rehearsal"));
	const ran = await beside(isLive, copy, () =>
		runSubject(subject, copy, words),
	);
	const found = look(copy);
	const after = plan.after ?? found;
	const faults = difference(after, found);
	if (ran.code !== 0 || faults.length > 0)
		throw new Error(
			`${name} undisturbed: ${ran.stdout}${ran.stderr}\n${faults.join("\n")}`,
		);
	const gone = snapshotFolders(home).filter(
		(id) => !snapshotFolders(copy).includes(id),
	);
	if (gone.length > 0 !== (plan.removes ?? false))
		throw new Error(`${name} undisturbed removed ${gone}`);
	const kept = snapshotFolders(home).filter((id) => !gone.includes(id));
	const ways = plan.ways ?? { finish: after, back: before ?? after };
	return {
		name,
		words,
		home,
		start,
		before,
		after,
		ways,
		kept,
		every,
		isLive,
		hasWrittenOn,
		hasMadeAnew,
	};
}

/** With a writer if the scene wants one. */
export async function beside<T>(
	isLive: boolean,
	home: string,
	work: (writer: LiveWriter | undefined) => Promise<T>,
): Promise<T> {
	if (!isLive) return work(undefined);
	const writer = await startWriter(home);
	try {
		return await work(writer);
	} finally {
		await writer.end();
	}
}

/** Another copy of a template in a folder of its own, whatever was in that. */
export function freshCopy(template: string, dir: string): string {
	fs.rmSync(dir, { recursive: true, force: true });
	fs.mkdirSync(dir);
	return copyHome(template, path.join(dir, "home"));
}

export function commandOf(
	subject: Subject,
	{ words }: Scene,
	home: string,
	writer: LiveWriter | undefined,
): TracedCommand {
	return { subject, home, words, under: inNamespacesOf(writer) };
}
