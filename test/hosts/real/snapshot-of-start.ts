import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { hosts } from "../../../src/hosts/index.ts";
import { put, runProgram } from "./programs.ts";
import type { Place, RealHost } from "./real-host.ts";

/** Two versions that take turns within minutes share one snapshot: this one was made an hour ago. */
const HOUR_AGO = `data:text/javascript,${encodeURIComponent(`
	const Now = Date;
	globalThis.Date = class extends Now {
		constructor(...args) { args.length > 0 ? super(...args) : super(Date.now()); }
		static now() { return Now.now() - 3_600_000; }
	};`)}`;
export const OLDER = "0.0.1";

/** As if an older version of the agent had been here before, with other state. */
export function startAsOlder(
	{ name, state: [file] }: RealHost,
	{ home, ours }: Omit<Place, "modelPort">,
): void {
	fs.mkdirSync(homeOf(name, home), { recursive: true });
	put(home, file, "as the older one had it");
	const us = path.join(ours, "dist/cli.js");
	const words = ["auto", "start", "--host-version", OLDER];
	const said = runProgram(
		process.execPath,
		["--import", HOUR_AGO, us, "--host", name, ...words],
		{ cwd: home, env: { PATH: process.env.PATH, HOME: home } },
	);
	assert.match(said, /-pre-update/);
}

/** How long the snapshot of its start may take that an agent makes by itself. */
const PATIENCE = 30_000;

/** Waits for it; resolves with the versions that `pre-update` snapshots were made at, oldest first. */
export async function seeSnapshotOfStart(
	{ name, version }: RealHost,
	userHome: string,
): Promise<unknown[]> {
	const store = path.join(homeOf(name, userHome), "state-snapshots");
	const end = performance.now() + PATIENCE;
	while (!versionsOfStart(store).includes(version)) {
		assert.ok(
			performance.now() < end,
			`no pre-update snapshot of version ${version} at its start`,
		);
		await wait(50);
	}
	return versionsOfStart(store);
}

function homeOf(name: RealHost["name"], userHome: string): string {
	const { place, below = "" } = hosts[name].home;
	return path.join(userHome, place, below);
}

function versionsOfStart(store: string): unknown[] {
	if (!fs.existsSync(store)) return [];
	return fs
		.readdirSync(store)
		.filter((id) => /^\d.*-pre-update$/.test(id))
		.toSorted()
		.map((id) => path.join(store, id, "manifest.json"))
		.map((file) => JSON.parse(fs.readFileSync(file, "utf8")).hostVersion);
}
