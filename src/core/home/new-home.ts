import { errorCode, SnapshotError } from "../../errors.ts";
import type { System } from "../../system/system.ts";
import { giveToOwner, storePaths } from "../store/store.ts";
import { removeVainStore } from "../store/vain-store.ts";
import { printable } from "../words.ts";
import { hasHome, type KnownAgent } from "./known-agent.ts";

/**
 * Does something in the home of an agent that may not be there yet, or have no store. What was made for it goes again when
 * nothing has come of it.
 */
export async function withNewHome<T>(
	system: System,
	known: KnownAgent,
	work: () => Promise<{ readonly result: T; readonly isKept: boolean }>,
): Promise<T> {
	const { disk } = system;
	const { home } = known.places;
	const store = storePaths(home);
	const hadStore = disk.stat(store.directory) !== undefined;
	const made = hasHome(disk, known) ? [] : makeHome(system, home);
	let isKept = false;
	try {
		const done = await work();
		({ isKept } = done);
		return done.result;
	} finally {
		if (!isKept && !hadStore) {
			removeVainStore(system, store);
			for (const path of made.toReversed())
				if (disk.names(path).length === 0) disk.removeDirectory(path);
		}
	}
}

/**
 * Makes it and those above it that are missing, and returns these from the top: private, and of whom the directory is that
 * they are made in.
 */
export function makeHome(system: System, path: string): string[] {
	const { disk } = system;
	if (disk.stat(`${path}/.`)?.kind === "directory") return [];
	const parent = path.slice(0, path.lastIndexOf("/")) || "/";
	const above = makeHome(system, parent);
	try {
		disk.makeDirectory(path, 0o700);
	} catch (error) {
		throw notMade(path, error);
	}
	const owner = disk.stat(`${parent}/.`);
	if (owner !== undefined) giveToOwner(system, path, owner);
	return [...above, path];
}

/** What stands there instead of a directory, or a place where none can be. */
function notMade(path: string, error: unknown): unknown {
	const code = errorCode(error) ?? "";
	if (!["EEXIST", "ENOTDIR", "ENOENT", "ELOOP"].includes(code)) return error;
	const why =
		code === "EEXIST"
			? "is there, and is no directory"
			: "cannot be made: the system takes no directory there";
	return new SnapshotError(
		"failed",
		`${printable(path)} ${why}. Nothing was changed.`,
		{ hint: "Name another directory.", cause: error },
	);
}
