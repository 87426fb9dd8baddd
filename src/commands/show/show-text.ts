import { type Count, isDatabase } from "../../core/capture/entry.ts";
import type { Drill } from "../../core/drill/drills.ts";
import type { Contents } from "../../core/inside/contents.ts";
import type { Manifest } from "../../core/manifest/manifest.ts";
import { isKnownDamaged } from "../../core/store/listing.ts";
import type { Mark } from "../../core/verify/marked.ts";
import { lastSearchOf } from "../../core/verify/searched.ts";
import type { LastVerified } from "../../core/verify/verifications.ts";
import { countsText } from "../text/counts-text.ts";
import {
	bytesText,
	capital,
	countText,
	kindText,
	pathText,
	printable,
	refOf,
	shortened,
	someOf,
	whenText,
} from "../text/text.ts";
import { largestText, linksText } from "./files-text.ts";

export interface Shown extends Contents {
	/** What people would miss; none: the manifest does not say. */
	readonly counts: readonly Count[];
	/** The last one of this snapshot. */
	readonly drill: Drill | undefined;
	/** What is remembered of its last verification. */
	readonly verified: LastVerified | undefined;
}

export interface How {
	readonly now: Date;
	/** What is typed before a verb. */
	readonly prefix: string;
	readonly isFull: boolean;
	/** How wide a line may be; undefined: as wide as it is. */
	readonly columns: number | undefined;
}

/** So many lines a chat shows at once. */
const LINES = 12;

/** What a snapshot is, means and costs, and what is to be said against it. */
export function showText(shown: Shown, how: How): string[] {
	const { id, mark, found } = shown.snapshot;
	const lines = [
		`${capital(kindText(shown.snapshot))}: ${printable(id)}`,
		...(mark ? [markText(mark, how.now)] : []),
		...headText(shown, how.now),
		...doubtsText(shown, how.now),
	];
	const restore = `${how.prefix} restore ${printable(id)}`;
	const last = isKnownDamaged(shown.snapshot)
		? `Of it only single files can be put back: ${restore} PATH`
		: found === undefined
			? `Put it back with: ${restore}`
			: `Put it back, faults and all, with: ${restore}`;
	// Two lines around them, and that one.
	const room = how.isFull ? Number.POSITIVE_INFINITY : LINES - lines.length - 3;
	const all = `${how.prefix} show ${refOf(shown.snapshot)} --full`;
	const lacks = how.isFull ? missedText(shown.manifest) : [];
	const files =
		room < 1
			? [`Its files: ${all}`]
			: largestText(shown.files, { most: room, all, width: how.columns });
	const links = how.isFull ? linksText(shown.links, how.columns) : [];
	return [...lines, ...lacks, ...files, ...links, last];
}

function headText(
	{ snapshot, manifest, alone, counts }: Shown,
	now: Date,
): string[] {
	const { label, reason, createdAt, hostVersion } = snapshot;
	const said = (title: string, text: string | null) =>
		(text ?? "").trim() === ""
			? []
			: [`${title}: ${shortened(printable(text ?? ""), 200)}`];
	const version =
		hostVersion === undefined ? "" : `, of version ${printable(hostVersion)}`;
	const meaning = countsText(counts, now);
	return [
		...said("Label", label),
		...(snapshot.pinned ? said("Pinned", manifest.note ?? "kept") : []),
		`Made ${whenText(createdAt, now)}, ${printable(reason)}${version}.`,
		...completeText(snapshot.complete, manifest),
		...(meaning === undefined ? [] : [`It holds ${meaning}.`]),
		`${countText(snapshot.files, "file")}, ${bytesText(snapshot.bytes)}. Alone it costs ${bytesText(alone)} of the disk: its removal would make that free.`,
	];
}

function completeText(isComplete: boolean, manifest: Manifest): string[] {
	const lost = manifest.missed
		.filter((one) => one.lost)
		.map(({ path }) => path);
	const complete =
		lost.length === 0 && isComplete
			? "Complete"
			: `INCOMPLETE: it lacks ${someOf(lost)}`;
	return [`${complete}.${momentText(manifest.coherent)}`];
}

function momentText(coherent: boolean | undefined): string {
	if (coherent === undefined) return "";
	return coherent
		? " All of one moment."
		: " The agent was writing all the while: the files are not all of one moment.";
}

/** Each thing that could not be saved, or was left out. */
function missedText({ missed }: Manifest): string[] {
	return missed.map(
		({ path, why, lost }) =>
			`  ${pathText(path)} ${lost ? "is MISSING" : "was left out"}: ${printable(why)}`,
	);
}

/** What is wrong with it, and what nobody has made sure of. */
function doubtsText(shown: Shown, now: Date): string[] {
	const { snapshot, verified, drill } = shown;
	const unsearched = unsearchedIn(shown);
	return [
		...(verified && !verified.by && !snapshot.mark
			? [verifiedText(verified, now)]
			: []),
		...(unsearched.length > 0
			? [`Not searched for damage to the end: ${someOf(unsearched)}.`]
			: []),
		drillText(drill, now),
	];
}

/** Databases that neither the create, nor a verification, nor a drill has searched to the end. */
function unsearchedIn(shown: Shown): string[] {
	return shown.manifest.entries
		.filter(isDatabase)
		.filter(({ checked }) => !checked)
		.map(({ path }) => path)
		.filter((path) => lastSearchOf(path, shown) === undefined);
}

function verifiedText(
	{ at, fullAt, damage, fault }: LastVerified,
	now: Date,
): string {
	const why = damage ?? fault;
	const when = whenText(new Date(why === damage ? at : (fullAt ?? at)), now);
	if (why !== undefined)
		return `VERIFICATION FAILED ${when}: ${shortened(printable(why), 200)}.`;
	const searched =
		fullAt === undefined
			? ""
			: at === fullAt
				? ", databases and all"
				: `; databases searched ${whenText(new Date(fullAt), now)}`;
	return `Verified ${when}${searched}: sound.`;
}

function markText({ at, why }: Mark, now: Date): string {
	const what = shortened(printable(why), 200);
	return `DAMAGED, found ${whenText(new Date(at), now)}: ${what}.`;
}

function drillText(drill: Drill | undefined, now: Date): string {
	if (drill === undefined) return "Never tried by a drill.";
	const when = whenText(new Date(drill.at), now);
	return drill.ok ? `Drilled ${when}: it worked.` : `DRILL FAILED ${when}.`;
}
