import { expect, it } from "vitest";
import {
	HOME,
	plainMachine,
	put,
	putDatabase,
} from "../../support/plain-agent.ts";
import { say } from "../../support/say.ts";

const HOLDER = { pid: 77, command: "editor", isGone: false };

it("a restore that finds a file written to again and again names it, and who has it open", async () => {
	const on = plainMachine();
	await say(on, "create");
	put(on, "config.yaml", "model: other\n");
	let times = 0;
	on.before = (call) => {
		if (/\.restore\/new/.test(call)) put(on, "config.yaml", `n: ${times++}\n`);
	};
	on.holders = new Map([[`${HOME}/config.yaml`, [HOLDER]]]);
	const { text, exitCode } = await say(on, "restore 1");
	expect(exitCode).toBe(1);
	expect(text).toBe(
		"config.yaml, which editor (process 77) has open, is written to or replaced faster than it can be saved. Nothing was changed.\nRepeat the command in a quieter moment, or stop editor (process 77) first.",
	);
	expect(times).toBeGreaterThan(3);
});

it("and says that a file is only open where nobody writes to it", async () => {
	const on = plainMachine();
	await say(on, "create");
	putDatabase(on, "state.db", "MALFORMED");
	on.before = (call) => {
		if (/\.restore\/new/.test(call))
			on.holders = new Map([[`${HOME}/state.db`, [HOLDER]]]);
		else if (/\.restore\/undo/.test(call)) on.holders = new Map();
	};
	const { text, exitCode } = await say(on, "restore 1");
	expect(exitCode).toBe(1);
	expect(text).toBe(
		"state.db is open in editor (process 77), and has to be closed before it can be replaced. Nothing was changed.\nClose it there, or stop editor (process 77), and repeat the command.",
	);
});
