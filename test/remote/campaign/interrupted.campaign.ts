import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { proxyTo } from "../../support/cutting-proxy.ts";
import { cli } from "../../support/paths.ts";
import { prose } from "../../support/prose.ts";
import {
	passwordFile,
	resticByHand,
	type Server,
	testServer,
} from "../../support/restic-server.ts";
import { snapshot } from "../../support/run-cli.ts";
import { scratch } from "../../support/scratch.ts";
import { storeOf } from "../../support/store.ts";
import { count, plainHome, talk } from "./large-home.ts";

const CUTS = count("CUTS", 5);
const KILLS = count("KILLS", 200);

it(`finishes after each of ${CUTS} cuts in the middle of a push`, async () => {
	const home = plainHome(count("DB_MB", 200));
	const server = await testServer();
	const proxy = await proxyTo(server.port);
	onTestFinished(() => proxy.stop());
	const key = passwordFile(scratch());
	await snapshot(home, ["remote", "add", proxy.url, "--password-file", key]);
	const random = prose(7);
	for (let cut = 1; cut <= CUTS; cut++) {
		talk(home, 500, cut);
		await snapshot(home, ["create", `cut ${cut}`, "--force"]);
		proxy.cutAfter(20_000 + random.number(cut === 1 ? 60e6 : 10e6));
		const child = startPush(home);
		// restic tries for minutes: somebody gives up.
		const timer = setTimeout(() => child.kill("SIGINT"), 15_000);
		const [code] = await once(child, "exit");
		clearTimeout(timer);
		proxy.heal();
		const again = await snapshot(home, ["remote", "push"]);
		expect(again.json.exitCode).toBe(0);
		console.log(`cut ${cut}: exit ${code}, then ${again.json.text}`);
		expectClean(server, key);
	}
	await expectAllThere(home);
});

it(`is none the worse for ${KILLS} pushes that were killed at any moment`, async () => {
	const home = plainHome(count("KILL_DB_MB", 10));
	const server = await testServer();
	const key = passwordFile(scratch());
	await snapshot(home, [
		...["remote", "add", server.url, "--password-file", key],
	]);
	await snapshot(home, ["create", "first"]);
	const begun = performance.now();
	await snapshot(home, ["remote", "push"]);
	const usual = performance.now() - begun;
	const random = prose(11);
	const outcomes = { killed: 0, ended: 0 };
	for (let kill = 1; kill <= KILLS; kill++) {
		talk(home, 20, kill);
		await snapshot(home, ["create", `kill ${kill}`, "--force"]);
		const child = startPush(home);
		const timer = setTimeout(
			() => child.kill("SIGKILL"),
			random.number(usual * 1.1),
		);
		const [, signal] = await once(child, "exit");
		clearTimeout(timer);
		outcomes[signal === "SIGKILL" ? "killed" : "ended"]++;
		if (kill % 20 !== 0 && kill !== KILLS) continue;
		const pushed = await snapshot(home, ["remote", "push"]);
		expect(pushed.json.exitCode, pushed.json.text).toBe(0);
		const checked = await snapshot(home, ["remote", "verify"]);
		expect(checked.json.exitCode, checked.json.text).toBe(0);
		expect((await snapshot(home, ["verify"])).json.exitCode).toBe(0);
		console.log(`${kill}: ${JSON.stringify(outcomes)}`);
	}
	expectClean(server, key);
	await expectAllThere(home);
});

function startPush(home: string) {
	return spawn(
		process.execPath,
		[cli, "--home", home, "--host", "hermes", "--json", "remote", "push"],
		{ stdio: "ignore" },
	);
}

function expectClean({ url }: Server, key: string): void {
	resticByHand(url, key, ["unlock"]);
	const check = resticByHand(url, key, ["check", "--read-data"]);
	expect(check.status, check.stderr).toBe(0);
}

/** Each one that is listed is whole, and no push has left anything behind. */
async function expectAllThere(home: string): Promise<void> {
	const listed = await snapshot(home, ["remote", "list"]);
	const ids = (listed.json.data.snapshots ?? []).map(({ id }) => id);
	expect(ids.length).toBeGreaterThan(0);
	const some = ids.filter((_, index) => index % 10 === 0).slice(0, 6);
	for (const id of some) {
		await snapshot(home, ["remove", id, "--yes", "--force"]);
		const pulled = await snapshot(home, ["remote", "pull", id]);
		expect(pulled.json, pulled.json.text).toMatchObject({ exitCode: 0 });
	}
	expect((await snapshot(home, ["verify"])).json.exitCode).toBe(0);
	const left = fs
		.readdirSync(storeOf(home))
		.filter((name) => /^\.(pushing|scratch|\d)/.test(name));
	expect(left).toEqual([]);
}
