import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { changeEverything } from "../support/change-home.ts";
import { makeHermesHome } from "../support/hermes-home.ts";
import { difference, record } from "../support/oracle.ts";
import { put } from "../support/put.ts";
import { snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import {
	manifestPath,
	readManifest,
	snapshotFolders,
	storeOf,
} from "../support/store.ts";

const timeout = 60_000;
let home = "";
let id = "";
beforeEach(async () => {
	home = makeHermesHome({ dir: path.join(scratch(), "home") });
	id = (await snapshot(home, ["create", "good"])).json.data.snapshot?.id ?? "";
});

/** The restore must refuse, say which file, change nothing at all and take no undo snapshot. */
async function expectRefused(
	ref: string,
	says: string | RegExp,
): Promise<void> {
	changeEverything(home);
	const parent = path.dirname(home);
	const before = record(home);
	const siblings = fs.readdirSync(parent);
	const folders = snapshotFolders(home);
	const reply = await snapshot(home, ["restore", ref]);
	expect(reply.code, reply.json.text).toBe(1);
	expect(reply.json.ok).toBe(false);
	expect(reply.json.text).toMatch(says);
	expect(difference(before, record(home))).toEqual([]);
	expect(fs.readdirSync(parent)).toEqual(siblings);
	expect(snapshotFolders(home)).toEqual(folders);
}

function flipOneBit(file: string): void {
	const bytes = fs.readFileSync(file);
	const at = Math.floor(bytes.length / 2);
	bytes[at] = (bytes[at] ?? 0) ^ 1;
	fs.writeFileSync(file, bytes);
}

describe("a snapshot that was damaged", () => {
	it.each([
		"config.yaml",
		"state.db",
		"pairing/telegram-approved.json",
		"profiles/coder/SOUL.md",
	])("is refused when one bit of %s flipped", { timeout }, async (file) => {
		flipOneBit(path.join(storeOf(home), id, file));
		await expectRefused("1", new RegExp(file.replaceAll(".", "\\.")));
	});

	it("is refused when one of its files is gone", { timeout }, async () => {
		fs.rmSync(path.join(storeOf(home), id, "cron/jobs.json"));
		await expectRefused("1", /cron\/jobs\.json/);
	});

	it("is refused when one of its files became a link", {
		timeout,
	}, async () => {
		const kept = path.join(storeOf(home), id, "SOUL.md");
		fs.renameSync(kept, path.join(home, "soul-elsewhere.md"));
		fs.symlinkSync(path.join(home, "soul-elsewhere.md"), kept);
		await expectRefused("1", /SOUL\.md/);
	});

	it.each([
		"",
		"{",
		"null",
		"[]",
		'{"formatVersion": 1}',
		"not json at all",
	])("is refused, and the others still listed, when its manifest reads %j", {
		timeout,
	}, async (text) => {
		put(home, "config.yaml", "another: state\n");
		const other = (await snapshot(home, ["create", "other"])).json.data.snapshot
			?.id;
		fs.writeFileSync(manifestPath(home, id), text);
		const list = await snapshot(home, ["list"]);
		expect(list.code).toBe(0);
		expect(list.json.data.snapshots?.map((one) => one.id)).toContain(other);
		expect(
			(await snapshot(home, ["restore", "1", "--dry-run"])).code,
			"a good one still works",
		).toBe(0);
		await expectRefused(id, new RegExp(id));
		await snapshot(home, ["prune", "1"]);
		expect(
			fs.existsSync(path.join(storeOf(home), id)),
			"prune leaves what it cannot read",
		).toBe(true);
	});

	it.each([
		"../escaped.txt",
		"/tmp/agent-snapshot-escaped.txt",
		"state-snapshots/config.json",
		"a/../../escaped.txt",
	])("writes nowhere when its manifest names %s", { timeout }, async (evil) => {
		const manifest = readManifest(home, id);
		const config = manifest.entries.find(
			(entry) => entry.path === "config.yaml",
		);
		manifest.entries.push({
			...config,
			kind: config?.kind ?? "file",
			path: evil,
		});
		manifest.files[evil] = manifest.files["config.yaml"] ?? 0;
		fs.writeFileSync(manifestPath(home, id), JSON.stringify(manifest));
		await expectRefused(id, /./);
		expect(fs.existsSync(path.resolve(home, evil))).toBe(false);
	});

	it("of a newer format is refused with advice", { timeout }, async () => {
		const manifest = { ...readManifest(home, id), formatVersion: 999 };
		fs.writeFileSync(manifestPath(home, id), JSON.stringify(manifest));
		await expectRefused(id, /newer|version|update/i);
	});
});

it("never lists, counts, restores or removes what is no snapshot", {
	timeout,
}, async () => {
	const store = storeOf(home);
	put(store, "notes/todo.txt", "mine");
	put(store, "20260101-000000-no-manifest/config.yaml", "mine: too\n");
	put(store, "README", "a file, not a folder");
	put(store, ".git/HEAD", "ref: refs/heads/main\n");
	put(store, ".hidden/manifest.json", { id: ".hidden", files: {} });
	fs.symlinkSync(id, path.join(store, "20260102-000000-a-link"));
	const foreign = [
		"notes",
		"20260101-000000-no-manifest",
		"README",
		".git",
		".hidden",
		"20260102-000000-a-link",
	];
	const facts = () =>
		[...record(store)].filter(([file]) =>
			foreign.some((name) => file === name || file.startsWith(`${name}/`)),
		);
	const before = facts();
	expect(before.length).toBeGreaterThan(foreign.length);

	const ids = async () =>
		(await snapshot(home, ["list", "--all"])).json.data.snapshots?.map(
			(one) => one.id,
		);
	expect(await ids()).toEqual([id]);
	for (const name of foreign)
		expect(
			(await snapshot(home, ["restore", name, "--dry-run"])).code,
			name,
		).toBe(1);
	await snapshot(home, ["create", "--force", "second"]);
	await snapshot(home, ["prune", "1"]);
	expect(await ids()).toHaveLength(1);
	expect(facts()).toEqual(before);
});
