import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { installHost } from "./installed.ts";
import { ended } from "./programs.ts";
import type { RealHost } from "./real-host.ts";

export const pi: RealHost = {
	name: "pi",
	version: "0.87.1",
	state: [".pi/agent/settings.json", '{"theme":"dark"}'],
	async start({ home, ours }) {
		const dir = installHost("@earendil-works/pi-coding-agent", pi.version);
		const cli = path.join(
			dir,
			"node_modules/@earendil-works/pi-coding-agent/dist/bundle/cli.js",
		);
		const child = spawn(
			process.execPath,
			[cli, "--mode", "rpc", "-e", path.join(ours, "dist/hosts/pi/plugin.js")],
			{
				cwd: home,
				env: {
					PATH: process.env.PATH,
					HOME: home,
					PI_OFFLINE: "1",
					PI_SKIP_VERSION_CHECK: "1",
					PI_TELEMETRY: "0",
				},
				stdio: ["pipe", "pipe", "inherit"],
			},
		);
		const send = (message: object) =>
			child.stdin.write(`${JSON.stringify(message)}\n`);
		let shown: string[] = [];
		let answered = () => {};
		createInterface({ input: child.stdout }).on("line", (line) => {
			const { type, method, id, title, options, message } = JSON.parse(line);
			if (method === "notify") shown.push(message);
			if (method === "select") {
				shown.push(title);
				send({ type: "extension_ui_response", id, value: options.at(-1) });
			}
			if (type === "response") answered();
		});
		return {
			async type(line) {
				shown = [];
				const answer = new Promise<void>((resolve) => {
					answered = resolve;
				});
				send({ id: "1", type: "prompt", message: line });
				await answer;
				return shown.join("\n");
			},
			stop: () => ended(child, () => child.stdin.end()),
		};
	},
};
