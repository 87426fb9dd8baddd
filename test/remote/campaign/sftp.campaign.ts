import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { passwordFile, resticByHand } from "../../support/restic-server.ts";
import { snapshot } from "../../support/run-cli.ts";
import { scratch } from "../../support/scratch.ts";
import { count, plainHome, talk } from "./large-home.ts";

it("keeps snapshots on a server of SFTP, and a blank machine has them back", async () => {
	const { url, folder, env } = anotherMachine();
	const home = plainHome(count("DB_MB", 200));
	const key = passwordFile(scratch());
	const say = (at: string, words: readonly string[]) =>
		snapshot(at, words, { env });
	const added = await say(home, [
		...["remote", "add", url, "--password-file", key],
	]);
	expect(added.json.data, added.json.text).toMatchObject({ canDelete: true });
	for (const seed of [1, 2]) {
		talk(home, 50, seed);
		await say(home, ["create", `push ${seed}`, "--force"]);
		const pushed = await say(home, ["remote", "push"]);
		expect(pushed.json, pushed.json.text).toMatchObject({ exitCode: 0 });
	}
	const forgotten = await say(home, ["remote", "forget"]);
	expect(forgotten.json, forgotten.json.text).toMatchObject({ exitCode: 0 });
	const blank = path.join(scratch(), "blank");
	await say(blank, ["remote", "add", url, "--password-file", key]);
	const back = await say(blank, ["remote", "restore", "1"]);
	expect(back.json, back.json.text).toMatchObject({ exitCode: 0 });
	expect((await say(blank, ["verify", "--full"])).json.exitCode).toBe(0);
	const check = resticByHand(folder, key, ["check", "--read-data"]);
	expect(check.status, check.stderr).toBe(0);
});

/** OpenSSH's server of SFTP, as `ssh` starts it on the other machine. */
const SERVER = "/usr/lib/openssh/sftp-server";

function anotherMachine() {
	if (!fs.existsSync(SERVER))
		throw new Error("It needs Debian's openssh-sftp-server.");
	const folder = path.join(scratch(), "repository");
	const ssh = scratch();
	fs.writeFileSync(
		path.join(ssh, "ssh"),
		`#!/bin/sh\n[ "$*" = "example.com -l backup -s sftp" ] && exec ${SERVER}\n`,
		{ mode: 0o755 },
	);
	return {
		url: `sftp:backup@example.com:${folder}`,
		folder,
		env: { PATH: `${ssh}:${process.env.PATH}` },
	};
}
