import assert from "node:assert/strict";
import path from "node:path";
import type { HostName } from "../../../src/hosts/index.ts";
import { outputOf, runProgram } from "./programs.ts";
import type { Place } from "./real-host.ts";

/**
 * Has our own command line put the plugin in, take it out again and put it in once more, and `doctor` look at it.
 * @param dir where npm has installed the agent
 */
export async function installPlugin(
	name: HostName,
	{ home, ours }: Place,
	dir: string,
): Promise<void> {
	const bin = path.join(dir, "node_modules/.bin");
	const env = {
		PATH: `${bin}${path.delimiter}${process.env.PATH}`,
		HOME: home,
	};
	const us = path.join(ours, "dist/cli.js");
	const say = (...words: string[]) =>
		runProgram(process.execPath, [us, ...words], { cwd: home, env });
	const examine = () =>
		outputOf(process.execPath, [us, "doctor", name], { cwd: home, env });
	const isIn = / ok +plugin +installed, and its engine answers/;
	assert.match(say("install", name, "--yes"), /is installed in/);
	assert.match(await examine(), isIn);
	assert.match(say("uninstall", name, "--yes"), /is not installed in/);
	assert.match(await examine(), / note +plugin .* not installed/);
	assert.match(say("install", name, "--yes"), /is installed in/);
	assert.match(say("install", name, "--yes"), /Nothing was changed/);
	assert.match(await examine(), isIn);
}
