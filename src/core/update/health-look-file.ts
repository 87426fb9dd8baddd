import { parseEnv } from "node:util";
import type { FileEntry } from "../capture/entry.ts";
import { readText } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import {
	formOf,
	LARGEST_CONFIG,
	type Parsed,
	parseConfiguration,
} from "../home/configuration.ts";
import { storedChunks } from "../inside/read-stored.ts";
import { whyDamaged } from "../parts/stored-file.ts";

/** What a look at a file in a snapshot has shown. What is not there is not known. */
export interface FileContent {
	/** Nothing but NULs and white space. */
	readonly isBlank?: boolean;
	/** Of a configuration that can be parsed; null of one that cannot. */
	readonly parsed?: Parsed | null;
	/** Of a text that people and agents write, without blank ones. */
	readonly lines?: readonly string[];
	/** Of a configuration or text that is larger than what is looked into. */
	readonly large?: Large;
}

interface Large {
	/** In bytes. */
	readonly size: number;
	/** Of its beginning, if it is a text. */
	readonly lines?: readonly string[];
}

/** Of JSON, which is read quickly, and in which agents keep more than settings: in bytes. */
const LARGEST_JSON = 32 * 1024 * 1024;

export async function fileContent(
	agent: Agent,
	id: string,
	entry: FileEntry,
): Promise<FileContent> {
	const { path, size, parts } = entry;
	const limit = formOf(path) === "JSON" ? LARGEST_JSON : LARGEST_CONFIG;
	if (parts === undefined && size <= limit) {
		const at = `${agent.store.directory}/${id}/${path}`;
		return said(path, readText(agent.system.disk, at, limit) ?? "");
	}
	const wanted = isSettings(path) || isWritten(path) ? limit : 0;
	const read = await beginningOf(agent, id, entry, wanted);
	if (read === undefined) return {};
	const { isBlank, text } = read;
	if (wanted === 0) return { isBlank };
	if (size <= limit) return said(path, text);
	const large = { size, ...(isWritten(path) && { lines: linesOf(text) }) };
	return { isBlank, large };
}

async function said(path: string, text: string): Promise<FileContent> {
	const isBlank = /^[\0\s]*$/.test(text);
	const lines = isWritten(path) ? linesOf(text) : undefined;
	return {
		isBlank,
		...(lines && { lines }),
		...(!isBlank && (await settingsIn(path, text))),
	};
}

interface Beginning {
	/** Of all of it. */
	readonly isBlank: boolean;
	readonly text: string;
}

/**
 * Read no further than it takes to know.
 * @param wanted so many bytes of text
 * Undefined: the snapshot does not have it as it was captured.
 */
async function beginningOf(
	agent: Agent,
	id: string,
	entry: FileEntry,
	wanted: number,
): Promise<Beginning | undefined> {
	const folder = `${agent.store.directory}/${id}`;
	const read: Uint8Array[] = [];
	let left = wanted;
	let isBlank = true;
	try {
		for await (const chunk of storedChunks(agent, folder, entry)) {
			if (left > 0) read.push(chunk.subarray(0, left));
			left -= chunk.length;
			isBlank &&= chunk.every(isBlankByte);
			if (!isBlank && left <= 0) break;
		}
	} catch (error) {
		if (whyDamaged(error) === undefined) throw error;
		return undefined;
	}
	return { isBlank, text: Buffer.concat(read).toString("utf8") };
}

/** NUL, tab, ends of lines and pages, blank. */
function isBlankByte(byte: number): boolean {
	return byte === 0 || (byte >= 9 && byte <= 13) || byte === 32;
}

async function settingsIn(
	path: string,
	text: string,
): Promise<Pick<FileContent, "parsed">> {
	if (isVariables(path)) return { parsed: { value: parseEnv(text) } };
	const form = formOf(path);
	if (form === undefined) return {};
	const parsed = await parseConfiguration(form, text);
	return { parsed: "value" in parsed ? parsed : null };
}

function isSettings(path: string): boolean {
	return isVariables(path) || formOf(path) !== undefined;
}

/** Lines of `NAME=value`: ".env", "gateway.env" */
export function isVariables(path: string): boolean {
	return path.endsWith(".env");
}

export function isWritten(path: string): boolean {
	return /\.(md|markdown|txt)$/i.test(path);
}

function linesOf(text: string): string[] {
	return text
		.split("\n")
		.map((line) => line.trim())
		.filter(Boolean);
}
