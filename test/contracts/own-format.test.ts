import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import { ownRecorded, writeOwnRecorded } from "./own-recorded.ts";

/** A home of which nothing is left but this one snapshot. */
function emptiedHome(): string {
	const home = path.join(scratch(), "home");
	fs.mkdirSync(home);
	writeOwnRecorded(home);
	return home;
}

it("lists a recorded snapshot of format 1", async () => {
	const { json } = await snapshot(emptiedHome(), ["list"]);
	expect(json.data.snapshots).toMatchObject([
		{ number: 1, id: ownRecorded.id, label: "recorded by us", files: 4 },
	]);
});

it("restores it whole: contents, modes, times, links and rows", async () => {
	const home = emptiedHome();
	const { code, json } = await snapshot(home, ["restore", "1"]);
	expect(code, json.text).toBe(0);
	for (const [file, content] of Object.entries(ownRecorded.files)) {
		expect(fs.readFileSync(path.join(home, file), "utf8")).toBe(content);
		const stat = fs.statSync(path.join(home, file));
		expect(stat.mode & 0o777).toBe(0o600);
		expect(Math.floor(stat.mtimeMs)).toBe(
			Date.UTC(2026, 10, 20, 10, 0, 0, 123),
		);
	}
	expect(fs.readlinkSync(path.join(home, "pairing/link.json"))).toBe(
		"telegram-approved.json",
	);
	const database = new Database(path.join(home, "state.db"), {
		readonly: true,
	});
	const rows = database.prepare("SELECT content FROM messages").pluck().all();
	database.close();
	expect(rows).toEqual(["recorded by us"]);
});
