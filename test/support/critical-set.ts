import type { HomeRecord } from "./oracle.ts";

// Read from the issue and the field notes, not from src/: a second opinion on what a snapshot must hold.
const files = new Set([
	"state.db",
	"config.yaml",
	".env",
	"auth.json",
	"cron/jobs.json",
	"gateway_state.json",
	"channel_directory.json",
	"processes.json",
	"feishu_comment_pairing.json",
	"channel_aliases.json",
	"SOUL.md",
	"projects.db",
	"response_store.db",
	"memory_store.db",
	"verification_evidence.db",
	"kanban.db",
	"cron/executions.db",
	"gateway/discord_message_recovery.db",
]);
const trees = ["pairing", "platforms/pairing", "memories", "kanban/boards"];
const leftOut = /^kanban\/boards\/[^/]+\/(workspaces|attachments)(\/|$)/;
const stays = new Set(["auth.json", "processes.json", "gateway_state.json"]);
const sidecar = /-(wal|shm|journal)$/;

/** Whether a restore may touch the path: the critical set of the home, or of a profile. */
export function inCriticalSet(file: string): boolean {
	const local = withinItsHome(file);
	return (
		files.has(local) ||
		(!leftOut.test(local) && trees.some((tree) => isWithin(local, tree)))
	);
}

/** Part of the set, but never put back while the live file is sound: tokens and runtime state. */
export function staysAsItIs(file: string): boolean {
	return stays.has(withinItsHome(file));
}

/** A file that SQLite keeps beside a database of the set; it comes and goes, and the rows are what counts. */
export function isSidecarInSet(file: string): boolean {
	return sidecar.test(file) && inCriticalSet(file.replace(sidecar, ""));
}

/** The regular files of the set that stand in a home. */
export function capturedSet(home: HomeRecord): string[] {
	return [...home]
		.filter(
			([file, fact]) =>
				fact.type === "file" && inCriticalSet(file) && !isSidecarInSet(file),
		)
		.map(([file]) => file)
		.sort();
}

/**
 * What a home must be after a restore: the set as it was recorded, everything else as it is. A folder stays
 * when something that stays is inside it, and a profile nobody looked for is left alone.
 */
export function expectedAfterRestore(
	recorded: HomeRecord,
	now: HomeRecord,
): HomeRecord {
	const expected: HomeRecord = new Map();
	for (const file of new Set([...recorded.keys(), ...now.keys()])) {
		const fact = (isPutBack(file, recorded) ? recorded : now).get(file);
		if (fact) expected.set(file, fact);
	}
	for (const file of [...expected.keys()]) {
		for (const folder of foldersAbove(file)) {
			const fact =
				expected.get(folder) ?? now.get(folder) ?? recorded.get(folder);
			if (fact) expected.set(folder, fact);
		}
	}
	return expected;
}

function isPutBack(file: string, recorded: HomeRecord): boolean {
	const profile = /^profiles\/[^/]+/.exec(file)?.[0];
	if (profile && !recorded.has(profile)) return false;
	return inCriticalSet(file) && !staysAsItIs(file);
}

function withinItsHome(file: string): string {
	return file.replace(/^profiles\/[^/]+\//, "");
}

function isWithin(file: string, tree: string): boolean {
	return file === tree || file.startsWith(`${tree}/`);
}

function foldersAbove(file: string): string[] {
	const parts = file.split("/");
	return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("/"));
}
