import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { AwsClient } from "aws4fetch";
import { freePort } from "../../support/restic-server.ts";

/** Debian's packages that this needs; `.ci/run` installs them for it alone. */
const PACKAGES = "radosgw ceph-mon ceph-osd ceph-mgr ceph-common";

export interface Key {
	readonly access: string;
	readonly secret: string;
}

/** Ceph's S3 server in one place: a monitor, a manager, one disk in memory, and the gateway, on loopback. */
export interface Ceph {
	readonly port: number;
	/** Of whom buckets are that `s3` makes. */
	readonly owner: Key;
	/** Another user, who may do what policies of buckets say. */
	addUser(name: string): Key;
	/** One request as the owner. */
	s3(target: string, init: RequestInit): Promise<Response>;
	stop(): Promise<void>;
}

/** @throws when a package is missing: whoever asked for this test wants it to run. */
export async function startCeph(folder: string): Promise<Ceph> {
	const port = await writeConfig(folder);
	const env = { ...process.env, CEPH_CONF: path.join(folder, "ceph.conf") };
	const run = (command: string, words: readonly string[]) =>
		execFileSync(command, words, { env, encoding: "utf8", stdio: "pipe" });
	const daemons: ChildProcess[] = [];
	const start = (command: string, words: readonly string[]) =>
		daemons.push(spawn(command, [...words, "-f"], { env, stdio: "ignore" }));
	const stop = async () => {
		// The gateway first: it waits for what it stores in.
		for (const daemon of daemons.reverse()) {
			if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
			daemon.kill("SIGKILL");
			await once(daemon, "exit");
		}
	};
	try {
		makeKeys(folder, run);
		start("ceph-mon", ["-i", "a"]);
		run("ceph", ["--connect-timeout", "60", "osd", "create"]);
		run("ceph-osd", ["-i", "0", "--mkfs"]);
		start("ceph-osd", ["-i", "0"]);
		start("ceph-mgr", ["-i", "x"]);
		const addUser = (name: string) => {
			const key = { access: `${name}-access`, secret: `${name}-secret` };
			run("radosgw-admin", [
				...["user", "create", "--uid", name, "--display-name", name],
				...["--access-key", key.access, "--secret-key", key.secret],
			]);
			return key;
		};
		const owner = addUser("owner");
		start("radosgw", ["-n", "client.admin"]);
		const client = new AwsClient({
			accessKeyId: owner.access,
			secretAccessKey: owner.secret,
			service: "s3",
			region: "default",
			retries: 0,
		});
		const s3: Ceph["s3"] = (target, init) =>
			client.fetch(`http://127.0.0.1:${port}/${target}`, init);
		await untilAnswering(() => s3("", { method: "GET" }));
		return { port, owner, addUser, s3, stop };
	} catch (error) {
		await stop();
		throw new Error(`Ceph did not start. It needs Debian's ${PACKAGES}`, {
			cause: error,
		});
	}
}

/** It takes some 15 seconds; a gateway that is up and answers with an error is none that gets better. */
async function untilAnswering(ask: () => Promise<Response>): Promise<void> {
	for (let tries = 0; tries < 300; tries++) {
		const answer = await ask().catch(() => undefined);
		if (answer?.ok) return;
		if (answer !== undefined) throw new Error(await answer.text());
		await pause(200);
	}
	throw new Error("The gateway did not answer.");
}

/** @returns the port of the gateway. */
async function writeConfig(folder: string): Promise<number> {
	const [monitor, old, gateway] = [
		await freePort(),
		await freePort(),
		await freePort(),
	];
	const hosts = `[v2:127.0.0.1:${monitor},v1:127.0.0.1:${old}]`;
	for (const name of ["mon", "osd", "mgr", "run"])
		fs.mkdirSync(path.join(folder, name));
	const settings = {
		fsid: randomUUID(),
		"mon host": hosts,
		"public addr": "127.0.0.1",
		"cluster addr": "127.0.0.1",
		"mon data": `${folder}/mon`,
		"osd data": `${folder}/osd`,
		"mgr data": `${folder}/mgr`,
		"run dir": `${folder}/run`,
		keyring: `${folder}/keyring`,
		"log file": `${folder}/run/$name.log`,
		"admin socket": `${folder}/run/$name.$pid.asok`,
		"osd objectstore": "memstore",
		"memstore device bytes": 4 * 2 ** 30,
		"osd pool default size": 1,
		"osd pool default min size": 1,
		"osd pool default pg num": 8,
		"osd pool default pg autoscale mode": "off",
		"osd crush chooseleaf type": 0,
		"mon allow pool size one": true,
		// A full disk of whoever tests is none of the monitor's business.
		"mon data avail crit": 1,
		"mon data avail warn": 1,
		"rgw frontends": `beast endpoint=127.0.0.1:${gateway}`,
	};
	const lines = Object.entries(settings).map(([key, to]) => `${key} = ${to}`);
	fs.writeFileSync(
		path.join(folder, "ceph.conf"),
		["[global]", ...lines, ""].join("\n"),
	);
	return gateway;
}

type Run = (command: string, words: readonly string[]) => string;

/** Whoever is in the monitor's first ring of keys may do everything. */
function makeKeys(folder: string, run: Run): void {
	const [ring, map] = [`${folder}/keyring`, `${folder}/monmap`];
	const config = fs.readFileSync(`${folder}/ceph.conf`, "utf8");
	const value = (name: string) =>
		config.match(new RegExp(`^${name} = (.*)$`, "m"))?.[1] ?? "";
	const all = ["mon", "osd", "mgr"].flatMap((one) => ["--cap", one, "allow *"]);
	for (const [number, name] of [
		...["mon.", "client.admin", "osd.0", "mgr.x"].entries(),
	])
		run("ceph-authtool", [
			...[ring, ...(number === 0 ? ["--create-keyring"] : [])],
			...["--gen-key", "-n", name, ...all],
		]);
	run("monmaptool", [
		...["--create", "--fsid", value("fsid")],
		...["--addv", "a", value("mon host"), map],
	]);
	run("ceph-mon", ["--mkfs", "-i", "a", "--monmap", map, "--keyring", ring]);
}
