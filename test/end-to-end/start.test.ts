import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import { runCli } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";

function scene() {
	const home = makeHermesHome({ dir: path.join(scratch(), "home"), dbMb: 0.1 });
	/** The engine's files that a command has read, by those of which V8's code is kept then. */
	const readBy = async (...words: string[]) => {
		const env = { XDG_CACHE_HOME: scratch() };
		const { code, stderr } = await runCli(["--home", home, ...words], { env });
		expect({ words, code, stderr }).toEqual({ words, code: 0, stderr: "" });
		const kept = fs.readdirSync(
			path.join(env.XDG_CACHE_HOME, "agent-snapshot"),
		);
		return kept
			.map((name) => /-([a-z\d-]+)\.cjs-v/.exec(name)?.[1] ?? "main")
			.sort();
	};
	/** By one that finds nothing new, when the files are old enough to tell that from how they look. */
	const readByNothingNew = async () => {
		for (;;) {
			await readBy("create", "--force");
			const read = await readBy("create");
			if (!read.includes("rest")) return read;
		}
	};
	return { home, readBy, readByNothingNew };
}

it("a list, and a create that finds nothing new, read one of the engine's files; what writes two", async () => {
	const { home, readBy, readByNothingNew } = scene();
	const both = ["main", "rest"];
	expect(await readBy("list")).toEqual(["main"]);
	expect(await readBy("create")).toEqual(both);
	expect(await readBy("list", "--all")).toEqual(["main"]);
	expect(await readByNothingNew()).toEqual(["main"]);
	fs.appendFileSync(path.join(home, "config.yaml"), "# changed\n");
	expect(await readBy("restore", "1")).toEqual(both);
	expect(await readBy("undo")).toEqual(both);
	expect(await readBy("create", "two")).toEqual(both);
	expect(await readBy("prune", "1")).toEqual(both);
	expect(await readBy("auto", "compaction")).toEqual(both);
	expect(await readBy("auto", "start")).toEqual(both);
	expect(await readBy("status")).toEqual(both);
});

it("what is rare, and each heavy package, is read when it is asked for", async () => {
	const { home, readBy, readByNothingNew } = scene();
	await readBy("create");
	expect(await readBy("verify", "1")).not.toContain("yaml");
	fs.appendFileSync(path.join(home, "config.yaml"), "changed: true\n");
	expect(await readBy("help")).toEqual(["main", "rare"]);
	expect(await readBy("restore", "1", "--dry-run")).toContain("rare");
	expect(await readBy("diff", "1")).toEqual(
		expect.arrayContaining(["rare", "yaml"]),
	);
	const settings = path.join(home, "state-snapshots/config.json");
	fs.writeFileSync(settings, `{ "keep": { "before-restore": 4 } }\n`, {
		mode: 0o600,
	});
	expect(await readByNothingNew()).toEqual(["jsonc-parser", "main"]);
});
