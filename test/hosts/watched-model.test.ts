import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { runCli } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";

const GOES = `const fs = require("fs"), [home, to] = process.argv.slice(1);
fs.writeFileSync(home + "/settings.json", JSON.stringify({ theme: "dark", model: to }));
fs.writeFileSync(home + "/config.json", JSON.stringify({ theme: "dark" }));`;

it.each([
	["settings.json", "opus", "haiku", 14],
	["settings.json", "opus", "opus", 0],
	["config.json", "opus", "haiku", 14],
])("run minds Copilot's model, which %s says, from %s to %s: exit code %d", async (file, from, to, code) => {
	const home = path.join(scratch(), ".copilot");
	fs.mkdirSync(home);
	fs.writeFileSync(path.join(home, "settings.json"), "{}");
	for (const name of ["config.json", file])
		fs.writeFileSync(
			path.join(home, name),
			JSON.stringify({ theme: "dark", ...(name === file && { model: from }) }),
		);
	const update = [process.execPath, "-e", GOES, home, to];
	const done = await runCli([
		...["--host", "copilot", "--home", home, "run", "--", ...update],
	]);
	expect(done.code, done.stdout).toBe(code);
	if (code !== 0) expect(done.stdout).toContain("its model");
});
