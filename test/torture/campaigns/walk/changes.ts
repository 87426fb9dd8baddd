import fs from "node:fs";
import path from "node:path";
import { changeRows } from "../../../support/hermes-databases.ts";
import { put } from "../../../support/put.ts";
import type { Chance } from "../../chance.ts";

const FILES = [
	"config.yaml",
	".env",
	"SOUL.md",
	"memories/MEMORY.md",
	"memories/new.md",
	"memories/deep/down/note.md",
	"cron/jobs.json",
	"pairing/telegram-approved.json",
	"pairing/added-approved.json",
	"profiles/coder/SOUL.md",
	"channel_directory.json",
];
/** Captured and never put back, or not captured at all. */
const OTHERS = [
	"processes.json",
	"gateway_state.json",
	"logs/gateway.log",
	"sessions/one.jsonl",
];
const MODES = [0o600, 0o640, 0o644];

/** One thing that an agent or a person does to a home. Says what, for the story of a walk that failed. */
export function changeHome(
	home: string,
	chance: Chance,
	count: number,
): string {
	const file = chance.pick(FILES);
	const full = path.join(home, file);
	const text = `${chance.below(6)} of what can stand here\n`;
	// Not for a link that leads nowhere.
	const isThere = fs.existsSync(full);
	switch (chance.below(8)) {
		case 0:
		case 1:
			changeRows(
				path.join(home, "state.db"),
				`INSERT INTO messages (title) VALUES ('change ${count}')`,
			);
			return `a row in state.db`;
		case 2:
			fs.rmSync(full, { force: true });
			return `remove ${file}`;
		case 3:
			if (isThere) fs.chmodSync(full, chance.pick(MODES));
			return `chmod ${file}`;
		case 4:
			if (isThere)
				fs.utimesSync(full, 1_700_000_000, 1_700_000_000 + chance.below(50));
			return `touch ${file}`;
		case 5: {
			const other = chance.pick(OTHERS);
			put(home, other, text);
			return `write ${other}`;
		}
		case 6:
			fs.rmSync(full, { force: true });
			fs.mkdirSync(path.dirname(full), { recursive: true });
			fs.symlinkSync(
				chance.pick(["elsewhere", "../SOUL.md", "/nonexistent"]),
				full,
			);
			return `link ${file}`;
		default:
			fs.rmSync(full, { force: true });
			put(home, file, text);
			return `write ${file}`;
	}
}
