import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { answer as answerInOpenCode } from "../../src/hosts/opencode/answer.ts";
import { answer as answerInPi } from "../../src/hosts/pi/answer.ts";
import { createSnapshotCommand, hosts } from "../../src/index.ts";
import { scratch } from "../support/scratch.ts";

const timeout = 60_000;

/** A command whose engine tells of so many events before its reply. */
function commandThatTells(events: number) {
	const packageDirectory = scratch();
	fs.mkdirSync(path.join(packageDirectory, "dist"));
	const event = { event: "progress", phase: "copying", total: 2.1e9 };
	const reply = { ok: true, text: "Created.", exitCode: 0, data: {} };
	fs.writeFileSync(
		path.join(packageDirectory, "dist", "cli.js"),
		`const events = process.argv.includes("--progress") ? ${events} : 0;
for (let told = 0; told < events; told++) console.error(${JSON.stringify(JSON.stringify(event))});
console.log(${JSON.stringify(JSON.stringify(reply))});`,
	);
	return createSnapshotCommand(hosts.pi, { packageDirectory });
}

type Command = ReturnType<typeof commandThatTells>;

/** The hosts that can show something before a command ends. Each resolves with all that it shows. */
const shownIn: Record<string, (command: Command) => Promise<string[]>> = {
	async pi(command) {
		const shown: string[] = [];
		await answerInPi(
			command,
			"create",
			{
				hasUI: true,
				ui: {
					select: async () => undefined,
					notify: (message) => void shown.push(message),
				},
				waitForIdle: async () => {},
				reload: async () => {},
			},
			{ registerCommand() {}, appendEntry() {}, on() {} },
		);
		return shown;
	},
	async opencode(command) {
		const shown: string[] = [];
		await answerInOpenCode(command, "create", async (text) => {
			// The other one would overtake it.
			if (text !== "Created.") await new Promise(setImmediate);
			shown.push(text);
		});
		return shown;
	},
};

describe.each(Object.entries(shownIn))("in %s", (_, shown) => {
	it("what takes long is said once, and before the reply", {
		timeout,
	}, async () => {
		expect(await shown(commandThatTells(3))).toEqual([
			"Copying 2.1 GB: this takes some seconds…",
			"Created.",
		]);
	});

	it("what takes a moment shows its reply and nothing else", {
		timeout,
	}, async () => {
		expect(await shown(commandThatTells(0))).toEqual(["Created."]);
	});
});

it("a line that cannot be shown in OpenCode takes nothing from the reply", {
	timeout,
}, async () => {
	const shown: string[] = [];
	await answerInOpenCode(commandThatTells(1), "create", async (text) => {
		if (text !== "Created.") throw new Error("the session is busy");
		shown.push(text);
	});
	expect(shown).toEqual(["Created."]);
});
