import {
	findNodeAtLocation,
	getNodeValue,
	type Node,
	type ParseError,
	parseTree,
	printParseErrorCode,
} from "jsonc-parser";
import * as v from "valibot";
import { SnapshotError } from "../../errors.ts";
import type { Keep } from "../retention/keep-rules.ts";
import { type RemoteSettings, Schema } from "./settings-schema.ts";

export { isWebAddress, type RemoteSettings } from "./settings-schema.ts";

/** `<home>/state-snapshots/config.json`, every key of it optional. */
export interface Settings {
	/** Taken besides the host's own list; "*" stands for anything within a name. */
	readonly include: readonly string[];
	/** Left out, wherever it would have been taken. */
	readonly exclude: readonly string[];
	/** What to keep, by reason: how many of the newest, or rules. */
	readonly keep: Readonly<Record<string, Keep>>;
	/** Bytes that all snapshots together may take on the disk; absent: any number. */
	readonly keepBytes?: number;
	/** Takes snapshots by itself at certain moments of the agent's life. */
	readonly automatic: boolean;
	/** Who is told how a scheduled run has ended. */
	readonly schedule?: {
		/** An address to which it is posted; whoever has it can say the same. */
		readonly ping?: string;
		/** A line for the shell. */
		readonly onFailure?: string;
	};
	/** What `export` makes. */
	readonly archives: {
		/** "age1…": whose identities open them, unless said otherwise; none: they are not encrypted. */
		readonly recipients: readonly string[];
		/** How many of those before updates, and of those before migrations, stay. */
		readonly keep: number;
	};
	/** Bytes that must stay free on the disk after a snapshot. */
	readonly reserveBytes: number;
	/** Repositories elsewhere, by the names that people gave them. */
	readonly remotes?: Readonly<Record<string, RemoteSettings>>;
	/** Files of so many bytes or more are kept in parts, of which a snapshot shares those that did not change. */
	readonly partsFromBytes: number;
}

export const DEFAULT_SETTINGS: Settings = v.parse(Schema, {});

/** @throws SnapshotError `bad-config`, naming file, line and reason. */
export function parseSettings(text: string, file: string): Settings {
	const { tree, value, broken } = read(text, file);
	if (tree === undefined || broken !== undefined) {
		const why =
			text.trim() === "" || broken === undefined
				? "is empty"
				: `is not JSON (${inWords(printParseErrorCode(broken.error))})`;
		throw bad(file, lineAt(text, broken?.offset ?? 0), why);
	}
	if (tree.type !== "object") throw bad(file, 1, "its top: is not an object");
	const result = v.safeParse(Schema, value);
	if (result.success) return result.output;
	const [issue] = result.issues;
	const keys = (issue.path ?? []).map(({ key }) => key as string | number);
	const where = nodeAt(tree, keys);
	const reason =
		issue.type === "strict_object" ? "is not a setting" : issue.message;
	throw bad(
		file,
		lineAt(text, where.offset),
		`${keys.join(".") || "its top"}: ${reason}`,
	);
}

/** jsonc-parser calls itself once a level. */
function read(
	text: string,
	file: string,
): { tree: Node | undefined; value: unknown; broken: ParseError | undefined } {
	const errors: ParseError[] = [];
	try {
		const tree = parseTree(text, errors, { allowTrailingComma: true });
		return { tree, value: tree && getNodeValue(tree), broken: errors[0] };
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		throw bad(file, 1, "is nested too deeply");
	}
}

/** "ValueExpected" → "value expected" */
function inWords(code: string): string {
	return code.replace(/\B[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}

function nodeAt(tree: Node, keys: (string | number)[]): Node {
	for (let length = keys.length; length > 0; length--) {
		const found = findNodeAtLocation(tree, keys.slice(0, length));
		if (found !== undefined) return found;
	}
	return tree;
}

function lineAt(text: string, offset: number): number {
	return text.slice(0, offset).split("\n").length;
}

function bad(file: string, line: number, why: string): SnapshotError {
	return new SnapshotError(
		"bad-config",
		`${file}, line ${line}: ${why}. Nothing was changed.`,
		{
			hint: "Correct that line, or remove the file to go back to the defaults.",
		},
	);
}
