import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { installHost } from "./installed.ts";
import { installPlugin } from "./our-installer.ts";
import { ended, put } from "./programs.ts";
import type { Place, RealAgent, RealHost } from "./real-host.ts";
import { openTerminal } from "./terminal.ts";

export const pi: RealHost = {
	name: "pi",
	version: "0.87.1",
	state: [".pi/agent/AGENTS.md", "be kind"],
	asks: {
		question: /→ Cancel/,
		keys: ["Down", "Enter"],
		done: /Reloaded keybindings/,
	},
	start: startRpc,
	async openTerminal(place) {
		await installPlugin("pi", place, agent());
		const command = programOf();
		const { home: cwd } = place;
		return openTerminal(
			{ command, cwd, env: environment(place) },
			async (terminal) => {
				await terminal.see("0.87.1");
			},
		);
	},
};

/** A second extension, which says when pi has loaded it, and why. */
const WITNESS = `export default (pi) =>
	pi.on("session_start", ({ reason }, { ui }) => ui.notify("witness: " + reason, "info"));
`;

/** Its RPC mode: lines of JSON in and out. */
async function startRpc(place: Place): Promise<RealAgent> {
	await installPlugin("pi", place, agent());
	put(place.home, ".pi/agent/extensions/witness.ts", WITNESS);
	const [program = "", ...args] = programOf("--mode", "rpc");
	const child = spawn(program, args, {
		cwd: place.home,
		env: environment(place),
		stdio: ["pipe", "pipe", "inherit"],
	});
	const send = (message: object) =>
		child.stdin.write(`${JSON.stringify(message)}\n`);
	let shown: string[] = [];
	const loaded: string[] = [];
	/** What the person picks, question by question; then always the last. */
	let picks: number[] = [];
	let answered = () => {};
	createInterface({ input: child.stdout }).on("line", (line) => {
		const { type, method, id, title, options, message } = JSON.parse(line);
		if (method === "notify")
			(/^witness: /.test(message) ? loaded : shown).push(message);
		if (method === "select") {
			shown.push(title);
			const value = options.at(picks.shift() ?? -1);
			send({ type: "extension_ui_response", id, value });
		}
		if (type === "response") answered();
	});
	const type = async (line: string) => {
		shown = [];
		const answer = new Promise<void>((resolve) => {
			answered = resolve;
		});
		send({ id: "1", type: "prompt", message: line });
		await answer;
		return shown.join("\n");
	};
	return {
		type,
		async also() {
			const file = path.join(place.home, pi.state[0]);
			const before = fs.readFileSync(file, "utf8");
			for (const cancels of [[0], [1, 0]]) {
				picks = cancels;
				const kept = await type("/snapshot restore");
				assert.match(
					kept,
					/Restore which snapshot\?[\s\S]*Nothing was changed/,
				);
				assert.equal(fs.readFileSync(file, "utf8"), before, "it was cancelled");
			}
			// Behind those that this restore and its undo have left.
			picks = [3, 1];
			const restored = await type("/snapshot restore");
			assert.match(restored, /Restored snapshot 1 .*by-hand[\s\S]*pi loads it/);
			assert.equal(fs.readFileSync(file, "utf8"), pi.state[1], "it came back");
			// Before this restore there were another one, and its undo.
			const reloads = Array(3).fill("witness: reload");
			assert.deepEqual(loaded, ["witness: startup", ...reloads]);
		},
		stop: () => ended(child, () => child.stdin.end()),
	};
}

function agent(): string {
	return installHost("@earendil-works/pi-coding-agent", pi.version);
}

function programOf(...args: string[]): string[] {
	const cli = "@earendil-works/pi-coding-agent/dist/bundle/cli.js";
	const program = path.join(agent(), "node_modules", cli);
	return [process.execPath, program, ...args];
}

function environment({ home }: Place) {
	return {
		PATH: process.env.PATH,
		HOME: home,
		PI_OFFLINE: "1",
		PI_SKIP_VERSION_CHECK: "1",
		PI_TELEMETRY: "0",
	};
}
