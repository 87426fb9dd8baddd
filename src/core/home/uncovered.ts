import { errorCode } from "../../errors.ts";
import type { Disk, FileStat } from "../../system/system.ts";
import { DatabaseHeader } from "../files/database-header.ts";
import { readBeginning } from "../files/durable.ts";
import { looksSecret } from "../secrets/secret-files.ts";
import { someOf } from "../words.ts";
import { type Agent, settingsOrDefaults } from "./agent.ts";
import { NEVER, NEVER_NAMES } from "./full-coverage.ts";
import {
	directoriesOf,
	type Found,
	filesBelow,
	filesOf,
	inNested,
	type OwnDirectory,
} from "./full-set.ts";
import type { HistoryItem } from "./host.ts";
import type { KnownAgent } from "./known-agent.ts";
import { scanOf } from "./overview.ts";
import { databaseOfSidecar, matches } from "./paths.ts";

/** Files of the full set that look as if they mattered, and that no snapshot takes; paths below `Agent.home`. */
export interface Uncovered {
	readonly databases: readonly string[];
	readonly secrets: readonly string[];
	/** How many others, by where they lie: "skills/", "hooks/", or the name of one at the top; folders first, the fullest before others. */
	readonly others: readonly { readonly in: string; readonly files: number }[];
	/** There was too much to look at all of it. */
	readonly isPartial: boolean;
}

/** Of names looked at: a home with a checkout in it has hundreds of thousands. */
const MOST = 50_000;

/** Follows no link. Opens files for their first bytes, and nothing in the store. */
export function findUncovered(agent: Agent, known: KnownAgent): Uncovered {
	const { system, home } = agent;
	const { members, missed } = scanOf(agent);
	const isMeant = meantToBeLeft(agent);
	const others = new Map<string, number>();
	const seen = new Set([...members, ...missed].map(({ path }) => path));
	const databases: string[] = [];
	const secrets: string[] = [];
	let isPartial = false;
	// Years of chats must not keep us from looking at what lies beside them.
	for (const walk of [besideHistory, inHistory]) {
		let left = MOST;
		for (const directory of directoriesOf(agent, known))
			for (const found of walk(system.disk, directory, () => left-- > 0)) {
				const full = `${directory.path}/${found.path}`;
				const below = full.slice(home.length + 1);
				if (seen.has(below) || databaseOfSidecar(below) !== undefined) continue;
				seen.add(below);
				if (isDatabase(system.disk, full, found.stat)) {
					if (found.ownDatabases !== true) databases.push(below);
				} else if (looksSecret(below)) secrets.push(below);
				else if (walk === besideHistory && !isMeant(below)) {
					const top = topOf(found.path);
					const place = `${directory.path}/${top}`.slice(home.length + 1);
					others.set(place, (others.get(place) ?? 0) + 1);
				}
			}
		isPartial ||= left < 0;
	}
	return { databases, secrets, others: mostFirst(others), isPartial };
}

/** What the person or the host left out, and what running programs leave. */
function meantToBeLeft(agent: Agent): (path: string) => boolean {
	const { exclude } = settingsOrDefaults(agent);
	const { except, passing = [] } = agent.host;
	const left = inNested(agent.host, [...except, ...passing]);
	const patterns = [...NEVER, ...left, ...exclude];
	return (path) => patterns.some((pattern) => matches(path, pattern));
}

function topOf(path: string): string {
	const end = path.indexOf("/");
	return end < 0 ? path : path.slice(0, end + 1);
}

function mostFirst(places: ReadonlyMap<string, number>): Uncovered["others"] {
	const isFolder = (place: string) => Number(place.endsWith("/"));
	return [...places]
		.sort(
			([a, most], [b, more]) =>
				isFolder(b) - isFolder(a) || more - most || (a < b ? -1 : 1),
		)
		.map(([place, files]) => ({ in: place, files }));
}

/** "12 files in skills/ (9), hooks/ (2) and notes.md"; undefined: there are none. */
export function othersText({
	others,
	isPartial,
}: Pick<Uncovered, "others" | "isPartial">): string | undefined {
	if (others.length === 0) return undefined;
	const files = others.reduce((sum, one) => sum + one.files, 0);
	const places = others.map((one) =>
		one.in.endsWith("/") ? `${one.in} (${one.files})` : one.in,
	);
	const least = isPartial ? "at least " : "";
	return `${least}${files} ${files === 1 ? "file" : "files"}: ${someOf(places, 5)}`;
}

type Walk = Generator<Found & Pick<HistoryItem, "ownDatabases">>;

function besideHistory(
	disk: Disk,
	{ path, rebuildable, history }: OwnDirectory,
	mayGoOn: () => boolean,
): Walk {
	const without = [...rebuildable, ...history.map((item) => item.path)];
	return filesBelow(disk, path, { without, foreign: NEVER_NAMES, mayGoOn });
}

function* inHistory(
	disk: Disk,
	{ path, rebuildable, history }: OwnDirectory,
	mayGoOn: () => boolean,
): Walk {
	const limits = { without: rebuildable, foreign: NEVER_NAMES, mayGoOn };
	for (const { path: pattern, ownDatabases } of history)
		for (const found of filesOf(disk, path, pattern, limits))
			yield { ...found, ...(ownDatabases && { ownDatabases }) };
}

function isDatabase(disk: Disk, path: string, { size }: FileStat): boolean {
	if (size === 0) return false;
	try {
		return new DatabaseHeader(readBeginning(disk, path, 100)).isSqlite;
	} catch (error) {
		if (errorCode(error) === undefined) throw error;
		return false; // not ours to read, or gone
	}
}
