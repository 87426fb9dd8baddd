import fs from "node:fs";
import path from "node:path";
import { MANY_FILES } from "../../../../src/core/files/durable.ts";
import { changeEverything } from "../../../support/change-home.ts";
import { changeRows } from "../../../support/hermes-databases.ts";
import { makeHermesHome } from "../../../support/hermes-home.ts";
import type { Setting } from "../../campaign.ts";
import { copyHome } from "../../copy-home.ts";
import { mustBeInParts, putSettings } from "../../in-parts.ts";
import { mustRun } from "../../run-subject.ts";
import type { Subject } from "../../subjects.ts";

/** A home and a command on it. */
export interface Scene {
	readonly name: string;
	readonly words: readonly string[];
	readonly subject: Subject;
	/** Copied for every point. */
	readonly home: string;
	/** An agent has state.db open. */
	readonly isHeld?: boolean;
	/** A restore was killed in it so many renames after its commit point; it is done anew in every copy. */
	readonly killed?: number;
}

export type SceneName =
	| "first"
	| "create"
	| "restore"
	| "held"
	| "little"
	| "crowd"
	| "crowd-restore"
	| "undo"
	| "prune"
	| "recover"
	| "recover-held";

/** The scenes that a subject has a command for. */
export async function makeScenes({
	subject,
	seed,
	dir,
}: Setting): Promise<Map<SceneName, Scene>> {
	const at = (name: string) => path.join(dir, name);
	const fresh = makeHermesHome({ dir: at("fresh"), seed });
	putSettings(fresh, { reserveBytes: 0 });
	const saved = copyHome(fresh, at("saved"));
	await mustRun(subject, saved, "create", "one");
	mustBeInParts(subject, saved);
	const held = copyHome(saved, at("held"));
	changeFew(held);
	const changed = copyHome(saved, at("changed"));
	changeEverything(changed);
	// An emptied database makes every create incomplete, which is another story.
	fs.rmSync(path.join(changed, "memory_store.db"));
	const many = copyHome(changed, at("many"));
	for (const label of ["two", "three", "four"])
		await mustRun(subject, many, "create", label, ...forced(subject));
	const scenes: Array<[SceneName, Omit<Scene, "name" | "subject">]> = [
		["first", { home: fresh, words: ["create", "first"] }],
		["create", { home: changed, words: ["create", "second"] }],
		["restore", { home: changed, words: ["restore", "1"] }],
		["prune", { home: many, words: ["prune", "1"] }],
	];
	if (subject.name === "ours") {
		const restored = copyHome(changed, at("restored"));
		await mustRun(subject, restored, "restore", "1");
		scenes.push(
			["held", { home: held, words: ["restore", "1"], isHeld: true }],
			["undo", { home: restored, words: ["undo"] }],
			[
				"little",
				{
					home: await littleHome(subject, fresh, at("little")),
					words: ["restore", "1"],
				},
			],
			["crowd", { home: crowded(changed, at("crowd")), words: ["create"] }],
			[
				"crowd-restore",
				{ home: await emptied(subject, at), words: ["restore", "1"] },
			],
			["recover", { home: changed, words: ["recover"], killed: 4 }],
			[
				"recover-held",
				{ home: held, words: ["recover"], killed: 1, isHeld: true },
			],
		);
	}
	return new Map(
		scenes.map(([name, scene]) => [name, { name, subject, ...scene }]),
	);
}

/** More files than are made durable one by one. */
function crowded(from: string, home: string): string {
	copyHome(from, home);
	for (const name of CROWD)
		fs.writeFileSync(path.join(home, "pairing", name), `{"${name}":true}\n`);
	return home;
}

const CROWD = Array.from(
	{ length: MANY_FILES + 20 },
	(_, index) => `crowd-${index}.json`,
);

/** A crowd that is only in the snapshot. */
async function emptied(
	subject: Subject,
	at: (name: string) => string,
): Promise<string> {
	const home = copyHome(at("crowd"), at("crowd-restore"));
	await mustRun(subject, home, "create", "with the crowd");
	for (const name of CROWD) fs.rmSync(path.join(home, "pairing", name));
	return home;
}

/** So little that SQLite's own files beside a database are larger than all that is to be copied. */
async function littleHome(
	subject: Subject,
	fresh: string,
	home: string,
): Promise<string> {
	fs.mkdirSync(path.join(home, "state-snapshots"), { recursive: true });
	for (const name of ["SOUL.md", "projects.db"])
		copyHome(path.join(fresh, name), path.join(home, name));
	fs.writeFileSync(
		path.join(home, "state-snapshots/config.json"),
		'{"reserveBytes":0}',
	);
	await mustRun(subject, home, "create", "one");
	changeRows(
		path.join(home, "projects.db"),
		"DELETE FROM projects WHERE id % 2",
	);
	return home;
}

/** A home with rows and files changed, and nothing that an owner of its databases would stumble over. */
function changeFew(home: string): void {
	changeRows(
		path.join(home, "state.db"),
		"DELETE FROM messages WHERE id % 3 = 0; UPDATE messages SET content = 'changed since' WHERE id % 5 = 0",
	);
	fs.writeFileSync(path.join(home, "config.yaml"), "model: changed\n");
	fs.rmSync(path.join(home, "SOUL.md"));
	fs.writeFileSync(path.join(home, "pairing/later.json"), "{}\n");
}

/** Makes one even if nothing has changed, which the original always does. */
function forced({ name }: Subject): string[] {
	return name === "ours" ? ["--force"] : [];
}
