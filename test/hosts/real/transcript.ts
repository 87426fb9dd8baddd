import fs from "node:fs";
import path from "node:path";
import { root } from "../../support/paths.ts";
import { put } from "./programs.ts";
import type { Place, RealAgent, RealHost } from "./real-host.ts";
import { seeSnapshotOfStart } from "./snapshot-of-start.ts";
import { standInModel } from "./stand-in-model.ts";
import type { Terminal } from "./terminal.ts";

const LABEL = "before the upgrade";

/** A short chat in its terminal, as it looks, into docs/transcripts. Resolves with where it lies. */
export async function writeTranscript(
	host: RealHost,
	place: Omit<Place, "modelPort">,
): Promise<string> {
	const { state } = host;
	const { home } = place;
	const model = await standInModel();
	put(home, ...state);
	try {
		if (host.openTerminal === undefined) {
			const agent = await host.start({ ...place, modelPort: model.port });
			return await talk(host, agent, home);
		}
		const terminal = await host.openTerminal({
			...place,
			modelPort: model.port,
		});
		return await chat(host, terminal, home);
	} finally {
		await model.stop();
	}
}

async function chat(
	host: RealHost,
	terminal: Terminal,
	home: string,
): Promise<string> {
	const { name, version, sigil = "/", state } = host;
	try {
		await terminal.type(`${sigil}snapshot help`, /restore <number/);
		await seeSnapshotOfStart(host, home);
		await terminal.type(`${sigil}snapshot create ${LABEL}`, /created:/);
		fs.writeFileSync(path.join(home, state[0]), "ruined");
		await terminal.type(`${sigil}snapshot list`, /Put one back/);
		await restoreIn(terminal, host);
		const seen = chatOf(terminal.screen(), sigil);
		const file = `docs/transcripts/${name}.txt`;
		put(root, file, `${name} ${version}\n\n${seen}\n`);
		return file;
	} finally {
		await terminal.stop();
	}
}

/** Where there is no terminal: what was typed, and what came back. */
async function talk(
	{ name, version, state }: RealHost,
	agent: RealAgent,
	home: string,
): Promise<string> {
	const lines = [`${name} ${version}`, ""];
	const say = async (typed: string, expected: RegExp) =>
		lines.push(`> ${typed}`, await agent.type(typed, expected));
	try {
		await say(`/snapshot create ${LABEL}`, /created:/);
		fs.writeFileSync(path.join(home, state[0]), "ruined");
		await say("/snapshot list", /Put one back/);
		await say("/snapshot restore 1", /Restored snapshot/);
		// One that restarts itself can be ended when it is back.
		await agent.type("/snapshot list", /Put one back/);
		const file = `docs/transcripts/${name}.txt`;
		put(root, file, `${lines.join("\n")}\n`);
		return file;
	} finally {
		await agent.stop();
	}
}

/** Says yes, where it asks. */
async function restoreIn(
	terminal: Terminal,
	{ sigil, asks }: RealHost,
): Promise<void> {
	const line = `${sigil ?? "/"}snapshot restore 1`;
	const restored = /Restored snapshot/;
	await terminal.type(line, asks?.question ?? restored);
	for (const key of asks?.keys ?? []) terminal.press(key);
	await terminal.see(asks?.done ?? restored);
}

/** From what was typed, where that is shown, to the last answer; without frames and empty lines. */
function chatOf(screen: string, sigil: string): string {
	const lines = screen
		.split("\n")
		.map((line) => line.replace(/[┃│]/g, " ").trimEnd())
		.filter((line) => !/^[─━▀▄╭╮╰╯╹\s]*$/.test(line));
	const answer = lines.findIndex((line) => /Snapshot \d+ created/.test(line));
	const typed = lines.findLastIndex(
		(line, index) => index < answer && line.includes(`${sigil}snapshot`),
	);
	const from = answer - typed <= 2 ? typed : answer;
	const last = lines.findLastIndex((line) => line.includes("undo"));
	return (
		lines
			.slice(from, last + 1)
			.join("\n")
			// The name of a folder of this run, in that of a folder of the agent's.
			.replaceAll(/agent-snapshot-hosts-\w+/g, "…")
	);
}
