import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { put } from "./programs.ts";
import type { Place, RealAgent, RealHost } from "./real-host.ts";
import {
	OLDER,
	seeSnapshotOfStart,
	startAsOlder,
} from "./snapshot-of-start.ts";
import { standInModel } from "./stand-in-model.ts";

/** Types what a person would, and looks at the files. Resolves with what there is to say. @throws what went wrong */
export async function tryHost(
	host: RealHost,
	place: Omit<Place, "modelPort">,
): Promise<string> {
	const { home } = place;
	const model = await standInModel();
	try {
		startAsOlder(host, place);
		put(home, ...host.state);
		const agent = await host.start({ ...place, modelPort: model.port });
		try {
			const times = await converse(host, agent, home);
			await agent.also?.();
			assert.deepEqual(model.requests, [], "the model was asked");
			const answers = "create, list, restore, undo and an error answered in";
			return `${host.name} ${host.version}: ${answers} ${times.join(", ")} ms; model calls: 0; pre-update snapshot at the start of another version`;
		} finally {
			await agent.stop();
			await agent.stopped?.();
		}
	} finally {
		await model.stop();
	}
}

/** Resolves with the milliseconds from typing to answer. */
async function converse(
	host: RealHost,
	agent: RealAgent,
	home: string,
): Promise<number[]> {
	const { state, sigil = "/" } = host;
	const file = path.join(home, state[0]);
	const times: number[] = [];
	const say = async (words: string, expected: string | RegExp) => {
		const began = performance.now();
		const shown = await agent.type(sigil + words, expected);
		times.push(Math.round(performance.now() - began));
		assert.match(shown, new RegExp(expected), `after ${sigil}${words}`);
	};
	await say("snapshot help", /restore <number\|id\|latest>/);
	assert.deepEqual(await seeSnapshotOfStart(host, home), [OLDER, host.version]);
	const before = await agent.data?.read();
	await say("snapshot create by hand", /Snapshot 1 created/);
	fs.writeFileSync(file, "ruined");
	await agent.data?.change();
	const after = await agent.data?.read();
	if (agent.data) assert.notEqual(after, before, "its data is another");
	await say("snap list", /ago.*by hand|just now.*by hand/);
	await say("snapshot restore 1", /Restored snapshot 1/);
	assert.equal(fs.readFileSync(file, "utf8"), state[1], "it came back");
	assert.equal(await agent.data?.read(), before, "its data came back");
	await say("snap undo", /Took back the restore/);
	assert.equal(fs.readFileSync(file, "utf8"), "ruined", "it was taken back");
	assert.equal(await agent.data?.read(), after, "its data was taken back");
	await say("snapshot restore 99", /There is no snapshot 99/);
	// The first answer waited for the agent to start.
	return times.slice(1);
}
