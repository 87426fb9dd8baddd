import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect, it, vi } from "vitest";
import { root } from "../support/paths.ts";
import { put } from "../support/put.ts";
import { scratch } from "../support/scratch.ts";

const timeout = 60_000;

/** An engine that ends when `go` is there, and leaves what it was told. */
const ENGINE = `import fs from "node:fs";
const look = setInterval(() => {
	if (!fs.existsSync("go")) return;
	clearInterval(look);
	fs.writeFileSync("told", process.argv.slice(2).join(" "));
}, 5);`;

const PI = `import plugin from "../node_modules/agent-snapshot/dist/hosts/pi/plugin.js";
const listeners = {};
plugin({ registerCommand() {}, appendEntry() {}, on: (event, listener) => { listeners[event] = listener; } });
listeners[process.argv[2]]({ reason: "startup" });`;

it.each([
	["session_start", "auto start --host-version 9.9.9"],
	["session_before_compact", "auto compaction"],
])(
	"pi's end waits for no snapshot of %s, and no second pi is loaded",
	{
		timeout,
	},
	async (event, told) => {
		const dir = scratch();
		fs.cpSync(
			path.join(root, "dist"),
			path.join(dir, "node_modules/agent-snapshot/dist"),
			{ recursive: true },
		);
		// A neighbour, as after two global installs.
		const pi = "node_modules/@earendil-works/pi-coding-agent";
		const files = {
			"node_modules/agent-snapshot/package.json": '{"type":"module"}',
			"node_modules/agent-snapshot/dist/cli.js": ENGINE,
			[`${pi}/package.json`]: '{"type":"module","exports":"./index.js"}',
			[`${pi}/index.js`]:
				'import fs from "node:fs"; fs.writeFileSync("loaded", ""); export const VERSION = "1.1.1";',
			"package.json": '{"type":"module","version":"9.9.9"}',
			"dist/pi.js": PI,
		};
		for (const [name, content] of Object.entries(files))
			put(dir, name, content);
		try {
			execFileSync(process.execPath, [path.join(dir, "dist/pi.js"), event], {
				cwd: dir,
				env: { PATH: process.env.PATH, HOME: dir },
				timeout: timeout / 2,
			});
		} finally {
			fs.writeFileSync(path.join(dir, "go"), "");
		}
		expect(fs.existsSync(path.join(dir, "loaded"))).toBe(false);
		await vi.waitFor(
			() =>
				expect(fs.readFileSync(path.join(dir, "told"), "utf8")).toContain(told),
			{ timeout },
		);
	},
);
