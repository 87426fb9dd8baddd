import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import type { GatewayClient } from "./gateway-client.ts";
import { INCLUDED, type Terminal } from "./openclaw-terminal.ts";
import { outputOf } from "./programs.ts";
import type { Place } from "./real-host.ts";

/** A cron job: in OpenClaw's database, and in its memory. */
const JOB = "water the plants";

export async function addJob(client: GatewayClient): Promise<void> {
	await client.request("cron.add", {
		name: JOB,
		enabled: true,
		schedule: { kind: "cron", expr: "0 7 * * *" },
		sessionTarget: "isolated",
		payload: { kind: "agentTurn", message: "water" },
	});
}

interface Job {
	readonly id: string;
	readonly name: string;
}

export async function removeJob(client: GatewayClient): Promise<void> {
	const { jobs } = await client.request<{ jobs: Job[] }>("cron.list", {});
	const job = jobs.find(({ name }) => name === JOB);
	await client.request("cron.remove", { id: job?.id });
}

/** What the gateway says, if its database says so, too. */
export async function jobs(
	client: GatewayClient,
	home: string,
): Promise<string> {
	const { jobs } = await client.request<{ jobs: Job[] }>("cron.list", {});
	const said = jobs.filter(({ name }) => name === JOB).length;
	const stored = storedJobs(home);
	if (said !== stored)
		throw new Error(`openclaw: it knows ${said} jobs, and has ${stored}`);
	return `${said} jobs`;
}

function stateDatabase(home: string): Database.Database {
	return new Database(path.join(home, ".openclaw/state/openclaw.sqlite"));
}

function storedJobs(home: string): number {
	const database = stateDatabase(home);
	const rows = database.prepare("SELECT 1 FROM cron_jobs WHERE name = ?");
	const { length } = rows.all(JOB);
	database.close();
	return length;
}

/** A client that may write may look; restoring is for those with operator.admin. */
export async function onlyOwner(client: GatewayClient): Promise<void> {
	const refused = await client.say("/snapshot restore 1");
	expectIn(refused, "Only the owner may do that. Nothing was changed.");
	expectIn(await client.say("/snapshot list"), "by hand");
	client.close();
}

/** OpenClaw's own archive leaves the store out. */
export async function archiveWithoutStore(
	home: string,
	{ openclaw }: Terminal,
): Promise<void> {
	const archive = path.join(home, "archive.tar.gz");
	expectIn(
		await openclaw(["backup", "create", "--output", archive]),
		"state-snapshots (regenerable)",
	);
	const names = execFileSync("tar", ["-tzf", archive], { encoding: "utf8" });
	expectIn(names, ".openclaw/openclaw.json");
	if (names.includes("state-snapshots"))
		throw new Error("openclaw: its archive holds our store");
}

/** With the gateway stopped: `openclaw snapshot`, what a newer OpenClaw has written, and a config that is not whole. */
export async function offline(
	{ home, ours }: Place,
	{ openclaw, options }: Terminal,
): Promise<void> {
	const engine = [path.join(ours, "dist/cli.js"), "--host", "openclaw"];
	const restoreByEngine = () =>
		outputOf(process.execPath, [...engine, "restore", "1"], options);
	const version = versionOf(home);
	setVersion(home, version - 1);
	expectIn(
		await restoreByEngine(),
		`was written by a newer OpenClaw (its user_version is ${version}, and ${version - 1} here)`,
	);
	setVersion(home, version);
	expectIn(
		await openclaw(["snapshot", "restore", "1"]),
		"Take it back with: openclaw snapshot undo",
	);
	if (storedJobs(home) !== 1)
		throw new Error("openclaw: its job did not come back while it was stopped");
	const included = path.join(home, ".openclaw", INCLUDED);
	fs.unlinkSync(included);
	expectIn(await restoreByEngine(), INCLUDED);
	if (!fs.existsSync(included))
		throw new Error("openclaw: a part of its config did not come back");
}

function versionOf(home: string): number {
	const database = stateDatabase(home);
	const version = database.pragma("user_version", { simple: true });
	database.close();
	return Number(version);
}

function setVersion(home: string, version: number): void {
	const database = stateDatabase(home);
	database.pragma(`user_version = ${version}`);
	database.close();
}

function expectIn(shown: string, expected: string): void {
	if (!shown.includes(expected))
		throw new Error(`openclaw: not "${expected}" but: ${shown}`);
}
