import fs from "node:fs";
import path from "node:path";
import { installHost } from "./installed.ts";
import { installPlugin } from "./our-installer.ts";
import { endProcessesOf, put } from "./programs.ts";
import type { Place, RealHost } from "./real-host.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

/** Codex answers `/snapshot` itself ("Unrecognized command"): what a person types is `$snapshot`. */
export const codex: RealHost = {
	name: "codex",
	version: "0.169.0",
	state: [".codex/AGENTS.md", "be kind"],
	sigil: "$",
	start: openCodex,
	openTerminal: openCodex,
};

async function openCodex(place: Place): Promise<Terminal> {
	const { home, modelPort } = place;
	put(
		home,
		".codex/config.toml",
		`model = "none"
model_provider = "none"
check_for_update_on_startup = false
[model_providers.none]
name = "none"
base_url = "http://127.0.0.1:${modelPort}/v1"
wire_api = "responses"
requires_openai_auth = false
`,
	);
	const env = environment(place);
	await installPlugin("codex", place, agent());
	const cwd = path.join(home, "work");
	fs.mkdirSync(cwd);
	const terminal = await openTerminal(
		{ command: [program()], cwd, env },
		async (terminal) => {
			await terminal.see("Trust all and continue");
			await terminal.pressFor("2", /› 2\.|Ask Codex to do anything/);
			await terminal.pressFor("Enter", "Ask Codex to do anything");
		},
	);
	return {
		...terminal,
		async stop() {
			await terminal.stop();
			// Its terminal leaves a server running, of a copy of itself in its home; "daemon stop" ends not all of it.
			await endProcessesOf(path.join(home, ".codex/packages"));
		},
	};
}

function agent(): string {
	return installHost("@openai/codex", codex.version);
}

function program(): string {
	return path.join(agent(), "node_modules/.bin/codex");
}

function environment({ home }: Place) {
	return { PATH: process.env.PATH, HOME: home };
}
