import { describe, expect, it } from "vitest";
import { VERBS } from "../../src/commands/call/grammar.ts";
import { create } from "../support/commands.ts";
import { machine } from "../support/memory-system.ts";
import { plainMachine } from "../support/plain-agent.ts";
import { say } from "../support/say.ts";

const terminal = { prefix: "agent-snapshot" };

async function offers(on: Parameters<typeof say>[0], words: string) {
	const { text } = await say(on, `completion offer -- ${words}`, terminal);
	return text.split("\n").map((line) => line.split("\t")[0]);
}

describe("what a shell is offered", () => {
	it("knows every command", async () => {
		const found = await offers(plainMachine(), '""');
		expect(found).toEqual(
			expect.arrayContaining(VERBS.map(({ name }) => name)),
		);
	});

	it.each([
		["re", ["restore", "rewind", "remove", "remote", "recover"]],
		["--ho", ["--home", "--host"]],
		["--host pl", ["plain"]],
		["--json cre", ["create"]],
		["restore 1 --dr", ["--dry-run"]],
		["doctor pl", ["plain"]],
		["completion z", ["zsh"]],
		["help prun", ["prune"]],
		["create any", [""]],
		["restore --wait 1", [""]],
		["crate ", [""]],
	])("behind %j", async (words, expected) => {
		expect(await offers(plainMachine(), words)).toEqual(expected);
	});

	it("numbers the snapshots, and finishes an id that is begun", async () => {
		const on = plainMachine();
		await create(on, "before upgrade");
		const { text } = await say(on, 'completion offer -- restore ""', terminal);
		expect(text).toMatch(/^latest\tthe newest\n1\tbefore upgrade, just now$/);
		expect(await offers(on, "restore 2026")).toEqual([
			expect.stringMatching(/^2026.*-before-upgrade$/),
		]);
	});

	it("names what lies in a snapshot, a directory at a time", async () => {
		const on = plainMachine();
		await create(on);
		expect(await offers(on, "restore 1 le")).toEqual(["letters/"]);
		expect(await offers(on, "show latest letters/")).toEqual([
			"letters/ada.txt",
			"letters/bob.txt",
		]);
		expect(await offers(on, "restore 1 config.yaml letters/b")).toEqual([
			"letters/bob.txt",
		]);
		expect(await offers(on, "restore 9 le")).toEqual([""]);
	});

	it("offers nothing where there is no home, and fails in no case", async () => {
		const reply = await say(
			machine(),
			"completion offer -- restore 1",
			terminal,
		);
		expect(reply).toMatchObject({ ok: true, text: "" });
	});

	it("is for a terminal, and for three shells", async () => {
		expect((await say(plainMachine(), "completion bash")).exitCode).toBe(2);
		const reply = await say(plainMachine(), "completion tcsh", terminal);
		expect(reply.text).toContain("bash, zsh, fish");
		expect(reply.exitCode).toBe(2);
	});
});
