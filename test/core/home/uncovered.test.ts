import { expect, it } from "vitest";
import type { Machine } from "../../support/memory-system.ts";
import { plainMachine, put } from "../../support/plain-agent.ts";
import { say } from "../../support/say.ts";

const said = (on: Machine, text: string) =>
	say(on, text, { prefix: "agent-snapshot" });

/** What the critical set lacks, and beside it what is no state, or is told elsewhere. */
function skilled(): Machine {
	const on = plainMachine();
	const paths = [
		...Array.from({ length: 300 }, (_, one) => `skills/one/${one}.md`),
		"hooks/start.py",
		"notes.md",
		...["node_modules/x.js", ".venv/x.py", ".git/HEAD"].map(
			(path) => `skills/one/${path}`,
		),
		"hooks/start.pyc",
		"cache/x",
		"chats/one.jsonl",
	];
	for (const path of paths) put(on, path, "x");
	return on;
}

it("status and doctor say what of the agent's no snapshot takes, and how to have it", async () => {
	const on = skilled();
	await said(on, "create");
	const what = "303 files: skills/ (300), hooks/ (1), diary.txt, notes.md";
	const { text, data } = await said(on, "status");
	expect(text).toContain(`In no snapshot: ${what}.`);
	expect(text).toContain("export --full");
	expect(data.uncovered).toMatchObject({
		others: [
			{ in: "skills/", files: 300 },
			{ in: "hooks/", files: 1 },
			{ in: "diary.txt", files: 1 },
			{ in: "notes.md", files: 1 },
		],
	});
	expect((await said(on, "doctor")).text).toContain(`in no snapshot: ${what}`);
});

it.each([
	["include", "2 files: diary.txt, notes.md"],
	["exclude", "2 files: diary.txt, notes.md"],
])("what the settings %s is not told", async (setting, what) => {
	const on = skilled();
	const settings = JSON.stringify({ [setting]: ["skills", "hooks"] });
	put(on, "state-snapshots/config.json", settings);
	const { text } = await said(on, "status");
	expect(text).toContain(`In no snapshot: ${what}.`);
});

it("without a snapshot verify says so", async () => {
	const { text, exitCode } = await said(plainMachine(), "verify");
	expect(text).toContain("There is NO snapshot");
	expect(text).toContain("create");
	expect(exitCode).toBe(0);
});
