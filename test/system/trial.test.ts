import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { tryOut } from "../../src/system/trial.ts";
import { scratch } from "../support/scratch.ts";

const LONG = 60_000;

function tried(
	command: string,
	milliseconds = LONG,
	signal = new AbortController().signal,
) {
	const directory = scratch();
	const environment = { TRIED_HOME: directory, PATH_NOT: undefined };
	const trial = tryOut({
		command,
		directory,
		environment,
		milliseconds,
		signal,
	});
	return { directory, trial };
}

describe("a command that is tried", () => {
	it.each([0, 3])("is told to have ended with %i", async (exitCode) => {
		const { trial } = tried(`exit ${exitCode}`);
		expect(await trial).toEqual({ isRunning: false, exitCode });
	});

	it("finds its home in its variable, and is started there", async () => {
		const { directory, trial } = tried('pwd > "$TRIED_HOME/there"');
		await trial;
		const said = fs.readFileSync(path.join(directory, "there"), "utf8");
		expect(said.trim()).toBe(directory);
	});

	it("that still runs is ended with all that it started", async () => {
		const command = "sleep 1000 & echo $! > other; echo $$ > own; wait";
		const { directory, trial } = tried(command, 500);
		expect(await trial).toEqual({ isRunning: true, exitCode: undefined });
		for (const name of ["own", "other"]) {
			const pid = fs.readFileSync(path.join(directory, name), "utf8").trim();
			expect(isAlive(pid), name).toBe(false);
		}
	});

	it("that ends leaves nobody behind", async () => {
		const { directory, trial } = tried("sleep 1000 & echo $! > other");
		await trial;
		const pid = fs.readFileSync(path.join(directory, "other"), "utf8").trim();
		expect(isAlive(pid)).toBe(false);
	});

	it("is ended when the person wants no more", async () => {
		const interrupted = new AbortController();
		const { directory, trial } = tried(
			"echo $$ > own; sleep 1000",
			LONG,
			interrupted.signal,
		);
		const own = path.join(directory, "own");
		while (!fs.existsSync(own) || fs.statSync(own).size === 0)
			await new Promise((resolve) => setImmediate(resolve));
		interrupted.abort();
		await expect(trial).rejects.toThrow("aborted");
		expect(isAlive(fs.readFileSync(own, "utf8").trim())).toBe(false);
	});
});

/** A dead one that nobody has taken notice of yet is dead. */
function isAlive(pid: string): boolean {
	try {
		return !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, "utf8"));
	} catch {
		return false;
	}
}
