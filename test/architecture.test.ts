import { describe, expect, it } from "vitest";
import { LAYERS, layerOf, offences } from "./support/import-rules.ts";
import { sourceFile, sourceFiles } from "./support/source-files.ts";

describe("the architecture", () => {
	it("is as ARCHITECTURE.md draws it: imports go one way, and only System knows the world", () => {
		expect(offences(sourceFiles())).toEqual([]);
	});

	it("has a place for every file", () => {
		const layers = sourceFiles().map(({ name }) => layerOf(name));
		expect(
			[...new Set(layers)].filter((layer) => !LAYERS.includes(layer)),
		).toEqual([]);
	});

	it.each<[name: string, code: string, sentence: string]>([
		[
			"core/x.ts",
			'import fs from "node:fs";',
			"core/x.ts imports node:fs: ask System for it",
		],
		[
			"core/x.ts",
			'const { spawn } = await import("node:child_process");',
			"core/x.ts imports node:child_process: ask System for it",
		],
		[
			"core/x.ts",
			'import { createDisk } from "../system/disk.ts";',
			"core/x.ts imports system/disk.ts: take its types only, and a System as an argument",
		],
		[
			"core/x.ts",
			'import {\n\ttype A,\n\tb,\n} from "../system/system.ts";',
			"core/x.ts imports system/system.ts: take its types only, and a System as an argument",
		],
		[
			"core/x.ts",
			'import { list } from "../commands/list.ts";',
			"core/x.ts imports commands/list.ts: imports go from commands to core and not back",
		],
		[
			"system/x.ts",
			'import type { Host } from "../core/home/host.ts";',
			"system/x.ts imports core/home/host.ts: imports go from core to system and not back",
		],
		[
			"index.ts",
			'import "./hosts/x/plugin.ts";',
			"index.ts imports hosts/x/plugin.ts: imports go from shell to index and not back",
		],
		[
			"errors.ts",
			'import "./system/system.ts";',
			"errors.ts imports system/system.ts: imports go from system to errors and not back",
		],
		[
			"commands/x.ts",
			"const home = process.env.HOME;",
			"commands/x.ts touches process: ask System for it",
		],
		[
			"commands/x.ts",
			"console.log(text);",
			"commands/x.ts prints: answer with a reply",
		],
		[
			"core/x.ts",
			"const now = new Date();",
			"core/x.ts reads the clock: ask System for it",
		],
		[
			"core/x.ts",
			"await fetch(url);",
			"core/x.ts asks other machines: ask System for it",
		],
		[
			"core/x.ts",
			'const name = "Hermes";',
			"core/x.ts names hermes: say it in hosts/hermes",
		],
		[
			"hosts/x/host.ts",
			"const home = process.env.X;",
			"hosts/x/host.ts touches process: ask System for it",
		],
	])("%s may not: %s", (name, code, sentence) => {
		expect(offences([sourceFile(name, code)])).toContain(sentence);
	});

	it.each([
		["core/x.ts", 'import type { System } from "../system/system.ts";'],
		[
			"core/x.ts",
			'import { type Disk, type System } from "../system/system.ts";',
		],
		[
			"core/x.ts",
			"// Hermes' own carry no sequence; new Date() would not do\nconst at = new Date(text);",
		],
		["core/x.ts", "/**\n * As Hermes does.\n */\nexport const x = 1;"],
		[
			"commands/x.ts",
			'import plugin from "../../plugin.json" with { type: "json" };',
		],
		["system/x.ts", 'import fs from "node:fs";\nprocess.exit();'],
		[
			"main.ts",
			'import { hosts } from "./hosts/index.ts";\nconsole.log(process.pid);',
		],
		["hosts/x/host.ts", 'import type { Host } from "../../core/home/host.ts";'],
	])("%s may: %s", (name, code) => {
		expect(offences([sourceFile(name, code)])).toEqual([]);
	});
});
