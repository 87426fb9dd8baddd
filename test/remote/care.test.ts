import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { Entry } from "../../src/core/capture/entry.ts";
import { formatManifest } from "../../src/core/manifest/format-manifest.ts";
import { parseManifest } from "../../src/core/manifest/manifest.ts";
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
	options: {
		at?: string;
		hour?: string;
		host?: string;
		make(folder: string): void;
	},
): void {
	const from = path.join(storeOf(home), ".pushing");
	fs.mkdirSync(from);
	options.make(from);
	const words = [
		...["backup", "--tag", ["agent-snapshot", "agent:hermes", ...tags].join()],
		...(options.at
			? ["--time", `${options.at} ${options.hour ?? "12"}:00:00`]
			: []),
		...(options.host ? ["--host", options.host] : []),
	];
	resticByHand(folder, key, [...words, "."], { cwd: from });
	fs.rmSync(from, { recursive: true });
}

/** One file and a manifest that names it, as Hermes writes one. */
function small(at: string): void {
	fs.writeFileSync(path.join(at, "f"), "x");
	const manifest = {
		...{ id: "any", timestamp: "20261101-120000", label: null },
		...{ file_count: 1, total_size: 1, files: { f: 1 } },
	};
	const text = JSON.stringify(manifest);
	fs.writeFileSync(path.join(at, "manifest.json"), text);
}

/** What restic notes where it could not read the file. */
function lacking(at: string): void {
	small(at);
	fs.unlinkSync(path.join(at, "f"));
}

const noted = () =>
	JSON.parse(fs.readFileSync(path.join(storeOf(home), ".remotes.json"), "utf8"))
		.remotes.offsite;

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
		// What lacks something pushes no good one out: left out at the capture, or at the push.
		push("20261111", ["incomplete"]);
		const broken = { at: "2026-11-12", make: lacking };
		pushByHand(["id:20261112-120000", "complete"], broken);
		pushByHand(["id:20261110-130000", "complete"], {
			...broken,
			at: "2026-11-10",
			hour: "13",
		});
		// Nor does that of a machine of one image, one name and one place.
		pushByHand(["id:20261110-140000", "complete", "machine:feed"], {
			...{ at: "2026-11-10", hour: "14", make: small },
		});
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
			[
				...days.filter((day) => !gone.includes(day)),
				...["20260301", "20261111", "20261112", "20261110"],
			].sort(),
		);
		expect(tried.json.data).toMatchObject({ removed: data.removed as object });
		const listed = await snapshot(home, ["remote", "list", "--all-hosts"]);
		expect(listed.json.text).toContain("another-machine");
		expect(listed.json.text).toContain("20261110-140000");
		expect(listed.json.text.match(/.*NOT WHOLE/g)).toMatchObject([
			expect.stringContaining("20261112-120000"),
			expect.stringContaining("20261110-130000"),
		]);
		expect((await snapshot(home, ["remote", "verify"])).json.exitCode).toBe(0);
	});
});

/** A restic that does otherwise, to be found first. */
function resticThat(script: string): { readonly PATH: string } {
	const bin = scratch();
	const real = spawnSync("which", ["restic"], { encoding: "utf8" }).stdout;
	const text = `#!/bin/sh\nrestic() { ${real.trim()} "$@"; }\n${script}\n`;
	fs.writeFileSync(path.join(bin, "restic"), text, { mode: 0o755 });
	return { PATH: `${bin}:${process.env.PATH}` };
}

describe.skipIf(!hasRestic)("a push in which a file could not be read", () => {
	it.each([
		3, 0,
	])("leaves nothing that passes for a snapshot, whatever restic says of it (%s)", async (exitCode) => {
		await snapshot(home, ["create", "one"]);
		const env = resticThat(
			`[ "$1" = backup ] || { restic "$@"; exit; }; restic "$@" --exclude SOUL.md; exit ${exitCode}`,
		);
		const failed = await snapshot(home, ["remote", "push"], { env });
		expect(failed.json).toMatchObject({ exitCode: 1 });
		const listed = await snapshot(home, ["remote", "list"]);
		expect(listed.json.data.snapshots).toMatchObject([{ whole: false }]);
		expect(listed.json.text).toContain("NOT WHOLE");
		const latest = await snapshot(home, ["remote", "pull", "latest"]);
		expect(latest.json).toMatchObject({ exitCode: 1 });
		expect(latest.json.text).toContain("None of the snapshots there is whole");

		const pushed = await snapshot(home, ["remote", "push"]);
		expect(pushed.json.data).toMatchObject({ sent: true });
		const again = await snapshot(home, ["remote", "push"]);
		expect(again.json.data).toMatchObject({ sent: false });
		const { removed, kept } = (await snapshot(home, ["remote", "forget"])).json
			.data as { removed?: unknown; kept?: unknown };
		expect(removed).toEqual([]);
		expect(kept).toMatchObject([{ whole: true }, { whole: false }]);

		const id = (kept as { id: string }[])[0]?.id ?? "";
		await snapshot(home, ["remove", id, "--yes", "--force"]);
		// Another machine has to find out by itself.
		fs.unlinkSync(path.join(storeOf(home), ".remotes.json"));
		const pulled = await snapshot(home, ["remote", "pull", id]);
		expect(pulled.json, pulled.json.text).toMatchObject({ exitCode: 0 });
	});
});

