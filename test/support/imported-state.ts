import { type Fact, type HomeRecord, record } from "./oracle.ts";

// Read from the issue, not from src/: what a full archive leaves, and what no import brings.
const NEVER =
	/(^|\/)(hermes-agent|logs|cache|node|backups|checkpoints)(\/|$)|\.(pid|lock|sock)$|(^|\/)(gateway_state|processes)\.json$/;
const ATTACHED = /^skills\/.*hermes-agent/;
const SECRETS =
	/(^|\/)(\.env|auth\.json|vault\.key|vault\.json\.enc)$|(^|\/)(platforms\/)?pairing\//;

/** What an import of a full archive has to make in an empty home: each path, and all about it that counts. */
export function wantedState(home: string): Record<string, string> {
	return stated(record(home), true);
}

/** The same of what it has made. */
export function importedState(home: string): Record<string, string> {
	return stated(record(home), false);
}

function stated(
	facts: HomeRecord,
	isOriginal: boolean,
): Record<string, string> {
	const isSidecar = (path: string) =>
		facts.has(path.replace(/-(wal|shm|journal)$/, "")) &&
		/-(wal|shm|journal)$/.test(path);
	const isTaken = (path: string, { type }: Fact) =>
		!isOriginal ||
		(type !== "fifo" &&
			type !== "socket" &&
			(!NEVER.test(path) || ATTACHED.test(path)));
	return Object.fromEntries(
		[...facts]
			.filter(([path]) => path !== "." && !isSidecar(path))
			.filter(([path, fact]) => isTaken(path, fact))
			.map(([path, fact]) => [path, about(path, fact)])
			.sort(),
	);
}

function about(path: string, fact: Fact): string {
	if (fact.type === "link") return `link to ${fact.target}`;
	if (fact.type !== "file") return `${fact.type} ${fact.mode.toString(8)}`;
	// What is there for secrets comes in for its owner alone.
	const mode = SECRETS.test(path) ? 0o600 : fact.mode;
	const what = fact.rows ?? `${fact.sha256} of ${fact.mtime / 1_000_000n}`;
	return `file ${mode.toString(8)} ${what}`;
}
