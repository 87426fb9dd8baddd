import fs from "node:fs";
import { delimiter } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
	findSuitableNode,
	isCurrentSuitable,
	isSuitable,
	NO_NODE,
} from "../../src/system/suitable-node.ts";
import { scratch } from "../support/scratch.ts";

describe("a Node version", () => {
	it.each([
		["v22.15.0", true],
		["22.15", true],
		["v22.14.9", false],
		["v22.9.0", false],
		["v20.19.5", false],
		["v24.0.0", true],
		["v26.1.0-nightly", true],
		["", false],
		["nonsense", false],
	])("%s is suitable: %s", (version, suitable) => {
		expect(isSuitable(version)).toBe(suitable);
	});
});

/** As if a host ran us that is no Node, such as Bun or a program with Node packed into it. */
function runningOn(program: string): void {
	const { execPath } = process;
	process.execPath = program;
	onTestFinished(() => {
		process.execPath = execPath;
	});
}

/** A program that says it is Node of this version. */
function fakeNode(path: string, version: string): string {
	fs.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
	fs.writeFileSync(path, `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
	return path;
}

describe("the Node for the engine", () => {
	it("is the one that runs us, when it will do", async () => {
		expect(isCurrentSuitable()).toBe(true);
		expect(await findSuitableNode("/nowhere", {})).toBe(process.execPath);
	});

	it("is not a host that is no Node", () => {
		runningOn("/opt/agent/agent");
		expect(isCurrentSuitable()).toBe(false);
	});

	it("is the named one first, then the package's own, then one on PATH", async () => {
		runningOn("/opt/agent/agent");
		const dir = scratch();
		const inPackage = fakeNode(`${dir}/app/node_modules/.bin/node`, "v24.1.0");
		const onPath = fakeNode(`${dir}/bin/node`, "v24.2.0");
		const named = fakeNode(`${dir}/named/my-node`, "v24.3.0");
		const PATH = `${dir}/bin`;
		const deep = `${dir}/app/dist/system`;
		const AGENT_SNAPSHOT_NODE = named;
		expect(await findSuitableNode(deep, { PATH, AGENT_SNAPSHOT_NODE })).toBe(
			named,
		);
		expect(await findSuitableNode(deep, { PATH })).toBe(inPackage);
		expect(await findSuitableNode(`${dir}/else`, { PATH })).toBe(onPath);
	});

	it("is the first that is new enough and answers", async () => {
		runningOn("/opt/agent/agent");
		const dir = scratch();
		fakeNode(`${dir}/old/node`, "v20.19.5");
		fs.mkdirSync(`${dir}/broken`);
		fs.writeFileSync(`${dir}/broken/node`, "not a program", { mode: 0o755 });
		const good = fakeNode(`${dir}/good/node`, "v22.15.0");
		const PATH = ["old", "broken", "missing", "good"]
			.map((name) => `${dir}/${name}`)
			.join(delimiter);
		expect(await findSuitableNode(dir, { PATH })).toBe(good);
	});

	it("is looked for where version managers put it", async () => {
		runningOn("/opt/agent/agent");
		const HOME = scratch();
		const hidden = fakeNode(
			`${HOME}/.nvm/versions/node/v24.9.0/bin/node`,
			"v24.9.0",
		);
		fakeNode(`${HOME}/.nvm/versions/node/v20.0.0/bin/node`, "v20.0.0");
		const found = await findSuitableNode(HOME, { HOME, PATH: "" });
		// A machine may have one in a usual place as well, which comes first.
		expect([hidden, "/usr/local/bin/node", "/usr/bin/node"]).toContain(found);
	});

	it("is asked for in one sentence when there is none", () => {
		expect(NO_NODE).toContain("22.15 or newer");
		expect(NO_NODE).toMatch(/nothing was changed/i);
	});
});
