import fs from "node:fs";
import path from "node:path";
import { changeEverything } from "../../../support/change-home.ts";
import { changeRows } from "../../../support/hermes-databases.ts";
import { makeHermesHome } from "../../../support/hermes-home.ts";
import { type HomeRecord, record } from "../../../support/oracle.ts";
import { killAt, traceCalls } from "../../call-trace.ts";
import type { Setting } from "../../campaign.ts";
import {
	holdOpen,
	mustRun,
	type Ran,
	runSubject,
} from "../../disk-commands.ts";
import { run } from "../../mounts.ts";
import { type Store, storeOf } from "../../store-check.ts";
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

/** A scene in a place of its own, ready for its command. */
export interface Stage {
	readonly scene: Scene;
	readonly home: string;
	readonly before: HomeRecord;
	readonly storeBefore: Store;
	/** Ends the agent. */
	release(): Promise<void>;
}

/** What the command does when nothing disturbs it. */
export interface Undisturbed {
	readonly after: HomeRecord;
	readonly storeAfter: Store;
}

export type SceneName =
	| "first"
	| "create"
	| "restore"
	| "held"
	| "little"
	| "undo"
	| "prune"
	| "recover"
	| "recover-held";

/** The scenes that a subject has a command for. */
export async function makeScenes(
	{ subject, seed, dir }: Setting,
	config = "{}",
): Promise<Map<SceneName, Scene>> {
	const at = (name: string) => path.join(dir, name);
	const fresh = makeHermesHome({ dir: at("fresh"), seed });
	const saved = copy(fresh, at("saved"));
	await mustRun(subject, saved, "create", "one");
	fs.writeFileSync(path.join(saved, "state-snapshots/config.json"), config);
	const held = copy(saved, at("held"));
	changeFew(held);
	const changed = copy(saved, at("changed"));
	changeEverything(changed);
	// An emptied database makes every create incomplete, which is another story.
	fs.rmSync(path.join(changed, "memory_store.db"));
	const many = copy(changed, at("many"));
	for (const label of ["two", "three", "four"])
		await mustRun(subject, many, "create", label, ...forced(subject));
	const scenes: Array<[SceneName, Omit<Scene, "name" | "subject">]> = [
		["first", { home: fresh, words: ["create", "first"] }],
		["create", { home: changed, words: ["create", "second"] }],
		["restore", { home: changed, words: ["restore", "1"] }],
		["prune", { home: many, words: ["prune", "1"] }],
	];
	if (subject.name === "ours") {
		const restored = copy(changed, at("restored"));
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

/** Copies a scene to `home`, which must not exist, on whatever disk that is. */
export async function lay(scene: Scene, home: string): Promise<Stage> {
	copy(scene.home, home);
	if (scene.killed !== undefined)
		await interruptRestore(scene, home, scene.killed);
	const release = scene.isHeld
		? await holdOpen(path.join(home, "state.db"))
		: async () => {};
	try {
		const [before, storeBefore] = [record(home), storeOf(home)];
		return { scene, home, before, storeBefore, release };
	} catch (error) {
		await release();
		throw error;
	}
}

/** Runs the scene's command with nothing in its way, once for all who ask with the same `known`. */
export function undisturbed(
	scene: Scene,
	dir: string,
	known: Map<Scene, Promise<Undisturbed>>,
): Promise<Undisturbed> {
	const look = async () => {
		const home = path.join(dir, `undisturbed-${scene.name}`);
		const stage = await lay(scene, home);
		try {
			const ran = await runSubject(scene.subject, home, scene.words);
			if (ran.code !== 0) throw notUndisturbed(scene, ran);
			return { after: record(home), storeAfter: storeOf(home) };
		} finally {
			await stage.release();
		}
	};
	const found = known.get(scene) ?? look();
	known.set(scene, found);
	return found;
}

function notUndisturbed({ name }: Scene, { stdout, stderr }: Ran): Error {
	return new Error(`${name} fails undisturbed: ${stdout}${stderr}`);
}

/** So little that SQLite's own files beside a database are larger than all that is to be copied. */
async function littleHome(
	subject: Subject,
	fresh: string,
	home: string,
): Promise<string> {
	fs.mkdirSync(path.join(home, "state-snapshots"), { recursive: true });
	for (const name of ["SOUL.md", "projects.db"])
		copy(path.join(fresh, name), path.join(home, name));
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

/** The number of the rename that commits a restore, which is the same in every copy of a home. */
const commits = new Map<string, Promise<number>>();

/** Leaves a restore as a crash leaves it: its journal is on disk, and some of its renames are done. */
async function interruptRestore(
	{ subject, home: template }: Scene,
	home: string,
	renames: number,
): Promise<void> {
	const committing = commits.get(template) ?? findCommit(subject, template);
	commits.set(template, committing);
	const call = { name: "rename", ordinal: (await committing) + renames };
	const ran = await killAt(subject, home, ["restore", "1"], call);
	if (ran.signal !== "SIGKILL" || !hasJournal(home))
		throw new Error(`the restore was not interrupted: ${ran.stdout}`);
}

async function findCommit(subject: Subject, template: string): Promise<number> {
	const rehearsal = copy(template, `${template}-rehearsal`);
	const calls = await traceCalls(subject, rehearsal, ["restore", "1"]);
	const committed = calls.find(
		({ name, line }) => name === "rename" && line.includes('/journal.json"'),
	);
	if (committed === undefined) throw new Error("a restore has no journal");
	return committed.ordinal;
}

export function hasJournal(home: string): boolean {
	return fs.existsSync(
		path.join(home, "state-snapshots/.restore/journal.json"),
	);
}

/** With every mode, time and odd entry. */
function copy(from: string, to: string): string {
	run("cp", ["-a", from, to]);
	return to;
}

/** Makes one even if nothing has changed, which the original always does. */
function forced({ name }: Subject): string[] {
	return name === "ours" ? ["--force"] : [];
}
