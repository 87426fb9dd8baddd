import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import {
	hasRestic,
	passwordFile,
	resticByHand,
} from "../support/restic-server.ts";
import { snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import { storeOf } from "../support/store.ts";

let home = "";
let key = "";
let folder = "";
beforeEach(async () => {
	if (!hasRestic) return;
	home = makeHermesHome({ dir: path.join(scratch(), "home") });
	key = passwordFile(scratch());
	folder = path.join(scratch(), "repository");
	await snapshot(home, ["remote", "add", folder, "--password-file", key]);
});

/** As it would have been pushed from this home, whatever lies there. */
function pushByHand(
	tags: readonly string[],
	options: { at?: string; host?: string; make(folder: string): void },
): void {
	const from = path.join(storeOf(home), ".pushing");
	fs.mkdirSync(from);
	options.make(from);
	const words = [
		...["backup", "--tag", ["agent-snapshot", "agent:hermes", ...tags].join()],
		...(options.at ? ["--time", `${options.at} 12:00:00`] : []),
		...(options.host ? ["--host", options.host] : []),
	];
	resticByHand(folder, key, [...words, "."], { cwd: from });
	fs.rmSync(from, { recursive: true });
}

const small = (at: string) => fs.writeFileSync(path.join(at, "f"), "x");

describe.skipIf(!hasRestic)("remote forget", () => {
	it("keeps 7 of the days, 4 of the weeks, 6 of the months, what is pinned, and what is another machine's", async () => {
		const days = [
			...["20261110", "20261109", "20261108", "20261107", "20261106"],
			...["20261105", "20261104", "20261103", "20261027"],
			...["20261020", "20261013", "20260915", "20260815", "20260715"],
			...["20260615", "20260515"],
		];
		const push = (day: string, more: readonly string[], host?: string) =>
			pushByHand([`id:${day}-120000`, ...more], {
				at: `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`,
				make: small,
				...(host && { host }),
			});
		for (const day of days) push(day, ["complete"]);
		push("20260301", ["complete", "pinned"]);
		push("20260201", ["complete"], "another-machine");
		// What lacks something pushes no good one out.
		push("20261111", ["incomplete"]);
		const tried = await snapshot(home, ["remote", "forget", "--dry-run"]);
		const done = await snapshot(home, ["remote", "forget"]);
		const ids = (list: unknown) =>
			(list as { id: string }[]).map(({ id }) => id.slice(0, 8)).sort();
		const { data } = done.json as unknown as {
			data: { kept: unknown; removed: unknown };
		};
		const gone = ["20260515", "20261013", "20261103"];
		expect(ids(data.removed)).toEqual(gone);
		expect(ids(data.kept)).toEqual(
			[...days.filter((day) => !gone.includes(day)), "20260301", "20261111"]
				.map(String)
				.sort(),
		);
		expect(tried.json.data).toMatchObject({ removed: data.removed as object });
		expect(
			(await snapshot(home, ["remote", "list", "--all-hosts"])).json.text,
		).toContain("another-machine");
		expect((await snapshot(home, ["remote", "verify"])).json.exitCode).toBe(0);
	});
});

describe.skipIf(!hasRestic)("a repository that another one has locked", () => {
	it("says who has it, and frees itself of a lock whose owner is gone", async () => {
		const holder = spawn(
			"restic",
			["--no-cache", "backup", "--stdin", "--json"],
			{
				stdio: ["pipe", "pipe", "ignore"],
				env: {
					...process.env,
					RESTIC_REPOSITORY: folder,
					RESTIC_PASSWORD_FILE: key,
				},
			},
		);
		onTestFinished(() => void holder.kill("SIGKILL"));
		const locks = path.join(folder, "locks");
		while (fs.readdirSync(locks).length === 0)
			await new Promise((resolve) => setImmediate(resolve));
		const locked = await snapshot(home, ["remote", "verify"]);
		expect(locked.json).toMatchObject({
			exitCode: 11,
			error: { code: "locked" },
		});
		expect(locked.json.text).toContain(`PID ${holder.pid} on `);
		holder.kill("SIGKILL");
		await once(holder, "exit");
		expect(fs.readdirSync(locks)).toHaveLength(1);
		const freed = await snapshot(home, ["remote", "verify"]);
		expect(freed.json, freed.json.text).toMatchObject({ exitCode: 0 });
		expect(fs.readdirSync(locks)).toEqual([]);
	});
});

describe.skipIf(!hasRestic)("what a repository hands out", () => {
	it.each<[string, (folder: string) => void, RegExp]>([
		[
			"a link",
			(at) => fs.symlinkSync("/etc/passwd", path.join(at, "extra")),
			/holds "\/extra", which its manifest does not name/,
		],
		[
			"other content",
			(at) => {
				const file = path.join(at, "SOUL.md");
				const text = fs.readFileSync(file);
				fs.writeFileSync(file, text.fill("x"));
			},
			/SOUL.md does not have the content/,
		],
	])("is refused with nothing left behind when it is %s", async (_, change, says) => {
		const made = await snapshot(home, ["create"]);
		const id = made.json.data.snapshot?.id ?? "";
		pushByHand([`id:${id}`, "complete"], {
			make(at) {
				fs.cpSync(path.join(storeOf(home), id), at, { recursive: true });
				for (const name of ["SOUL.md", "manifest.json"])
					fs.chmodSync(path.join(at, name), 0o600);
				change(at);
			},
		});
		await snapshot(home, ["remove", id, "--yes", "--force"]);
		const pulled = await snapshot(home, ["remote", "pull", id]);
		expect(pulled.json).toMatchObject({
			exitCode: 1,
			error: { code: "damaged" },
		});
		expect(pulled.json.text).toMatch(says);
		expect(
			fs.readdirSync(storeOf(home)).filter((name) => /\d{8}/.test(name)),
		).toEqual([]);
	});
});
