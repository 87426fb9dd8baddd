import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { installHost } from "./installed.ts";
import { installPlugin } from "./our-installer.ts";
import { ended, lineWith, put } from "./programs.ts";
import type { Place, RealAgent, RealHost } from "./real-host.ts";
import { openTerminal } from "./terminal.ts";

export const opencode: RealHost = {
	name: "opencode",
	version: "1.18.33",
	state: [".config/opencode/AGENTS.md", "be kind"],
	start: startServer,
	async openTerminal(place) {
		const { program, cwd, env } = await configured(place);
		return openTerminal({ command: [program], cwd, env }, async (terminal) => {
			await terminal.see("Ask anything");
		});
	},
};

/** Its server, to which its terminal and all other clients talk. */
async function startServer(place: Place): Promise<RealAgent> {
	const { program, cwd, env } = await configured(place);
	const child = spawn(
		program,
		["serve", "--hostname", "127.0.0.1", "--port", "0"],
		{ cwd, env, stdio: ["ignore", "pipe", "inherit"] },
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
			const parts = all.at(-1)?.parts ?? [];
			return parts.map(({ text = "" }) => text).join("\n");
		},
		stop: () => ended(child, () => child.kill()),
	};
}

async function configured(place: Place) {
	const { home, modelPort } = place;
	const dir = installHost("opencode-ai", opencode.version);
	const provider = {
		npm: "@ai-sdk/openai-compatible",
		options: { baseURL: `http://127.0.0.1:${modelPort}/v1`, apiKey: "none" },
		models: { none: {} },
	};
	const config = {
		provider: { none: provider },
		model: "none/none",
	};
	put(home, ".config/opencode/opencode.json", JSON.stringify(config));
	// Made at its first start.
	fs.mkdirSync(path.join(home, ".local/share/opencode"), { recursive: true });
	await installPlugin("opencode", place, dir);
	const env = {
		PATH: process.env.PATH,
		HOME: home,
		npm_config_fetch_retries: "0",
		OPENCODE_DISABLE_AUTOUPDATE: "1",
		OPENCODE_DISABLE_MODELS_FETCH: "1",
		OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
	};
	const program = path.join(dir, "node_modules/.bin/opencode");
	return { program, cwd: home, env };
}

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
