import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { hosts } from "../../../src/hosts/index.ts";
import type { RealHost } from "./real-host.ts";

/** How long the snapshot of its start may take that an agent makes by itself. */
const PATIENCE = 30_000;

/** The agent has just been installed: its version is one that no snapshot was made with. */
export async function seeSnapshotOfStart(
	{ name, version }: RealHost,
	userHome: string,
): Promise<void> {
	const { place, below = "" } = hosts[name].home;
	const store = path.join(userHome, place, below, "state-snapshots");
	const end = performance.now() + PATIENCE;
	while (!versionsOfStart(store).includes(version)) {
		assert.ok(
			performance.now() < end,
			`no pre-update snapshot of version ${version} at its start`,
		);
		await wait(50);
	}
}

function versionsOfStart(store: string): unknown[] {
	if (!fs.existsSync(store)) return [];
	return fs
		.readdirSync(store)
		.filter((id) => /^\d.*-pre-update$/.test(id))
		.map((id) => path.join(store, id, "manifest.json"))
		.map((file) => JSON.parse(fs.readFileSync(file, "utf8")).hostVersion);
}
