import fs from "node:fs";
import { fileURLToPath } from "node:url";
import type {
	DatabaseFinding,
	ExaminedDatabase,
	ExamineOptions,
} from "./system.ts";
import { askWorker } from "./worker-process.ts";
import { workerUrl } from "./worker-url.ts";

/** Databases larger than this are examined in a process that can be ended. */
const EXAMINE_HERE = 8 * 1024 * 1024;

/** Searches a database for all that can be wrong with it, for at most `budget` milliseconds if it is a large one. */
export async function examine(
	path: string,
	budget: number,
	options: ExamineOptions = {},
): Promise<ExaminedDatabase> {
	if (fs.statSync(path).size > EXAMINE_HERE)
		return examineElsewhere(path, budget, options);
	const { examineDatabase } = await import("./examine-database.ts");
	const found: DatabaseFinding[] = [];
	examineDatabase(path, (one) => found.push(one), options.isScratch);
	return { isFinished: true, found };
}

async function examineElsewhere(
	path: string,
	budget: number,
	{ signal, isScratch }: ExamineOptions,
): Promise<ExaminedDatabase> {
	const worker = fileURLToPath(workerUrl("examine-worker"));
	const words = isScratch ? [path, "scratch"] : [path];
	const { text } = await askWorker(worker, words, { budget, signal });
	// The last is empty, or was being written when it was ended.
	const whole = text.split("\n").slice(0, -1);
	const isFinished = whole.at(-1) === "done";
	const told = isFinished ? whole.slice(0, -1) : whole;
	return {
		isFinished,
		found: told.map((line) => JSON.parse(line) as DatabaseFinding),
	};
}
