import fs from "node:fs";
import path from "node:path";
import { SET } from "./home.ts";
import type { Command } from "./run.ts";

/** Where one contestant works. */
export interface Place {
	readonly home: string;
	/** Its own folder for what it keeps. */
	readonly store: string;
	readonly env: NodeJS.ProcessEnv;
}

/** The newest folder that a contestant keeps, which holds its snapshot. */
export function folderOf({ store }: Place): string {
	return path.join(store, newestIn(store));
}

export function inHome({ home, env }: Place, ...words: string[]): Command {
	return { words, cwd: home, env };
}

/** With the log, where there is one: without it a copy of files lacks what is not yet in the database. */
export function setIn({ home }: Place): string[] {
	return [...SET, "state.db-wal"].filter((name) =>
		fs.existsSync(path.join(home, name)),
	);
}

/** By the clock or by a number, names are in the order in which they were made. */
export function newestIn(store: string): string {
	const newest = fs
		.readdirSync(store, { withFileTypes: true })
		.filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
		.map(({ name }) => name)
		.filter((name) => fs.existsSync(path.join(store, name, "state.db")))
		.sort((a, b) => timeOf(store, a) - timeOf(store, b) || (a < b ? -1 : 1))
		.at(-1);
	if (newest === undefined) throw new Error(`There is no snapshot in ${store}`);
	return newest;
}

function timeOf(store: string, name: string): number {
	return fs.statSync(path.join(store, name)).ctimeMs;
}
