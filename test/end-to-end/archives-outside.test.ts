import fs from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { type Fact, record } from "../support/oracle.ts";
import { canTrace } from "../support/paths.ts";
import { put } from "../support/put.ts";
import { hasRestic, passwordFile } from "../support/restic-server.ts";
import { runCli } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import {
	manifestPath,
	readManifest,
	snapshotFolders,
} from "../support/store.ts";

const timeout = 60_000;

/** A user whose agent's home lies elsewhere, and what an import has put beside it. */
let place = "";
let home = "";
let user = "";
beforeEach(async () => {
	place = scratch();
	home = `${place}/home`;
	user = `${place}/user`;
	put(place, "home/SOUL.md", "# Soul\n");
	put(place, "home/config.yaml", "model: m\n");
	put(place, "user/.honcho/config.json", "of the snapshot\n");
	const archive = `${place}/a.zip`;
	await must(user, ["export", "--full", "--no-encrypt", "--to", archive]);
	fs.rmSync(`${user}/.honcho`, { recursive: true });
	await must(user, ["import", archive, "--force"]);
	expect(read(`${user}/.honcho/config.json`)).toBe("of the snapshot\n");
	put(place, "user/.honcho/config.json", "live\n");
}, timeout);

function run(as: string, words: readonly string[], under?: readonly string[]) {
	const env = { HOME: as, HERMES_HOME: home };
	return runCli(words, { env, cwd: place, ...(under && { under }) });
}

async function must(as: string, words: readonly string[]): Promise<string> {
	const ran = await run(as, words);
	expect(ran.code, ran.stdout + ran.stderr).toBe(0);
	return ran.stdout;
}

function read(file: string): string {
	return fs.readFileSync(file, "utf8");
}

/** All but the agent's home and Node's caches. */
function others(): [string, Fact][] {
	const isOther = ([name]: [string, Fact]) =>
		!/^(\.$|home)/.test(name) && !name.includes(".cache");
	return Object.entries(record(place))
		.filter(isOther)
		.map(([name, fact]): [string, Fact] => [name, { ...fact, mtime: 0 }]);
}

/** @returns the user's home that it is now */
function moved(): string {
	fs.renameSync(user, `${place}/moved`);
	return `${place}/moved`;
}

function another(): string {
	put(place, "other/.honcho/config.json", "another's\n");
	return `${place}/other`;
}

function saying(outside: object): string {
	for (const id of snapshotFolders(home)) {
		const manifest = { ...readManifest(home, id), outside };
		fs.writeFileSync(manifestPath(home, id), JSON.stringify(manifest));
	}
	put(place, "victim/.honcho/config.json", "the victim's\n");
	return user;
}

describe("a snapshot of what lay beside a home", { timeout }, () => {
	it.each<readonly [string, () => string]>([
		["the user's own home was moved since", moved],
		[
			"a link leads to where it was moved",
			() => {
				fs.symlinkSync(moved(), user);
				return user;
			},
		],
		["another user's is where it was", another],
		[
			"another user's is, and the first one's is not there",
			() => {
				moved();
				return another();
			},
		],
		[
			"it names a made-up place",
			() => saying({ home, user: `${place}/victim` }),
		],
		[
			"it names none that is there",
			() => saying({ home, user: `${place}/no` }),
		],
		[
			"it names another agent's home",
			() => saying({ home: `${place}/victim`, user }),
		],
	])("comes into the home, as it tells before, where %s", async (_, change) => {
		const as = change();
		const before = others();
		const told = /^Directories of .* into the home, .*_external\.honcho\. /m;
		expect(await must(as, ["restore", "1", "--dry-run"])).toMatch(told);
		expect(fs.existsSync(`${home}/_external.honcho`)).toBe(false);
		expect(await must(as, ["restore", "1"])).toMatch(told);
		expect(read(`${home}/_external.honcho/config.json`)).toBe(
			"of the snapshot\n",
		);
		expect(others()).toEqual(before);
		await must(as, ["undo"]);
		expect(fs.existsSync(`${home}/_external.honcho`)).toBe(false);
		expect(others()).toEqual(before);
	});

	it("of an undo comes into the home, too, where the user's own was moved since", async () => {
		await must(user, ["restore", "1"]);
		const as = moved();
		await must(as, ["undo"]);
		expect(read(`${home}/_external.honcho/config.json`)).toBe("live\n");
		expect(read(`${as}/.honcho/config.json`)).toBe("of the snapshot\n");
	});

	it("comes beside it where all is as it was, and takes the place of a link, not of what that leads to", async () => {
		put(place, "victim/config.json", "the victim's\n");
		fs.rmSync(`${user}/.honcho`, { recursive: true });
		fs.symlinkSync("../victim", `${user}/.honcho`);
		const plan = await must(user, ["restore", "1", "--dry-run"]);
		expect(plan).toMatch(/^(Make|Replace) \S+\/user\/\.honcho, /m);
		await must(user, ["restore", "1"]);
		expect(fs.lstatSync(`${user}/.honcho`).isDirectory()).toBe(true);
		expect(read(`${user}/.honcho/config.json`)).toBe("of the snapshot\n");
		expect(read(`${place}/victim/config.json`)).toBe("the victim's\n");
		await must(user, ["undo"]);
		expect(fs.readlinkSync(`${user}/.honcho`)).toBe("../victim");
	});
});

