/** What makes the command line start fast: Node's modules and SQLite are loaded when they are used. */
import { globSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, relative } from "node:path";
import { type BuildOptions, build, type Plugin, transform } from "esbuild";
import { HANDLERS } from "./acts.ts";

/**
 * An import of a Node module has all of its exports read, which loads parts of Node that we never use: 2 to 3 ms of a
 * start for "node:fs" alone. So each is read by itself, and only those that are imported. With an old Node one cannot ask
 * for a module but by an import.
 */
export const leanBuiltins: Plugin = {
	name: "lean-builtins",
	setup({ onResolve, onLoad }) {
		const namespace = "builtin";
		onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace }));
		onLoad({ filter: /.*/, namespace }, ({ path }) => ({
			contents: [
				"const get = process.getBuiltinModule;",
				`const early = get ? undefined : (await import("${path.replace("node:", "")}")).default;`,
				`const load = () => early ?? get("${path}");`,
				path === "node:child_process" ? whenCalled(path) : atOnce(path),
			].join("\n"),
		}));
	},
};

/** Functions only, which it seldom comes to call, and 3 to 4 ms to load. */
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

function namesIn(path: string): string[] {
	const names = Object.keys(process.getBuiltinModule(path) ?? {});
	return names.filter((name) => name !== "default");
}

/**
 * Every file as a function that is called when something of it is first used, wherever its import stands. So a command
 * runs only what it needs, and V8 reads only that of its compiled code: with all of it a start took 5 ms more.
 */
export const lazyModules = (act: Act): Plugin => ({
	name: "lazy-modules",
	setup({ onLoad, onResolve, initialOptions }) {
		// A namespace of their own: the package says that its files are ES modules.
		const namespace = "lazy";
		const { absWorkingDir: root = "" } = initialOptions;
		onResolve({ filter: /\.(ts|json)$/ }, ({ path, resolveDir }) => ({
			path: relative(root, join(resolveDir, path)),
			namespace,
		}));
		onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace }));
		onResolve({ filter: /^[a-z]/ }, ({ path, kind, importer, ...from }) =>
			["require-call", "dynamic-import"].includes(kind) &&
			path !== "better-sqlite3" &&
			(from.namespace === namespace || importer === "<stdin>")
				? { path: isBuiltin(path) ? `node:${path}` : path, namespace }
				: undefined,
		);
		onLoad({ filter: /.*/, namespace }, async ({ path }) => ({
			contents: act.has(path)
				? await asFunction(path, initialOptions)
				: act.elsewhere(path),
			resolveDir: dirname(join(root, path)),
		}));
	},
});

/** One of the files that the engine is: see acts.ts. */
export interface Act {
	/** It holds that file of ours, or that package. */
	has(path: string): boolean;
	/** What stands there for one that another file holds. */
	elsewhere(path: string): string;
}

async function asFunction(
	path: string,
	options: BuildOptions,
): Promise<string> {
	const file = join(options.absWorkingDir ?? "", path);
	if (path.startsWith("node:")) return builtin(path);
	if (path.endsWith(".json"))
		return `exports.default = ${readFileSync(file, "utf8")};`;
	return path.endsWith(".ts") ? ours(file, options) : packed(path, options);
}

function builtin(path: string): string {
	return [
		`const all = process.getBuiltinModule("${path}");`,
		// A class of Node that a package extends has to stay one.
		'module.exports = typeof all === "function" ? all : { __proto__: all, default: all };',
	].join("\n");
}

async function ours(
	file: string,
	{ target, define }: BuildOptions,
): Promise<string> {
	const source = Object.entries(FOR_THE_BUNDLER).reduce(
		(text, [from, to]) => text.replaceAll(from, to),
		readFileSync(file, "utf8"),
	);
	const { code } = await transform(source, {
		loader: "ts",
		format: "cjs",
		target,
		define,
	});
	return withoutHelpers(lazily(code));
}

const COMMANDS = [...new Set(HANDLERS.values())]
	.map((path) => path.replace("src/", "./"))
	.map((path) => `"${path}": () => require("${path}")`);

/** From the sources it has to be worked out. */
const FOR_THE_BUNDLER = {
	"const require = createRequire(import.meta.url);": "",
	"import(`./commands/${file}.ts`)": `({ ${COMMANDS.join(", ")} })[\`./commands/\${file}.ts\`]()`,
};

/** What esbuild makes of an import, made a call. What is imported was an ES module, too: it needs no wrapping. */
function lazily(code: string): string {
	const names: string[] = [];
	const declared = code.replace(
		/^var (\w+) = (?:__toESM\()?require\(("[^"]+")\)(?:, 1)?\)?;$/gm,
		(_, name: string, path: string) => {
			names.push(name);
			return path === '"better-sqlite3"' // which was none
				? `const ${name} = () => ({ default: require(${path}) });`
				: `const ${name} = () => require(${path});`;
		},
	);
	return names.reduce((text, name) => {
		const used = new RegExp(`(?<![\\w$]|(?<!\\.\\.)\\.)${name}(?=\\.)`, "g");
		const made = text.replace(used, `(${name}())`);
		if (made.search(new RegExp(`\\b${name}\\b(?! = \\(|\\(\\))`)) >= 0)
			throw new Error(`${name} is used in a way that is not known here`);
		return made;
	}, declared);
}

/** Each file would have its own. */
function withoutHelpers(code: string): string {
	return code
		.replace(
			/^var __defProp = [\s\S]*?^var stdin_exports = \{\};$/m,
			"const __export = (to, all) => { for (const name in all) Object.defineProperty(to, name, { get: all[name], enumerable: true }); };",
		)
		.replace("module.exports = __toCommonJS(stdin_exports);", "")
		.replace("__export(stdin_exports,", "__export(exports,");
}

/** A package in one function. */
async function packed(
	name: string,
	{ absWorkingDir, mainFields }: BuildOptions,
): Promise<string> {
	const { outputFiles } = await build({
		...(name === "valibot"
			? { stdin: await usedOfValibot(absWorkingDir) }
			: { entryPoints: [name] }),
		absWorkingDir,
		bundle: true,
		platform: "node",
		format: "cjs",
		mainFields,
		write: false,
	});
	return outputFiles[0]?.text ?? "";
}

/** A tenth of it. */
async function usedOfValibot(
	resolveDir = ".",
): Promise<{ contents: string; resolveDir: string }> {
	const sources = globSync(`${resolveDir}/src/**/*.ts`)
		.map((path) => readFileSync(path, "utf8"))
		.join("\n");
	const used = Object.keys(await import("valibot")).filter((name) =>
		new RegExp(`\\bv\\.${name}\\b`).test(sources),
	);
	return {
		contents: `export { ${used.join(", ")} } from "valibot";`,
		resolveDir,
	};
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

/** The command line's first file loads the engine, and does not hold it. */
export const engineApart: Plugin = {
	name: "engine-apart",
	setup({ onLoad }) {
		onLoad({ filter: /src.main\.ts$/ }, ({ path }) => ({
			contents: [
				'import { loadEngine } from "./system/compile-cache.ts";',
				'import { fileURLToPath } from "node:url";',
				'const file = fileURLToPath(new URL("main.cjs", import.meta.url));',
				"export const { main } = loadEngine(file, process.env, process.argv.slice(2));",
			].join("\n"),
			resolveDir: dirname(path),
		}));
	},
};