describe.skipIf(!hasRestic)("what is there of the same name", () => {
	it.each<[string, readonly string[]]>([
		["of a machine of the same image", ["machine:feed"]],
		["of other content", ["contents:c0ffee"]],
		["of other content, from before that was said", []],
	])("is not taken for what is to be pushed: %s", async (_, tags) => {
		const made = await snapshot(home, ["create"]);
		const id = made.json.data.snapshot?.id ?? "";
		pushByHand([`id:${id}`, "complete", ...tags], {
			make(at) {
				fs.cpSync(path.join(storeOf(home), id), at, { recursive: true });
				const file = path.join(at, "manifest.json");
				const text = fs.readFileSync(file, "utf8");
				const { entries, ...manifest } = parseManifest(text, "");
				const change = (entry: Entry): Entry =>
					entry.kind === "file" && tags[0] !== "machine:feed"
						? { ...entry, sha256: "0".repeat(64) }
						: entry;
				const other = { ...manifest, entries: entries.map(change) };
				fs.rmSync(file);
				fs.writeFileSync(file, formatManifest(other));
			},
		});
		const pushed = await snapshot(home, ["remote", "push"]);
		expect(pushed.json.data).toMatchObject({ sent: true });
		const again = await snapshot(home, ["remote", "push"]);
		expect(again.json.data).toMatchObject({ sent: false });
		const { removed } = (await snapshot(home, ["remote", "forget"])).json
			.data as { removed?: unknown };
		expect(removed).toEqual([]);
	});
});

describe.skipIf(!hasRestic)("remote verify", () => {
	const packs = () =>
		fs
			.readdirSync(path.join(folder, "data"), {
				recursive: true,
				encoding: "utf8",
			})
			.map((name) => path.join(folder, "data", name))
			.filter((name) => fs.statSync(name).isFile())
			.sort((a, b) => fs.statSync(b).size - fs.statSync(a).size);
	it.each<[string, (pack: string) => void, readonly string[]]>([
		["is gone", (pack) => fs.rmSync(pack), []],
		[
			"holds other bytes",
			(pack) => {
				fs.chmodSync(pack, 0o600);
				const bytes = fs.readFileSync(pack);
				fs.writeFileSync(pack, bytes.fill(7, 100, 110));
			},
			["--read-data-subset", "100%"],
		],
	])("says that it is damaged when a pack %s, and notes it", async (_, damage, flags) => {
		await snapshot(home, ["create"]);
		await snapshot(home, ["remote", "push"]);
		damage(packs()[0] ?? "");
		const found = await snapshot(home, ["remote", "verify", ...flags]);
		expect(found.json).toMatchObject({
			exitCode: 1,
			error: { code: "damaged" },
		});
		expect(noted().lastCheck).toMatchObject({ ok: false });
	});

	it("notes no damage when restic is killed, and leaves nothing of it", async () => {
		const sees = path.join(scratch(), "tmpdir");
		const env = resticThat(
			`[ "$1" = check ] || { restic "$@"; exit; }; echo "$TMPDIR" > ${sees}; touch "$TMPDIR/cache"; kill -9 $$`,
		);
		const killed = await snapshot(home, ["remote", "verify"], { env });
		expect(killed.json).toMatchObject({
			exitCode: 1,
			error: { code: "failed" },
		});
		expect(noted().lastCheck).toBeUndefined();
		const room = fs.readFileSync(sees, "utf8").trim();
		expect(path.dirname(room)).toBe(fs.realpathSync(storeOf(home)));
		expect(fs.existsSync(room)).toBe(false);
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
		expect(pulled.json.text).toMatch(
			/restic -r \S+ -p \S+ restore [0-9a-f]{8} --target DIR/,
		);
		expect(
			fs.readdirSync(storeOf(home)).filter((name) => /\d{8}/.test(name)),
		).toEqual([]);
	});
});
