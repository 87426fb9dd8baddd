import { describe, expect, it } from "vitest";
import { answerTo, wordsOf } from "../../src/hosts/hook-answer.ts";
import { asBlock } from "../../src/hosts/markdown.ts";

const blanks = " \n\t ".repeat(25_000);
const copilot = 'The user explicitly invoked the "/snapshot" skill.';

function words(host: string, prompt: string): string | undefined {
	return wordsOf(JSON.stringify({ prompt }), host);
}

describe("100,000 blanks are read once", () => {
	it.each([
		["claude-code", `${blanks}/snap list${blanks}x`, `list${blanks}x`],
		["claude-code", `${blanks}x`, undefined],
		["claude-code", `/snap${blanks}`, ""],
		["codex", `${blanks}$snap${blanks}list`, "list"],
		["codex", `${blanks}$snapper`, undefined],
		["gemini", `SNAPSHOT-ARGS: create a${blanks}b`, `create a${blanks}b`],
		[
			"copilot",
			`${copilot}\nSNAPSHOT-ARGS: create a${blanks}b${blanks}</skill-context>${blanks}`,
			`create a${blanks}b`,
		],
		["copilot", `${copilot}${blanks}\nSNAPSHOT-ARGS:${blanks}`, ""],
		["copilot", `${copilot}${blanks}SNAPSHOT-ARGS`, undefined],
		["copilot", `${copilot}${"\nSNAPSHOT-ARGS".repeat(8_000)}`, undefined],
	])("%s", (host, prompt, wanted) => {
		// A difference of such texts would take long to show.
		expect(words(host, prompt) === wanted).toBe(true);
	});
});

it("a reply with 200,000 runs of backticks is fenced", () => {
	expect(asBlock("` ".repeat(200_000)).slice(0, 4)).toBe("```\n");
});

it.each([
	["gemini", { decision: "deny", reason: "\n1  `*bold*`" }],
	["codex", { decision: "block", reason: "1  *bold*" }],
	["copilot", { handled: true, responseContent: "```\n1  *bold*\n```" }],
])("%s shows a label as it is", (host, answer) => {
	const reply = { ok: true, text: "1  *bold*", exitCode: 0, data: {} };
	expect(answerTo(host, reply)).toEqual(answer);
});
