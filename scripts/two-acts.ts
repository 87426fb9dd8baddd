/**
 * The engine is two files: what every `list`, and every `create` that finds nothing new, runs, and all the rest, which is
 * read when something of it is first used. What V8 keeps of a file it reads as a whole: see src/system/compiled-code.ts.
 */
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import plugin from "../plugin.json" with { type: "json" };

const FIRST = ["list", "create"];
/** With these the rest begins. */
const GATES = [
	...plugin.commands
		.flatMap(({ subcommands }) => Object.entries(subcommands))
		.filter(([verb]) => !FIRST.includes(verb))
		.map(([, { handler }]) =>
			handler.replace(/^dist\/(.*)\.js#.*$/, "src/$1.ts"),
		),
	"src/commands/explain.ts",
	"src/commands/progress.ts",
	"src/core/assemble.ts",
	"src/core/capture.ts",
	"src/core/damage-check.ts",
	"src/core/leftovers.ts",
	"src/core/lock.ts",
	"src/core/lost-databases.ts",
	"src/core/prune.ts",
	"src/core/recover-related.ts",
	"src/core/recover.ts",
	"src/core/room.ts",
	"src/system/sqlite.ts",
];
/** Of the packages, the one whose schemas a manifest is compared with. */
const FIRST_PACKAGES = ["valibot"];

/** All of the first act: what main.ts leads to without going through a gate. */
export function firstAct(root: string): ReadonlySet<string> {
	const found = new Set(FIRST_PACKAGES);
	const follow = (path: string): void => {
		if (found.has(path) || GATES.includes(path)) return;
		found.add(path);
		if (!path.endsWith(".ts")) return;
		for (const next of importsOf(root, path)) follow(next);
	};
	follow("src/main.ts");
	for (const verb of FIRST) follow(`src/commands/${verb}.ts`);
	return found;
}

/** Those of values, of our own files. */
function importsOf(root: string, path: string): string[] {
	const text = readFileSync(join(root, path), "utf8").replace(
		/^import type [^;]*;$/gm,
		"",
	);
	return [...text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)].map(
		([, name = ""]) => relative(root, join(root, dirname(path), name)),
	);
}

/**
 * What an act begins with: how each finds what the other has.
 * @param build tells the two of one build: an update of this package may come between, before anything was done
 */
export function bannersOf(build: string): { first: string; rest: string } {
	const updated =
		"agent-snapshot was updated while it started: repeat the command (nothing was changed).";
	return {
		first: `let __first, __rest;
const __begin = (given) => { __first = given; };
const __begun = () => {
	const rest = __load("rest.cjs");
	if (rest.build !== "${build}") throw new Error("${updated}");
	rest.begin(__first);
	return rest;
};
const __other = (path) => (__rest ??= __begun()).modules[path]();`,
		rest: `let __first;
exports.build = "${build}";
exports.begin = (given) => { __first = given; };
const __other = (path) => __first[path]();`,
	};
}

/** The source of an act: its files by their names, for the other one. */
export function entryOf(files: Iterable<string>, isFirst: boolean): string {
	const table = [...files]
		.map((path) => `${JSON.stringify(path)}: () => require("${nameOf(path)}")`)
		.join(", ");
	return isFirst
		? `__begin({ ${table} }); exports.main = (umask) => require("./src/main.ts").main(umask);`
		: `exports.modules = { ${table} };`;
}

function nameOf(path: string): string {
	return /\.\w+$/.test(path) ? `./${path}` : path;
}
