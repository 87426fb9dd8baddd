/** Builds `dist/`: the command line, the public API and one lazily loaded file a command. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
	chmodSync,
	globSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";
import plugin from "../plugin.json" with { type: "json" };
import {
	engineApart,
	lateSqlite,
	lazyModules,
	leanBuiltins,
} from "./esbuild-plugins.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const handlers = plugin.commands
	.flatMap(({ subcommands }) => Object.values(subcommands))
	.map(({ handler }) => handler.replace(/^dist\/(.*)\.js#.*$/, "src/$1.ts"));

// What the hosts load into their own processes.
const plugins = globSync("src/hosts/*/plugin.ts", { cwd: root });

const common: BuildOptions = {
	absWorkingDir: root,
	outdir: "dist",
	outbase: "src",
	bundle: true,
	format: "esm",
	platform: "node",
	target: "node22",
	external: ["better-sqlite3"],
	// jsonc-parser has an ES module beside one that only its own loader can follow.
	mainFields: ["module", "main"],
	// better-sqlite3 is CommonJS: bundled or not, it is reached through require().
	banner: {
		js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
	},
};

rmSync(`${root}dist`, { recursive: true, force: true });
// What other programs load.
await build({
	...common,
	entryPoints: [
		"src/index.ts",
		"src/system/check-worker.ts",
		"src/hosts/hook.ts",
		"src/hosts/hook-answer.ts",
		...plugins,
		...new Set(handlers),
	],
	splitting: true,
	chunkNames: "chunks/[name]-[hash]",
});
// A thread begins with it in three quarters of the time of an ES module.
await build({
	...common,
	entryPoints: ["src/system/compare-worker.ts"],
	format: "cjs",
	outExtension: { ".js": ".cjs" },
	banner: {},
});
/*
 * The engine: one file, of which only that is run that a verb needs. Every file more costs half a millisecond of every
 * start, and the names are not shortened, so that a stack still tells something.
 */
await build({
	...common,
	entryPoints: ["src/main.ts"],
	plugins: [lazyModules, lateSqlite],
	external: [],
	// Node finds, reads and runs it in half the time of an ES module.
	format: "cjs",
	outdir: undefined,
	outfile: "dist/main.cjs",
	define: { "import.meta.url": "__url" },
	banner: {
		js: '"use strict"; const __url = require("node:url").pathToFileURL(__filename).href;',
	},
	minifySyntax: true,
	minifyWhitespace: true,
	charset: "ascii",
	legalComments: "none",
	// Where better-sqlite3 looks for a build of its own, which it does not have.
	logOverride: { "require-resolve-not-external": "silent" },
});
// By its first line it is known whether V8's compiled code is of this very file: see src/system/compiled-code.ts.
const engine = readFileSync(`${root}dist/main.cjs`);
const hash = createHash("sha256").update(engine).digest("hex");
writeFileSync(`${root}dist/main.cjs`, `// ${hash}\n${engine}`);
// Before this Node is known to be suitable, nothing of the engine may be read.
await build({
	...common,
	entryPoints: ["src/cli.ts"],
	plugins: [engineApart, leanBuiltins],
	target: "node14.8",
	banner: {},
});
chmodSync(`${root}dist/cli.js`, 0o755);
execFileSync(
	`${root}node_modules/.bin/tsc`,
	["--project", `${root}tsconfig.types.json`],
	{
		stdio: "inherit",
	},
);
