import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { VERBS } from "../../src/commands/call/grammar.ts";
import { root } from "../support/paths.ts";
import { scratch } from "../support/scratch.ts";

const script = path.join(root, "hermes/agent-snapshot.sh");

const SNAPSHOT =
	"agent-snapshot create --home ~/.hermes --reason pre-update --best-effort --timeout 60";

/** What is started, in order, when somebody types that in a shell with our function in it. */
function started(
	typed: string,
	files: readonly string[] = [],
	shell = "bash",
): string[] {
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
	execFileSync(shell, ["-c", `. "${script}"; ${typed}`], {
		env: { HOME: home, PATH: `${home}/bin:${process.env.PATH}` },
	});
	return fs.readFileSync(log, "utf8").trim().replaceAll(home, "~").split("\n");
}

describe("Hermes' shell function", () => {
	it("takes a snapshot before an update, and passes all words on", () => {
		expect(started("hermes update --yes 'two words'")).toEqual([
			SNAPSHOT,
			"hermes update --yes two words",
		]);
	});

	it.each([
		"--profile coder update",
		"-p coder update",
		"--profile=coder update",
		"update -p coder",
		"--profile update update",
		"-p coder -m some/model --yolo upgrade",
		"--reasoning high update",
		"--continue update",
		"-c old -p coder update",
	])("takes one of the whole home before hermes %s", (words) => {
		expect(started(`hermes ${words}`)).toEqual([SNAPSHOT, `hermes ${words}`]);
	});

	it("takes one of the whole home where the variable names a profile", () => {
		expect(
			started("export HERMES_HOME=$HOME/.hermes/profiles/ada; hermes update"),
		).toEqual([SNAPSHOT, "hermes update"]);
	});

	it.each([
		"-p update",
		"--profile update chat",
		"-m update",
		"chat -q update",
		"--resume update",
		"skills update",
	])("takes none before hermes %s", (words) => {
		expect(started(`hermes ${words}`)).toEqual([`hermes ${words}`]);
	});

	it.each([
		["hermes -p coder", "hermes -p coder"],
		["hermes chat -p coder", "hermes chat -p coder"],
		[
			"hermes --profile=coder gateway run",
			"hermes --profile=coder gateway run",
		],
		[
			"export HERMES_HOME=$HOME/.hermes/profiles/coder; hermes chat",
			"hermes chat",
		],
		["echo coder > ~/.hermes/active_profile; hermes chat", "hermes chat"],
	])("has done what waits in a profile: %s", (typed, last) => {
		expect(
			started(typed, ["../profiles/coder/state-snapshots/.next-start.json"]),
		).toEqual(["agent-snapshot recover --home ~/.hermes/profiles/coder", last]);
	});

	it.runIf(fs.existsSync("/usr/bin/zsh") || fs.existsSync("/bin/zsh"))(
		"is read by zsh, too",
		() => {
			expect(started("hermes -p coder update", [], "zsh")).toEqual([
				SNAPSHOT,
				"hermes -p coder update",
			]);
		},
	);

	it.each([
		".next-start.json",
		".restore/journal.json",
	])("has what waits done before a start: %s", (file) => {
		expect(started("hermes gateway start", [file])).toEqual([
			"agent-snapshot recover --home ~/.hermes",
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
