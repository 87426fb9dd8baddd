import { errorCode } from "../../errors.ts";
import type {
	CheckResult,
	DatabaseSchema,
	PinnedDatabase,
	System,
} from "../../system/system.ts";
import { countsOfRows, rowsWanted } from "../home/counted.ts";
import type { Member, Scan } from "../home/scan.ts";
import type { Missed } from "../manifest/manifest.ts";
import { whyUnreadable } from "../reasons.ts";
import { schemaHash } from "../restore/schema.ts";
import type { Taking } from "./capture.ts";
import { type Copies, discard, dropMovedDatabases } from "./copies.ts";
import { copyDatabase, type DatabaseImage } from "./copy-database.ts";
import type { Count, DatabaseEntry, Entry } from "./entry.ts";
import type { Pins } from "./pins.ts";
import { settleImage } from "./settle-image.ts";

/** How to look at databases of which no copy is wanted. */
export interface Glance {
	/** False: it is known without a copy that this one, of so many bytes, is another, and there is no room for one. */
	readonly isCopied: (path: string, size: number) => boolean;
}

/** Of what was not read to its end: equal to none. */
export const UNREAD = "0".repeat(64);

/**
 * Smallest first, and each released as soon as it is copied: a database without a write-ahead log cannot be written to
 * while it is read. None waits for the look at another's copy. Returns those that could not be copied.
 */
export async function takeDatabases(
	system: System,
	taking: Taking,
	{ members }: Scan,
	pins: Pins,
): Promise<Missed[]> {
	const { into, copies, glance } = taking;
	dropMovedDatabases(system.disk, into, pins.signatures, copies);
	const missed: Missed[] = [];
	const waiting = members.flatMap((member) => {
		const pin = pins.byPath.get(member.path);
		const signature = pins.signatures.get(member.path);
		const look = pins.looks.get(member.path);
		return pin && signature !== undefined
			? [{ member, pin, signature, look }]
			: [];
	});
	const walLast = ({ pin }: Waiting) => (pin.journalMode === "wal" ? 1 : 0);
	waiting.sort(
		(a, b) =>
			walLast(a) - walLast(b) || a.member.stat.size - b.member.stat.size,
	);
	// At a glance there is room for one copy at a time.
	const batches = glance ? waiting.map((one) => [one]) : [waiting];

	for (const batch of batches) {
		const copied: Copied[] = [];
		try {
			for (const one of batch)
				if (!didWithoutCopy(taking, one))
					copied.push(await copyPinned(system, taking, one));
			for (const one of copied)
				missed.push(...(await keepCopy(system, taking, one)));
		} finally {
			// Nobody waits for what they find any more.
			for (const { image } of copied)
				if ("search" in image) image.search?.end();
		}
	}
	return missed;
}

export interface Waiting {
	readonly member: Member;
	readonly pin: PinnedDatabase;
	readonly signature: string;
	/** From before its transaction began. */
	readonly look: string | undefined;
}

/** Of those that are there; modes are in no signature, so they are as they were found now. */
export function databaseEntries(
	{ members }: Scan,
	{ databases }: Copies,
): Entry[] {
	return members.flatMap(({ path, stat: { mode, mtime } }) => {
		const copy = databases.get(path);
		return copy === undefined ? [] : [{ ...copy.entry, mode, mtime }];
	});
}

/** Of databases whose copies have gone. */
export function schemasOf({
	databases,
}: Copies): ReadonlyMap<string, DatabaseSchema> {
	return new Map(
		[...databases].flatMap(([path, { schema }]) =>
			schema === undefined ? [] : [[path, schema] as const],
		),
	);
}

/** True: there is no more to do with it. */
function didWithoutCopy(
	{ glance, copies }: Taking,
	{ member: { path, stat }, pin, signature }: Waiting,
): boolean {
	if (glance?.isCopied(path, pin.size) !== false) return false;
	const { journalMode, size } = pin;
	const { mode, mtime } = stat;
	const schema = pin.schema();
	pin.release();
	const common = { path, kind: "database", mode, mtime, journalMode } as const;
	const hashes = { sha256: UNREAD, content: UNREAD, checked: false };
	copies.databases.set(path, {
		entry: { ...common, size, ...hashes },
		signature,
		schema,
	});
	return true;
}

interface Copied {
	readonly one: Waiting;
	readonly image: DatabaseImage | Damaged;
	/** Of what no copy will tell, if it is wanted. */
	readonly schema: DatabaseSchema | undefined;
	readonly counts: readonly Count[];
}

type Damaged = Extract<CheckResult, { verdict: "damaged" }>;

/** Never a copy that SQLite would not make in its place: that would pass for a good one. */
async function copyPinned(
	system: System,
	taking: Taking,
	one: Waiting,
): Promise<Copied> {
	const { pin, member } = one;
	try {
		const image = await unlessFaulty(() =>
			copyDatabase(system, taking, member.path, pin),
		);
		const isWhole = "form" in image && image.form === "whole";
		const isTold = isWhole && !taking.glance;
		const isWanted = taking.withSchemas ? !isTold : !isWhole;
		const schema = isWanted ? pin.schema() : undefined;
		return { one, image, schema, counts: countsOf(taking, member.path, pin) };
	} finally {
		pin.release();
	}
}

function countsOf(
	{ counted }: Taking,
	path: string,
	pin: PinnedDatabase,
): Count[] {
	const wanted = counted(path);
	return countsOfRows(wanted, pin.countRows(rowsWanted(wanted)));
}

async function keepCopy(
	system: System,
	taking: Taking,
	{ one, image, schema, counts }: Copied,
): Promise<Missed[]> {
	const { into, glance, copies, cleared } = taking;
	const { member, pin, signature, look } = one;
	const { path, stat } = member;
	const found =
		"verdict" in image
			? image
			: await unlessFaulty(() => settleImage(system, taking, one, image));
	if ("verdict" in found) {
		discard(system.disk, into, path);
		return [{ path, why: found.details, lost: true }];
	}
	const { mode, mtime } = stat;
	const tables = cleared(path);
	const entry: DatabaseEntry = {
		path,
		kind: "database",
		mode,
		mtime,
		journalMode: pin.journalMode,
		...found,
		...(look !== undefined && { look }),
		...(found.parts && schema && { schema: schemaHash(schema) }),
		...(tables.length > 0 && { cleared: [...tables] }),
		...(counts.length > 0 && { counts }),
	};
	copies.databases.set(path, { entry, signature, ...(schema && { schema }) });
	if (glance !== undefined) system.disk.removeTree(`${into}/${path}`);
	return [];
}

async function unlessFaulty<T>(work: () => Promise<T>): Promise<T | Damaged> {
	try {
		return await work();
	} catch (error) {
		if (!SOURCE_FAULT.test(errorCode(error) ?? "")) throw error;
		return { verdict: "damaged", details: whyUnreadable(error) };
	}
}

/** What can be wrong with the agent's database; all else is wrong with the disk that the copy goes to. */
const SOURCE_FAULT =
	/^SQLITE_(CORRUPT|NOTADB|BUSY|LOCKED|PROTOCOL|IOERR_(SHORT_)?READ)/;
