import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import {
	difference,
	type HomeRecord,
	record,
} from "../../../support/oracle.ts";
import { copyHome } from "../../copy-home.ts";
import { mustRun, type Ran, runSubject } from "../../run-subject.ts";
import { ours, type Subject } from "../../subjects.ts";
import { changeLittleHome, makeLittleHome } from "../kill/little-home.ts";

/** One directory holds the agent's home, the archive and its passphrase: all that is watched. */
export const inUser: Subject = {
	name: "ours",
	command: (dir, ...words) => ours.command(`${dir}/agent`, ...words),
};

export const ARCHIVE = "backup.zip";
const PASSPHRASE = "passphrase";

export interface Scene {
	readonly name: string;
	/** To be copied. */
	readonly dir: string;
	readonly words: (dir: string) => readonly string[];
	/** What is wrong behind it, whole or killed or refused. */
	readonly faults: (dir: string, ran: Ran) => Promise<string[]>;
}

/** @param base a folder of the campaign */
export async function makeScenes(base: string): Promise<Scene[]> {
	const from = path.join(base, "from");
	const changed = path.join(base, "changed");
	const blank = path.join(base, "blank");
	for (const dir of [from, changed, blank]) {
		fs.mkdirSync(dir);
		fs.writeFileSync(path.join(dir, PASSPHRASE), "of this campaign\n");
	}
	makeLittleHome(`${from}/agent`);
	copyHome(`${from}/agent`, `${changed}/agent`);
	changeLittleHome(`${changed}/agent`);
	const archive = path.join(base, ARCHIVE);
	await mustRun(inUser, from, ...exporting(archive));
	const known = { archive, wanted: await imported(archive, `${base}/whole`) };
	const importing = () => ["import", archive, "--force"];
	return [
		{
			name: "export",
			dir: from,
			words: (dir) => exporting(path.join(dir, ARCHIVE)),
			faults: (dir, ran) => afterExport(dir, ran, known.wanted, []),
		},
		{
			name: "export/sealed",
			dir: from,
			words: (dir) => [
				...["export", "--full", "--to", path.join(dir, ARCHIVE)],
				...keyIn(dir),
			],
			faults: (dir, ran) => afterExport(dir, ran, known.wanted, keyIn(dir)),
		},
		{
			name: "import/blank",
			dir: blank,
			words: importing,
			faults: (dir) => afterImport(dir, new Map(), known),
		},
		{
			name: "import/over",
			dir: changed,
			words: importing,
			faults: async (dir) => {
				const old = record(`${changed}/agent`);
				const over = { ...known, wanted: await overWanted(base, known) };
				return afterImport(dir, old, over);
			},
		},
	];
}

function exporting(to: string): string[] {
	return ["export", "--full", "--no-encrypt", "--to", to];
}

function keyIn(dir: string): string[] {
	return ["--passphrase-file", path.join(dir, PASSPHRASE)];
}

/** What an undisturbed import makes of it in an empty home. */
async function imported(
	archive: string,
	dir: string,
	flags: readonly string[] = [],
): Promise<HomeRecord> {
	fs.mkdirSync(dir, { recursive: true });
	await mustRun(inUser, dir, "import", archive, "--force", ...flags);
	return record(`${dir}/agent`);
}

interface Known {
	readonly archive: string;
	readonly wanted: HomeRecord;
}

let over: Promise<HomeRecord> | undefined;
/** And over the changed one, where tokens stay. */
function overWanted(base: string, { archive }: Known): Promise<HomeRecord> {
	const dir = path.join(base, "over");
	over ??= (async () => {
		copyHome(path.join(base, "changed"), dir);
		return imported(archive, dir);
	})();
	return over;
}

/** The agent's home is as it was; an archive of that name is whole; nothing else is left when the next command is done. */
async function afterExport(
	dir: string,
	ran: Ran,
	wanted: HomeRecord,
	flags: readonly string[],
): Promise<string[]> {
	const archive = path.join(dir, ARCHIVE);
	const faults: string[] = [];
	if (fs.existsSync(archive)) {
		const found = await imported(archive, `${dir}/check`, flags);
		faults.push(...difference(wanted, found).slice(0, 5));
		if (
			flags.length === 0 &&
			spawnSync("unzip", ["-tqq", archive]).status !== 0
		)
			faults.push("unzip finds it damaged");
		fs.rmSync(archive);
	} else if (ran.code === 0) faults.push("it says that it is done, and is not");
	const next = await runSubject(inUser, dir, exporting(archive));
	if (next.code !== 0) faults.push(`the next one fails: ${next.stdout}`);
	return [...faults, ...leftovers(dir)];
}

/** The home is what it was or what it should be; and the next import makes it so. */
async function afterImport(
	dir: string,
	old: HomeRecord,
	{ archive, wanted }: Known,
): Promise<string[]> {
	const home = `${dir}/agent`;
	if (fs.existsSync(home)) await runSubject(inUser, dir, ["recover"]);
	const now = fs.existsSync(home) ? record(home) : new Map();
	const isOld =
		[...now.keys()].every((name) => name === ".") && old.size === 0
			? []
			: difference(old, now);
	const isNew = difference(wanted, now);
	const faults =
		isOld.length > 0 && isNew.length > 0
			? ["neither old nor new:", ...isOld.slice(0, 3), ...isNew.slice(0, 3)]
			: [];
	const next = await runSubject(inUser, dir, ["import", archive, "--force"]);
	if (next.code !== 0) faults.push(`the next one fails: ${next.stdout}`);
	faults.push(...difference(wanted, record(home)).slice(0, 5));
	return [...faults, ...leftovers(dir)];
}

function leftovers(dir: string): string[] {
	const store = `${dir}/agent/state-snapshots`;
	const names = [
		...fs.readdirSync(dir),
		...(fs.existsSync(store) ? fs.readdirSync(store) : []),
	];
	return names
		.filter((name) => /\.partial|^\.scratch|\.importing/.test(name))
		.map((name) => `left: ${name}`);
}
