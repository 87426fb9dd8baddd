import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { makeSmallDb } from "../../../support/hermes-databases.ts";
import {
	difference,
	type HomeRecord,
	record,
} from "../../../support/oracle.ts";
import { put } from "../../../support/put.ts";
import { copyHome } from "../../copy-home.ts";
import { mustRun, type Ran, runSubject } from "../../run-subject.ts";
import { ours, type Subject } from "../../subjects.ts";
import { changeLittleHome, makeLittleHome } from "../kill/little-home.ts";

/**
 * One directory, which is a user's home, holds the agent's, directories of other programs, the archive and its passphrase: all
 * that is watched. The agent's is the one that is meant when nobody names one: only then what comes may go beside it.
 */
export const inUser: Subject = {
	name: "ours",
	command(dir, ...words) {
		const [node, cli, , , ...rest] = ours.command("", ...words);
		const variables = [`HOME=${dir}`, `HERMES_HOME=${dir}/agent`];
		return ["env", ...variables, node, cli ?? "", ...rest];
	},
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
		fs.writeFileSync(path.join(dir, PASSPHRASE), "of this campaign\n", {
			mode: 0o600,
		});
	}
	makeLittleHome(`${from}/agent`);
	copyHome(`${from}/agent`, `${changed}/agent`);
	changeLittleHome(`${changed}/agent`);
	makeBeside(from);
	changeBeside(from, changed);
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
				const old = recordUser(changed);
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
	return recordUser(dir);
}

const BESIDE = [".honcho", ".hindsight"];

/** With an empty directory, modes, links and a database. */
function makeBeside(dir: string): void {
	put(dir, ".honcho/config.json", '{"workspace":"ada"}\n', 0o640);
	put(dir, ".honcho/deep/in/it.md", "a note\n", 0o644);
	fs.mkdirSync(`${dir}/.honcho/empty`, { mode: 0o711 });
	fs.symlinkSync("config.json", `${dir}/.honcho/link`);
	fs.mkdirSync(`${dir}/.hindsight`);
	makeSmallDb(`${dir}/.hindsight/bank.db`, "items", 3);
}

/** One that is another, and one that is not there. */
function changeBeside(from: string, dir: string): void {
	copyHome(`${from}/.honcho`, `${dir}/.honcho`);
	fs.writeFileSync(`${dir}/.honcho/config.json`, "changed since\n");
	fs.rmSync(`${dir}/.honcho/deep`, { recursive: true });
	fs.rmSync(`${dir}/.honcho/link`);
	put(dir, ".honcho/link", "a file where a link was\n");
	put(dir, ".honcho/later.md", "added since\n");
	fs.chmodSync(`${dir}/.honcho`, 0o700);
}

/** Of the agent's home, and of what lies beside it. */
function recordUser(dir: string): HomeRecord {
	const all: HomeRecord = fs.existsSync(`${dir}/agent`)
		? record(`${dir}/agent`)
		: new Map();
	for (const name of BESIDE.filter((one) => fs.existsSync(`${dir}/${one}`)))
		for (const [file, fact] of record(`${dir}/${name}`)) {
			// What a database says counts.
			const { rows } = fact;
			const told = rows ? { size: 0, mtime: 0n, sha256: rows } : {};
			all.set(`beside/${name}/${file}`, { ...fact, ...told });
		}
	return all;
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
	const now = recordUser(dir);
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
	faults.push(...difference(wanted, recordUser(dir)).slice(0, 5));
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
