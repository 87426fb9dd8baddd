import { errorCode } from "../errors.ts";
import type { Disk, FileStat } from "../system/system.ts";
import type { Agent } from "./agent.ts";
import { DatabaseHeader } from "./database-header.ts";
import { readBeginning } from "./durable.ts";
import { directoriesOf, filesBelow } from "./full-set.ts";
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
const SECRET =
	/^\.env(\..+)?$|^id_(rsa|ed25519|ecdsa)$|\.(pem|key|p12|pfx)$|(^|[._-])(secrets?|tokens?|credentials?|passwords?|api[._-]?keys?|oauth)([._-]|$)/i;
/** Programs and texts about tokens are no tokens. */
const HARMLESS =
	/\.(m?[jt]sx?|cjs|py|rb|sh|md|mdx|txt|html?|css|map|log|lock|png|svg|toml\.example|example)$/i;

/** Follows no link. Opens files for their first bytes, and nothing in the store; what is history is named as such. */
export function findUncovered(agent: Agent, known: KnownAgent): Uncovered {
	const { system, home } = agent;
	const { members, missed } = scanOf(agent);
	const covered = new Set([...members, ...missed].map(({ path }) => path));
	const databases: string[] = [];
	const secrets: string[] = [];
	let left = MOST;
	for (const directory of directoriesOf(agent, known)) {
		const without = [
			...directory.rebuildable,
			...directory.history.map(({ path }) => path),
		];
		const limits = { without, foreign: FOREIGN, mayGoOn: () => left-- > 0 };
		for (const { path, stat } of filesBelow(
			system.disk,
			directory.path,
			limits,
		)) {
			const full = `${directory.path}/${path}`;
			const below = full.slice(home.length + 1);
			if (covered.has(below) || databaseOfSidecar(path) !== undefined) continue;
			if (isDatabase(system.disk, full, stat)) databases.push(below);
			else if (looksSecret(path)) secrets.push(below);
		}
	}
	return { databases, secrets, isPartial: left < 0 };
}

function looksSecret(path: string): boolean {
	const name = path.slice(path.lastIndexOf("/") + 1);
	return SECRET.test(name) && !HARMLESS.test(name);
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
