/** Homes as Hermes leaves them, made here, with only what both its own algorithm and ours take. */
import fs from "node:fs";
import path from "node:path";
import { makeStateDatabase } from "./state-db.ts";
import { between, Prose, randomFrom } from "./words.ts";

/** Below the home; the database's log is one of them for whoever copies files. */
export const SET = [
	"state.db",
	"config.yaml",
	".env",
	"auth.json",
	"cron/jobs.json",
	"channel_directory.json",
	"pairing",
] as const;

const SINGLE = SET.length - 2;

/** The set's files that are no database: as many as were asked for, most of them pairings. */
export function makeHome(
	home: string,
	databaseBytes: number,
	files: number,
	seed = 1,
): void {
	const random = randomFrom(seed);
	const prose = new Prose(random, 200_000);
	fs.mkdirSync(path.join(home, "cron"), { recursive: true, mode: 0o700 });
	for (const name of SET.slice(1, -1))
		put(home, name, `# ${name}\n${prose.cut(between(random, 300, 3000))}\n`);
	for (let number = 0; number < files - SINGLE; number++)
		put(
			home,
			pairingName(number),
			JSON.stringify({ number, note: prose.cut(between(random, 200, 6000)) }),
		);
	makeStateDatabase(path.join(home, "state.db"), databaseBytes, seed);
	fs.chmodSync(path.join(home, "state.db"), 0o600);
}

/** Writes `count` of the pairings anew; `turn` makes it others, with other words, each time. */
export function changeFiles(home: string, count: number, turn: number): void {
	const folders = fs.readdirSync(path.join(home, "pairing"));
	const all = folders.flatMap((folder) =>
		fs
			.readdirSync(path.join(home, "pairing", folder))
			.map((name) => `pairing/${folder}/${name}`),
	);
	for (let index = 0; index < count; index++) {
		const name = all[(turn * 131 + index * 17) % all.length];
		if (name !== undefined)
			put(home, name, JSON.stringify({ turn, index, note: "changed" }));
	}
}

/** Two hundred a folder: one of thousands would measure how a file system finds names. */
function pairingName(number: number): string {
	return `pairing/platform-${Math.floor(number / 200)}/user-${number}.json`;
}

function put(home: string, name: string, text: string): void {
	const file = path.join(home, name);
	fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
	fs.writeFileSync(file, text, { mode: 0o600 });
}
