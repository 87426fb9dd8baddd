/**
 * The engine is several files, of which a command reads those that it needs. What V8 keeps of one it reads as a whole (see
 * src/system/compiled-code.ts), and a file more costs half a millisecond, so there are three and one for each package:
 * - main: what every `list`, and every `create` that finds nothing new, runs
 * - rest: what the commands of every day need beside
 * - rare: all else of ours
 */
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import manifest from "../package.json" with { type: "json" };
import plugin from "../plugin.json" with { type: "json" };

/** The file of each verb. */
export const HANDLERS: ReadonlyMap<string, string> = new Map(
	plugin.commands
		.flatMap(({ subcommands }) => Object.entries(subcommands))
		.map(([verb, { handler }]) => [
			verb,
			handler.replace(/^dist\/(.*)\.js#.*$/, "src/$1.ts"),
		]),
);

const FIRST = ["list", "create"];
const OFTEN = [...FIRST, "restore", "undo", "prune", "auto", "status", "hosts"];

/** With these the rest begins. */
const REST_BEGINS = [
	...filesOf((verb) => OFTEN.includes(verb) && !FIRST.includes(verb)),
	// Of what has failed something has to be said, even if no file can be opened any more.
	"src/commands/call/explain.ts",
	"src/commands/text/progress.ts",
	"src/core/manifest/assemble.ts",
	"src/core/capture/capture.ts",
	"src/core/capture/damage-check.ts",
	"src/core/create/leftovers.ts",
	"src/core/store/lock.ts",
	"src/core/create/lost-databases.ts",
	"src/core/retention/prune.ts",
	"src/core/recover/recover-related.ts",
	"src/core/recover/recover.ts",
	"src/core/create/room.ts",
	"src/core/verify/verify.ts",
	"src/system/sqlite.ts",
];
/** With these begins what is rare: other verbs, and what few of the usual ones are asked for. */
const RARE_BEGINS = [
	...filesOf((verb) => !OFTEN.includes(verb)),
	"src/ask.ts",
	"src/commands/restore/beside-text.ts",
	"src/commands/restore/dry-run-text.ts",
	"src/commands/status/remote-status.ts",
	"src/commands/restore/restore-conversation.ts",
	"src/commands/call/wrong-flag.ts",
	"src/core/diff/diff.ts",
	"src/core/home/leading-outside.ts",
	"src/core/retention/byte-limits.ts",
	"src/core/restore/at-next-start.ts",
	"src/core/restore/beside.ts",
	"src/core/status/metrics.ts",
	"src/commands/status/status-schedule.ts",
	"src/core/schedule/find-schedule.ts",
	"src/core/verify/note-verified.ts",
	"src/core/schedule/run-log.ts",
];

/**
 * Packages that are no file of their own. With valibot's schemas a manifest is compared. What measures a text has to be there
 * when the work is done: an update of ours may have come meanwhile.
 */
const PLACED = new Map([
	["better-sqlite3", "rest"],
	["fastest-levenshtein", "rest"],
	["get-east-asian-width", "rest"],
	["string-width", "rest"],
	["valibot", "main"],
]);

/** The act that each file of ours is in, and each package. */
export function actsOf(root: string): ReadonlyMap<string, string> {
	const found = new Map(
		Object.keys(manifest.dependencies).map((name) => [
			name,
			PLACED.get(name) ?? name,
		]),
	);
	const follow = (act: string, path: string, gates: readonly string[]) => {
		if (found.has(path)) return;
		found.set(path, act);
		if (!path.endsWith(".ts")) return;
		for (const next of importsOf(root, path))
			if (!gates.includes(next)) follow(act, next, gates);
	};
	const begin = (act: string, paths: readonly string[], gates: string[]) => {
		for (const path of paths) follow(act, path, gates);
	};
	const first = ["src/main.ts", ...filesOf((verb) => FIRST.includes(verb))];
	begin("main", first, [...REST_BEGINS, ...RARE_BEGINS]);
	begin("rest", REST_BEGINS, RARE_BEGINS);
	begin("rare", RARE_BEGINS, []);
	return found;
}

function filesOf(isMeant: (verb: string) => boolean): string[] {
	return [...HANDLERS]
		.filter(([verb]) => isMeant(verb))
		.map(([, file]) => file);
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

/** Read by a command before it changes anything. */
const BEFORE_WORK = ["rest", "rare"];

/**
 * What an act begins with: how it finds what another has.
 * @param build tells the acts of one build: an update of this package may come between
 */
export function bannerOf(act: string, build: string): string {
	return act === "main"
		? `const __acts = {};
const __begun = (act) => {
	const begun = __load(act + ".cjs");
	if (begun.build !== "${build}") throw new Error("agent-snapshot was updated while it ran: repeat the command" +
		(${JSON.stringify(BEFORE_WORK)}.includes(act) ? " (nothing was changed)." : "."));
	begun.begin(__other);
	return begun.modules;
};
const __other = (act, path) => (__acts[act] ??= __begun(act))[path]();`
		: `let __other;
exports.build = "${build}";
exports.begin = (given) => { __other = given; };`;
}

/** The source of an act: its files by their names, for the other ones. */
export function entryOf(
	act: string,
	acts: ReadonlyMap<string, string>,
): string {
	const table = [...acts]
		// Bundled with what alone asks for it: see late-sqlite.
		.filter(([path, of]) => of === act && path !== "better-sqlite3")
		.map(
			([path]) => `${JSON.stringify(path)}: () => require("${nameOf(path)}")`,
		)
		.join(", ");
	return act === "main"
		? `__acts.main = { ${table} }; exports.main = (umask) => require("./src/main.ts").main(umask);`
		: `exports.modules = { ${table} };`;
}

/** What stands there for a file that another act has. */
export function elsewhere(
	path: string,
	acts: ReadonlyMap<string, string>,
): string {
	const act = acts.get(path);
	if (act === undefined)
		throw new Error(`${path} is in no act: it is no dependency of ours`);
	return `module.exports = __other("${act}", ${JSON.stringify(path)});`;
}

function nameOf(path: string): string {
	return /\.\w+$/.test(path) ? `./${path}` : path;
}
