/** Builds `dist/`: the command line, the public API and one lazily loaded file a command. */
import { execFileSync } from "node:child_process";
import { chmodSync, globSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import plugin from "../plugin.json" with { type: "json" };

const root = fileURLToPath(new URL("..", import.meta.url));
const handlers = plugin.commands
	.flatMap(({ subcommands }) => Object.values(subcommands))
	.map(({ handler }) => handler.replace(/^dist\/(.*)\.js#.*$/, "src/$1.ts"));

// What the hosts load into their own processes.
const plugins = globSync("src/hosts/*/plugin.ts", { cwd: root });

rmSync(`${root}dist`, { recursive: true, force: true });
await build({
	absWorkingDir: root,
	entryPoints: [
		"src/cli.ts",
		"src/index.ts",
		"src/main.ts",
		"src/system/check-worker.ts",
		"src/hosts/hook.ts",
		"src/hosts/hook-answer.ts",
		...plugins,
		...new Set(handlers),
	],
	outdir: "dist",
	outbase: "src",
	bundle: true,
	splitting: true,
	format: "esm",
	platform: "node",
	target: "node22",
	external: ["better-sqlite3"],
	// jsonc-parser has an ES module beside one that only its own loader can follow.
	mainFields: ["module", "main"],
	chunkNames: "chunks/[name]-[hash]",
	// fs-extra and better-sqlite3 are CommonJS: bundled or not, they are reached through require().
	banner: {
		js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
	},
});
chmodSync(`${root}dist/cli.js`, 0o755);
execFileSync(
	`${root}node_modules/.bin/tsc`,
	["--project", `${root}tsconfig.types.json`],
	{
		stdio: "inherit",
	},
);
