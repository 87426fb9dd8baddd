import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { VERBS } from "../../src/commands/grammar.ts";
import { root } from "../support/paths.ts";
import { scratch } from "../support/scratch.ts";

const script = path.join(root, "hermes/agent-snapshot.sh");

/** What is started, in order, when somebody types that in a shell with our function in it. */
function started(typed: string, files: readonly string[] = []): string[] {
	const home = scratch();
	const log = path.join(home, "log");
	for (const name of ["hermes", "agent-snapshot"]) {
		const program = path.join(home, "bin", name);
		fs.mkdirSync(path.dirname(program), { recursive: true });
		fs.writeFileSync(program, `#!/bin/sh\necho "${name} $*" >> "${log}"\n`);
		fs.chmodSync(program, 0o755);
	}
	for (const file of files) {
		const full = path.join(home, ".hermes/state-snapshots", file);
		fs.mkdirSync(path.dirname(full), { recursive: true });
		fs.writeFileSync(full, "{}");
	}
	execFileSync("bash", ["-c", `. "${script}"; ${typed}`], {
		env: { HOME: home, PATH: `${home}/bin:${process.env.PATH}` },
	});
	return fs.readFileSync(log, "utf8").trim().split("\n");
}

describe("Hermes' shell function", () => {
	it("takes a snapshot before an update, and passes all words on", () => {
		expect(started("hermes update --yes 'two words'")).toEqual([
			"agent-snapshot create --reason pre-update --best-effort --timeout 60",
			"hermes update --yes two words",
		]);
	});

	it.each([
		".next-start.json",
		".restore/journal.json",
	])("has what waits done before a start: %s", (file) => {
		expect(started("hermes gateway start", [file])).toEqual([
			"agent-snapshot recover",
			"hermes gateway start",
		]);
	});

	it("is not in the way of anything else", () => {
		expect(started("hermes")).toEqual(["hermes"]);
	});

	it("uses flags that there are", () => {
		const { flags = {} } = VERBS.find(({ name }) => name === "create") ?? {};
		expect(Object.keys(flags)).toEqual(
			expect.arrayContaining(["reason", "best-effort", "timeout"]),
		);
	});
});
