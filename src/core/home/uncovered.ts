import { errorCode } from "../../errors.ts";
import type { Disk, FileStat } from "../../system/system.ts";
import { DatabaseHeader } from "../files/database-header.ts";
import { readBeginning } from "../files/durable.ts";
import { looksSecret } from "../secrets/secret-files.ts";
import type { Agent } from "./agent.ts";
import {
	directoriesOf,
	type Found,
	filesBelow,
	filesOf,
	type OwnDirectory,
} from "./full-set.ts";
import type { HistoryItem } from "./host.ts";
import type { KnownAgent } from "./known-agent.ts";
import { scanOf } from "./overview.ts";
import { databaseOfSidecar } from "./paths.ts";

/** Files of the full set that look as if they mattered, and that no snapshot takes; paths below `Agent.home`. */
export interface Uncovered {
	readonly databases: readonly string[];
	readonly secrets: readonly string[];
	/** There was too much to look at all of it. */
	readonly isPartial: boolean;
}

/** Of names looked at: a home with a checkout in it has hundreds of thousands. */
const MOST = 50_000;
/** What no agent keeps its own state in. */
const FOREIGN = ["node_modules", ".git", "__pycache__", ".venv", "venv"];

/** Follows no link. Opens files for their first bytes, and nothing in the store. */
export function findUncovered(agent: Agent, known: KnownAgent): Uncovered {
	const { system, home } = agent;
	const { members, missed } = scanOf(agent);
	const seen = new Set([...members, ...missed].map(({ path }) => path));
	const databases: string[] = [];
	const secrets: string[] = [];
	let isPartial = false;
	// Years of chats must not keep us from looking at what lies beside them.
	for (const walk of [besideHistory, inHistory]) {
		let left = MOST;
		for (const directory of directoriesOf(agent, known))
			for (const found of walk(system.disk, directory, () => left-- > 0)) {
				const full = `${directory.path}/${found.path}`;
				const below = full.slice(home.length + 1);
				if (seen.has(below) || databaseOfSidecar(below) !== undefined) continue;
				seen.add(below);
				if (isDatabase(system.disk, full, found.stat)) {
					if (found.ownDatabases !== true) databases.push(below);
				} else if (looksSecret(below)) secrets.push(below);
			}
		isPartial ||= left < 0;
	}
	return { databases, secrets, isPartial };
}

type Walk = Generator<Found & Pick<HistoryItem, "ownDatabases">>;

function besideHistory(
	disk: Disk,
	{ path, rebuildable, history }: OwnDirectory,
	mayGoOn: () => boolean,
): Walk {
	const without = [...rebuildable, ...history.map((item) => item.path)];
	return filesBelow(disk, path, { without, foreign: FOREIGN, mayGoOn });
}

function* inHistory(
	disk: Disk,
	{ path, rebuildable, history }: OwnDirectory,
	mayGoOn: () => boolean,
): Walk {
	const limits = { without: rebuildable, foreign: FOREIGN, mayGoOn };
	for (const { path: pattern, ownDatabases } of history)
		for (const found of filesOf(disk, path, pattern, limits))
			yield { ...found, ...(ownDatabases && { ownDatabases }) };
}

function isDatabase(disk: Disk, path: string, { size }: FileStat): boolean {
	if (size === 0) return false;
	try {
		return new DatabaseHeader(readBeginning(disk, path, 100)).isSqlite;
	} catch (error) {
		if (errorCode(error) === undefined) throw error;
		return false; // not ours to read, or gone
	}
}
