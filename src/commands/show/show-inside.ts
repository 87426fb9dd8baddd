import { type FileEntry, isFile } from "../../core/capture/entry.ts";
import { lastDrillOf } from "../../core/drill/drills.ts";
import type { Agent } from "../../core/home/agent.ts";
import { belowHome } from "../../core/home/below-home.ts";
import { type Inside, lookInside } from "../../core/inside/inside.ts";
import { type ShownFile, showFile } from "../../core/inside/show-file.ts";
import { maskName } from "../../core/secrets/secrets.ts";
import { type Found, readFound } from "../../core/verify/found.ts";
import type { Looks } from "../../core/verify/searched.ts";
import { readVerifications } from "../../core/verify/verifications.ts";
import type { Invocation } from "../call/handler.ts";
import { type Answer, snapshotData } from "../call/reply.ts";
import { bytesText, countText, pathText, printable } from "../text/text.ts";
import { directoryText, insideData } from "./inside-text.ts";
import { databaseText } from "./show-database-text.ts";
import { allLines, beginningLines, moreText } from "./show-lines.ts";

/** Keys of a file of secrets that are named. */
const KEYS = 40;

/** `show <ref> <path>` */
export async function showInside(
	invocation: Invocation,
	ref: string,
	typed: string,
): Promise<Answer> {
	const isFull = invocation.flags.full === true;
	const agent = invocation.agent();
	const inside = lookInside(agent, ref, belowHome(typed, agent));
	const { snapshot, entry } = inside;
	const data = { snapshot: snapshotData(snapshot), ...insideData(inside) };
	if (entry === undefined || !isFile(entry)) {
		const more = `${invocation.prefix} ls ${printable(ref)} ${printable(typed)} --all`;
		const telling = { invocation, isAll: isFull, more };
		return { text: directoryText(inside, telling).join("\n"), data };
	}
	const shown = await showFile(agent, snapshot.id, entry, isFull);
	const words = { invocation, agent, id: snapshot.id, ref, typed, isFull };
	return {
		text: [headOf(entry, inside), ...bodyOf(shown, entry, words)].join("\n"),
		data: { ...data, content: contentData(shown, entry) },
	};
}

function headOf({ path, size, kind }: FileEntry, { snapshot }: Inside): string {
	const name =
		snapshot.number === undefined
			? printable(snapshot.id)
			: `snapshot ${snapshot.number}`;
	const what = kind === "database" ? "database, " : "";
	return `${pathText(path)} of ${name}: ${what}${bytesText(size)}.`;
}

interface Words {
	readonly invocation: Invocation;
	readonly agent: Agent;
	/** Of the snapshot. */
	readonly id: string;
	readonly ref: string;
	readonly typed: string;
	readonly isFull: boolean;
}

function bodyOf(shown: ShownFile, entry: FileEntry, words: Words): string[] {
	const { invocation } = words;
	const { prefix } = invocation;
	const full = `${prefix} show ${printable(words.ref)} ${printable(words.typed)} --full`;
	const now = words.agent.system.clock.now();
	if (shown.as === "text") return textLines(shown, words, full);
	if (shown.as === "database")
		return databaseText(shown.holdings, entry, {
			isFull: words.isFull,
			full,
			now,
			invocation,
			...looksAt(words),
		});
	if (shown.as === "binary") return [`No text to be shown: ${shown.what}.`];
	return secretLines(shown.keys, invocation);
}

function looksAt({ agent, id }: Words): Looks & { found: Found | undefined } {
	const { system, store } = agent;
	return {
		verified: readVerifications(system.disk, store).get(id),
		drill: lastDrillOf(agent, id),
		found: readFound(system.disk, store).get(id),
	};
}

function secretLines(
	keys: (ShownFile & { as: "secret" })["keys"],
	{ lines }: Invocation,
): string[] {
	if (keys === undefined) return ["(its content is hidden)"];
	const { names, others } = keys;
	const shown = names.slice(0, lines ?? KEYS).map(printable);
	const more = others + names.length - shown.length;
	return [
		...(shown.length > 0 ? [shown.join(", ")] : []),
		`${more > 0 ? `${countText(more, shown.length > 0 ? "more key" : "key")} ` : ""}(values hidden)`,
	];
}

function textLines(
	{ text, isMasked, isCut }: ShownFile & { as: "text" },
	{ invocation, isFull }: Words,
	full: string,
): string[] {
	// Beside the head, how many more there are, and what is masked.
	const { lines, isWhole, left } = isFull
		? allLines(text, invocation)
		: beginningLines(text, invocation, 3);
	return [
		...lines,
		(!isWhole && moreText(left, full)) ||
			(isCut && "… and it goes on: cat prints all of it."),
		isMasked && "(secrets are masked)",
	].filter((line) => line !== false);
}

function contentData(shown: ShownFile, entry: FileEntry) {
	if (shown.as === "text") return { ...shown, isMasked: shown.isMasked };
	if (shown.as === "database")
		return {
			as: shown.as,
			userVersion: shown.holdings?.userVersion ?? null,
			tables:
				shown.holdings?.tables.map(({ name, rows, ...table }) => ({
					name: maskName(name),
					...table,
					rows: rows ?? null,
				})) ?? null,
			counts: entry.counts ?? [],
		};
	if (shown.as === "secret")
		return {
			as: shown.as,
			keys: shown.keys?.names ?? [],
			others: shown.keys?.others ?? 0,
		};
	return shown;
}
