import { put } from "../support/put.ts";
import { manifestIn, snapshotFolders } from "./store-oracle.ts";
import type { Subject } from "./subjects.ts";

/** The least that the settings allow: below it a database of a few pages stays whole, as its owner would have it. */
const IN_PARTS = { partsFromBytes: 64 * 1024 };

/** Settings under which the larger databases of a home are kept in parts. The original knows none. */
export function putSettings(home: string, more: object = {}): void {
	put(home, "state-snapshots/config.json", { ...IN_PARTS, ...more });
}

/** Makes a database so large that it has a second part, which stays as it is. Every time the same. */
export function addBallast(database: { exec(sql: string): unknown }): void {
	database.exec(`CREATE TABLE ballast (id INTEGER PRIMARY KEY, body TEXT);
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 170)
			INSERT INTO ballast SELECT i, printf('%02000d', i) FROM n`);
}

/** A campaign over databases that all are whole would say nothing of parts. */
export function mustBeInParts({ name }: Subject, home: string): void {
	const whole = snapshotFolders(home).filter((id) => {
		const { entries = [] } = manifestIn(home, id) ?? {};
		const parts = entries.find((entry) => entry.path === "state.db")?.parts;
		return (parts?.sha256.length ?? 0) < 2;
	});
	if (name === "ours" && whole.length > 0)
		throw new Error(`state.db is not in parts in ${whole.join(", ")}`);
}
