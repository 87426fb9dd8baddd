import path from "node:path";
import { changeRows } from "../../support/hermes-databases.ts";
import type { Campaign, Point, Setting } from "../campaign.ts";
import { copyHome } from "../copy-home.ts";
import { mustBeInParts } from "../in-parts.ts";
import { runSubject } from "../run-subject.ts";
import { misbehaviour } from "../sentences.ts";
import { snapshotFolders } from "../store-oracle.ts";
import { Talker } from "../talker.ts";
import { makeSmallHome } from "../two-snapshots.ts";
import { readKeys } from "./live/read-keys.ts";

/** Restores in a point, one after the other beside the same writer. */
const RESTORES = 10;
/** Points for each mode at each rate: a hundred restores. */
const POINTS = 10;
const MODES = ["wal", "delete"] as const;
type Mode = (typeof MODES)[number];
const RATES = [20, 200];

interface LiveScene {
	readonly setting: Setting;
	readonly home: string;
	/** Two snapshots, by what their `keyed` table holds. */
	readonly snapshots: readonly {
		readonly id: string;
		readonly keys: readonly string[];
	}[];
}

/** 400 restores into a database that a writer holds open and writes all the while. */
export const live: Campaign = {
	name: "live",
	title: "Restores beside a live writer, 20 and 200 commits/s",
	bounded: 4,
	together: true,
	points: async (setting) => {
		const points: Point[] = [];
		for (const mode of MODES) {
			const scene = await makeScene(setting, mode);
			for (const rate of RATES) points.push(...pointsOf(scene, mode, rate));
		}
		return points;
	},
};

function pointsOf(scene: LiveScene, mode: Mode, rate: number): Point[] {
	return Array.from({ length: POINTS }, (_, index) => ({
		id: `${mode}/${rate}-a-second/${index + 1}`,
		size: RESTORES,
		run: (dir) => besideWriter(scene, rate, dir),
	}));
}

async function makeScene(setting: Setting, mode: Mode): Promise<LiveScene> {
	const home = path.join(setting.dir, mode, "home");
	const database = path.join(home, "state.db");
	makeSmallHome(home);
	changeRows(database, `PRAGMA journal_mode = ${mode}`);
	changeRows(database, "CREATE TABLE keyed (key TEXT PRIMARY KEY)");
	const snapshots: { id: string; keys: string[] }[] = [];
	for (const name of ["one", "two"]) {
		const keys = Array.from({ length: 200 }, (_, index) => `${name} ${index}`);
		const values = keys.map((key) => `('${key}')`).join();
		changeRows(
			database,
			`DELETE FROM keyed; INSERT INTO keyed VALUES ${values}`,
		);
		await runSubject(setting.subject, home, ["create", name]);
		const known = snapshots.map(({ id }) => id);
		const [id = ""] = snapshotFolders(home).filter(
			(one) => !known.includes(one),
		);
		snapshots.push({ id, keys });
	}
	mustBeInParts(setting.subject, home);
	return { setting, home, snapshots };
}

async function besideWriter(
	scene: LiveScene,
	rate: number,
	dir: string,
): Promise<string[]> {
	const home = path.join(dir, "home");
	copyHome(scene.home, home);
	const writer = new Talker(
		"live/keyed-writer.mjs",
		path.join(home, "state.db"),
		String(rate),
		"live",
	);
	try {
		await writer.until(3);
		const faults: string[] = [];
		for (let turn = 0; turn < RESTORES && faults.length === 0; turn++)
			for (const fault of await restoreBeside(scene, home, writer, turn))
				faults.push(`restore ${turn + 1}: ${fault}`);
		return faults;
	} finally {
		await writer.end();
	}
}

async function restoreBeside(
	{ setting: { subject }, snapshots }: LiveScene,
	home: string,
	writer: Talker,
	turn: number,
): Promise<string[]> {
	const wanted = snapshots[turn % 2];
	if (wanted === undefined) throw new Error("there are two snapshots");
	const before = writer.said.length;
	const answer = await runSubject(subject, home, ["restore", wanted.id]);
	const atReply = writer.said.length;
	const wrong = misbehaviour(subject, answer);
	if (answer.code !== 0) return [...wrong, `was refused: ${answer.stdout}`];
	const died = await writer.hear(writer.said.length + 5);
	const atRead = writer.said.length;
	const { integrity, keys } = await readKeys(path.join(home, "state.db"));
	return [
		...wrong,
		...(died === undefined ? [] : [died]),
		...(integrity === "ok" ? [] : [`the database is broken: ${integrity}`]),
		...wrongKeys(keys, wanted.keys, { before, atReply, atRead }),
	];
}

/** What the writer had had acknowledged at each moment, as counts of its keys. */
interface Heard {
	readonly before: number;
	readonly atReply: number;
	readonly atRead: number;
}

/** Exactly the snapshot's rows, and all that the writer committed after one moment between command and reply. */
function wrongKeys(
	keys: readonly string[],
	wanted: readonly string[],
	{ before, atReply, atRead }: Heard,
): string[] {
	const there = new Set(keys);
	const missing = wanted.filter((key) => !there.has(key));
	const restored = new Set(wanted);
	const later = keys.filter((key) => !restored.has(key));
	const strange = later.filter((key) => !key.startsWith("live-"));
	if (strange.length > 0)
		return [
			`${strange.length} rows of another state are there, such as ${strange[0]}`,
		];
	const numbers = later
		.map((key) => Number(key.slice("live-".length)))
		.sort((a, b) => a - b);
	const [first = Number.NaN, last = Number.NaN] = [numbers[0], numbers.at(-1)];
	const isRun = numbers.every((number, index) => number === first + index);
	return [
		...missing
			.slice(0, 1)
			.map(
				(key) =>
					`${missing.length} rows of the snapshot are missing, such as ${key}`,
			),
		...(isRun
			? []
			: [`the writer's rows have holes: ${numbers.join(" ").slice(0, 300)}`]),
		...(first > before
			? []
			: [
					`row ${first} is older than the restore, which began after ${before}`,
				]),
		...(first <= atReply + 1
			? []
			: [
					`rows ${atReply + 1} to ${first - 1} were acknowledged after the reply, and are lost`,
				]),
		...(last >= atRead
			? []
			: [`row ${atRead} was acknowledged, and others see only ${last}`]),
	];
}
