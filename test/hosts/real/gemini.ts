import path from "node:path";
import { installHost } from "./installed.ts";
import { installPlugin } from "./our-installer.ts";
import { put } from "./programs.ts";
import type { Place, RealHost } from "./real-host.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

export const gemini: RealHost = {
	name: "gemini",
	version: "0.61.0",
	state: [".gemini/GEMINI.md", "be kind"],
	start: openGemini,
	openTerminal: openGemini,
};

async function openGemini(place: Place): Promise<Terminal> {
	const { home, modelPort } = place;
	const dir = installHost("@google/gemini-cli", gemini.version);
	const program = path.join(dir, "node_modules/.bin/gemini");
	const auth = { security: { auth: { selectedType: "gemini-api-key" } } };
	put(home, ".gemini/settings.json", JSON.stringify(auth));
	const env = {
		PATH: process.env.PATH,
		HOME: home,
		GEMINI_API_KEY: "none",
		GOOGLE_GEMINI_BASE_URL: `http://127.0.0.1:${modelPort}`,
		GEMINI_CLI_TRUST_WORKSPACE: "true",
		COLORTERM: "truecolor",
	};
	await installPlugin("gemini", place, dir);
	// Its usual choice of a model asks another one first.
	const command = [program, "-m", "gemini-2.5-flash"];
	return openTerminal({ command, cwd: home, env }, async (terminal) => {
		await terminal.see("Type your message");
	});
}
