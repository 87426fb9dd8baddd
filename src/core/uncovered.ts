import { errorCode } from "../errors.ts";
import type { Disk, FileStat } from "../system/system.ts";
import type { Agent } from "./agent.ts";
import { DatabaseHeader } from "./database-header.ts";
import { readBeginning } from "./durable.ts";
import { scanOf } from "./overview.ts";
import { databaseOfSidecar, matches, STORE_NAME } from "./paths.ts";

/** Files of a home that look as if they mattered, and that no snapshot takes; paths below `Agent.home`. */
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

/** Follows no link. Opens files for their first bytes, and nothing in the store. */
export function findUncovered(
	agent: Agent,
	directories: readonly string[],
): Uncovered {
	const { system, home } = agent;
	const { members, missed } = scanOf(agent);
	const covered = new Set([...members, ...missed].map(({ path }) => path));
	const databases: string[] = [];
	const secrets: string[] = [];
	let left = MOST;
	for (const directory of directories)
		for (const { path, stat } of filesBelow(
			system.disk,
			directory,
			agent.host.rebuildable,
			() => left-- > 0,
		)) {
			const below = `${directory}/${path}`.slice(home.length + 1);
			if (covered.has(below) || databaseOfSidecar(path) !== undefined) continue;
			if (isDatabase(system.disk, `${directory}/${path}`, stat))
				databases.push(below);
			else if (looksSecret(path)) secrets.push(below);
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

interface Found {
	/** Below the directory. */
	readonly path: string;
	readonly stat: FileStat;
}

function* filesBelow(
	disk: Disk,
	directory: string,
	rebuildable: readonly string[],
	mayGoOn: () => boolean,
	below = "",
): Generator<Found> {
	for (const name of namesIn(disk, `${directory}/${below}`)) {
		const path = `${below}${name}`;
		if (name === STORE_NAME || FOREIGN.includes(name)) continue;
		if (rebuildable.some((pattern) => matches(path, pattern))) continue;
		if (!mayGoOn()) return;
		const stat = disk.stat(`${directory}/${path}`);
		if (stat?.kind === "file") yield { path, stat };
		if (stat?.kind === "directory")
			yield* filesBelow(disk, directory, rebuildable, mayGoOn, `${path}/`);
	}
}

function namesIn(disk: Disk, directory: string): string[] {
	try {
		return disk.names(directory);
	} catch (error) {
		if (errorCode(error) === undefined) throw error;
		return []; // somebody else's
	}
}
