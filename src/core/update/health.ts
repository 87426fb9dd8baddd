import type { Entry } from "../capture/entry.ts";
import { countedIn } from "../home/counted.ts";
import type { Host } from "../home/host.ts";
import { isWithin } from "../home/paths.ts";
import type { Manifest, Missed } from "../manifest/manifest.ts";
import { LOCKED } from "../reasons.ts";
import { maskText } from "../secrets/secrets.ts";
import { bytesText } from "../words.ts";
import { eachOnce, fallen, without } from "./health-counts.ts";
import { whyEmptied } from "./health-database.ts";
import { type Elsewhere, elsewhereIn } from "./health-elsewhere.ts";
import { lookForEntries } from "./health-entries.ts";
import { emptied, keysReplaced } from "./health-files.ts";
import { goneFrom, isPassing } from "./health-gone.ts";
import { movedEntries, movedHomes, movedLooks } from "./health-homes.ts";
import { importsLost } from "./health-imports.ts";
import { whyLinesLost } from "./health-lines.ts";
import { throughLinks } from "./health-links.ts";
import type { Changed, Content } from "./health-look.ts";
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
	/** When it was captured, ISO 8601. */
	readonly createdAt?: string | undefined;
}

/** Two states, and what a look into both has shown. */
export interface Compared {
	readonly before: State;
	readonly after: State;
	readonly changed: readonly Changed[];
}

/**
 * What is worse in the state after a command than in the one before it: gone, empty, damaged, not to be parsed, silent, fewer
 * of what people would miss, or chosen by nobody. Of each file only the first of these. Pure.
 */
export function problemsOf(
	host: Host,
	was: State,
	left: State,
	looks: readonly Changed[],
	home?: string,
): Problem[] {
	const moved = movedHomes(host, was.entries, left.entries);
	const before = { ...was, entries: movedEntries(was.entries, moved) };
	const changed = movedLooks(looks, moved);
	const entries = throughLinks(before.entries, left.entries, home);
	const after = { ...left, entries };
	const compared = { before, after, changed };
	const elsewhere = elsewhereIn(changed);
	const judged = changed
		.filter(({ path }) => !isPassing(host, path))
		.map((one) => judge(host, one, compared, elsewhere));
	const problems = [
		...lostIn(before, after),
		...goneFrom(host, compared, elsewhere.came),
		...emptied(host, before, after),
		...importsLost(host, compared),
		...keysReplaced(host, before, after),
		...judged.flatMap(({ path, what }) => (what ? [{ path, what }] : [])),
	];
	const bad = [...Map.groupBy(problems, ({ path }) => path).values()].flatMap(
		([first]) => (first === undefined ? [] : [first]),
	);
	const told = bad.flatMap(({ path }) => path ?? []);
	// That those of a database that is gone have gone with it need not be said.
	const isTold = ({ path }: Entry) => told.some((one) => isWithin(path, one));
	const unseen = after.missed.map(({ path }) => path);
	const counted = ({ entries }: State) =>
		entries.filter(
			(entry) =>
				!isTold(entry) && !unseen.some((one) => isWithin(entry.path, one)),
		);
	const over = new Map(judged.map((one) => [one.path, one.over]));
	const then = eachOnce(host, counted(before), changed, "before").map((entry) =>
		without(entry, over.get(entry.path)),
	);
	const now = eachOnce(host, counted(after), changed, "after");
	return [...bad, ...fallen(host, then, now)];
}

interface Judged {
	readonly path: string;
	readonly what: string | undefined;
	/** Of what is counted in it, how many have run their course. */
	readonly over: number;
}

function judge(
	host: Host,
	{ path, before, after, faults = [] }: Changed,
	{ changed, after: { createdAt } }: Compared,
	{ words, lines }: Elsewhere,
): Judged {
	const found = (what: string | undefined, over = 0) => ({ path, what, over });
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
	if (after.large && (before.parsed || before.lines))
		return found(whyGrown(before, after.large));
	if (before.lines && after.lines)
		return found(whyLinesLost(host, path, before.lines, after.lines, lines));
	if (before.parsed && after.parsed === null)
		return found("cannot be parsed any more");
	if (!before.parsed || !after.parsed) return found(undefined);
	const [then, now] = [before.parsed.value, after.parsed.value];
	const entries = lookForEntries(host, path, {
		before: then,
		after: now,
		changed,
		words,
		now: createdAt,
	});
	const asked = { host, path, words, isMoved: entries?.isAll === true };
	const why = entries?.why ?? whySettingsLost(asked, then, now);
	return found(why, entries?.over);
}

/** A text may grow at its end. Undefined: nothing is wrong with it. */
function whyGrown(
	{ parsed, lines: said = [] }: Content,
	{ size, lines }: NonNullable<Content["large"]>,
): string | undefined {
	const grown = `has grown to ${bytesText(size)}`;
	if (parsed) return `${grown}, which is no configuration any more`;
	const still = new Set(lines);
	return said.length === 0 || said.some((line) => still.has(line))
		? undefined
		: `${grown}, and does not begin with what it said`;
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
