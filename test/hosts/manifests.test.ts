import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import plugin from "../../plugin.json" with { type: "json" };
import openclaw from "../../src/hosts/openclaw/plugin.ts";
import { root } from "../support/paths.ts";

function read(file: string): string {
	return fs.readFileSync(path.join(root, file), "utf8");
}

it.each([
	".claude-plugin/plugin.json",
	".codex-plugin/plugin.json",
	".plugin/plugin.json",
	"gemini/gemini-extension.json",
])("%s says what plugin.json says", (file) => {
	const { name, version, description } = plugin;
	expect(JSON.parse(read(file))).toMatchObject({ name, version, description });
});

it("openclaw.plugin.json says what plugin.json and the plugin itself say", () => {
	const manifest = JSON.parse(read("openclaw.plugin.json"));
	const { version, description } = plugin;
	expect(manifest).toMatchObject({ id: openclaw.id, version, description });
	const [command] = plugin.commands;
	expect(
		manifest.commandAliases.map(({ name }: { name: string }) => name),
	).toEqual([command?.name, ...(command?.aliases ?? [])]);
	expect(manifest.cliCommands).toEqual([
		{ name: command?.name, description, hasSubcommands: false },
	]);
	// Its own archives leave the store out.
	expect(manifest.backupResources).toContainEqual({
		disposition: "regenerable",
		scope: "state",
		relativePath: "state-snapshots",
	});
});

it("the marketplace and Hermes' manifest say so, too", () => {
	const { plugins } = JSON.parse(read(".claude-plugin/marketplace.json"));
	expect(plugins).toMatchObject([
		{ name: plugin.name, description: plugin.description },
	]);
	const yaml = read("hermes/plugin.yaml");
	expect(yaml).toContain(`version: "${plugin.version}"`);
	expect(yaml).toContain(plugin.description);
});

it("package.json names files that are built, and ships what the agents read", () => {
	const named = [
		...packageJson.pi.extensions,
		...packageJson.openclaw.extensions,
		packageJson.exports["./server"],
	];
	for (const file of named)
		expect(fs.existsSync(path.join(root, file))).toBe(true);
	expect(packageJson.files).toEqual(
		expect.arrayContaining([
			"dist",
			"plugin.json",
			"openclaw.plugin.json",
			".claude-plugin",
			".codex-plugin",
			".plugin",
			"copilot",
			"hooks",
			"gemini",
			"extensions",
			"hermes",
		]),
	);
});

it.each([
	"hooks/hooks.json",
	"hooks/codex.json",
	"hooks/copilot.json",
	"gemini/hooks/hooks.json",
])("%s starts our program, and has more patience than that", (file) => {
	const { hooks } = JSON.parse(read(file)) as {
		hooks: Record<string, { hooks: { command: string; timeout: number }[] }[]>;
	};
	const unit = file.startsWith("gemini/") ? 1000 : 1;
	for (const [event, [entry]] of Object.entries(hooks)) {
		const { command = "", timeout = 0 } = entry?.hooks[0] ?? {};
		const [, named, seconds] =
			/^node ".*\/dist\/hosts\/hook\.js" [a-z-]+ (\w+)(?: (\d+))?$/.exec(
				command,
			) ?? [];
		expect(named).toBe(event);
		// What is waited for is said, and an agent that has lost its patience gives the prompt to the model.
		const isAsked = /^(UserPromptSubmit|BeforeAgent)$/.test(event);
		expect(seconds !== undefined).toBe(isAsked);
		expect(timeout / unit).toBeGreaterThanOrEqual(3 * Number(seconds ?? 10));
	}
});
