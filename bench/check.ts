/** Whether a snapshot is what it should be: the speed of a wrong result is worth nothing. */
import fs from "node:fs";
import path from "node:path";
import { SET } from "./home.ts";
import { digestOf, whyTorn } from "./state-db.ts";

/** Databases kept in parts become files, as docs/format.md says it: `cat state.db/* > state.db`. */
export function putTogether(folder: string): void {
	const database = path.join(folder, "state.db");
	if (!fs.statSync(database).isDirectory()) return;
	const whole = `${database}.whole`;
	copyWhole(database, whole);
	fs.rmSync(database, { recursive: true });
	fs.renameSync(whole, database);
}

/** A database as it lies in a snapshot, in parts or not, as a file. */
export function copyWhole(stored: string, to: string): void {
	const files = fs.statSync(stored).isDirectory()
		? fs.readdirSync(stored).map((part) => path.join(stored, part))
		: [stored];
	for (const file of files.sort()) fs.appendFileSync(to, fs.readFileSync(file));
}

/** Undefined when the folder holds the home's whole set, and its database is sound and of this moment. */
export function whyNotTheSame(
	home: string,
	folder: string,
): string | undefined {
	for (const name of filesIn(home)) {
		const found = path.join(folder, name);
		if (!fs.existsSync(found)) return `${name} is missing`;
		if (!fs.readFileSync(found).equals(fs.readFileSync(path.join(home, name))))
			return `${name} is another`;
	}
	const database = path.join(folder, "state.db");
	const torn = whyTorn(database);
	if (torn !== undefined) return torn;
	const expected = JSON.stringify(digestOf(path.join(home, "state.db")));
	const found = JSON.stringify(digestOf(database));
	return expected === found ? undefined : `${found} instead of ${expected}`;
}

function filesIn(home: string): string[] {
	return SET.filter((name) => name !== "state.db").flatMap((name) =>
		fs.statSync(path.join(home, name)).isFile()
			? [name]
			: fs
					.readdirSync(path.join(home, name), {
						recursive: true,
						withFileTypes: true,
					})
					.filter((entry) => entry.isFile())
					.map((entry) =>
						path.relative(home, path.join(entry.parentPath, entry.name)),
					),
	);
}
