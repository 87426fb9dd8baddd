import path from "node:path";
import { type HomeRecord, record } from "../../../support/oracle.ts";
import { copyHome } from "../../copy-home.ts";
import { commitOf, interruptRestore } from "../../interrupt-restore.ts";
import { type Ran, runSubject } from "../../run-subject.ts";
import { readStore, type Store } from "../../store-oracle.ts";
import { holdOpen } from "./hold-open.ts";
import type { Scene } from "./scenes.ts";

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

/** Copies a scene to `home`, which must not exist, on whatever disk that is. */
export async function lay(scene: Scene, home: string): Promise<Stage> {
	copyHome(scene.home, home);
	if (scene.killed !== undefined) await interrupt(scene, home, scene.killed);
	const release = scene.isHeld
		? await holdOpen(path.join(home, "state.db"))
		: async () => {};
	try {
		const [before, storeBefore] = [record(home), readStore(home)];
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
			return { after: record(home), storeAfter: readStore(home) };
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

const commits = new Map<string, Promise<number>>();

async function interrupt(
	{ subject, home: template }: Scene,
	home: string,
	renames: number,
): Promise<void> {
	const commit = commits.get(template) ?? commitOf(subject, template, "1");
	commits.set(template, commit);
	await interruptRestore(subject, home, "1", (await commit) + renames);
}
