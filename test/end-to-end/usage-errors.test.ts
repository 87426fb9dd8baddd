import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import { difference, record } from "../support/oracle.ts";
import { runCli, snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import { snapshotFolders } from "../support/store.ts";

let home = "";
beforeEach(() => {
	home = makeHermesHome({ dir: path.join(scratch(), "home"), dbMb: 0.1 });
});

describe("a wrong word", () => {
	it.each([
		{ words: ["crate"], exitCode: 2, says: /create/ },
		{ words: ["restor", "1"], exitCode: 2, says: /restore/ },
		{ words: ["restore"], exitCode: 2, says: /restore <.*>/ },
		{ words: ["restore", "99"], exitCode: 1, says: /99/ },
		{ words: ["restore", "0"], exitCode: 1, says: /0/ },
		{ words: ["restore", "no-such-id"], exitCode: 1, says: /no-such-id/ },
		{ words: ["undo"], exitCode: 1, says: /undo/i },
		{ words: ["prune", "0"], exitCode: 2, says: /0/ },
		{ words: ["prune", "-1"], exitCode: 2, says: /-1/ },
		{ words: ["prune", "--", "-1"], exitCode: 2, says: /-1/ },
		{ words: ["prune", "1.5"], exitCode: 2, says: /1\.5/ },
		{ words: ["prune", "1e3"], exitCode: 2, says: /1e3/ },
		{ words: ["prune", "0x10"], exitCode: 2, says: /0x10/ },
		{ words: ["prune", "many"], exitCode: 2, says: /many/ },
		{ words: ["prune", "1", "2"], exitCode: 2, says: /prune/ },
		{ words: ["list", "--limit", "0"], exitCode: 2, says: /limit/ },
		{ words: ["list", "--limit"], exitCode: 2, says: /limit/ },
		{ words: ["create", "--frce"], exitCode: 2, says: /--force/ },
		{ words: ["help", "crate"], exitCode: 2, says: /create/ },
	])("$words is refused in a sentence, exit $exitCode, and nothing changes", async ({
		words,
		exitCode,
		says,
	}) => {
		await snapshot(home, ["create"]);
		const before = record(home);
		const folders = snapshotFolders(home);

		const reply = await snapshot(home, words);
		expect(reply.code, reply.json.text).toBe(exitCode);
		expect(reply.json).toMatchObject({
			ok: false,
			exitCode,
			error: {
				code: expect.any(String),
				message: expect.any(String),
				hint: expect.any(String),
			},
		});
		expect(reply.json.text).toMatch(says);
		expect(difference(before, record(home))).toEqual([]);
		expect(snapshotFolders(home)).toEqual(folders);

		const said = await runCli(["--home", home, ...words]);
		expect(said.code).toBe(exitCode);
		expect(said.stdout + said.stderr).toMatch(says);
		expect(said.stdout + said.stderr, "no stack").not.toMatch(/^\s+at /m);
	});

	it("an ambiguous beginning is refused and names the candidates", async () => {
		const first =
			(await snapshot(home, ["create", "one", "--force"])).json.data.snapshot
				?.id ?? "";
		const second =
			(await snapshot(home, ["create", "two", "--force"])).json.data.snapshot
				?.id ?? "";
		const ambiguous = await snapshot(home, ["restore", first.slice(0, 10)]);
		expect(ambiguous.code).toBe(1);
		expect(ambiguous.json.text).toContain(first);
		expect(ambiguous.json.text).toContain(second);
	});
});
