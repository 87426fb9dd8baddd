import fs from "node:fs";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { proxyTo } from "../../support/cutting-proxy.ts";
import { difference, record } from "../../support/oracle.ts";
import {
	passwordFile,
	resticByHand,
	testServer,
} from "../../support/restic-server.ts";
import { snapshot } from "../../support/run-cli.ts";
import { scratch } from "../../support/scratch.ts";
import { storeOf } from "../../support/store.ts";
import { count, homeOf, measuringRestic, talk } from "./large-home.ts";

const PUSHES = count("PUSHES", 20);
const DB_MB = count("DB_MB", 200);

it(`pushes ${PUSHES} snapshots of a database of ${DB_MB} MB, and a blank machine has one back in a moment`, async () => {
	const home = homeOf(DB_MB);
	const server = await testServer();
	const proxy = await proxyTo(server.port);
	onTestFinished(() => proxy.stop());
	const { folder, peaks } = measuringRestic();
	// As it is kept from one push to the next, in a home of its own.
	const cache = scratch();
	const env = {
		PATH: `${folder}:${process.env.PATH}`,
		RESTIC_CACHE_DIR: cache,
	};
	const key = passwordFile(scratch());
	const say = (at: string, words: readonly string[]) =>
		snapshot(at, words, { env });
	await say(home, ["remote", "add", proxy.url, "--password-file", key]);
	peaks();
	const rows: object[] = [];
	for (let push = 1; push <= PUSHES; push++) {
		talk(home, 50, push);
		await say(home, ["create", `push ${push}`, "--force"]);
		const before = { sent: proxy.sent(), requests: proxy.requests() };
		const pushed = await say(home, ["remote", "push"]);
		expect(pushed.json).toMatchObject({ exitCode: 0, data: { sent: true } });
		rows.push({
			MB: round((proxy.sent() - before.sent) / 1e6),
			requests: proxy.requests() - before.requests,
			seconds: round(Number(Object(pushed.json.data).milliseconds) / 1000),
			"memory MB": round(Math.max(...peaks())),
		});
	}
	console.table(rows);
	const listed = await say(home, ["remote", "list"]);
	expect(listed.json.data.snapshots).toHaveLength(PUSHES);
	const forgotten = await say(home, ["remote", "forget"]);
	expect(forgotten.json.text).toContain("delete none");
	expect((await say(home, ["remote", "list"])).json.data).toMatchObject({
		total: PUSHES,
	});

	const now = record(home);
	const blank = path.join(scratch(), "blank");
	await say(blank, ["remote", "add", server.url, "--password-file", key]);
	const begun = performance.now();
	const restored = await say(blank, ["remote", "restore", "1"]);
	const seconds = round((performance.now() - begun) / 1000);
	expect(restored.json).toMatchObject({ exitCode: 0 });
	console.log(`restored to a blank machine in ${seconds} s`);
	const id = listed.json.data.snapshots?.[0]?.id ?? "";
	const manifest = path.join(storeOf(home), id, "manifest.json");
	const { entries } = JSON.parse(fs.readFileSync(manifest, "utf8"));
	const captured = new Set(
		entries.map(({ path: one }: { path: string }) => one),
	);
	const other = difference(now, record(blank)).filter((line) => {
		const file = line.slice(0, line.indexOf(": "));
		const isLeft = /gateway_state\.json|processes\.json/.test(file);
		return captured.has(file) && !isLeft;
	});
	expect(other).toEqual([]);
	expect((await say(blank, ["verify"])).json.exitCode).toBe(0);
	const check = resticByHand(server.url, key, ["check", "--read-data"]);
	expect(check.status).toBe(0);
});

function round(number: number): number {
	return Math.round(number * 10) / 10;
}
