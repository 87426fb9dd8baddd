import { describe, expect, it } from "vitest";
import { itemFor } from "../../src/core/home/coverage.ts";
import { matches } from "../../src/core/home/paths.ts";
import { hosts } from "../../src/index.ts";

describe("a login that rotates is not put back over the one that is there", () => {
	it.each([
		["openclaw", "credentials/oauth.json"],
		["openclaw", "agents/main/agent/auth-profiles.json"],
		["openclaw", "agents/main/agent/auth.json"],
		["openclaw", "credentials/whatsapp/default/creds.json"],
		["gemini", "a2a-oauth-tokens.json"],
	] as const)("%s: %s", (name, path) => {
		expect(itemFor(hosts[name], path)).toMatchObject({
			secret: true,
			putBack: "if-missing-or-broken",
		});
	});

	it("but pairings and keys are", () => {
		const pairing = itemFor(
			hosts.openclaw,
			"credentials/telegram-allowFrom.json",
		);
		expect(pairing?.secret).toBe(true);
		expect(pairing?.putBack).toBeUndefined();
	});
});

// As the programs that we tried name them.
describe("what is small and hard to make again is in a snapshot", () => {
	it.each([
		["claude-code", "agent-memory/reviewer/MEMORY.md"],
		["claude-code", "loop.md"],
		["claude-code", "scheduled_tasks.json"],
		["claude-code", "routines/daily.md"],
		["gemini", "keybindings.json"],
		["gemini", "trusted_hooks.json"],
		["gemini", "mcp-server-enablement.json"],
		["gemini", "extension_integrity.json"],
		["gemini", "integrity.key"],
		["gemini", "tmp/a-project/memory/MEMORY.md"],
		["opencode", "tool/weather.ts"],
		["opencode", "tools/weather.js"],
		["opencode", "mode/careful.md"],
		["opencode", "modes/careful.md"],
		["opencode", "config.json"],
		["opencode", "opencode-dev.db"],
		["opencode", "plans/next.md"],
		["codex", "work.config.toml"],
		["codex", "AGENTS.override.md"],
		["codex", "themes/night.tmTheme"],
	] as const)("%s: %s", (name, path) => {
		expect(itemFor(hosts[name], path), path).toBeDefined();
	});
});

describe("what can be had again", () => {
	it.each(Object.values(hosts))("of $title is nothing that a snapshot takes", ({
		critical,
		rebuildable,
	}) => {
		const both = critical
			.filter(({ root }) => root === undefined)
			.filter(({ path }) => rebuildable.some((one) => matches(path, one)));
		// A full archive would be less than a snapshot.
		expect(both.map(({ path }) => path)).toEqual([]);
	});
});
