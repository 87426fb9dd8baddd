import type { Agent } from "../home/agent.ts";
import { countedIn } from "../home/counted.ts";
import { isSecretFile } from "../secrets/secrets.ts";
import { isNoDifference } from "./compare-databases.ts";
import { type ComparedRows, compareRows } from "./compare-opened.ts";
import type { Compared } from "./compare-sides.ts";
import {
	type DecodedText,
	decodedText,
	formDifferences,
} from "./decoded-text.ts";
import type { ContentDifference } from "./file-difference.ts";
import { keyDifferences } from "./key-differences.ts";
import { lineDifferences } from "./line-differences.ts";
import { ruinedSide } from "./ruined-side.ts";
import { type Item, type Side, Unseen, unseenOf } from "./side.ts";
import { isOfVariables, structureOf } from "./structured.ts";
import { type Thing, thingsInFile } from "./things.ts";

/** Of a larger file it is only said that it is another. */
const LARGEST = 4 * 1024 * 1024;

export interface Content {
	readonly content: ContentDifference;
	readonly things: readonly Thing[];
}

/** @param doubt why it is not known whether they are the same */
export async function contentDifference(
	agent: Agent,
	compared: Compared,
	left: Item,
	right: Item,
	doubt: false | undefined | Unseen,
): Promise<Content | "none"> {
	if (doubt instanceof Unseen) return unknown(doubt);
	try {
		if (left.kind === "database" && right.kind === "database")
			return rowsIn(await compareRows(agent, compared, left, right));
		if (left.kind === "file" && right.kind === "file")
			return await inFiles(agent, compared, left, right);
		return { content: { in: "bytes" }, things: [] };
	} catch (error) {
		if (error instanceof Unseen) return unknown(error);
		throw error;
	}
}

function unknown({ why }: Unseen): Content {
	return { content: { in: "unknown", why }, things: [] };
}

function rowsIn({ database, things }: ComparedRows): Content | "none" {
	if (isNoDifference(database)) return "none";
	return { content: { in: "rows", database }, things };
}

async function inFiles(
	agent: Agent,
	compared: Compared,
	left: Item,
	right: Item,
): Promise<Content> {
	const { path } = left;
	const [one, other] = await inBoth(compared, left, right);
	if (Math.max(left.size, right.size) <= LARGEST) {
		const ruined = await ruinedSide(agent, path, one?.text, other?.text);
		if (ruined !== undefined) return ruined;
	}
	if (one === undefined || other === undefined)
		return { content: { in: "bytes" }, things: [] };
	const also = formDifferences(one, other);
	if (one.text === other.text)
		return { content: { in: "form", only: also }, things: [] };
	const keyed = await inKeys(agent, compared, path, [one.text, other.text]);
	if (keyed !== undefined) return keyed;
	if (isSecretFile(agent.host, path))
		return { content: { in: "bytes" }, things: [] };
	const lines = await lineDifferences(one.text, other.text);
	return { content: { in: "lines", lines, also }, things: [] };
}

/** Undefined: at least one of them is no file of settings. */
async function inKeys(
	{ host }: Agent,
	{ isFull, keys: most }: Compared,
	path: string,
	[one, other]: readonly [left: string, right: string],
): Promise<Content | undefined> {
	const then = await structureOf(path, one);
	const now = then && (await structureOf(path, other));
	if (then === undefined || now === undefined) return undefined;
	const isSecret = isSecretFile(host, path);
	const keys = keyDifferences(then.value, now.value, {
		isSecret,
		isOfVariables: isOfVariables(path),
		most,
	});
	const things = thingsInFile(host, path, then.value, now.value);
	const lines =
		isFull && !isSecret ? { lines: await lineDifferences(one, other) } : {};
	return keys.total === 0
		? { content: { in: "form", only: SPELLING, ...lines }, things }
		: { content: { in: "keys", keys, ...lines }, things };
}

/** Of a file of settings that says the same. */
const SPELLING = ["comments", "spaces", "order of keys"];

/** @throws Unseen that names both where neither can be read */
async function inBoth(
	compared: Compared,
	left: Item,
	right: Item,
): Promise<(DecodedText | undefined)[]> {
	const read = await Promise.allSettled([
		textIn(compared.left, left),
		textIn(compared.right, right),
	]);
	const failed = read.flatMap((one) =>
		one.status === "rejected" ? [one.reason as unknown] : [],
	);
	const unseen = failed.filter((error) => error instanceof Unseen);
	const [other] = failed.filter((error) => !(error instanceof Unseen));
	if (failed.length > 0) throw other ?? unseenOf(unseen);
	return read.map((one) =>
		one.status === "fulfilled" ? one.value : undefined,
	);
}

async function textIn(
	side: Side,
	item: Item,
): Promise<DecodedText | undefined> {
	const bytes = await side.contentOf(item, LARGEST);
	return bytes && decodedText(bytes);
}

/** What people would miss, or get back, with what only one side has. */
export async function loneContent(
	agent: Agent,
	compared: Compared,
	left: Item | undefined,
	right: Item | undefined,
): Promise<readonly Thing[]> {
	const item = left ?? right;
	if (item === undefined || countedIn(agent.host, item.path).length === 0)
		return [];
	try {
		if (item.kind === "database")
			return (await compareRows(agent, compared, left, right)).things;
		if (item.kind !== "file") return [];
		const text = await textIn(left ? compared.left : compared.right, item);
		const found =
			text === undefined ? undefined : await structureOf(item.path, text.text);
		const [then, now] = left ? [found?.value] : [undefined, found?.value];
		return thingsInFile(agent.host, item.path, then, now);
	} catch (error) {
		if (error instanceof Unseen) return []; // it is named all the same
		throw error;
	}
}
