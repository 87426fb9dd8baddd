import { execFile, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { installHost } from "./installed.ts";

/** A real agent, in which somebody types. */
export interface RealAgent {
	/** Types it, and resolves with what is shown. */
	type(line: string): Promise<string>;
	stop(): Promise<void>;
}

export interface Place {
	/** The user's own home directory: made for this, and removed. */
	readonly home: string;
	/** Where our package is installed. */
	readonly ours: string;
	/** Where the stand-in for a model listens. */
	readonly modelPort: number;
}

export interface RealHost {
	readonly name: string;
	readonly version: string;
	/** A file of its state, below the user's home, and what is in it. */
	readonly state: readonly [name: string, content: string];
	start(place: Place): Promise<RealAgent>;
}

function put(home: string, name: string, content: string): void {
	const file = path.join(home, name);
	fs.mkdirSync(path.dirname(file), { recursive: true });
	fs.writeFileSync(file, content);
}

const pi: RealHost = {
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

const claudeCode: RealHost = {
	name: "claude-code",
	version: "2.1.329",
	state: [".claude/settings.json", '{"theme":"dark"}'],
	async start({ home, ours, modelPort }) {
		const dir = installHost("@anthropic-ai/claude-code", claudeCode.version);
		put(home, ".claude.json", '{"hasCompletedOnboarding":true}');
		const env = {
			PATH: process.env.PATH,
			HOME: home,
			ANTHROPIC_BASE_URL: `http://127.0.0.1:${modelPort}`,
			ANTHROPIC_API_KEY: "sk-ant-none",
			DISABLE_AUTOUPDATER: "1",
			CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
		};
		return {
			type: (line) =>
				outputOf(
					path.join(dir, "node_modules/.bin/claude"),
					["-p", line, "--plugin-dir", ours],
					{ cwd: home, env },
				),
			stop: async () => {},
		};
	},
};

const opencode: RealHost = {
	name: "opencode",
	version: "1.18.33",
	state: [".config/opencode/AGENTS.md", "be kind"],
	async start({ home, ours, modelPort }) {
		const dir = installHost("opencode-ai", opencode.version);
		const provider = {
			npm: "@ai-sdk/openai-compatible",
			options: { baseURL: `http://127.0.0.1:${modelPort}/v1`, apiKey: "none" },
			models: { none: {} },
		};
		const config = {
			plugin: [`file://${ours}`],
			provider: { none: provider },
			model: "none/none",
		};
		put(home, ".config/opencode/opencode.json", JSON.stringify(config));
		const child = spawn(
			path.join(dir, "node_modules/.bin/opencode"),
			["serve", "--hostname", "127.0.0.1", "--port", "0"],
			{
				cwd: home,
				env: {
					PATH: process.env.PATH,
					HOME: home,
					npm_config_fetch_retries: "0",
					OPENCODE_DISABLE_AUTOUPDATE: "1",
					OPENCODE_DISABLE_MODELS_FETCH: "1",
					OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
				},
				stdio: ["ignore", "pipe", "inherit"],
			},
		);
		const address = await lineWith(child.stdout, /http:\/\/127\.0\.0\.1:\d+/);
		const session = await posted(`${address}/session`, {});
		const messages = `${address}/session/${session.id}/message`;
		return {
			async type(line) {
				const [, command, words] = /^\/(\w+) ?(.*)$/s.exec(line) ?? [];
				// It answers "error" for what was handled: see the plugin.
				await posted(`${address}/session/${session.id}/command`, {
					command,
					arguments: words,
				});
				const all = (await (await fetch(messages)).json()) as {
					parts: { text?: string }[];
				}[];
				return (
					all
						.at(-1)
						?.parts.map(({ text = "" }) => text)
						.join("\n") ?? ""
				);
			},
			stop: () => ended(child, () => child.kill()),
		};
	},
};

export const realHosts: readonly RealHost[] = [pi, claudeCode, opencode];

/** The first request while it starts may never be answered: it is given up and asked again. */
async function posted(url: string, body: object): Promise<{ id?: string }> {
	for (let tries = 0; ; tries++)
		try {
			const response = await fetch(url, {
				method: "POST",
				headers: { "content-type": "application/json" },
				body: JSON.stringify(body),
				signal: AbortSignal.timeout(url.endsWith("/session") ? 5000 : 120_000),
			});
			return (await response.json()) as { id?: string };
		} catch (error) {
			if (tries >= 12) throw error;
		}
}

function outputOf(
	program: string,
	args: string[],
	options: object,
): Promise<string> {
	return new Promise((resolve) => {
		execFile(program, args, options, (_, stdout, stderr) =>
			resolve(`${stdout}${stderr}`),
		);
	});
}

function lineWith(
	stream: NodeJS.ReadableStream,
	wanted: RegExp,
): Promise<string> {
	return new Promise((resolve) => {
		createInterface({ input: stream }).on("line", (line) => {
			const [found] = wanted.exec(line) ?? [];
			if (found !== undefined) resolve(found);
		});
	});
}

function ended(
	child: ReturnType<typeof spawn>,
	end: () => void,
): Promise<void> {
	return new Promise((resolve) => {
		child.once("close", () => resolve());
		end();
	});
}
