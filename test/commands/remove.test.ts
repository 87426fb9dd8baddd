import { describe, expect, it } from "vitest";
import { listedIds } from "../support/commands.ts";
import { plainMachine, put } from "../support/plain-agent.ts";
import { say } from "../support/say.ts";

/** Two snapshots, and somebody at a terminal who answers so. */
async function atTerminal(answer: boolean) {
	const on = plainMachine();
	await say(on, "create one");
	put(on, "config.yaml", "model: two");
	await say(on, "create two");
	const asked: string[] = [];
	const confirm = async (question: string) => {
		asked.push(question);
		return answer;
	};
	return { on, asked, remove: () => say(on, "remove 2", { confirm }) };
}

describe("remove, typed at a terminal", () => {
	it("asks, and removes what was asked about", async () => {
		const { on, asked, remove } = await atTerminal(true);
		const [newest] = listedIds(on);
		const { text, data } = await remove();
		expect(asked).toEqual([
			expect.stringMatching(
				/^To remove snapshot 2 .*cannot be taken back\.\nDo it\?$/s,
			),
		]);
		expect(text).toMatch(/^Removed snapshot 2 /);
		expect(data.dryRun).toBe(false);
		expect(listedIds(on)).toEqual([newest]);
	});

	it("changes nothing without a yes", async () => {
		const { on, remove } = await atTerminal(false);
		const before = listedIds(on);
		expect(await remove()).toMatchObject({
			text: "Nothing was changed.",
			data: { removed: [], dryRun: true },
		});
		expect(listedIds(on)).toEqual(before);
	});
});
