import fs from "node:fs";
import path from "node:path";
import type { Campaign, Point, Setting } from "../campaign.ts";
import { Talker } from "../talker.ts";
import { auditLedger, type LedgerForm, makeLedger } from "./raw/ledger.ts";

/** Reads in a point, one after the other beside the same writer. */
const READS = 20;
const RATES = [2, 20, 200];
/** 50 points at each rate: a thousand reads. */
const FORMS: readonly (LedgerForm & { points: number })[] = [
	{ mode: "wal", pageSize: 4096, points: 34 },
	{ mode: "wal", pageSize: 512, points: 6 },
	{ mode: "wal", pageSize: 65_536, points: 6 },
	{ mode: "delete", pageSize: 4096, points: 4 },
];

/**
 * 3,000 reads of a pinned database from its files, beside a writer that begins its log anew all the time. Each has to be what
 * SQLite copies of the same pin, to the byte, and a sound database of one commit that was acknowledged when it began or later.
 */
export const raw: Campaign = {
	name: "raw",
	title: "Raw reads beside a live writer, 2, 20 and 200 commits/s",
	bounded: 3,
	together: true,
	oursOnly: true,
	points: async (setting) =>
		FORMS.flatMap((form) => {
			const name = `${form.mode}-${form.pageSize}`;
			const template = path.join(setting.dir, `${name}.db`);
			makeLedger(template, form);
			return RATES.flatMap((rate) =>
				Array.from({ length: form.points }, (_, index) =>
					pointOf(setting, `${name}/${rate}-a-second/${index + 1}`, {
						template,
						rate,
					}),
				),
			);
		}),
};

interface Trial {
	readonly template: string;
	readonly rate: number;
}

function pointOf({ seed }: Setting, id: string, trial: Trial): Point {
	return { id, size: READS, run: (dir) => tryReads(dir, trial, seed, id) };
}

async function tryReads(
	dir: string,
	{ template, rate }: Trial,
	seed: number,
	id: string,
): Promise<string[]> {
	const database = path.join(dir, "live.db");
	fs.copyFileSync(template, database);
	const chance = `${seed}${Number(id.split("/")[2])}`;
	const writer = new Talker(
		"raw/ledger-writer.ts",
		database,
		String(rate),
		chance,
	);
	const guest = new Talker("raw/guest.ts", database, chance);
	const reader = new Talker("raw/raw-reader.ts", database, chance);
	try {
		await writer.until(1);
		const faults: string[] = [];
		for (let turn = 1; turn <= READS && faults.length === 0; turn++)
			for (const fault of await readOnce(dir, turn, { writer, guest, reader }))
				faults.push(`read ${turn}: ${fault}`);
		return faults;
	} finally {
		await Promise.all([writer.end(), guest.end(), reader.end()]);
	}
}

async function readOnce(
	dir: string,
	turn: number,
	{ writer, guest, reader }: Record<"writer" | "guest" | "reader", Talker>,
): Promise<string[]> {
	const copy = path.join(dir, `${turn}.db`);
	const before = writer.said.length;
	reader.tell(copy);
	await reader.until(turn);
	writer.refuseDead();
	guest.refuseDead();
	const failed = JSON.parse(reader.said.at(-1) ?? "") as string[];
	if (failed.length > 0) return failed;
	const other = differentPages(copy, `${copy}.sqlite`);
	const { seq, faults } = auditLedger(copy);
	// The one that returned last may not have been heard yet, and the next may be under way.
	const after = writer.said.length + 2;
	const beside = fs
		.readdirSync(dir)
		.filter((name) => name.startsWith(`${turn}.db-`));
	if (faults.length + other.length === 0)
		for (const name of [copy, `${copy}.sqlite`]) fs.rmSync(name);
	return [
		...faults,
		...other,
		...beside.map((name) => `left ${name} beside it`),
		...(seq >= before && seq <= after
			? []
			: [`is commit ${seq}, not one from ${before} to ${after}`]),
	];
}

/** In the header every copy of SQLite's has counters and a journal mode of its own. */
const OWN = [
	[18, 20],
	[24, 28],
	[40, 44],
	[92, 100],
] as const;

function differentPages(one: string, other: string): string[] {
	const [ours, theirs] = [fs.readFileSync(one), fs.readFileSync(other)];
	for (const [from, end] of OWN) theirs.copy(ours, from, from, end);
	if (ours.equals(theirs)) return [];
	if (ours.length !== theirs.length)
		return [`has ${ours.length} bytes, and SQLite copies ${theirs.length}`];
	const at = ours.findIndex((byte, index) => byte !== theirs[index]);
	return [`is not what SQLite copies, from byte ${at} on`];
}
