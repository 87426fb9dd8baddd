/** Who is compared, as the commands that each of them is given. */
import fs from "node:fs";
import path from "node:path";
import { folderOf, inHome, newestIn, type Place, setIn } from "./place.ts";
import { borg, restic } from "./repositories.ts";
import { type Command, PYTHON, versionOf } from "./run.ts";

export const NAMES = [
	"ours",
	"original",
	"naive",
	"cp",
	"restic",
	"borg",
] as const;
export type ContestantName = (typeof NAMES)[number];

export interface Contestant {
	readonly name: ContestantName;
	readonly title: string;
	/** Its store lies in the home while it runs. */
	readonly keepsInHome: boolean;
	/** Every snapshot is a folder of its own, which others do not need. */
	readonly keepsWholeCopies: boolean;
	/** Makes its repository, once for each store. */
	prepare?(place: Place): Command;
	create(place: Place, label: string): Command;
	/** As before an update: all of it is searched for damage. */
	createSearched?(place: Place, label: string): Command;
	/** Into the home, or into `into` where a tool restores into a folder of one's choice. */
	restore(place: Place, into: string): Command;
	list?(place: Place, all: boolean): Command;
	prune?(place: Place, keep: number): Command;
	/** What a copy of its store needs before it is used; not measured. */
	meet?(place: Place): Command;
	/** For a repository: takes the newest snapshot out of it. Others keep it as a folder. */
	takeOut?(place: Place, into: string): Command;
}

const CLI = path.join(import.meta.dirname, "../dist/cli.js");
const ORIGINAL = path.join(import.meta.dirname, "hermes_original.py");
const NAIVE = path.join(import.meta.dirname, "naive.ts");

const ours: Contestant = {
	name: "ours",
	title: "agent-snapshot",
	keepsInHome: true,
	keepsWholeCopies: false,
	create: (place, label) => our(place, "create", label),
	createSearched: (place, label) =>
		our(place, "create", "--reason", "pre-update", label),
	restore: (place) => our(place, "restore", "latest"),
	list: (place, all) => our(place, "list", ...(all ? ["--all"] : [])),
	prune: (place, keep) => our(place, "prune", String(keep)),
};

const original: Contestant = {
	name: "original",
	title: "Hermes, May 2026",
	keepsInHome: true,
	keepsWholeCopies: true,
	create: (place, label) => hermes(place, "create", label),
	restore: (place) => hermes(place, "restore", "1"),
	list: (place, all) => hermes(place, "list", ...(all ? ["100000"] : [])),
	prune: (place, keep) => hermes(place, "prune", String(keep)),
};

const naive: Contestant = {
	name: "naive",
	title: "straightforward Node",
	keepsInHome: false,
	keepsWholeCopies: true,
	create: (place, label) => plainNode(place, "create", label),
	restore: (place) => plainNode(place, "restore", newestIn(place.store)),
};

const cp: Contestant = {
	name: "cp",
	title: "cp -a",
	keepsInHome: false,
	keepsWholeCopies: true,
	create(place, label) {
		const number = fs.readdirSync(place.store).length;
		const name = `${String(number).padStart(5, "0")}-${label}`;
		const target = path.join(place.store, name);
		fs.mkdirSync(target);
		return inHome(place, "cp", "-a", "--parents", ...setIn(place), target);
	},
	restore: (place, into) => inHome(place, "cp", "-aT", folderOf(place), into),
};

const EVERYBODY: readonly Contestant[] = [
	ours,
	original,
	naive,
	cp,
	restic,
	borg,
];

export interface Field {
	readonly contestants: readonly Contestant[];
	/** A sentence for each that cannot take part. */
	readonly absent: readonly string[];
}

/** All that can be run here. Only restic and borg may lack. */
export function whoIsHere(): Field {
	const here = {
		restic: versionOf("restic", "version"),
		borg: versionOf("borg", "--version"),
	};
	const lacks = ({ name }: Contestant) =>
		(name === "restic" || name === "borg") && here[name] === undefined;
	return {
		contestants: EVERYBODY.filter((one) => !lacks(one)),
		absent: EVERYBODY.filter(lacks).map(
			({ name }) => `**${name} is not installed: it was left out.**`,
		),
	};
}

function our({ home, env }: Place, ...words: string[]): Command {
	const agent = ["--home", home, "--host", "hermes"];
	return { words: [process.execPath, CLI, ...agent, ...words], cwd: home, env };
}

function hermes({ home, env }: Place, ...words: string[]): Command {
	return { words: [PYTHON, ORIGINAL, home, ...words], cwd: home, env };
}

function plainNode({ home, store, env }: Place, ...words: string[]): Command {
	return {
		words: [process.execPath, NAIVE, home, store, ...words],
		cwd: home,
		env,
	};
}
