import JSON5 from "json5";
import { errorCode } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import { readText } from "../files/durable.ts";
import { isWithin, parentOf, whyUnsafe } from "./paths.ts";

/** Far more than anyone would write; OpenClaw takes no more than 2 MB. */
const LONGEST = 2 * 1024 * 1024;
const MOST = 1000;

/**
 * The files that a configuration in JSON or JSON5 names under a key ("$include": "a.json", or several), and those that
 * they name: below the home, there or not. What lies outside of the configuration's own directory is not among them.
 */
export function includedBy(
	disk: Disk,
	home: string,
	configuration: string,
	key: string,
): string[] {
	const directory = parentOf(configuration);
	// A directory would bring all that lies in it.
	const isPart = (path: string) =>
		whyUnsafe(path) === undefined &&
		(directory === undefined || isWithin(path, directory)) &&
		disk.stat(`${home}/${path}`)?.kind !== "directory";
	const found = new Set([configuration]);
	// What is added meanwhile is come to, too; what is there already is not, so that a circle ends.
	for (const path of found) {
		if (found.size > MOST) break;
		for (const named of valuesOf(key, parsed(disk, `${home}/${path}`))) {
			const included = resolve(home, parentOf(path) ?? "", named);
			if (included !== undefined && isPart(included)) found.add(included);
		}
	}
	found.delete(configuration);
	return [...found];
}

/** Undefined: it is not there, or nobody can read it, which is said where it is captured itself. */
function parsed(disk: Disk, path: string): unknown {
	try {
		if (disk.stat(path)?.kind !== "file") return undefined;
		return JSON5.parse(readText(disk, path, LONGEST) ?? "null");
	} catch (error) {
		if (error instanceof SyntaxError || errorCode(error) !== undefined)
			return undefined;
		throw error;
	}
}

/** Wherever in it the key stands. Not by recursion: somebody else's file may be nested as deep as it likes. */
function valuesOf(key: string, root: unknown): string[] {
	const found: string[] = [];
	const waiting = [root];
	while (waiting.length > 0) {
		const value = waiting.pop();
		if (typeof value !== "object" || value === null) continue;
		for (const [name, inner] of Object.entries(value)) {
			waiting.push(inner);
			if (name === key)
				found.push(...[inner].flat().filter((one) => typeof one === "string"));
		}
	}
	return found;
}

/** Below the home; undefined for what lies outside. */
function resolve(
	home: string,
	directory: string,
	named: string,
): string | undefined {
	const names = named.startsWith("/") ? [] : `${home}/${directory}`.split("/");
	for (const name of named.split("/"))
		if (name === "..") names.pop();
		else if (name !== "." && name !== "") names.push(name);
	const absolute = `/${names.filter((name) => name !== "").join("/")}`;
	return absolute.startsWith(`${home}/`)
		? absolute.slice(home.length + 1)
		: undefined;
}
