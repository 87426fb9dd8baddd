import { errorCode, SnapshotError } from "../../errors.ts";
import type { Disk, System } from "../../system/system.ts";
import { readText } from "../files/durable.ts";
import { isWithin, STORE_NAME } from "../home/paths.ts";
import {
	damaged,
	MANIFEST_LIMIT,
	type Manifest,
	parseManifest,
} from "../manifest/manifest.ts";

/** Where things lie in `<the agent's own home>/state-snapshots`. */
export interface StorePaths {
	/** That home: all of the agent's state, or the part of it that the store lies in. */
	readonly home: string;
	/** The store below the directory that holds all of the state: no path of a snapshot may lead there. */
	readonly below: string;
	readonly directory: string;
	readonly lock: string;
	readonly lockHolder: string;
	readonly settings: string;
	/** The restore in progress: journal, staged files, undo snapshot. */
	readonly restoring: string;
	readonly journal: string;
	/** That restore, while another one goes back behind it: see settle.ts. */
	readonly suspended: string;
	/** The restore that waits until the agent is stopped: see next-start.ts. */
	readonly nextStart: string;
	readonly quarantine: string;
	/** There when the last restore was made without an undo snapshot: the older ones are not what `undo` means. */
	readonly noUndo: string;
	/** Which snapshot was read whole since it was made, and when: see base.ts. */
	readonly verified: string;
	/** Which snapshots were found damaged: see marked.ts. */
	readonly marks: string;
	/** When each was verified, and what was found: see verifications.ts. */
	readonly verifications: string;
	/** One line a drill: see drills.ts. */
	readonly drills: string;
	/** One line a scheduled run: see run-log.ts. */
	readonly log: string;
	/** Held as long as one is at work. */
	readonly runLock: string;
	/** What each snapshot costs on the disk, as noted: see sizes.ts. */
	readonly sizes: string;
	/** By which parts are told: see part-tags.ts. */
	readonly tags: string;
	/** What the manifests begin with, as noted: see listing-noted.ts. */
	readonly summaries: string;
	/** How the last exchanges with repositories elsewhere went: see remote/notes.ts. */
	readonly remotes: string;
	/** Snapshots that are given another form: see compacting.ts. */
	readonly compacting: string;
	/** A manifest that is to take the place of another: see marks.ts. */
	readonly marking: string;
	/** What is being removed: out of sight in one step, and then piece by piece. */
	readonly going: string;
}

/** @param all the directory that holds all of the state; see `Layout` */
export function storePaths(home: string, all: string = home): StorePaths {
	const directory = `${home}/${STORE_NAME}`;
	return {
		home,
		below: directory.slice(all.length + 1),
		directory,
		lock: `${directory}/.lock.db`,
		lockHolder: `${directory}/.lock.holder`,
		settings: `${directory}/config.json`,
		restoring: `${directory}/.restore`,
		journal: `${directory}/.restore/journal.json`,
		suspended: `${directory}/.restore-suspended`,
		nextStart: `${directory}/.next-start.json`,
		noUndo: `${directory}/.no-undo`,
		verified: `${directory}/.verified.json`,
		marks: `${directory}/.damaged.json`,
		verifications: `${directory}/.verifications.json`,
		drills: `${directory}/drills.jsonl`,
		log: `${directory}/log.jsonl`,
		runLock: `${directory}/.run.lock`,
		remotes: `${directory}/.remotes.json`,
		compacting: `${directory}/.compacting`,
		sizes: `${directory}/.sizes.json`,
		tags: `${directory}/.tags.json`,
		summaries: `${directory}/.summaries.json`,
		quarantine: `${directory}/quarantine`,
		marking: `${directory}/.manifest.new`,
		going: `${directory}/.going.removing`,
	};
}

/**
 * Whether paths are those of another tree than this one: a variable has moved one of the agent's directories since, and the
 * directory that holds all of them is another.
 * @param recorded `below` of then; undefined in what was written before it was recorded
 */
export function isOtherTree(
	store: StorePaths,
	recorded: string | undefined,
): boolean {
	return recorded !== undefined && recorded !== store.below;
}

/** A restore was interrupted, and waits to be finished. */
export function isRecoveryPending(disk: Disk, store: StorePaths): boolean {
	return [store.journal, store.suspended].some(
		(path) => disk.stat(path) !== undefined,
	);
}

/** The whole manifest. @throws SnapshotError `damaged` */
export function readManifest(
	disk: Disk,
	store: StorePaths,
	id: string,
): Manifest {
	const path = `${store.directory}/${id}/manifest.json`;
	const what = `The manifest of ${id}`;
	try {
		const text = readText(disk, path, MANIFEST_LIMIT);
		if (text === undefined) throw damaged(what, "is gone");
		const manifest = parseManifest(text, what);
		if (manifest.entries.some(({ path }) => isWithin(path, store.below)))
			throw damaged(what, "names a path in the snapshot store");
		// By the folder it lies in, whatever it says itself.
		return { ...manifest, id };
	} catch (error) {
		if (errorCode(error) === "EFBIG")
			throw damaged(what, `is larger than ${MANIFEST_LIMIT} bytes`);
		if (errorCode(error) === "EISDIR") throw damaged(what, "is a directory");
		throw error;
	}
}

/** Makes the store if need be, and private: Hermes once left it readable for all (#77470). */
export function prepareStore(system: System, store: StorePaths): void {
	const { disk } = system;
	const home = disk.stat(store.home);
	const found = disk.stat(store.directory);
	if (found === undefined) makeStore(disk, store.directory);
	else if (found.kind !== "directory")
		throw new SnapshotError(
			"failed",
			`${store.directory} is not a directory. Nothing was changed.`,
			{
				hint: "Move it away: snapshots are kept in a directory of that name, on the disk of the home.",
			},
		);
	else if ((found.mode & 0o077) !== 0) disk.setMode(store.directory, 0o700);
	if (found === undefined && home !== undefined)
		giveToOwner(system, store.directory, home);
}

function makeStore(disk: Disk, directory: string): void {
	try {
		disk.makeDirectory(directory, 0o700);
	} catch (error) {
		// The home is there, and yet: in /proc nobody can make anything.
		if (errorCode(error) !== "ENOENT") throw error;
		throw new SnapshotError(
			"failed",
			`${directory} cannot be made: the system takes no directory there. Nothing was changed.`,
			{ hint: "Name another home.", cause: error },
		);
	}
}

/** Under sudo, what we make belongs to whom the home belongs to: else the agent could not read it. */
export function giveToOwner(
	system: System,
	path: string,
	owner: { uid: number; gid: number },
): void {
	if (system.processes.canSetOwner)
		system.disk.setOwner(path, owner.uid, owner.gid);
}

const LONGEST_FOLDER = "x".repeat(80);

/**
 * Whether a path is too long for a place beside the snapshots, with what SQLite and we append to names there. Counted with
 * the longest name of a folder in every case, so that a create and a restore leave out the same.
 */
export function isTooLongToKeep(
	disk: Disk,
	store: string,
	path: string,
): boolean {
	const kept = `${store}/${LONGEST_FOLDER}/${path}-journal.anew`;
	// The shortest limit is macOS' 1,024 bytes, and a character has four at most.
	return kept.length > 250 && disk.isTooLong(kept);
}
