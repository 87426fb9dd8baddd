import type { SourceFile } from "./source-files.ts";

/** From the bottom up: a file may import from its own layer and those before it. */
export const LAYERS = [
	"tag",
	"errors",
	"system",
	"core",
	"archive",
	"remote",
	"commands",
	"hosts",
	"index",
	"shell",
];
/** They know no host, and nothing of the world but through System. */
const HOST_NEUTRAL = ["core", "archive", "remote", "commands"];
/** What a terminal or an agent starts. */
const SHELL = ["cli.ts", "main.ts", "command-line.ts", "print.ts", "ask.ts"];
const HOSTS = [
	"hermes",
	"openclaw",
	"claude",
	"opencode",
	"copilot",
	"gemini",
	"codex",
];

const OUTSIDE_WORLD = [
	"node:fs",
	"node:fs/promises",
	"node:child_process",
	"node:os",
	"fs-extra",
	"better-sqlite3",
	"node:timers",
	"node:timers/promises",
	"node:worker_threads",
	"node:net",
	"node:http",
];
const FORBIDDEN: readonly [pattern: RegExp, what: string][] = [
	[/\bprocess(\.\w|\[)/, "touches process: ask System for it"],
	[/\bDate\.now\(/, "reads the clock: ask System for it"],
	[/\bnew Date\(\s*\)/, "reads the clock: ask System for it"],
	[/\bperformance\.now\(/, "reads the clock: ask System for it"],
	[/\b(setTimeout|setInterval|setImmediate)\(/, "waits: ask System for it"],
	[/\bfetch\(/, "asks other machines: ask System for it"],
	[/\bconsole\.\w/, "prints: answer with a reply"],
	[/\bMath\.random\(/, "rolls dice: take what it needs as an argument"],
];

/** What is wrong with these files, a sentence each. */
export function offences(files: readonly SourceFile[]): string[] {
	return files.flatMap((file) => [
		...againstTheFlow(file),
		...aroundSystem(file),
		...namedHosts(file),
		...strayProcess(file),
	]);
}

function againstTheFlow({ name, imports }: SourceFile): string[] {
	const own = LAYERS.indexOf(layerOf(name));
	return imports.flatMap(({ file }) => {
		if (file === undefined || file.startsWith("../")) return [];
		const other = LAYERS.indexOf(layerOf(file));
		return other <= own
			? []
			: [
					`${name} imports ${file}: imports go from ${LAYERS[other]} to ${LAYERS[own]} and not back`,
				];
	});
}

function aroundSystem({ name, imports, code }: SourceFile): string[] {
	const layer = layerOf(name);
	if (!HOST_NEUTRAL.includes(layer)) return [];
	const modules = imports.flatMap(({ from, file, typeOnly }) => {
		if (OUTSIDE_WORLD.includes(from))
			return [`${name} imports ${from}: ask System for it`];
		if (file !== undefined && layerOf(file) === "system" && !typeOnly)
			return [
				`${name} imports ${file}: take its types only, and a System as an argument`,
			];
		return [];
	});
	const uses = FORBIDDEN.filter(([pattern]) => pattern.test(code)).map(
		([, what]) => `${name} ${what}`,
	);
	return [...modules, ...uses];
}

function namedHosts({ name, code, imports }: SourceFile): string[] {
	const layer = layerOf(name);
	if (!HOST_NEUTRAL.includes(layer)) return [];
	const hosts = HOSTS.filter((host) => new RegExp(host, "i").test(code)).map(
		(host) => `${name} names ${host}: say it in hosts/${host}`,
	);
	const imported = imports.filter(({ file }) => file?.startsWith("hosts/"));
	return [
		...hosts,
		...imported.map(
			({ file }) => `${name} imports ${file}: take a Host as an argument`,
		),
	];
}

/** Beyond the layers that may know nothing of the outside world, `hosts` is data. */
function strayProcess({ name, code }: SourceFile): string[] {
	if (!["hosts", "errors"].includes(layerOf(name))) return [];
	return FORBIDDEN.filter(([pattern]) => pattern.test(code)).map(
		([, what]) => `${name} ${what}`,
	);
}

export function layerOf(name: string): string {
	// What is known of a host is data, which the public API hands out; what registers it there uses that API.
	if (
		name === "hosts/index.ts" ||
		/^hosts\/[^/]+\/host(-[a-z]+)?\.ts$/.test(name)
	)
		return "hosts";
	if (SHELL.includes(name) || name.startsWith("hosts/")) return "shell";
	return name.includes("/")
		? name.slice(0, name.indexOf("/"))
		: name.replace(/\.ts$/, "");
}