describe.runIf(hasRestic)("remote restore", { timeout }, () => {
	it.each<readonly [string, () => Record<string, string>]>([
		["for another user", () => ({ HOME: another(), HERMES_HOME: home })],
		["in a home that is not the agent's usual one", () => ({ HOME: user })],
	])("puts nothing beside the home %s, and says so", async (_, change) => {
		const key = passwordFile(place);
		const added = [`${place}/repository`, "--password-file", key];
		await must(user, ["remote", "add", ...added]);
		await must(user, ["remote", "push", "1"]);
		fs.renameSync(home, `${place}/home-before`);
		fs.mkdirSync(home);
		const env = change();
		const options = { env, cwd: place };
		await runCli(["--home", home, "remote", "add", ...added], options);
		const isKept = ([name]: [string, Fact]) => name.includes(".honcho/");
		const before = others().filter(isKept);
		const ran = await runCli(
			["--home", home, "remote", "restore", "1"],
			options,
		);
		expect(ran.code, ran.stdout + ran.stderr).toBe(0);
		expect(ran.stdout).toMatch(/into the home, .*_external\.honcho\. /);
		expect(read(`${home}/_external.honcho/config.json`)).toContain("snapshot");
		expect(others().filter(isKept)).toEqual(before);
	});
});

describe("--into", { timeout }, () => {
	it.each([
		["the store", () => "home/state-snapshots"],
		["a snapshot", () => `home/state-snapshots/${snapshotFolders(home)[0]}`],
		["a new directory in it", () => `${home}/state-snapshots/new/home`],
		["a link to it", () => "link/new"],
	])("is refused for %s", async (_, into) => {
		fs.symlinkSync("home/state-snapshots", `${place}/link`);
		const before = record(`${home}/state-snapshots`);
		for (const words of [
			["import", `${place}/a.zip`, "--force"],
			["remote", "restore", "1"],
		]) {
			const ran = await run(user, [...words, "--into", into()]);
			expect(ran.code, ran.stdout + ran.stderr).toBe(2);
			expect(ran.stdout + ran.stderr).toContain("lies in a store of snapshots");
		}
		expect(record(`${home}/state-snapshots`)).toEqual(before);
	});
});

describe.runIf(canTrace())("an interrupted restore", { timeout }, () => {
	beforeEach(async () => {
		put(place, "home/SOUL.md", "# Changed\n");
		put(place, "user/.honcho/later.md", "came since\n");
		const kill = "inject=unlink:signal=SIGKILL:when=1";
		const at = ["-P", `${user}/.honcho/later.md`];
		const under = ["strace", "-qq", "-o", "/dev/null", "-e", kill, ...at];
		const ran = await run(user, ["restore", "1"], under);
		expect(ran.code).not.toBe(0);
		expect(fs.existsSync(`${home}/state-snapshots/.restore/journal.json`)).toBe(
			true,
		);
	});

	it("is ended where it began, whoever does it", async () => {
		await must(another(), ["recover"]);
		expect(read(`${user}/.honcho/config.json`)).toBe("of the snapshot\n");
		await must(user, ["undo"]);
		expect(read(`${user}/.honcho/config.json`)).toBe("live\n");
	});

	it.each<readonly [string, () => string]>([
		["is gone", moved],
		[
			"is a link",
			() => {
				fs.symlinkSync(moved(), user);
				return user;
			},
		],
		[
			"is somebody else's",
			() => {
				const as = moved();
				put(place, "user/.honcho/config.json", "somebody's\n");
				fs.chownSync(user, 1234, 1234);
				return as;
			},
		],
	])("is not gone on with where that %s; the way back stands open", async (how, change) => {
		if (how === "is somebody else's" && process.getuid?.() !== 0) return;
		const as = change();
		const before = others();
		const ran = await run(as, ["recover"]);
		expect(ran.code, ran.stdout + ran.stderr).not.toBe(0);
		expect(ran.stdout + ran.stderr).toContain("Nothing was changed.");
		expect(ran.stdout + ran.stderr).toContain("recover --back");
		expect((await run(as, ["recover", "--finish"])).code).not.toBe(0);
		await must(as, ["recover", "--back"]);
		expect(read(`${home}/SOUL.md`)).toBe("# Changed\n");
		expect(read(`${home}/_external.honcho/config.json`)).toBe("live\n");
		expect(others()).toEqual(before);
		await must(as, ["create"]);
	});
});
