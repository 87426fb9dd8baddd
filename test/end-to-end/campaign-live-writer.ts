/**
 * Many snapshots beside a busy writer, each opened and checked. Not part of `npm test`: it takes minutes.
 *
 *   node test/end-to-end/campaign-live-writer.ts --snapshots 200 --db-mb 200 --rate 20
 *
 * A point passes when the snapshot was made in time, holds every commit that was acknowledged before it began,
 * has no gap, is a sound database and has the SHA-256 its manifest says.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import Database from "better-sqlite3";
import { makeHermesHome } from "../support/hermes-home.ts";
import { supportScript } from "../support/paths.ts";
import { snapshot } from "../support/run-cli.ts";
import {
	type ManifestEntry,
	readManifest,
	snapshotBytes,
	storeOf,
} from "../support/store.ts";

const { values } = parseArgs({
	options: {
		snapshots: { type: "string", default: "200" },
		"db-mb": { type: "string", default: "200" },
		rate: { type: "string", default: "20" },
		"max-seconds": { type: "string", default: "5" },
		/** Databases of so many bytes are kept in parts. */
		"parts-from": { type: "string", default: "33554432" },
		/** Besides the writer a process that reads and goes, and checkpoints in every way. */
		disturbed: { type: "boolean", default: false },
		/** Where the home is made; it needs about 25 times the size of the database. */
		dir: { type: "string", default: os.tmpdir() },
	},
});

interface Point {
	milliseconds: number;
	faults: string[];
}

const scratch = fs.mkdtempSync(
	path.join(values.dir, "agent-snapshot-campaign-"),
);
try {
	const points = await runCampaign(scratch);
	process.exitCode = report(points) ? 0 : 1;
} finally {
	fs.rmSync(scratch, { recursive: true, force: true });
}

async function runCampaign(dir: string): Promise<Point[]> {
	console.log(`campaign: making a home with ${values["db-mb"]} MB in state.db`);
	const home = makeHermesHome({
		dir: path.join(dir, "home"),
		dbMb: Number(values["db-mb"]),
	});
	const settings = { partsFromBytes: Number(values["parts-from"]) };
	fs.mkdirSync(storeOf(home), { recursive: true, mode: 0o700 });
	fs.writeFileSync(
		path.join(storeOf(home), "config.json"),
		JSON.stringify(settings),
	);
	const writer = await startWriter(
		path.join(home, "state.db"),
		Number(values.rate),
	);
	const disturber = values.disturbed
		? startDisturber(path.join(home, "state.db"))
		: undefined;
	const points: Point[] = [];
	try {
		for (let i = 1; i <= Number(values.snapshots); i += 1) {
			const point = await makeAndCheck(home, dir, writer, i);
			points.push(point);
			for (const fault of point.faults)
				console.log(`campaign: point ${i}: ${fault}`);
			if (i % 20 === 0)
				console.log(
					`campaign: ${i} of ${values.snapshots}, ${writer.acknowledged()} commits so far`,
				);
		}
	} finally {
		disturber?.kill();
		await writer.stop();
	}
	return points;
}

async function makeAndCheck(
	home: string,
	dir: string,
	writer: Writer,
	i: number,
): Promise<Point> {
	if (writer.ended())
		return { milliseconds: 0, faults: [`the writer ended: ${writer.ended()}`] };
	const acknowledged = writer.acknowledged();
	const started = performance.now();
	const reply = await snapshot(home, ["create", `point ${i}`]);
	const milliseconds = performance.now() - started;
	const made = reply.json.data.snapshot;
	if (reply.code !== 0 || !made) {
		return {
			milliseconds,
			faults: [`create: exit ${reply.code}: ${reply.json.text}`],
		};
	}
	const faults = checkDatabase(home, made.id, {
		acknowledged,
		copy: path.join(dir, "copy.db"),
	});
	// That nothing has changed is checked as a snapshot is: the newest one has all that was acknowledged.
	if (reply.json.data.created && made.label !== `point ${i}`)
		faults.push(`its label is ${made.label}`);
	if (milliseconds > Number(values["max-seconds"]) * 1000)
		faults.push(`took ${Math.round(milliseconds)} ms`);
	return { milliseconds, faults };
}

