import * as v from "valibot";
import type { System } from "../../system/system.ts";
import type { StorePaths } from "../store/store.ts";
import { giveToOwner } from "../store/store.ts";
import { readText, writeDurably } from "./durable.ts";

/** Lines that are kept. */
const MOST = 1000;
/** Of so many lines none is near it, unless somebody else has written there. */
const LIMIT = 16 * 1024 * 1024;

/**
 * The lines of a file that are JSON of this form, from the first to the last. A line that is none (torn, or somebody's) says
 * nothing.
 */
export function readLines<T>(
	{ disk }: System,
	path: string,
	form: v.GenericSchema<unknown, T>,
): T[] {
	const found = disk.stat(path);
	if (found?.kind !== "file" || found.size > LIMIT) return [];
	const text = readText(disk, path, LIMIT) ?? "";
	return text.split("\n").flatMap((line) => {
		try {
			const parsed = v.safeParse(form, JSON.parse(line));
			return parsed.success ? [parsed.output] : [];
		} catch (error) {
			if (!(error instanceof SyntaxError)) throw error;
			return [];
		}
	});
}

/**
 * Writes the newest of these lines, durably: the file is replaced, so that no crash leaves half a line. It belongs to whom
 * the home does.
 */
export function writeLines(
	system: System,
	store: StorePaths,
	path: string,
	lines: readonly unknown[],
): void {
	const text = lines.slice(-MOST).map((one) => `${JSON.stringify(one)}\n`);
	writeDurably(system.disk, path, text.join(""));
	const home = system.disk.stat(store.home);
	if (home !== undefined) giveToOwner(system, path, home);
}
