import path from "node:path";
import { installHost } from "./installed.ts";
import { installPlugin } from "./our-installer.ts";
import { outputOf, put } from "./programs.ts";
import type { Place, RealHost } from "./real-host.ts";
import { openTerminal } from "./terminal.ts";

export const claudeCode: RealHost = {
	name: "claude-code",
	version: "2.1.329",
	state: [".claude/CLAUDE.md", "be kind"],
	async start(place) {
		const { program, cwd, env } = await installed(place);
		return {
			type: (line) => outputOf(program, ["-p", line], { cwd, env }),
			async stop() {},
		};
	},
	async openTerminal(place) {
		const { program, cwd, env } = await installed(place);
		return openTerminal({ command: [program], cwd, env }, async (terminal) => {
			await terminal.see("❯");
		});
	},
};

/** With our plugin, as a person would install it. */
async function installed(place: Place) {
	const { home, modelPort } = place;
	const dir = installHost("@anthropic-ai/claude-code", claudeCode.version);
	const program = path.join(dir, "node_modules/.bin/claude");
	const key = "sk-ant-none-that-anybody-would-take";
	// What it would ask at its first start.
	const settled = {
		hasCompletedOnboarding: true,
		theme: "dark",
		customApiKeyResponses: { approved: [key.slice(-20)] },
		projects: { [home]: { hasTrustDialogAccepted: true } },
	};
	put(home, ".claude.json", JSON.stringify(settled));
	const env = {
		PATH: process.env.PATH,
		HOME: home,
		ANTHROPIC_BASE_URL: `http://127.0.0.1:${modelPort}`,
		ANTHROPIC_API_KEY: key,
		DISABLE_AUTOUPDATER: "1",
		CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
	};
	await installPlugin("claude-code", place, dir);
	return { program, cwd: home, env };
}
