import fs from "node:fs";
import { describe, expect, it } from "vitest";
import { cacheDirectory } from "../../src/system/compile-cache.ts";
import { scratch } from "../support/scratch.ts";

const SELF = process.geteuid?.() ?? 0;

describe("where V8's compiled code is kept", () => {
	it("is a directory of the user's caches, made private", () => {
		const XDG_CACHE_HOME = scratch();
		const made = cacheDirectory({ XDG_CACHE_HOME });
		expect(made).toBe(`${XDG_CACHE_HOME}/agent-snapshot`);
		expect(fs.statSync(`${made}`).mode & 0o777).toBe(0o700);
		expect(cacheDirectory({ XDG_CACHE_HOME })).toBe(made);
	});

	it.each([
		["others may write to", (at: string) => fs.chmodSync(at, 0o777)],
		[
			"is a link",
			(at: string) => {
				fs.rmdirSync(at);
				fs.symlinkSync("/tmp", at);
			},
		],
		[
			"is a file",
			(at: string) => {
				fs.rmdirSync(at);
				fs.writeFileSync(at, "");
			},
		],
	])("is never one that %s", (_, spoil) => {
		const XDG_CACHE_HOME = scratch();
		spoil(`${cacheDirectory({ XDG_CACHE_HOME })}`);
		expect(cacheDirectory({ XDG_CACHE_HOME })).toBeUndefined();
	});

	it("is not made where others could have made it before us", () => {
		const XDG_CACHE_HOME = scratch();
		fs.chmodSync(XDG_CACHE_HOME, 0o1777);
		expect(cacheDirectory({ XDG_CACHE_HOME })).toBeUndefined();
	});

	it("is not made in the caches of another user, as under sudo", () => {
		const XDG_CACHE_HOME = scratch();
		expect(cacheDirectory({ XDG_CACHE_HOME }, SELF + 1)).toBeUndefined();
		expect(fs.readdirSync(XDG_CACHE_HOME)).toEqual([]);
	});

	it("is never in the state of an agent that has the user's home in it", () => {
		const home = scratch();
		const XDG_CACHE_HOME = `${home}/.cache`;
		fs.mkdirSync(XDG_CACHE_HOME, { mode: 0o700 });
		const SOME_AGENT_HOME = home;
		const environment = { XDG_CACHE_HOME, SOME_AGENT_HOME };
		expect(cacheDirectory(environment)).toBeUndefined();
		expect(fs.readdirSync(XDG_CACHE_HOME)).toEqual([]);
	});

	it("is made where nothing has kept anything yet, for its owner alone", () => {
		const XDG_CACHE_HOME = `${scratch()}/missing`;
		const made = cacheDirectory({ XDG_CACHE_HOME });
		expect(made).toBe(`${XDG_CACHE_HOME}/agent-snapshot`);
		for (const path of [XDG_CACHE_HOME, String(made)])
			expect(fs.statSync(path).mode & 0o777).toBe(0o700);
	});

	it("is done without where there is no place for caches", () => {
		const XDG_CACHE_HOME = `${scratch()}/missing/deeper`;
		expect(cacheDirectory({ XDG_CACHE_HOME })).toBeUndefined();
	});
});
