import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { beforeEach, describe, expect, it } from "vitest";
import type { createSnapshotCommand, hosts } from "../../src/index.ts";
import { makeHermesHome } from "../support/hermes-home.ts";
import { adapter } from "../support/paths.ts";
import { put } from "../support/put.ts";
import { snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import { manifestPath, readManifest, storeOf } from "../support/store.ts";

const timeout = 60_000;
let home = "";
let outside = "";
let id = "";
beforeEach(async () => {
	const dir = scratch();
	home = makeHermesHome({ dir: path.join(dir, "home") });
	outside = path.join(dir, "outside");
	fs.mkdirSync(outside);
	fs.writeFileSync(path.join(outside, "jobs.json"), "SECRET");
	id = (await snapshot(home, ["create"])).json.data.snapshot?.id ?? "";
});

function rewriteManifest(
	change: (manifest: Record<string, unknown>) => void,
): void {
	const manifest = JSON.parse(JSON.stringify(readManifest(home, id)));
	change(manifest);
	fs.writeFileSync(manifestPath(home, id), JSON.stringify(manifest));
}

const outsideNow = () => fs.readdirSync(outside);

describe("nothing is read, written or moved through a link:", {
	timeout,
}, () => {
	it("a manifest with an entry below a linked directory of the home", async () => {
		fs.symlinkSync(outside, path.join(home, "planted"));
		put(storeOf(home), `${id}/planted/keys`, "x");
		rewriteManifest((manifest) => {
			const [entry] = manifest.entries as { kind: string }[];
			const captured = manifest.captured as { paths: string[] };
			captured.paths.push("planted/keys");
			(manifest.entries as unknown[]).push({
				...(manifest.entries as { kind: string }[]).find(
					({ kind }) => kind === "file",
				),
				...(entry && {}),
				path: "planted/keys",
				size: 1,
				sha256:
					"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
			});
		});
		const { code, json } = await snapshot(home, ["restore", "1"]);
		expect(code, json.text).toBe(1);
		expect(json.text).toMatch(/planted is a link.*Nothing was changed/s);
		expect(outsideNow()).toEqual(["jobs.json"]);
	});

	it("a manifest with an entry that it says was not looked for", async () => {
		rewriteManifest((manifest) => {
			(manifest.entries as unknown[]).push({
				path: "skills/x",
				kind: "link",
				target: "/etc",
			});
		});
		const { json } = await snapshot(home, ["restore", "1"]);
		expect(json.text).toMatch(/skills\/x.*not looked for/);
	});

	it("a directory inside the snapshot that has become one", async () => {
		const cron = path.join(storeOf(home), id, "cron");
		fs.rmSync(cron, { recursive: true });
		fs.symlinkSync(outside, cron);
		fs.rmSync(path.join(home, "cron"), { recursive: true });
		const { code, json } = await snapshot(home, ["restore", "1"]);
		expect(code, json.text).toBe(1);
		expect(json.error).toMatchObject({ code: "damaged" });
		expect(fs.existsSync(path.join(home, "cron/jobs.json"))).toBe(false);
	});

	it("the quarantine", async () => {
		fs.symlinkSync(outside, path.join(storeOf(home), "quarantine"));
		fs.writeFileSync(path.join(home, "state.db"), Buffer.alloc(4096));
		const { code, json } = await snapshot(home, ["restore", "1"]);
		expect(code, json.text).toBe(1);
		expect(json.text).toContain("quarantine is no directory");
		expect(outsideNow()).toEqual(["jobs.json"]);
	});
});

describe("what stands in the home does no harm:", { timeout }, () => {
	it("a FIFO where a database's journal would be keeps nobody waiting", async () => {
		execFileSync("mkfifo", [path.join(home, "kanban.db-journal")]);
		const { code, json } = await snapshot(home, ["create", "--timeout", "20"]);
		expect(code, json.text).toBe(3);
		expect(json.text).toMatch(/kanban\.db: its -journal is no regular file/);
	});

	it('a setting of "*" takes no sidecar of a live database', async () => {
		put(home, "state.db-wal", "");
		put(storeOf(home), "config.json", '{"include": ["*"]}');
		const { json } = await snapshot(home, ["create"]);
		const { entries } = readManifest(home, json.data.snapshot?.id ?? "");
		const names = entries.map((entry) => entry.path);
		expect(names.filter((name) => /-(wal|shm|journal)$/.test(name))).toEqual(
			[],
		);
		expect((await snapshot(home, ["restore", "1"])).code).toBe(0);
	});

	it("a snapshot whose sequence leaves no room is damaged, and others can be made", async () => {
		rewriteManifest((manifest) => {
			manifest.sequence = Number.MAX_SAFE_INTEGER;
		});
		expect((await snapshot(home, ["list"])).json.data.damaged).toEqual([id]);
		expect((await snapshot(home, ["create"])).code).toBe(0);
	});

	it("beside a snapshot of the highest number others are made and restored", async () => {
		rewriteManifest((manifest) => {
			manifest.sequence = 1e12;
		});
		const made = await snapshot(home, ["create", "--force"]);
		expect(made.code, made.json.text).toBe(0);
		expect((await snapshot(home, ["list"])).json.data.damaged).toEqual([]);
		put(home, "config.yaml", "changed: since\n");
		const ref = made.json.data.snapshot?.id ?? "";
		expect((await snapshot(home, ["restore", ref])).code).toBe(0);
		expect((await snapshot(home, ["undo"])).code).toBe(0);
	});

	it("a list is quick whatever a manifest is made of", async () => {
		const folder = path.join(storeOf(home), "20260101-000000-spaces");
		put(folder, "manifest.json", `{${" ".repeat(2_000_000)}`);
		expect((await snapshot(home, ["list"])).json.data.damaged).toContain(
			"20260101-000000-spaces",
		);
	});
});

describe("what is typed in a chat never throws into the host:", {
	timeout,
}, () => {
	it.each([
		["a NUL", "create a\0b"],
		["a megabyte", `create ${"x".repeat(1_000_000)}`],
		["quotes without an end", `create ${'\\"'.repeat(100_000)}`],
		["global flags", "--home /etc list"],
	])("%s", async (_, text) => {
		const plugin: {
			createSnapshotCommand: typeof createSnapshotCommand;
			hosts: typeof hosts;
		} = await import(pathToFileURL(adapter).href);
		const command = plugin.createSnapshotCommand(plugin.hosts.hermes, { home });
		const reply = await command.run(text);
		expect(reply).toMatchObject({ ok: false });
		expect(reply.text).not.toBe("");
	});
});

it("an undo leaves a login alone that was renewed since the restore", {
	timeout,
}, async () => {
	fs.rmSync(path.join(home, "auth.json"));
	await snapshot(home, ["restore", "1"]);
	fs.writeFileSync(path.join(home, "auth.json"), '{"fresh": true}');
	const { json } = await snapshot(home, ["undo"]);
	expect(json.text).toContain("auth.json");
	expect(fs.readFileSync(path.join(home, "auth.json"), "utf8")).toBe(
		'{"fresh": true}',
	);
});
