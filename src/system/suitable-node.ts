import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { userHome } from "./user-home.ts";

/*
 * Runs on any Node that reads ES modules, even ones too old for us: nothing newer than Node 14 here.
 */

/** better-sqlite3 13 dies without a word on anything older than 22; 22.15 is what we test. */
export const OLDEST_NODE = [22, 15] as const;

export function isSuitable(version: string): boolean {
	const [major = 0, minor = 0] = version
		.replace(/^v/, "")
		.split(".")
		.map(Number);
	return (
		major > OLDEST_NODE[0] ||
		(major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])
	);
}

/** What runs us is a Node, and not Bun or a program with Node packed into it. */
export function isNode(): boolean {
	return (
		process.versions.bun === undefined &&
		/(^|[\\/])node(\.exe)?$/.test(process.execPath)
	);
}

/** And one that will do. */
export function isCurrentSuitable(): boolean {
	return isNode() && isSuitable(process.versions.node);
}

/**
 * A Node to run the engine on: this one, the package's own, one on PATH, or one in the usual places.
 * Asynchronous, because it runs in the hosts' processes too, which must not stand still meanwhile.
 * @throws the system's error when it has no room for another process now, which says nothing about what there is
 */
export async function findSuitableNode(
	packageDirectory: string,
	environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
	// An upgrade takes it away from under a host that runs.
	if (isCurrentSuitable() && existsSync(process.execPath))
		return process.execPath;
	for (const path of candidates(packageDirectory, environment))
		if (existsSync(path) && (await answersSuitably(path))) return path;
	return undefined;
}

export const NO_NODE =
	"agent-snapshot needs Node.js 22.15 or newer and found none in its own node_modules, on PATH or in the usual places: install one or name it in AGENT_SNAPSHOT_NODE (nothing was changed).";

function candidates(
	packageDirectory: string,
	environment: NodeJS.ProcessEnv,
): string[] {
	const name = process.platform === "win32" ? "node.exe" : "node";
	const named = environment.AGENT_SNAPSHOT_NODE;
	return [
		...(named === undefined || named === "" ? [] : [named]),
		...ancestors(packageDirectory).flatMap((directory) => [
			join(directory, "node_modules", ".bin", name),
			join(directory, "node_modules", "node", "bin", name),
		]),
		...(environment.PATH ?? "")
			.split(delimiter)
			.filter(Boolean)
			.map((directory) => join(directory, name)),
		...usualPlaces(environment.HOME ?? userHome(), name),
	];
}

function ancestors(directory: string): string[] {
	const parent = dirname(directory);
	return parent === directory ? [directory] : [directory, ...ancestors(parent)];
}

function usualPlaces(home: string, name: string): string[] {
	const versionManagers = [
		[join(home, ".nvm/versions/node"), "bin"],
		[join(home, ".local/share/fnm/node-versions"), "installation/bin"],
		[join(home, ".asdf/installs/nodejs"), "bin"],
		[join(home, ".local/share/mise/installs/node"), "bin"],
		[join(home, ".volta/tools/image/node"), "bin"],
	] as const;
	return [
		...[
			"/usr/local/bin",
			"/opt/homebrew/bin",
			"/usr/bin",
			"/snap/bin",
			"C:\\Program Files\\nodejs",
		].map((place) => join(place, name)),
		join(home, ".hermes/node/bin", name),
		...versionManagers.flatMap(([directory, below]) =>
			(existsSync(directory) ? readdirSync(directory) : [])
				.sort()
				.reverse()
				.map((version) => join(directory, version, below, name)),
		),
	];
}

/** What `spawn` says when not the program is at fault, but the machine is out of something. */
const EXHAUSTED = ["EMFILE", "ENFILE", "EAGAIN", "ENOMEM"];

/** Of somebody's wrapper that hangs, too. */
const LIMITS = { timeout: 5000, killSignal: "SIGKILL" } as const;

function answersSuitably(path: string): Promise<boolean> {
	return new Promise((resolve, reject) => {
		execFile(path, ["--version"], LIMITS, (error, stdout) => {
			if (EXHAUSTED.includes(String(error?.code))) reject(error);
			else resolve(error === null && isSuitable(stdout.trim()));
		});
	});
}
