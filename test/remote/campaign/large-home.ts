import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { makeHermesHome, sharedHome } from "../../support/hermes-home.ts";
import { benchScript } from "../../support/paths.ts";
import { prose } from "../../support/prose.ts";
import { scratch } from "../../support/scratch.ts";

export function count(name: string, usual: number): number {
	return Number(process.env[name] ?? usual);
}

/** A home as people have it, with a database of so many MB. */
export function homeOf(dbMb: number): string {
	const dir = path.join(scratch(), "home");
	if (benchScript("make_home.py") === undefined)
		return makeHermesHome({ dir, dbMb });
	return sharedHome(dir, { seed: 1, dbMb });
}

/** The same without odd names. */
export function plainHome(dbMb: number): string {
	return makeHermesHome({ dir: path.join(scratch(), "home"), dbMb });
}

/** What an hour of talking leaves: so many messages, full-text search and all. */
export function talk(home: string, messages: number, seed: number): void {
	const text = prose(seed);
	const database = new Database(path.join(home, "state.db"));
	const session = database
		.prepare("SELECT id FROM sessions LIMIT 1")
		.pluck()
		.get();
	const add = database.prepare(
		"INSERT INTO messages (session_id, role, content, timestamp) VALUES (?, 'user', ?, ?)",
	);
	database.transaction(() => {
		for (let message = 0; message < messages; message++)
			add.run(
				session,
				`${seed} ${text.sentence(20 + text.number(200))}`,
				1e9 + seed,
			);
	})();
	database.close();
}

/**
 * A folder to be the first of PATH, in which `restic` is the real one with its memory noted; and what was noted, in
 * MB, of each run.
 */
export function measuringRestic(): { folder: string; peaks(): number[] } {
	const folder = scratch();
	const notes = path.join(folder, "notes");
	const real = (process.env.PATH ?? "")
		.split(":")
		.map((one) => path.join(one, "restic"))
		.find((file) => fs.existsSync(file));
	const script = fs.existsSync("/usr/bin/time")
		? `exec /usr/bin/time -a -o '${notes}' -f %M '${real}' "$@"`
		: `exec '${real}' "$@"`;
	const file = path.join(folder, "restic");
	fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
	return {
		folder,
		peaks() {
			const text = fs.existsSync(notes) ? fs.readFileSync(notes, "utf8") : "";
			fs.rmSync(notes, { force: true });
			return text
				.split("\n")
				.filter((line) => /^\d+$/.test(line))
				.map((line) => Number(line) / 1000);
		},
	};
}
