import { errorCode } from "../../errors.ts";
import type { Agent } from "../home/agent.ts";
import { countedIn } from "../home/counted.ts";
import { clearedIn, unsentIn } from "../home/coverage.ts";
import { type Place, placeBelow, TOP } from "../secrets/mask-value.ts";
import { isNamed } from "../secrets/secret-names.ts";
import { isSecretFile, MASK } from "../secrets/secrets.ts";
import { inTurns } from "../work.ts";
import {
	comparingDatabases,
	type DatabaseDifference,
} from "./compare-databases.ts";
import type { Compared } from "./compare-sides.ts";
import { maskedBy, namingIn } from "./secret-rows.ts";
import { maskedValue } from "./shown.ts";
import { type Item, type OpenDatabase, type Side, Unseen } from "./side.ts";
import { SqliteFile } from "./sqlite-file.ts";
import { Malformed } from "./sqlite-record.ts";
import { TableDifference } from "./table-difference.ts";
import { type Thing, thingsInTable } from "./things.ts";

export interface ComparedRows {
	readonly database: DatabaseDifference;
	readonly things: readonly Thing[];
}

const EMPTY: OpenDatabase = {
	source: { size: 0, beginning: Buffer.alloc(0), read() {} },
	confirm: async () => {},
	close() {},
};

/** A database that only one side has is compared with an empty one. @throws Unseen */
export async function compareRows(
	agent: Agent,
	compared: Compared,
	left: Item | undefined,
	right: Item | undefined,
): Promise<ComparedRows> {
	for (const isCopied of [false, true]) {
		try {
			return await compareOpened(agent, compared, { left, right, isCopied });
		} catch (error) {
			if (error instanceof Malformed)
				throw new Unseen(`it cannot be compared: ${error.message}`, error);
			// Somebody wrote to a live one past SQLite's locks: what SQLite copies of it is right.
			if (errorCode(error) !== "NOT_AS_PINNED" || isCopied) throw error;
		}
	}
	throw new Unseen("it cannot be compared");
}

interface Opening {
	readonly left: Item | undefined;
	readonly right: Item | undefined;
	readonly isCopied: boolean;
}

async function compareOpened(
	agent: Agent,
	compared: Compared,
	{ left, right, isCopied }: Opening,
): Promise<ComparedRows> {
	const { system, patience } = agent;
	const open = (side: Side, item: Item | undefined) =>
		item === undefined ? EMPTY : side.openDatabase(item, isCopied);
	const one = await open(compared.left, left);
	try {
		const other = await open(compared.right, right);
		try {
			patience.progress?.at((left ?? right)?.path ?? "");
			const opened = { left, right, one, other };
			const compare = () => {
				const request = requestFor(agent, compared, opened);
				return inTurns(system, patience, comparingDatabases(request));
			};
			const database = await unlessMalformed(compare, [one, other]);
			for (const side of [one, other]) await side.confirm(database.differing);
			return { database, things: thingsIn(agent, left ?? right, database) };
		} finally {
			other.close();
		}
	} finally {
		one.close();
	}
}

/** That the snapshot is damaged says more than what does not fit in it. */
async function unlessMalformed<T>(
	work: () => Promise<T>,
	sides: readonly OpenDatabase[],
): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (!(error instanceof Malformed)) throw error;
		for (const side of sides) await side.confirm(undefined);
		throw error;
	}
}

function requestFor(
	{ host, system }: Agent,
	{ rows, isNow }: Compared,
	{
		left,
		right,
		one,
		other,
	}: {
		readonly left: Item | undefined;
		readonly right: Item | undefined;
		readonly one: OpenDatabase;
		readonly other: OpenDatabase;
	},
) {
	const path = (left ?? right)?.path ?? "";
	const counted = countedIn(host, path);
	const isSecret = isSecretFile(host, path);
	const same = sharedParts(left, right);
	return {
		left: new SqliteFile(one.source),
		right: new SqliteFile(other.source),
		isKnown: (offset: number, length: number) =>
			same(offset, length) ||
			(isNow && other.isAsIn?.(offset, length) === true),
		leftOut: [...clearedIn(host, path), ...unsentIn(host, path)],
		columnsOf: (sqls: readonly string[]) => system.sqlite.columnsOf(sqls),
		difference(table: string) {
			const { table: known, title } =
				counted.find((one) => one.table?.name === table) ?? {};
			const within = known?.within?.column;
			const place = placeOfTable(table);
			return new TableDifference(table, {
				most: isSecret ? 0 : rows,
				noting: {
					...(known?.time !== undefined && { time: known.time }),
					...(within !== undefined && { within }),
					...(title !== undefined && { title }),
				},
				shown: (row) => {
					const { encoding } = row.of.file;
					const naming = namingIn(row);
					return (name, value, isQuoted) => {
						if (isSecret) return MASK;
						return (
							(naming && maskedBy(naming, name, value, row)) ??
							maskedValue(place, name, value, { encoding, isQuoted })
						);
					};
				},
			});
		},
	};
}

/** Of a table of cookies or credentials each column may be one; what its columns are called tells. */
function placeOfTable(table: string): Place {
	const { rank, isMap } = placeBelow(TOP, table);
	const isOfSecrets = isMap || isNamed(rank) || OF_SECRETS.test(table);
	return { rank: "harmless", isMap: isOfSecrets };
}

/** Whatever else it is called: "vault_items", "credential_store". */
const OF_SECRETS =
	/(?:^|_)(?:vaults?|keyrings?|keychains?|secrets?|credentials?|passwords?)(?:_|$)/i;

/** Parts with one hash in both: what lies in them need not be read. */
function sharedParts(left: Item | undefined, right: Item | undefined) {
	const [parts, others] = [left?.parts, right?.parts];
	const size = parts?.size;
	const shared = new Set<number>();
	if (left && right && parts && size !== undefined && others?.size === size)
		for (const [index, sha256] of parts.sha256.entries())
			if (others.sha256[index] === sha256) shared.add(index);
	return (offset: number, length: number): boolean => {
		if (size === undefined) return false;
		const last = Math.floor((offset + length - 1) / size);
		for (let index = Math.floor(offset / size); index <= last; index++)
			if (!shared.has(index)) return false;
		return true;
	};
}

function thingsIn(
	{ host }: Agent,
	item: Item | undefined,
	{ tables }: DatabaseDifference,
): Thing[] {
	const path = item?.path ?? "";
	return countedIn(host, path).flatMap((counted) => {
		const table = tables.find(({ name }) => name === counted.table?.name);
		return table === undefined ? [] : thingsInTable(counted, path, table);
	});
}
