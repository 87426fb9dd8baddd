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
import { actsOf, bannerOf, elsewhere, entryOf, HANDLERS } from "./acts.ts";
import {
	type Act,
	engineApart,
	lateSqlite,
	lazyModules,
	leanBuiltins,
} from "./esbuild-plugins.ts";
import { manPage } from "./man-page.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
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
		"src/system/examine-worker.ts",
		"src/hosts/hook.ts",
		"src/hosts/hook-answer.ts",
		...plugins,
		...new Set(HANDLERS.values()),
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
// The engine: see acts.ts. The names are not shortened, so that a stack still tells something.
const acts = actsOf(root);
const hash = hashOfSources();
for (const act of new Set(acts.values())) await buildAct(act);
// Before this Node is known to be suitable, nothing of the engine may be read.
await build({
	...common,
	entryPoints: ["src/cli.ts"],
	plugins: [engineApart, leanBuiltins],
	target: "node14.8",
	banner: {},
});
chmodSync(`${root}dist/cli.js`, 0o755);
writeFileSync(
	`${root}dist/agent-snapshot.1`,
	manPage(plugin.version, plugin.description),
);
execFileSync(
	`${root}node_modules/.bin/tsc`,
	["--project", `${root}tsconfig.types.json`],
	{
		stdio: "inherit",
	},
);

function hashOfSources(): string {
	const hash = createHash("sha256");
	for (const name of globSync("{src/**/*,*}.{ts,json}", { cwd: root }).sort())
		hash.update(`${name}\0`).update(readFileSync(`${root}${name}`));
	return hash.digest("hex");
}

async function buildAct(name: string): Promise<void> {
	const act: Act = {
		has: (path) => path.startsWith("node:") || acts.get(path) === name,
		elsewhere: (path) => elsewhere(path, acts),
	};
	const contents = entryOf(name, acts);
	const banner = bannerOf(name, hash);
	const { outputFiles } = await build({
		...common,
		stdin: { contents, resolveDir: root },
		plugins: [lazyModules(act), lateSqlite],
		external: [],
		// Node finds, reads and runs it in half the time of an ES module.
		format: "cjs",
		define: { "import.meta.url": "__url" },
		banner: {
			js: `"use strict"; const __url = process.getBuiltinModule("node:url").pathToFileURL(__filename).href; ${banner}`,
		},
		minifySyntax: true,
		minifyWhitespace: true,
		charset: "ascii",
		legalComments: "none",
		// Where better-sqlite3 looks for a build of its own, which it does not have.
		logOverride: { "require-resolve-not-external": "silent" },
		write: false,
	});
	const code = outputFiles[0]?.text ?? "";
	// By its first line it is known whether V8's compiled code is of this very file: see src/system/compiled-code.ts.
	const mark = createHash("sha256").update(code).digest("hex");
	// As require() would wrap it, but here: of so long a text a longer one takes V8 a millisecond to make.
	const params = "exports, require, module, __filename, __dirname, __load";
	writeFileSync(
		`${root}dist/${name}.cjs`,
		`// ${mark}\n(function (${params}) { ${code}\n})\n`,
	);
}
