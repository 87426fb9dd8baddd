import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { proxyTo } from "../support/cutting-proxy.ts";
import { changeRows } from "../support/hermes-databases.ts";
import { makeHermesHome } from "../support/hermes-home.ts";
import { largeHome, largeRows } from "../support/large-home.ts";
import {
	hasRestic,
	passwordFile,
	resticByHand,
	testServer,
} from "../support/restic-server.ts";
import { runCli, snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import { storeOf } from "../support/store.ts";

const say = snapshot;
let key = "";
beforeEach(() => {
	key = passwordFile(scratch());
});

describe.skipIf(!hasRestic)("an append-only repository", () => {
	it("takes snapshots, gives them back to a blank machine as they were, and lets this machine delete none", async () => {
		const home = largeHome();
		const server = await testServer();
		const added = await say(home, [
			...["remote", "add", server.url, "--password-file", key],
		]);
		expect(added.json).toMatchObject({
			data: { name: "offsite", isNew: true, canDelete: false },
		});
		for (const label of ["one, with a comma", "two"]) {
			changeRows(
				path.join(home, "state.db"),
				`UPDATE filler SET text = '${label}' WHERE i % 700 = 1`,
			);
			await say(home, ["create", label]);
			await say(home, ["remote", "push"]);
		}
		const again = await say(home, ["remote", "push", "2"]);
		expect(again.json.data).toMatchObject({ sent: false, added: 0 });
		const listed = await say(home, ["remote", "list"]);
		expect(listed.json.data).toMatchObject({
			canDelete: false,
			snapshots: [
				{ number: 1, label: "two", own: true, complete: true },
				{ number: 2, label: "one, with a comma", reason: "manual" },
			],
		});

		const forgotten = await say(home, ["remote", "forget"]);
		// By the rules only one of a day stays.
		expect(forgotten.json).toMatchObject({ exitCode: 1, ok: false });
		expect(forgotten.json.text).toContain("delete none");
		expect((await say(home, ["remote", "list"])).json.data).toMatchObject({
			total: 2,
		});

		const blank = path.join(scratch(), "new/.hermes");
		await say(blank, ["remote", "add", server.url, "--password-file", key]);
		const restored = await say(blank, ["remote", "restore", "latest"]);
		expect(restored.json).toMatchObject({ exitCode: 0 });
		expect(largeRows(blank)).toEqual(largeRows(home));
		expect(fs.readFileSync(path.join(blank, "SOUL.md"))).toEqual(
			fs.readFileSync(path.join(home, "SOUL.md")),
		);
		expect((await say(blank, ["verify"])).json).toMatchObject({ exitCode: 0 });
		expect((await say(blank, ["list"])).json.data.snapshots).toMatchObject([
			{ reason: "before-restore" },
			{ number: 1, label: "two", reason: "pulled" },
		]);
		await say(blank, ["undo"]);
		expect(fs.existsSync(path.join(blank, "SOUL.md"))).toBe(false);

		const into = path.join(scratch(), "elsewhere");
		const told = await say(home, ["remote", "restore", "2", "--into", into]);
		expect(told.json.text).toContain(`--home ${into} undo`);
		expect(JSON.stringify(largeRows(into))).toContain("one, with a comma");
		expect((await say(home, ["remote", "verify"])).json.exitCode).toBe(0);
		expect((await say(home, ["status"])).json.data).toMatchObject({
			remotes: [{ name: "offsite", canDelete: false, lastFailure: null }],
		});
		expect(leftIn(home)).toEqual([]);
	});

	it("is restored by restic alone: plain files, and parts that cat puts together", async () => {
		const home = largeHome();
		const server = await testServer();
		await say(home, ["remote", "add", server.url, "--password-file", key]);
		await say(home, ["create"]);
		await say(home, ["remote", "push"]);
		const to = path.join(scratch(), "by-hand");
		resticByHand(server.url, key, ["restore", "latest", "--target", to]);
		expect(fs.readFileSync(path.join(to, "config.yaml"))).toEqual(
			fs.readFileSync(path.join(home, "config.yaml")),
		);
		const parts = path.join(to, "state.db");
		const whole = Buffer.concat(
			fs
				.readdirSync(parts)
				.sort()
				.map((name) => fs.readFileSync(path.join(parts, name))),
		);
		fs.rmSync(parts, { recursive: true });
		fs.writeFileSync(parts, whole);
		expect(largeRows(to)).toEqual(largeRows(home));
	});

	it("holds up nothing here while it is slow, and gets what was pushed even if that is removed meanwhile", async () => {
		const home = largeHome();
		const server = await testServer();
		const proxy = await proxyTo(server.port);
		onTestFinished(() => proxy.stop());
		await say(home, ["remote", "add", proxy.url, "--password-file", key]);
		await say(home, ["create", "pushed"]);
		const holds = proxy.holdAfter(500_000);
		const pushing = say(home, ["remote", "push"]);
		await holds;
		changeRows(path.join(home, "state.db"), "DELETE FROM filler WHERE i > 9");
		const created = await say(home, ["create", "later", "--wait", "0"]);
		expect(created.json).toMatchObject({ exitCode: 0 });
		const removed = await say(home, ["remove", "2", "--yes", "--wait", "0"]);
		expect(removed.json).toMatchObject({ exitCode: 0 });
		const second = await say(home, ["remote", "push"]);
		expect(second.json).toMatchObject({
			exitCode: 11,
			error: { code: "locked" },
		});
		proxy.heal();
		expect((await pushing).json).toMatchObject({ exitCode: 0 });
		const pulled = await say(home, ["remote", "pull", "latest"]);
		expect(pulled.json.data).toMatchObject({
			new: true,
			snapshot: { number: 2, label: "pushed" },
		});
		expect((await say(home, ["verify"])).json.exitCode).toBe(0);
		expect(leftIn(home)).toEqual([]);
	});

	it("gets all of it by the next push when the connection was cut in the middle of one", async () => {
		const home = largeHome();
		const server = await testServer();
		const proxy = await proxyTo(server.port);
		onTestFinished(() => proxy.stop());
		await say(home, ["remote", "add", proxy.url, "--password-file", key]);
		await say(home, ["create"]);
		proxy.cutAfter(1_500_000);
		const child = await runCli(
			["--home", home, "--host", "hermes", "--json", "remote", "push"],
			// restic tries for minutes, and a person gives up before.
			{ under: ["timeout", "--signal=INT", "4"] },
		);
		expect(child.json?.exitCode ?? 130).not.toBe(0);
		proxy.heal();
		expect((await say(home, ["remote", "push"])).json).toMatchObject({
			exitCode: 0,
			data: { sent: true },
		});
		const check = resticByHand(server.url, key, ["check", "--read-data"]);
		expect(check.status, check.stderr).toBe(0);
		expect(leftIn(home)).toEqual([]);
	});
});

describe.skipIf(!hasRestic)("what cannot be used", () => {
	it.each([
		["a wrong password", "wrong\n", 0o600, 12, "does not open"],
		["a password that others can read", "x\n", 0o644, 1, "read by others"],
		["an empty password file", "", 0o600, 1, "is empty"],
		["a password file of a line's end", "\n", 0o600, 1, "is empty"],
	])("is told, and nothing is set up: %s", async (_, password, mode, exitCode, says) => {
		const home = makeHermesHome({ dir: path.join(scratch(), "home") });
		const folder = path.join(scratch(), "repository");
		resticByHand(folder, key, ["init"]);
		const file = path.join(scratch(), "password");
		fs.writeFileSync(file, password, { mode });
		const added = await say(home, [
			...["remote", "add", folder, "--password-file", file],
		]);
		expect(added.json).toMatchObject({ exitCode });
		expect(added.json.text).toContain(says);
		expect(fs.existsSync(path.join(storeOf(home), "config.json"))).toBe(false);
	});

	it.each<[string, (home: string) => string]>([
		["local: and the home", (home) => `local:${home}/backups`],
		[
			"a link to the home",
			(home) => {
				const link = path.join(scratch(), "link");
				fs.symlinkSync(home, link);
				return path.join(link, "backups/deep");
			},
		],
	])("is a repository that would be lost with the home, by %s", async (_, place) => {
		const home = makeHermesHome({ dir: path.join(scratch(), "home") });
		const before = fs.readdirSync(home);
		const added = await say(home, [
			...["remote", "add", place(home), "--password-file", key],
		]);
		expect(added.json).toMatchObject({ exitCode: 2 });
		expect(added.json.text).toContain("lies in the home");
		expect(fs.readdirSync(home)).toEqual(before);
	});
});

describe.skipIf(!hasRestic)("an address without its login", () => {
	it("is completed from the environment file, and the login stands nowhere else", async () => {
		const home = makeHermesHome({ dir: path.join(scratch(), "home") });
		const password = "s3cret of#ada@/:%";
		const server = await testServer([
			...["--append-only", "--user", "ada", "--pass", password],
		]);
		const file = path.join(scratch(), "rest.env");
		const text = `RESTIC_REST_USERNAME=ada\nRESTIC_REST_PASSWORD="${password}"\n`;
		fs.writeFileSync(file, text, { mode: 0o600 });
		const add = ["remote", "add", server.url, "--password-file", key];
		const refused = await say(home, add);
		expect(refused.json).toMatchObject({ exitCode: 1 });
		const added = await say(home, [...add, "--environment-file", file]);
		expect(added.json, added.json.text).toMatchObject({ exitCode: 0 });
		await say(home, ["create"]);
		const pushed = await say(home, ["remote", "push"]);
		expect(pushed.json).toMatchObject({ exitCode: 0, data: { sent: true } });
		const settings = path.join(storeOf(home), "config.json");
		expect(fs.readFileSync(settings, "utf8")).not.toContain("s3cret");
	});
});

/** What a push or a pull works in. */
function leftIn(home: string): string[] {
	return fs
		.readdirSync(storeOf(home))
		.filter((name) => /^\.(pushing|scratch|\d)/.test(name));
}
