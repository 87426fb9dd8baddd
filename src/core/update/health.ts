import { type Entry, isFile } from "../capture/entry.ts";
import { formOf } from "../home/configuration.ts";
import { countedIn } from "../home/counted.ts";
import { itemFor, namesFor } from "../home/coverage.ts";
import type { Host } from "../home/host.ts";
import { isWithin } from "../home/paths.ts";
import type { Manifest, Missed } from "../manifest/manifest.ts";
import { LOCKED } from "../reasons.ts";
import { isSecretFile, maskText } from "../secrets/secrets.ts";
import { fallen } from "./health-counts.ts";
import { whyEmptied } from "./health-database.ts";
import { type Elsewhere, elsewhereIn } from "./health-elsewhere.ts";
import { lookForEntries } from "./health-entries.ts";
import { goneFrom, isPassing } from "./health-gone.ts";
import { type Changed, isVariables } from "./health-look.ts";
import { whySettingsLost } from "./health-settings.ts";

/** Something that a command has broken. */
export interface Problem {
	/** Undefined: it is not one file's. */
	readonly path: string | undefined;
	/** What follows the path, or stands alone; no secret is in it. */
	readonly what: string;
}

/** A state as a snapshot has it. */
export interface State extends Pick<Manifest, "entries"> {
	readonly missed: readonly Missed[];
}

/**
 * What is worse in the state after a command than in the one before it: gone, empty, damaged, not to be parsed, silent, fewer
 * of what people would miss, or chosen by nobody. Of each file only the first of these. Pure.
 */
export function problemsOf(
	host: Host,
	before: State,
	after: State,
	changed: readonly Changed[],
): Problem[] {
	const elsewhere = elsewhereIn(changed);
	const judged = changed
		.filter(({ path }) => !isPassing(host, path))
		.map((one) => judge(host, one, elsewhere));
	const gone = goneFrom(host, { before, after, changed }, elsewhere.came);
	const problems = [
		...lostIn(before, after),
		...gone.problems,
		...emptied(host, before, after),
		...judged.flatMap(({ path, what }) => (what ? [{ path, what }] : [])),
	];
	const bad = [...Map.groupBy(problems, ({ path }) => path).values()].flatMap(
		([first]) => (first === undefined ? [] : [first]),
	);
	const moved = judged.filter(({ isMoved }) => isMoved);
	const told = [
		...gone.moved,
		...[...bad, ...moved].flatMap(({ path }) => path ?? []),
	];
	// That those of a database that is gone have gone with it need not be said.
	const isTold = ({ path }: Entry) => told.some((one) => isWithin(path, one));
	const unseen = after.missed.map(({ path }) => path);
	const counted = ({ entries }: State) =>
		entries.filter(
			(entry) =>
				!isTold(entry) && !unseen.some((one) => isWithin(entry.path, one)),
		);
	return [...bad, ...fallen(host, counted(before), counted(after))];
}

interface Judged {
	readonly path: string;
	readonly what: string | undefined;
	/** What is counted in it was found, wherever that is. */
	readonly isMoved: boolean;
}

function judge(
	host: Host,
	{ path, before, after, faults = [] }: Changed,
	{ words, lines }: Elsewhere,
): Judged {
	const found = (what: string | undefined, isMoved = false) => ({
		path,
		what,
		isMoved,
	});
	if (after.isBlank && before.isBlank === false)
		return found("holds nothing but NULs or blanks now");
	if (after.fill) {
		const tables = countedIn(host, path).flatMap(
			({ table, stays }): [string, string | undefined][] =>
				table && stays ? [[table.name, table.time]] : [],
		);
		const why = whyEmptied(before.fill, after.fill, new Map(tables));
		return found(why ?? faults[0]);
	}
	if (before.lines && after.lines)
		return found(whyLinesLost(host, path, before.lines, after.lines, lines));
	if (before.parsed && after.parsed === null)
		return found("cannot be parsed any more");
	if (!before.parsed || !after.parsed) return found(undefined);
	const [then, now] = [before.parsed.value, after.parsed.value];
	const entries = lookForEntries(host, path, then, now, words);
	const isMoved = entries?.isAll === true;
	const asked = { host, path, words, isMoved };
	return found(entries?.why ?? whySettingsLost(asked, then, now), isMoved);
}

/** Characters; what is shorter may well be written anew. */
const MUCH = 200;
/** Lines, without headings. */
const SEVERAL = 3;

function whyLinesLost(
	host: Host,
	path: string,
	before: readonly string[],
	after: readonly string[],
	elsewhere: ReadonlySet<string>,
): string | undefined {
	const kept = before.filter((line) => elsewhere.has(line));
	if (kept.length * 2 > before.length) return undefined;
	const [was, is] = [before, after].map((lines) => lines.join("").length);
	if (was !== undefined && is !== undefined && was >= MUCH && is * 10 < was)
		return "has lost nearly all it said";
	// Files within a directory of skills or commands may be an update's own.
	const isPersons = namesFor(host, path).includes(
		itemFor(host, path)?.path ?? "",
	);
	const said = before.filter((line) => !line.startsWith("#"));
	const isOther = !said.some((line) => after.includes(line));
	return isPersons && said.length >= SEVERAL && isOther
		? "has not one line of before"
		: undefined;
}

/** What stood there before, and cannot be saved any more. */
function lostIn(before: State, after: State): Problem[] {
	const wasLost = new Set(before.missed.map(({ path }) => path));
	return after.missed
		.filter(
			({ path, lost, why }) => lost && why !== LOCKED && !wasLost.has(path),
		)
		.map(({ path, why }) => ({ path, what: maskText(why) }));
}

function emptied(host: Host, before: State, after: State): Problem[] {
	const sizes = new Map(
		before.entries.filter(isFile).map(({ path, size }) => [path, size]),
	);
	return after.entries.flatMap((entry) => {
		const was = sizes.get(entry.path) ?? 0;
		if (!isFile(entry) || was === 0 || isPassing(host, entry.path)) return [];
		if (entry.size === 0) return [{ path: entry.path, what: "is empty now" }];
		// Of settings it is known what they have lost; a vault or key is whole or nothing.
		const isCut = entry.size * 10 < was && isSealed(host, entry);
		return isCut
			? [{ path: entry.path, what: "has lost nearly all of its bytes" }]
			: [];
	});
}

function isSealed(host: Host, { path, kind }: Entry): boolean {
	const isSettings = isVariables(path) || formOf(path) !== undefined;
	return kind === "file" && isSecretFile(host, path) && !isSettings;
}
