import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { root } from "../support/paths.ts";

/** One line typed: in its terminal, or in a gateway by somebody. See hermes-context.py. */
export interface Asked {
	readonly type?: string;
	readonly gateway?: string;
	readonly user?: string;
	readonly chat?: string;
	readonly admins?: readonly string[];
}

/**
 * The plugin as `agent-snapshot install hermes` leaves it in a home, loaded by python3 with a small context object, which
 * says what comes of each line. Hermes itself is not to be had by npm.
 */
export function hermesWith(
	home: string,
	engine: readonly string[],
	from = path.join(root, "hermes"),
): (...asked: Asked[]) => unknown[] {
	const plugin = path.join(home, "plugins/snapshots");
	fs.cpSync(from, plugin, { recursive: true });
	fs.writeFileSync(
		path.join(plugin, "engine.json"),
		JSON.stringify({ command: engine }),
	);
	return (...asked) => typeInHermes(home, asked);
}

/** @param home in which the plugin is installed */
export function typeInHermes(home: string, asked: readonly Asked[]): unknown[] {
	const plugin = path.join(home, "plugins/snapshots");
	const context = path.join(root, "test/hosts/hermes-context.py");
	return execFileSync("python3", [context, plugin], {
		input: asked.map((one) => JSON.stringify(one)).join("\n"),
		env: { PATH: process.env.PATH, HERMES_HOME: home },
		encoding: "utf8",
	})
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));
}
