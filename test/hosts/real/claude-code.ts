import path from "node:path";
import { installHost } from "./installed.ts";
import { outputOf, put } from "./programs.ts";
import type { RealHost } from "./real-host.ts";

export const claudeCode: RealHost = {
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
