import path from "node:path";
import { installHost } from "./installed.ts";
import { installPlugin } from "./our-installer.ts";
import type { Place, RealHost } from "./real-host.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

export const copilot: RealHost = {
	name: "copilot",
	version: "1.0.102",
	state: [".copilot/copilot-instructions.md", "be kind"],
	start: openCopilot,
	openTerminal: openCopilot,
};

async function openCopilot(place: Place): Promise<Terminal> {
	const { home, modelPort } = place;
	const dir = installHost("@github/copilot", copilot.version);
	const env = {
		PATH: process.env.PATH,
		HOME: home,
		COPILOT_PROVIDER_BASE_URL: `http://127.0.0.1:${modelPort}/v1`,
		COPILOT_PROVIDER_API_KEY: "none",
		COPILOT_MODEL: "none",
		COPILOT_OFFLINE: "true",
	};
	const program = path.join(dir, "node_modules/.bin/copilot");
	await installPlugin("copilot", place, dir);
	// Without it there is no /snap, which an extension brings.
	const command = [program, "--experimental"];
	return openTerminal({ command, cwd: home, env }, async (terminal) => {
		await terminal.see("Do you trust the files in this folder");
		terminal.press("Enter");
		await terminal.see("MCP Servers reloaded");
	});
}
