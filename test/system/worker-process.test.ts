import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { askWorker } from "../../src/system/worker-process.ts";
import { scratch } from "../support/scratch.ts";

// What a budget is computed from, such as a database's size, makes no whole milliseconds.
it.each([
	20_000, 21_000.35584,
])("a worker is asked within %d ms", async (budget) => {
	const worker = path.join(scratch(), "worker.mjs");
	fs.writeFileSync(worker, "process.stdout.write(process.argv[2]);");
	const said = await askWorker(worker, ["hello"], { budget });
	expect(said).toEqual({ text: "hello", isDone: true });
});
