import { type FileEntry, isFile } from "../core/capture/entry.ts";
import type { Agent } from "../core/home/agent.ts";
import { belowHome } from "../core/home/below-home.ts";
import { type Inside, lookInside } from "../core/inside/inside.ts";
import { type ShownFile, showFile } from "../core/inside/show-file.ts";
import { maskName } from "../core/secrets/secrets.ts";
import type { Invocation } from "./handler.ts";
import { directoryText, insideData, MOST_NAMES } from "./inside-text.ts";
import { type Answer, snapshotData } from "./reply.ts";
import { databaseText } from "./show-database-text.ts";
import { bytesText, countText, pathText, printable } from "./text.ts";

/** Of a text, unless all of it is wanted. */
const LINES = 40;
/** A line of a text, in characters. */
const WIDTH = 400;

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
		const most = isFull ? Number.POSITIVE_INFINITY : MOST_NAMES;
		return { text: directoryText(inside, most, more, agent).join("\n"), data };
	}
	const shown = await showFile(agent, snapshot.id, entry, isFull);
	const words = { invocation, agent, ref, typed, isFull };
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
	readonly ref: string;
	readonly typed: string;
	readonly isFull: boolean;
}

function bodyOf(shown: ShownFile, entry: FileEntry, words: Words): string[] {
	const { prefix } = words.invocation;
	const full = `${prefix} show ${printable(words.ref)} ${printable(words.typed)} --full`;
	const now = words.agent.system.clock.now();
	if (shown.as === "text") return textLines(shown, words.isFull, full);
	if (shown.as === "database")
		return databaseText(shown.holdings, entry, {
			isFull: words.isFull,
			full,
			now,
		});
	if (shown.as === "binary") return [`No text to be shown: ${shown.what}.`];
	return secretLines(shown.keys);
}

function secretLines(keys: (ShownFile & { as: "secret" })["keys"]): string[] {
	if (keys === undefined) return ["(its content is hidden)"];
	const { names, others } = keys;
	const shown = names.slice(0, LINES).map(printable);
	const more = others + names.length - shown.length;
	return [
		...(shown.length > 0 ? [shown.join(", ")] : []),
		`${more > 0 ? `${countText(more, shown.length > 0 ? "more key" : "key")} ` : ""}(values hidden)`,
	];
}

function textLines(
	{ text, isMasked, isCut }: ShownFile & { as: "text" },
	isFull: boolean,
	full: string,
): string[] {
	const lines = text.replace(/\n$/, "").split("\n");
	const shown = isFull ? lines : lines.slice(0, LINES);
	const left = lines.length - shown.length;
	const more = left > 0 && `… ${countText(left, "line")} more: ${full}`;
	return [
		...shown.map((line) => lineText(line, isFull)),
		more || (isCut && "… and it goes on: cat prints all of it."),
		isMasked && "(secrets are masked)",
	].filter((line) => line !== false);
}

/** With its tabs, and without what could act on a terminal. */
function lineText(line: string, isFull: boolean): string {
	const characters = line.replace(/\r$/, "").split("\t").map(printable);
	const whole = characters.join("\t");
	return isFull || whole.length <= WIDTH
		? whole
		: `${whole.slice(0, WIDTH)}… (${countText(whole.length, "character")})`;
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
