import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import { runCli } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";

it("a list reads one of the engine's two files, and a first snapshot both", async () => {
	const home = makeHermesHome({ dir: path.join(scratch(), "home"), dbMb: 0.1 });
	const env = { XDG_CACHE_HOME: scratch() };
	const read = () =>
		fs
			.readdirSync(path.join(env.XDG_CACHE_HOME, "agent-snapshot"))
			.map((name) => name.replace(/-v\d.*$/, ""))
			.sort();
	await runCli(["--home", home, "list"], { env });
	expect(read()).toEqual(["list"]);
	await runCli(["--home", home, "create"], { env });
	expect(read()).toEqual(["create", "create-rest.cjs", "list"]);
	await runCli(["--home", home, "list", "--all"], { env });
	expect(read()).toEqual(["create", "create-rest.cjs", "list"]);
});
