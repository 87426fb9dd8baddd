import fs from "node:fs";
import { dirname, isAbsolute, join, sep } from "node:path";
import { errorCode } from "../errors.ts";
import { requireKept } from "./compiled-code.ts";
import { userHome } from "./user-home.ts";

/*
 * As suitable-node.ts: nothing newer than Node 14 here.
 */

/**
 * Loads the engine with what V8 made of it the last time, which saves a third of a start. Not kept in Node's own place for
 * such, `/tmp/node-compile-cache`: whoever makes that directory before us could put code of his into our process.
 */
export function loadEngine(
	file: string,
	environment: NodeJS.ProcessEnv,
	args: readonly string[],
): unknown {
	const { NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE } = environment;
	const isNodes = NODE_COMPILE_CACHE || NODE_DISABLE_COMPILE_CACHE;
	const directory = isNodes ? undefined : cacheDirectory(environment);
	return requireKept(file, directory, kindOf(args));
}

/** A word that is no command and only looks like one costs some milliseconds. */
function kindOf(args: readonly string[]): string {
	return args.find((word) => OFTEN.includes(word)) ?? "others";
}

const OFTEN = ["list", "create", "auto", "restore", "status"];

/** Undefined: there is none that nobody else may write to, or it would lie in the state of somebody. */
export function cacheDirectory(
	environment: NodeJS.ProcessEnv,
	userId = process.geteuid?.(),
): string | undefined {
	const { XDG_CACHE_HOME: named = "" } = environment;
	const caches = isAbsolute(named) ? named : join(userHome(), ".cache");
	const directory = join(caches, "agent-snapshot");
	if (userId === undefined || isInsideOfState(environment, directory))
		return undefined;
	try {
		// Under sudo the directory of another user: what is made there would be in his way.
		return isOwn(directory, userId) || madeIn(caches, directory, userId)
			? directory
			: undefined;
	} catch (error) {
		if (errorCode(error) === undefined) throw error;
		return undefined; // it saves some milliseconds: whatever is wrong with the disk is no reason to fail
	}
}

/** Agents are told by such variables where their state lies, and some of them have the user's home in it. */
function isInsideOfState(
	environment: NodeJS.ProcessEnv,
	directory: string,
): boolean {
	return Object.entries(environment).some(
		([name, value = ""]) =>
			/_(HOME|DIR)$/.test(name) &&
			!name.startsWith("XDG_") &&
			isAbsolute(value) &&
			directory.startsWith(join(value, sep)),
	);
}

function isOwn(directory: string, userId: number): boolean {
	const found = fs.lstatSync(directory, { throwIfNoEntry: false });
	if (found === undefined) return false;
	return (
		found.isDirectory() && found.uid === userId && (found.mode & 0o077) === 0
	);
}

function madeIn(caches: string, directory: string, userId: number): boolean {
	const above = fs.statSync(caches, { throwIfNoEntry: false });
	if (above === undefined) {
		// Nothing has kept anything yet: private, as XDG's rules for it want.
		if (!isOursAlone(fs.statSync(dirname(caches)), userId)) return false;
		fs.mkdirSync(caches, { mode: 0o700 });
	} else if (!isOursAlone(above, userId)) return false;
	fs.mkdirSync(directory, { mode: 0o700 });
	return true;
}

/** Nobody else may put anything there. */
function isOursAlone(above: fs.Stats, userId: number): boolean {
	return above.uid === userId && (above.mode & 0o022) === 0;
}