/** Everything is read from a copy, so that the snapshot is left as it was made. */
function checkDatabase(
	home: string,
	id: string,
	options: { acknowledged: number; copy: string },
): string[] {
	const bytes = snapshotBytes(home, id, "state.db");
	const entry = readManifest(home, id).entries.find(
		(one) => one.path === "state.db",
	);
	const faults: string[] = [];
	if (!isAsRecorded(bytes, entry))
		faults.push("state.db: not the manifest's SHA-256");
	fs.writeFileSync(options.copy, bytes);
	const db = new Database(options.copy);
	try {
		const sound = db.pragma("integrity_check", { simple: true });
		if (sound !== "ok") faults.push(`state.db: ${sound}`);
		const seen = db
			.prepare<[], { rows: number; last: number }>(
				"SELECT count(*) AS rows, ifnull(max(seq), 0) AS last FROM acknowledged",
			)
			.get();
		if (!seen || seen.rows !== seen.last)
			faults.push(
				`state.db: ${seen?.rows} commits, the last is ${seen?.last}: a gap`,
			);
		if (!seen || seen.last < options.acknowledged)
			faults.push(
				`state.db: ${options.acknowledged} acknowledged, ${seen?.last} there`,
			);
		const twins = db
			.prepare("SELECT count(*) FROM messages WHERE session_id = 'steady'")
			.pluck()
			.get();
		if (twins !== seen?.rows)
			faults.push(
				`state.db: ${seen?.rows} commits but ${twins} messages: half a transaction`,
			);
	} catch (error) {
		faults.push(
			`state.db: ${error instanceof Error ? error.message : String(error)}`,
		);
	} finally {
		db.close();
		for (const end of ["", "-wal", "-shm"])
			fs.rmSync(options.copy + end, { force: true });
	}
	return faults;
}

function isAsRecorded(bytes: Buffer, entry?: ManifestEntry): boolean {
	const hash = (part: Buffer) =>
		createHash("sha256").update(part).digest("hex");
	if (entry?.parts === undefined) return entry?.sha256 === hash(bytes);
	const { size, sha256 } = entry.parts;
	return (
		bytes.length === entry.size &&
		sha256.every(
			(wanted, index) =>
				hash(bytes.subarray(index * size, (index + 1) * size)) === wanted,
		)
	);
}

function startDisturber(file: string): ChildProcess {
	return spawn(process.execPath, [supportScript("disturber.mjs"), file, "7"], {
		stdio: "inherit",
	});
}

interface Writer {
	/** The last sequence number whose commit returned. */
	acknowledged(): number;
	/** Why it is gone, if it is. */
	ended(): string | undefined;
	stop(): Promise<void>;
}

async function startWriter(file: string, rate: number): Promise<Writer> {
	const child: ChildProcess = spawn(
		process.execPath,
		[supportScript("steady-writer.mjs"), file, String(rate)],
		{
			stdio: ["ignore", "pipe", "inherit"],
		},
	);
	let last = 0;
	let ended: string | undefined;
	child.stdout?.setEncoding("utf8");
	child.stdout?.on("data", (text: string) => {
		last = Math.max(last, ...text.split("\n").map(Number));
	});
	child.on("exit", (code, signal) => {
		ended = String(signal ?? code);
	});
	if (child.stdout) await once(child.stdout, "data");
	return {
		acknowledged: () => last,
		ended: () => ended,
		stop: async () => {
			if (ended !== undefined) return;
			child.kill();
			await once(child, "exit");
		},
	};
}

function report(points: Point[]): boolean {
	const failed = points.filter((point) => point.faults.length > 0).length;
	const times = points
		.map((point) => Math.round(point.milliseconds))
		.sort((a, b) => a - b);
	console.log(
		`campaign: ${points.length} points, ${points.length - failed} passed, ${failed} failed`,
	);
	console.log(
		`campaign: slowest ${times.at(-1)} ms, median ${times[Math.floor(times.length / 2)]} ms`,
	);
	return failed === 0 && points.length > 0;
}
