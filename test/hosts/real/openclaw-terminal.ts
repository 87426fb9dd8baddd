import path from "node:path";
import { installHost } from "./installed.ts";
import { outputOf } from "./programs.ts";
import type { Place } from "./real-host.ts";

export const VERSION = "2026.9.6";
export const TOKEN = "of-a-test";
/** A part of its config, in a file of its own. */
export const INCLUDED = "agents.json5";

export type Terminal = ReturnType<typeof terminalOf>;

/** What a person types `openclaw` into. */
export function terminalOf({ home }: Place) {
	const program = path.join(
		installHost("openclaw", VERSION),
		"node_modules/openclaw/openclaw.mjs",
	);
	const passed = ["PATH", "NODE_EXTRA_CA_CERTS", "npm_config_registry"];
	const env = {
		...Object.fromEntries(passed.map((name) => [name, process.env[name]])),
		HOME: home,
		NO_COLOR: "1",
		OPENCLAW_NO_AUTO_UPDATE: "1",
	};
	const options = { cwd: home, env };
	return {
		program,
		options,
		openclaw: (...words: readonly string[][]) =>
			outputOf(process.execPath, [program, ...words.flat()], options),
	};
}

/** A gateway on the loopback, whose model is the stand-in, with our plugin alone. */
export function configOf(port: number, modelPort: number): string {
	const model = {
		baseUrl: `http://127.0.0.1:${modelPort}/v1`,
		apiKey: "none",
		api: "openai-completions",
		models: [{ id: "none", name: "none" }],
	};
	return JSON.stringify({
		gateway: {
			mode: "local",
			port,
			bind: "loopback",
			auth: { mode: "token", token: TOKEN },
		},
		models: { providers: { none: model } },
		agents: { $include: `./${INCLUDED}` },
		plugins: { allow: ["snapshot"], slots: { memory: "none" } },
	});
}
