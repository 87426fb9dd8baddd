import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { createPrograms } from "../../src/system/programs.ts";
import { scratch } from "../support/scratch.ts";

it("finds a running script by its name, and tells nothing of its environment but what is asked for", async () => {
	const script = path.join(scratch(), "some-agent.js");
	fs.writeFileSync(script, "process.stdin.resume(); console.log('up');");
	const child = spawn(process.execPath, [script], {
		env: { SOME_HOME: "/srv/a=b", SOME_KEY: "hidden" },
	});
	await once(child.stdout, "data");
	const found = createPrograms("/opt/ours").running(
		["some-agent"],
		["SOME_HOME", "HOME"],
	);
	child.stdin.end();
	await once(child, "exit");
	expect(found?.filter(({ pid }) => pid === child.pid)).toEqual([
		{
			pid: child.pid,
			command: "some-agent",
			environment: { SOME_HOME: "/srv/a=b" },
		},
	]);
});

it.each([
	"SIGINT",
	"SIGTERM",
] as const)("a program gets the %s that came before it was there", async (signal) => {
	const others = () => {};
	process.on(signal, others);
	process.kill(process.pid, signal);
	const ended = await createPrograms("/opt/ours").runAttached({
		command: ["sleep", "60"],
		environment: {},
		output: "stderr",
	});
	expect(process.listeners(signal)).toContain(others);
	process.off(signal, others);
	expect(ended).toEqual({ exitCode: signal === "SIGINT" ? 130 : 143, signal });
});
