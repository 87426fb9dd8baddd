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
			const talk = await converse(host, agent, home);
			await agent.also?.();
			assert.deepEqual(model.requests, [], "the model was asked");
			return `${host.name} ${host.version}: ${talk.join("; ")}; model calls: ${model.requests.length}; pre-update snapshot at the start of another version`;
		} finally {
			await agent.stop();
			await agent.stopped?.();
		}
	} finally {
		await model.stop();
	}
}

/** Resolves with what was typed, how the answer to it begins, and the milliseconds between. */
async function converse(
	host: RealHost,
	agent: RealAgent,
	home: string,
): Promise<string[]> {
	const { state, sigil = "/" } = host;
	const file = path.join(home, state[0]);
	const talk: string[] = [];
	const say = async (words: string, expected: RegExp) => {
		const typed = sigil + words;
		const began = performance.now();
		const shown = await agent.type(typed, expected);
		const took = Math.round(performance.now() - began);
		assert.match(shown, expected, `after ${typed}`);
		talk.push(`"${typed}" → "${beginning(shown, expected)}" ${took} ms`);
	};
	await say("snapshot help", /More about one: \S+ help restore/);
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
	return talk.slice(1);
}

/** The first words of what was waited for: of a screen there is more to be seen. */
function beginning(shown: string, expected: RegExp): string {
	const [line = ""] = shown.slice(shown.search(expected)).split("\n", 1);
	const words = line.trim().replaceAll(/\s+/g, " ");
	return words.length > 40 ? `${words.slice(0, 39)}…` : words;
}
