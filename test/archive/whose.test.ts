import { describe, expect, it } from "vitest";
import { whoseIs } from "../../src/archive/whose.ts";
import { hosts } from "../../src/index.ts";

const all = Object.values(hosts);
const hostOf = (...names: string[]) => whoseIs(names, all)?.host.name;

describe("whose an archive is", () => {
	it.each([
		[["config.yaml", "SOUL.md"]],
		[[".env", "state.db"]],
		[["config.yaml", "memories/MEMORY.md"]],
		[["state.db", "sessions/a.jsonl", "cron/jobs.json"]],
		[["auth.json", "pairing/telegram-approved.json"]],
		// Called as the agent's home is.
		[[".hermes/config.yaml"]],
		[["home/ada/.hermes/.env", "home/ada/Documents/letter.txt"]],
		[["backup/hermes/config.yaml", "backup/hermes/SOUL.md"]],
	])("%j is Hermes', small as it is", (names) => {
		expect(hostOf(...names)).toBe("hermes");
	});

	it.each([
		[[".env", "config.yaml", "src/main.py"]],
		[["webapp/.env", "webapp/config.yaml", "webapp/auth.json"]],
		[["AGENTS.md", "CLAUDE.md", "skills/a/SKILL.md", "package.json"]],
		[["settings.json", "extensions/a.js", "themes/b.css"]],
		[["app/config.toml", "app/prompts/a.md", "app/rules/b.md"]],
		[["state.db"]],
		[["a/SOUL.md", "b/state.db"]],
	])("%j is nobody's", (names) => {
		expect(hostOf(...names)).toBeUndefined();
	});

	it.each(
		all.map((host) => [host.name, host] as const),
	)("what %s says that others have too is of its own, and not all of that", (_, host) => {
		const { critical, common } = host;
		const own = critical.map(({ path }) => path);
		expect(own).toEqual(expect.arrayContaining([...common]));
		expect(own.filter((path) => !common.includes(path))).not.toEqual([]);
		expect(whoseIs(common, [host])).toBeUndefined();
	});
});
