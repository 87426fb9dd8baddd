// The code that is tried, in a process of its own, as the engine is: for each path that comes in a line, pins the database,
// reads it raw to that path in parts, and answers with a line of JSON. Usage: node raw-reader.ts DATABASE SEED
import fs from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { asSingleFile } from "../../../../src/core/files/database-header.ts";
import { createSqlite } from "../../../../src/system/sqlite.ts";
import type { PinnedDatabase } from "../../../../src/system/system.ts";
import { Chance } from "../../chance.ts";

const [file = "", seed] = process.argv.slice(2);
const chance = new Chance(Number(seed), "reader");
const sqlite = createSqlite();
const patience = { signal: new AbortController().signal, deadline: undefined };

for await (const to of createInterface({ input: process.stdin })) {
	const faults: string[] = [];
	const pin = await sqlite.pin(file, patience);
	// SQLite's own copy of the same pin, made before or after.
	const isFirst = chance.oneIn(2);
	try {
		if (isFirst) await pin.copyTo(`${to}.sqlite`, patience);
		await readRaw(pin, to);
		if (!isFirst) await pin.copyTo(`${to}.sqlite`, patience);
	} catch (error) {
		faults.push(`could not be read: ${error}`);
	} finally {
		pin.release();
	}
	process.stdout.write(`${JSON.stringify(faults)}\n`);
}

async function readRaw({ raw, size, pageSize }: PinnedDatabase, to: string) {
	if (raw === undefined) throw new Error("not to be had raw");
	const part = Buffer.alloc(pageSize * Math.max(1, 2 ** 18 / pageSize));
	// Half of them at once, the others with the writer going on between.
	const pause = chance.pick([0, 0, 1, 5]);
	const copy = fs.openSync(to, "w");
	try {
		for (let offset = 0; offset < size; offset += part.length) {
			const got = raw.read(offset, part);
			if (offset === 0) asSingleFile(part);
			fs.writeSync(copy, part, 0, got, offset);
			if (pause > 0) await sleep(pause);
		}
		raw.confirm();
	} finally {
		fs.closeSync(copy);
	}
}
