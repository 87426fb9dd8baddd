import { expect, it } from "vitest";
import opencode from "../../src/hosts/opencode/plugin.ts";

async function plugin() {
	const sent: unknown[] = [];
	const hooks = await opencode.server({
		client: { session: { prompt: async (request) => void sent.push(request) } },
	});
	return { hooks, sent };
}

it("a person's own command of that name stays as it is, and is not answered by us", async () => {
	const { hooks, sent } = await plugin();
	const mine = { template: "MINE", description: "the person's own" };
	const config = { command: { snapshot: mine } };
	await hooks.config(config);
	expect(config.command).toEqual({
		snapshot: mine,
		snap: expect.objectContaining({ template: "$ARGUMENTS" }),
	});
	await hooks["command.execute.before"]({
		command: "snapshot",
		sessionID: "s",
		arguments: "list",
	});
	expect(sent).toEqual([]);
});

it("ours stays ours when the config is gone through twice", async () => {
	const { hooks } = await plugin();
	const config: { command?: Record<string, unknown> } = {};
	await hooks.config(config);
	await hooks.config(structuredClone(config));
	await expect(
		hooks["command.execute.before"]({
			command: "snap",
			sessionID: "s",
			arguments: "help",
		}),
	).rejects.toThrow("answered by agent-snapshot");
});
