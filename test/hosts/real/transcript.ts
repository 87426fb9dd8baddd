import fs from "node:fs";
import path from "node:path";
import { root } from "../../support/paths.ts";
import { put } from "./programs.ts";
import type { Place, RealHost } from "./real-host.ts";
import { standInModel } from "./stand-in-model.ts";

const LABEL = "before the upgrade";

/** A short chat in its terminal, as it looks, into docs/transcripts. Resolves with where it lies. */
export async function writeTranscript(
	host: RealHost,
	{ home, ours }: Omit<Place, "modelPort">,
): Promise<string> {
	const { name, version, sigil = "/", state } = host;
	if (host.openTerminal === undefined) return `${name}: has no terminal here`;
	const model = await standInModel();
	put(home, ...state);
	const terminal = await host.openTerminal({
		home,
		ours,
		modelPort: model.port,
	});
	try {
		await terminal.type(`${sigil}snapshot create ${LABEL}`, /created:/);
		fs.writeFileSync(path.join(home, state[0]), "ruined");
		await terminal.type(`${sigil}snapshot list`, /Put one back/);
		await terminal.type(`${sigil}snapshot restore 1`, /Restored snapshot/);
		const seen = chatOf(terminal.screen(), `${sigil}snapshot create`);
		const file = `docs/transcripts/${name}.txt`;
		put(root, file, `${name} ${version}\n\n${seen}\n`);
		return file;
	} finally {
		await terminal.stop();
		await model.stop();
	}
}

/** From the first line that was typed to the last answer, without frames and empty lines around. */
function chatOf(screen: string, first: string): string {
	const lines = screen.split("\n").map((line) => line.trimEnd());
	const from = lines.findIndex((line) => line.includes(first));
	const last = lines.findLastIndex((line) => /undo/.test(line));
	return lines
		.slice(from, last + 1)
		.filter((line) => !/^[─━▀▄╭╮╰╯│┃╹\s]*$/.test(line))
		.join("\n");
}
