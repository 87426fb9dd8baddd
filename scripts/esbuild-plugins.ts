/** What makes the command line start fast: Node's modules and SQLite are loaded when they are used. */
import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";

/**
 * An import of a Node module has all of its exports read, which loads parts of Node that we never use: 2 to 3 ms of a
 * start for "node:fs" alone. So each is read by itself, and only those that are imported.
 * @param nodes what it is for: with an old Node one cannot ask for a module but by an import
 */
export function leanBuiltins(nodes: "suitable" | "any"): Plugin {
	const namespace = "builtin";
	return {
		name: "lean-builtins",
		setup({ onResolve, onLoad }) {
			onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace }));
			onLoad({ filter: /.*/, namespace }, ({ path }) => ({
				contents: [
					nodes === "any" ? loadOnAny(path) : loadOnSuitable(path),
					SELDOM.includes(path) ? whenCalled(path) : atOnce(path),
				].join("\n"),
			}));
		},
	};
}

/** Functions only, which few commands come to call, and 3 to 4 ms each to load. */
const SELDOM = ["node:crypto", "node:child_process"];

function whenCalled(path: string): string {
	return namesIn(path)
		.map(
			(name) =>
				`export const ${name} = (...given) => load().${name}(...given);`,
		)
		.join("\n");
}

function atOnce(path: string): string {
	return [
		"const all = load();",
		"export default all;",
		...namesIn(path).map(
			(name) => `export const ${name} = /* @__PURE__ */ (() => all.${name})();`,
		),
	].join("\n");
}

function loadOnSuitable(path: string): string {
	return `const load = () => process.getBuiltinModule("${path}");`;
}

function loadOnAny(path: string): string {
	return [
		"const get = process.getBuiltinModule;",
		`const early = get ? undefined : (await import("${path.replace("node:", "")}")).default;`,
		`const load = () => early ?? get("${path}");`,
	].join("\n");
}

function namesIn(path: string): string[] {
	const names = Object.keys(process.getBuiltinModule(path) ?? {});
	return names.filter((name) => name !== "default");
}

/** Of functions only, too; each takes some tenths of a millisecond to begin with, and few commands come to call it. */
const SELDOM_PACKAGES = [
	"date-fns/format",
	"date-fns/formatDistanceStrict",
	"fastest-levenshtein",
	"json5",
	"jsonc-parser",
];

export const latePackages: Plugin = {
	name: "late-packages",
	setup({ onResolve, onLoad, resolve }) {
		const namespace = "late";
		onResolve(
			{ filter: new RegExp(`^(${SELDOM_PACKAGES.join("|")})$`) },
			({ path, namespace: from, resolveDir, kind, pluginData }) => {
				if (pluginData === namespace) return undefined; // asked by ourselves
				if (from !== namespace)
					return { path, namespace, pluginData: resolveDir };
				return resolve(path, { resolveDir, kind, pluginData: namespace });
			},
		);
		onLoad({ filter: /.*/, namespace }, async ({ path, pluginData }) => ({
			contents: lateFunctions(path, await import(path)),
			resolveDir: pluginData,
		}));
	},
};

function lateFunctions(
	path: string,
	{ default: all, ...named }: Readonly<Record<string, unknown>>,
): string {
	const functionsOf = (of: unknown) =>
		Object.entries(of ?? {})
			.filter(([, value]) => typeof value === "function")
			.map(([name]) => name);
	return [
		`const load = () => require("${path}");`,
		...functionsOf(named).map(
			(name) =>
				`export const ${name} = (...given) => load().${name}(...given);`,
		),
		`export default { ${functionsOf(all).map(
			(name) => `${name}: (...given) => load().default.${name}(...given)`,
		)} };`,
	].join("\n");
}

/**
 * An import would load it for every command, wherever it stands in the one file. Its dozen small scripts are packed, which
 * saves 5 ms; its native part stays where it is, and is found from there as it finds it itself.
 */
export const lateSqlite: Plugin = {
	name: "late-sqlite",
	setup({ onLoad }) {
		onLoad({ filter: /better-sqlite3.lib.binding\.js$/ }, ({ path }) => ({
			contents: exchanged(path, {
				__dirname: 'path.dirname(require.resolve("better-sqlite3"))',
			}),
		}));
		// A require() that the bundler can see; from the sources it has to be made.
		onLoad({ filter: /src.system.sqlite\.ts$/ }, ({ path }) => ({
			contents: exchanged(path, {
				"const require = createRequire(import.meta.url);": "",
			}),
			loader: "ts",
		}));
	},
};

function exchanged(
	path: string,
	words: Readonly<Record<string, string>>,
): string {
	return Object.entries(words).reduce(
		(text, [from, to]) => {
			if (!text.includes(from)) throw new Error(`${path} has no "${from}"`);
			return text.replaceAll(from, to);
		},
		readFileSync(path, "utf8"),
	);
}

/** The command line's first file imports the engine, and does not hold it. */
export const engineApart: Plugin = {
	name: "engine-apart",
	setup({ onResolve }) {
		onResolve({ filter: /^\.\/main\.ts$/ }, () => ({
			path: "./main.js",
			external: true,
		}));
	},
};
