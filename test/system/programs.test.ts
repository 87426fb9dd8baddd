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
