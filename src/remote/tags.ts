import { maskText } from "../core/secrets/secrets.ts";
import type { SnapshotInfo } from "../core/store/listing.ts";

/** All that we push has this one. */
export const OURS = "agent-snapshot";
/** What was pushed only to see whether it can be deleted. */
export const TRIAL = "agent-snapshot-trial";

/** What is known of one by its tags. */
export interface Tagged {
	readonly agent: string;
	readonly id: string;
	readonly reason: string;
	readonly label: string | null;
	readonly complete: boolean;
	readonly pinned: boolean;
	/** Undefined: they do not say. */
	readonly bytes: number | undefined;
	readonly files: number | undefined;
	/** ISO 8601: of two of one id this tells which came later. Empty: they do not say. */
	readonly pushedAt: string;
	/** See `Processes.machineId`. Undefined: they do not say. */
	readonly machineId: string | undefined;
	/** See `contentsHash`. Undefined: they do not say. */
	readonly contents: string | undefined;
}

/** What is said of one besides what the list here says. */
export interface Origin {
	readonly agent: string;
	readonly machineId: string | undefined;
	readonly contents: string;
	readonly now: Date;
}

export function tagsOf(
	{ id, reason, label, complete, pinned, bytes, files }: SnapshotInfo,
	{ agent, machineId, contents, now }: Origin,
): string[] {
	return [
		OURS,
		`agent:${agent}`,
		`id:${id}`,
		`reason:${encoded(reason)}`,
		...(label === null ? [] : [`label:${encoded(maskText(label))}`]),
		complete ? "complete" : "incomplete",
		...(pinned ? ["pinned"] : []),
		`bytes:${bytes}`,
		`files:${files}`,
		`pushed:${now.toISOString()}`,
		...(machineId === undefined ? [] : [`machine:${machineId}`]),
		`contents:${contents}`,
	];
}

/** Undefined: it is none of ours. */
export function readTags(tags: readonly string[]): Tagged | undefined {
	const said = (name: string) =>
		tags.find((tag) => tag.startsWith(`${name}:`))?.slice(name.length + 1);
	const number = (name: string) => {
		const value = Number(said(name) ?? Number.NaN);
		return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
	};
	const agent = said("agent");
	const id = said("id");
	if (!tags.includes(OURS) || agent === undefined || id === undefined)
		return undefined;
	const label = said("label");
	return {
		agent,
		id,
		reason: decoded(said("reason") ?? "manual"),
		label: label === undefined ? null : decoded(label),
		complete: tags.includes("complete"),
		pinned: tags.includes("pinned"),
		bytes: number("bytes"),
		files: number("files"),
		pushedAt: said("pushed") ?? "",
		machineId: said("machine"),
		contents: said("contents"),
	};
}

/** restic parts tags at commas, and takes blanks off their ends. */
function encoded(text: string): string {
	return text
		.toWellFormed()
		.replace(/[%,\p{Cc}]|^\s+|\s+$/gu, (found) => encodeURIComponent(found))
		.replaceAll(",", "%2C");
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch (error) {
		// Somebody else's.
		if (!(error instanceof URIError)) throw error;
		return text;
	}
}
