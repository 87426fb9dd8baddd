import type {
	Disk,
	Patience,
	PinnedDatabase,
	System,
} from "../../system/system.ts";
import { Unreadable } from "../files/copy.ts";
import { SIDECARS } from "../home/paths.ts";
import type { Scan } from "../home/scan.ts";
import type { Missed } from "../manifest/manifest.ts";
import { checkPatience } from "../patience.ts";
import { whyUnopened } from "../reasons.ts";
import type { Copies } from "./copies.ts";
import { databaseLook } from "./look.ts";
import { databaseSignature } from "./signatures.ts";

/** A read transaction on every database, so that all of them stand still while they are copied. */
export interface Pins {
	/** Without those whose copy is still what they say. */
	readonly byPath: ReadonlyMap<string, PinnedDatabase>;
	/** From before the transactions began. */
	readonly signatures: ReadonlyMap<string, string>;
	/** As the signatures, for days: see `databaseLook`. */
	readonly looks: ReadonlyMap<string, string>;
	readonly missed: readonly Missed[];
	/**
	 * The transactions show one moment. A single database that was written to between the first beginning and the
	 * last does no harm: the others stood still, so that all of them show the moment of its own.
	 */
	readonly atOnce: boolean;
}

export async function pinAll(
	system: System,
	home: string,
	found: Scan,
	copies: Copies,
	patience: Patience,
): Promise<Pins> {
	const byPath = new Map<string, PinnedDatabase>();
	const missed: Missed[] = [];
	const looks = new Map<string, string>();
	for (const { path, kind } of found.members) {
		if (kind !== "database") continue;
		const look = databaseLook(system.disk, `${home}/${path}`);
		if (look !== undefined) looks.set(path, look);
	}
	const signatures = databaseSignatures(system.disk, home, found);
	const others = otherNames(system.disk, home, found);
	try {
		for (const [path, signature] of signatures) {
			if (copies.databases.get(path)?.signature === signature) continue;
			const other = others.get(path);
			if (other !== undefined) {
				const why = `it is another name of ${other}, and SQLite tells its log by the name`;
				missed.push({ path, why, lost: true });
				continue;
			}
			try {
				refuseStrangeSidecars(system, `${home}/${path}`);
				byPath.set(path, await system.sqlite.pin(`${home}/${path}`, patience));
			} catch (error) {
				const why = whyUnopened(system.disk, `${home}/${path}`, error);
				missed.push({ path, why, lost: true });
			}
			checkPatience(patience, system.clock.monotonic());
		}
	} catch (error) {
		for (const pin of byPath.values()) pin.release();
		throw error;
	}
	const after = databaseSignatures(system.disk, home, found);
	const moved = [...signatures].filter(
		([path, before]) => before !== after.get(path),
	);
	const atOnce = moved.length <= 1;
	return { byPath, signatures, looks, missed, atOnce };
}

/**
 * Of a database with a log that has several names in the home, all but the one that the log lies beside. SQLite knows one
 * log for each file in a process, that of the name which was opened first.
 */
function otherNames(
	disk: Disk,
	home: string,
	{ members }: Scan,
): ReadonlyMap<string, string> {
	const named = members.filter(
		({ kind, stat }) => kind === "database" && stat.links > 1,
	);
	const files = Map.groupBy(
		named,
		({ stat }) => `${stat.device}:${stat.inode}`,
	);
	const log = ({ path }: { path: string }) =>
		disk.stat(`${home}/${path}-wal`)?.size ?? -1;
	return new Map(
		[...files.values()].flatMap((names) => {
			const [first, ...rest] = names.toSorted((a, b) => log(b) - log(a));
			return first === undefined || log(first) < 0
				? []
				: rest.map(({ path }) => [path, first.path] as const);
		}),
	);
}

/** By path. */
export function databaseSignatures(
	disk: Disk,
	home: string,
	{ members }: Scan,
): ReadonlyMap<string, string> {
	return new Map(
		members
			.filter(({ kind }) => kind === "database")
			.map(({ path }) => [path, databaseSignature(disk, `${home}/${path}`)]),
	);
}

/** SQLite would wait for ever for the other end of a FIFO. */
export function refuseStrangeSidecars(
	{ disk }: System,
	database: string,
): void {
	for (const suffix of SIDECARS) {
		const kind = disk.stat(`${database}${suffix}`)?.kind ?? "file";
		if (kind !== "file")
			throw new Unreadable(`its ${suffix} is no regular file`);
	}
}
