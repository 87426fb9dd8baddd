import { ancestorsOf, whyMalformed } from "../core/home/paths.ts";
import { SnapshotError } from "../errors.ts";
import { type Listed, MADE_BY } from "./archive.ts";

/** Without what some programs put before and behind names, which means nothing: "./config.yaml", "memories/". */
export function nameInOneForm(name: string): string {
	return name.replace(/^(\.\/+)+/, "").replace(/\/+$/, "");
}

/** What would act on a terminal, or end a line of a list. */
export function hasControls(name: string): boolean {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
	return /[\u0000-\u001f\u007f]/.test(name);
}

/** More than the state of any agent has, and less than what fills a disk's table of names. */
const MOST = 65_535;
/** Of ours, each of which stands in its manifest: that one has a limit of its own. */
export const MOST_OF_OURS = 250_000;

/** How many there may be in an archive that says this of itself. */
export function mostIn(comment: string): number {
	return comment.includes(MADE_BY) ? MOST_OF_OURS : MOST;
}

/** What is packed as well as this is no agent's state, but made to fill a disk. */
export const RATIO = 200;
/** Small archives may: a database of zeros does no harm. Bytes. */
export const RATIO_FROM = 256 * 1024 * 1024;

export interface Bounds {
	/** Of the archive as it lies there, in bytes. */
	readonly packed: number;
	/** Entries: see `mostIn`. */
	readonly most: number;
	/** A person has looked at it: how many and how large they are is no reason. */
	readonly isForced: boolean;
}

/**
 * Refuses an archive for what it says is in it, before anything is read of that.
 * @param name of the archive, for people
 * @throws SnapshotError `failed`
 */
export function refuseHarmful(
	name: string,
	members: readonly Listed[],
	{ packed, most, isForced }: Bounds,
): void {
	const refuse = (why: string, hint = HINT) => {
		throw new SnapshotError("failed", `${name} ${why}. Nothing was changed.`, {
			hint,
		});
	};
	if (!isForced) refuseMany(name, members.length, most);
	const seen = new Map<string, Listed>();
	for (const member of members) {
		const why = whyRefused(member, seen);
		if (why !== undefined) refuse(why);
		if (hasControls(member.name) && !isForced)
			refuse(
				`holds a name with control characters: ${JSON.stringify(member.name)}`,
				FORCE,
			);
		seen.set(member.name, member);
	}
	const size = members.reduce((sum, one) => sum + one.size, 0);
	const isTight = size > RATIO_FROM && size > packed * RATIO;
	if (isTight && !isForced)
		refuse(
			`would become ${Math.round(size / packed)} times as large when it is unpacked, which no agent's state does`,
			FORCE,
		);
	const below = members.find((member) => isBelowFile(member, seen));
	if (below !== undefined)
		refuse(`puts ${JSON.stringify(below.name)} below a file`);
}

/** Before they are even read. @throws SnapshotError `failed` */
export function refuseMany(name: string, count: number, most: number): void {
	if (count <= most) return;
	throw new SnapshotError(
		"failed",
		`${name} has ${count} entries, and ${most} are the most. Nothing was changed.`,
		{ hint: FORCE },
	);
}

/**
 * Neither is ever made of an archive.
 * @throws SnapshotError `failed`
 */
export function refuseLinks(name: string, members: readonly Listed[]): void {
	const found = members.find(
		({ kind }) => kind === "link" || kind === "device",
	);
	if (found === undefined) return;
	const what = found.kind === "link" ? "a link" : "a device or the like";
	throw new SnapshotError(
		"failed",
		`${name} holds ${what}: ${JSON.stringify(found.name.slice(0, 200))}. Nothing was changed.`,
		{ hint: `${HINT} Of one of the agent's own, --force takes all else.` },
	);
}

const HINT =
	"It was not made by this program or by the agent, or somebody has changed it.";
const FORCE = "If you know it, do it again with --force.";

function whyRefused(
	{ name, kind }: Listed,
	seen: ReadonlyMap<string, Listed>,
): string | undefined {
	const quoted = JSON.stringify(name.slice(0, 200));
	// The directory itself, as tar names it.
	if (kind === "directory" && (name === "" || name === ".")) return undefined;
	const why = whyMalformed(name);
	if (why !== undefined) return `holds a name that ${why}: ${quoted}`;
	const other = seen.get(name);
	if (other === undefined) return undefined;
	return other.kind === "directory" && kind === "directory"
		? undefined
		: `holds ${quoted} twice`;
}

function isBelowFile(
	{ name }: Listed,
	all: ReadonlyMap<string, Listed>,
): boolean {
	return ancestorsOf(name).some((above) => all.get(above)?.kind === "file");
}
