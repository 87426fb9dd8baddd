import { createHash } from "node:crypto";
import type { Agent } from "../core/home/agent.ts";
import { type Manifest, parseManifest } from "../core/manifest/manifest.ts";
import { errorCode, SnapshotError } from "../errors.ts";
import { refuseStrangeTree } from "./foreign-tree.ts";
import { noteDown, noteOf } from "./notes.ts";
import { shortId } from "./repository.ts";
import { fieldsOf, type Restic, type ResticRequest } from "./restic.ts";
import { isAboutContent } from "./restic-failure.ts";

/** Equal only of snapshots that hold the same: names, sizes and hashes, not what this machine remembers of its disk. */
export function contentsHash({ entries }: Pick<Manifest, "entries">): string {
	const said = entries.map((entry) => ({ ...entry, look: undefined }));
	return createHash("sha256").update(JSON.stringify(said)).digest("hex");
}

/** In lines of JSON. */
export function treeThere(
	restic: Restic,
	resticId: string,
	rescue?: ResticRequest["rescue"],
): Promise<string[]> {
	const words = ["ls", "--json", resticId];
	return restic.run({ words, doing: "look at it", ...(rescue && { rescue }) });
}

/** The text as it was pushed. */
export async function manifestTextThere(
	restic: Restic,
	resticId: string,
	rescue?: ResticRequest["rescue"],
): Promise<string> {
	const lines = await restic.run({
		words: ["dump", resticId, "/manifest.json"],
		doing: "look at its manifest",
		...(rescue && { rescue }),
	});
	return `${lines.join("\n")}\n`;
}

/**
 * Whether what restic noted is all of a snapshot. Its tags cannot tell: they are given first, and restic notes what it could
 * read even where that was not all. What is found is remembered, for it never changes.
 * @param contents what it has to hold; undefined: what its own manifest names
 * @returns undefined: restic could not read it, now
 */
export async function lookWhether(
	agent: Agent,
	restic: Restic,
	resticId: string,
	contents?: string,
): Promise<boolean | undefined> {
	try {
		const { manifest, id } = await foundThere(restic, resticId);
		remember(agent, restic.remote.name, id, manifest !== undefined);
		if (manifest === undefined) return false;
		return contents === undefined || contents === contentsHash(manifest);
	} catch (error) {
		if (!(error instanceof Unreadable)) throw error;
		return undefined;
	}
}

class Unreadable extends Error {}

interface Found {
	/** restic's, in full: at the end of a push it tells only how that begins. */
	readonly id: string;
	/** Undefined: some of what it names is not there, or it is not. */
	readonly manifest: Manifest | undefined;
}

/** @throws Unreadable */
async function foundThere(restic: Restic, resticId: string): Promise<Found> {
	const rescue: ResticRequest["rescue"] = ({ kind }) =>
		isAboutContent(kind) ? new Unreadable() : undefined;
	const lines = await treeThere(restic, resticId, rescue);
	const id = String(fieldsOf(lines[0] ?? "").id ?? resticId);
	const isThere = lines.some((line) => line.includes('"/manifest.json"'));
	if (!isThere) return { id, manifest: undefined };
	const text = await manifestTextThere(restic, resticId, rescue);
	try {
		const manifest = parseManifest(text, "What is there");
		refuseStrangeTree(manifest, lines);
		return { id, manifest };
	} catch (error) {
		if (error instanceof SnapshotError && error.code === "damaged")
			return { id, manifest: undefined };
		throw error;
	}
}

function remember(
	agent: Agent,
	name: string,
	resticId: string,
	isWhole: boolean,
): void {
	const { looked = {} } = noteOf(agent, name);
	try {
		noteDown(agent, name, {
			looked: { ...looked, [shortId(resticId)]: isWhole },
		});
	} catch (error) {
		// It is looked at again next time.
		if (errorCode(error) === undefined) throw error;
	}
}
