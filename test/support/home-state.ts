import { rowsOf } from "./memory-sqlite.ts";
import type { Machine } from "./memory-system.ts";
import { HOME } from "./plain-agent.ts";

/**
 * All that is in the home but the store: a line a path, with kind, mode and content. A database is its rows, its
 * log included, and its sidecars are not mentioned; those that are left without a database are, and so are those of one
 * that is encrypted, and no database to us.
 */
export function homeState(on: Machine): Record<string, string> {
	const state: Record<string, string> = {};
	const paths = pathsBelow(on, "");
	const isSidecar = (path: string) =>
		/-(wal|shm|journal)$/.test(path) &&
		paths.includes(path.slice(0, path.lastIndexOf("-"))) &&
		!isEncrypted(on, path.slice(0, path.lastIndexOf("-")));
	for (const path of paths)
		if (!isSidecar(path)) state[path] = factOf(on, path);
	return state;
}

/** As the scenes have it. */
function isEncrypted({ volume }: Machine, path: string): boolean {
	const full = `${HOME}/${path}`;
	return (
		volume.lstatSync(full).isFile() &&
		String(volume.readFileSync(full)).startsWith("encrypted")
	);
}

/** Relative paths of everything below a directory of the home but the store, in order. */
function pathsBelow({ volume }: Machine, directory: string): string[] {
	const names = volume.readdirSync(`${HOME}/${directory}`).map(String).sort();
	return names
		.map((name) => `${directory}${name}`)
		.filter((path) => path !== "state-snapshots")
		.flatMap((path) =>
			volume.lstatSync(`${HOME}/${path}`).isDirectory()
				? [path, ...pathsBelow({ volume } as Machine, `${path}/`)]
				: [path],
		);
}

function factOf({ volume }: Machine, path: string): string {
	const full = `${HOME}/${path}`;
	const stat = volume.lstatSync(full);
	const mode = (stat.mode & 0o7777).toString(8);
	if (stat.isSymbolicLink()) return `link to ${volume.readlinkSync(full)}`;
	if (stat.isDirectory()) return `directory ${mode}`;
	const bytes = Buffer.from(volume.readFileSync(full) as Uint8Array);
	return bytes.toString("latin1").startsWith("SQLite format 3")
		? `database ${mode} ${rowsOf(volume, full)}`
		: `file ${mode} ${stat.mtimeMs} ${bytes}`;
}
