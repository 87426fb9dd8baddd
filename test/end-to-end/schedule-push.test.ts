import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import { runCli } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";

const timeout = 120_000;
let folder = "";
let home = "";

beforeEach(() => {
	folder = scratch();
	home = makeHermesHome({ dir: path.join(folder, "home"), dbMb: 0.2 });
	fs.writeFileSync(path.join(folder, "key"), "a password\n", { mode: 0o600 });
});

const run = (...words: string[]) =>
	runCli(["--home", home, "--json", ...words], { env: { HOME: folder } });

const repository = () => path.join(folder, "elsewhere");

function heldElsewhere(): unknown[] {
	const file = path.join(folder, "key");
	const words = ["-r", repository(), "-p", file, "snapshots", "--json"];
	return JSON.parse(execFileSync("restic", words, { encoding: "utf8" }));
}

describe("schedule run --push", () => {
	it("sends the newest snapshot elsewhere, once", { timeout }, async () => {
		const key = ["--password-file", path.join(folder, "key")];
		expect((await run("remote", "add", repository(), ...key)).code).toBe(0);
		const first = await run("schedule", "run", "--push");
		expect(first.code).toBe(0);
		expect(JSON.parse(first.stdout).data.run).toMatchObject({
			ok: true,
			steps: [{ step: "snapshot" }, { step: "push" }],
		});
		const again = JSON.parse((await run("remote", "push")).stdout);
		expect(again.data).toMatchObject({ sent: false });
		expect(heldElsewhere()).toHaveLength(1);
	});

	it("is begun by cron with what the shell has, and nothing else of it", {
		timeout,
	}, async () => {
		const own = path.join(folder, "my programs");
		fs.mkdirSync(own);
		const program = (name: string, text: string) =>
			fs.writeFileSync(path.join(own, name), `#!/bin/sh\n${text}\n`, {
				mode: 0o700,
			});
		const [table, used] = ["table", "used"].map((name) =>
			path.join(folder, name),
		);
		const restic = execFileSync("sh", ["-c", "command -v restic"]);
		program("crontab", `[ "$1" = -l ] && cat "${table}" || cat > "${table}"`);
		program("restic", `: > "${used}"; exec ${String(restic).trim()} "$@"`);
		fs.writeFileSync(table ?? "", "");
		const env = { HOME: folder, PATH: `${own}:${process.env.PATH}` };
		const here = (...words: string[]) =>
			runCli(["--home", home, "--json", ...words], { env });
		const key = ["--password-file", path.join(folder, "key")];
		expect((await here("remote", "add", repository(), ...key)).code).toBe(0);
		const installed = await here("schedule", "install", "--push", "--yes");
		expect(installed.code).toBe(0);
		const line = /^\d+ \* \* \* \* (.*)$/m.exec(
			fs.readFileSync(table ?? "", "utf8"),
		);
		fs.rmSync(used ?? "");
		// As cron does, with the night that was missed.
		const words = (line?.[1] ?? "").replace(" --if-due", "");
		execFileSync("/usr/bin/env", ["-i", "/bin/sh", "-c", words]);
		expect(fs.existsSync(used ?? "")).toBe(true);
		expect(heldElsewhere()).toHaveLength(1);
	});

	it("makes the snapshot, and is a failure, when nothing is there to push to", {
		timeout,
	}, async () => {
		expect((await run("schedule", "install", "--push")).code).toBe(2);
		const { code, stdout } = await run("schedule", "run", "--push");
		expect(code).not.toBe(0);
		expect(JSON.parse(stdout).data.run).toMatchObject({
			ok: false,
			steps: [
				{ step: "snapshot", ok: true },
				{ step: "push", ok: false },
			],
		});
		expect((await run("list")).stdout).toMatch(/scheduled/);
	});
});
