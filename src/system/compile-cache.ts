import fs from "node:fs";
import module from "node:module";
import { homedir } from "node:os";
import { isAbsolute, join, sep } from "node:path";

/*
 * As suitable-node.ts: nothing newer than Node 14 here.
 */

/**
 * Has V8 keep what it made of our source for the next start, which saves a third of it. Not in Node's own place for that,
 * `/tmp/node-compile-cache`: whoever makes that directory before us could put code of his into our process.
 */
export function keepCompiledCode(environment: NodeJS.ProcessEnv): void {
	if (environment.NODE_COMPILE_CACHE) return; // Node has seen to it
	const directory = cacheDirectory(environment);
	if (directory !== undefined) module.enableCompileCache?.(directory);
}

/** Undefined: there is none that nobody else may write to, or it would lie in the state of somebody. */
export function cacheDirectory(
	environment: NodeJS.ProcessEnv,
	userId = process.geteuid?.(),
): string | undefined {
	const { XDG_CACHE_HOME: named = "" } = environment;
	const caches = isAbsolute(named) ? named : join(homedir(), ".cache");
	const directory = join(caches, "agent-snapshot");
	if (userId === undefined || isInsideOfState(environment, directory))
		return undefined;
	try {
		// Under sudo the directory of another user: what is made there would be in his way.
		return isOwn(directory, userId) || madeIn(caches, directory, userId)
			? directory
			: undefined;
	} catch {
		return undefined; // it saves some milliseconds: whatever is wrong is no reason to fail
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
	const above = fs.statSync(caches);
	if (above.uid !== userId || (above.mode & 0o022) !== 0) return false;
	fs.mkdirSync(directory, { mode: 0o700 });
	return true;
}
