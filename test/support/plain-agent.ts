import { type Agent, agentAt } from "../../src/core/home/agent.ts";
import type { Host } from "../../src/core/home/host.ts";
import type { Volumes } from "./memory-files.ts";
import { databaseFile } from "./memory-sqlite.ts";
import { type Machine, machine } from "./memory-system.ts";

export const HOME = "/home/ada/.plain";
export const STORE = `${HOME}/state-snapshots`;

/** An agent as simple as one can be that has one of everything the core has rules for. */
export const plainHost: Host = {
	name: "plain",
	title: "Plain",
	home: { variable: "PLAIN_HOME", place: ".plain" },
	critical: [
		{ path: "state.db", database: true },
		{ path: "config.yaml" },
		{ path: "token.json", secret: true, putBack: "if-missing-or-broken" },
		{ path: "tokens", secret: true, putBack: "if-missing-or-broken" },
		{ path: "running.json", putBack: "never" },
		{ path: "letters" },
		{ path: "deep/down/note.txt" },
		{ path: "boards" },
		{ path: "agents/*/agent.db", database: true },
		{
			path: "strict.db",
			database: true,
			refusesNewer: true,
			cleared: ["leases"],
			unsent: ["outbox"],
		},
	],
	nestedHomes: ["profiles/*"],
	except: ["boards/*/workspaces"],
	common: [],
	processes: [],
	rebuildable: ["cache"],
	history: [
		{ path: "chats", what: "chats" },
		{ path: "boards/*/workspaces", what: "workspaces of boards" },
	],
	afterRestore: "Restart Plain to load it.",
	installation: {
		program: "plain",
		add: [["plugins", "enable", "snapshots"]],
		remove: [["plugins", "disable", "snapshots"]],
		copy: { from: "plain", to: "plugins/snapshots", note: "engine.json" },
		signs: [{ path: "plugins/snapshots/engine.json", text: "DIR" }],
		traces: [{ path: "plugins/snapshots/__init__.py", text: "# ours" }],
		needs: ["node"],
		afterwards: "Restart Plain.",
	},
};

const FIRST_STAMP = Date.parse("2026-11-01T00:00:00Z");
/** Of each disk: the same story gives the same files, to the second. */
const stamps = new WeakMap<Volumes, number>();

/** Changes a byte and no time, as a disk that goes bad does. */
export function rot({ volume }: Machine, path: string): void {
	const { atimeMs, mtimeMs, mode } = volume.statSync(path);
	const bytes = Buffer.from(volume.readFileSync(path) as Uint8Array);
	bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
	volume.writeFileSync(path, bytes);
	volume.chmodSync(path, Number(mode) & 0o7777);
	volume.utimesSync(path, Number(atimeMs) / 1000, Number(mtimeMs) / 1000);
}

/** Writes a file as the agent would, each time with a later time stamp, making what is missing above it. */
export function put(
	{ volume }: Machine,
	path: string,
	content: string | Buffer,
	mode = 0o600,
): void {
	const full = `${HOME}/${path}`;
	volume.mkdirSync(full.slice(0, full.lastIndexOf("/")), {
		recursive: true,
		mode: 0o700,
	});
	volume.writeFileSync(full, content);
	volume.chmodSync(full, mode);
	const stamp = (stamps.get(volume) ?? FIRST_STAMP) + 1000;
	stamps.set(volume, stamp);
	volume.utimesSync(full, stamp / 1000, stamp / 1000);
}

export function putDatabase(
	on: Machine,
	path: string,
	rows: string,
	mode: "wal" | "delete" = "delete",
): void {
	put(on, path, databaseFile(rows, mode));
}

export function read({ volume }: Machine, path: string): string {
	return String(volume.readFileSync(`${HOME}/${path}`));
}

export function exists({ volume }: Machine, path: string): boolean {
	return volume.existsSync(`${HOME}/${path}`);
}

/** A machine with a small home on it. */
export function plainMachine(): Machine {
	const on = machine();
	on.volume.mkdirSync(HOME, { recursive: true, mode: 0o700 });
	putDatabase(on, "state.db", "ten messages");
	put(on, "config.yaml", "model: one\n");
	put(on, "token.json", '{"refresh":"first"}');
	put(on, "running.json", '{"pid":1}');
	put(on, "letters/ada.txt", "Dear Ada");
	put(on, "letters/bob.txt", "Dear Bob");
	put(on, "diary.txt", "never captured");
	return on;
}

export function agentOn(
	{ system }: Machine,
	options: Partial<Pick<Agent, "patience" | "waitMilliseconds" | "host">> = {},
): Agent {
	return agentAt({
		system,
		host: plainHost,
		home: HOME,
		patience: { signal: new AbortController().signal, deadline: undefined },
		waitMilliseconds: 0,
		...options,
	});
}
