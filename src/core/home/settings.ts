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
import {
	DURATION_FORM,
	type Keep,
	parseDuration,
} from "../retention/keep-rules.ts";
import { whyUnsafe } from "./paths.ts";

const Path = v.pipe(
	v.string(),
	v.transform((path) => path.replace(/\/+$/, "")),
	v.check(
		(path) => whyUnsafe(path) === undefined,
		(issue) =>
			`${JSON.stringify(issue.input)} ${whyUnsafe(String(issue.input))}`,
	),
);
const Count = v.pipe(
	v.number("must be a number"),
	v.integer("must be a whole number"),
	v.minValue(1, "must be at least 1"),
);
const KeepRules = v.pipe(
	v.strictObject({
		keepLast: v.exactOptional(Count),
		keepHourly: v.exactOptional(Count),
		keepDaily: v.exactOptional(Count),
		keepWeekly: v.exactOptional(Count),
		keepMonthly: v.exactOptional(Count),
		keepYearly: v.exactOptional(Count),
		keepWithin: v.exactOptional(
			v.pipe(
				v.string(`must be ${DURATION_FORM}`),
				v.check(
					(text) => parseDuration(text) !== undefined,
					`must be ${DURATION_FORM}`,
				),
			),
		),
	}),
	v.check(
		(rules) => Object.keys(rules).length > 0,
		"must have at least one rule, such as keepLast",
	),
);
/** Not a union of the two, which would say of a wrong rule only that it is neither. */
const KeepSetting = v.lazy((value) =>
	typeof value === "object" ? KeepRules : Count,
);

const Words = v.pipe(
	v.string("must be a text"),
	v.check((text) => text.trim() !== "", "must not be empty"),
);
/** Its value is a secret, and is not told. */
const Address = v.pipe(
	v.string("must be a text"),
	v.check(
		isWebAddress,
		"must be an address that begins with https:// or http://",
	),
);
const Absolute = v.pipe(
	v.string("must be a path"),
	v.startsWith("/", "must begin with /"),
);
/** Never a password: whoever may read the settings may not read the repository by that. */
const Remote = v.strictObject({
	repository: v.pipe(
		v.string("must be a repository as restic names it"),
		v.nonEmpty("must be a repository as restic names it"),
	),
	passwordFile: Absolute,
	environmentFile: v.exactOptional(Absolute),
});
/** A repository elsewhere: see remote/restic.ts. */
export type RemoteSettings = v.InferOutput<typeof Remote>;

const Schema = v.strictObject({
	formatVersion: v.optional(v.literal(1)),
	include: v.optional(v.array(Path, "must be a list of paths"), []),
	exclude: v.optional(v.array(Path, "must be a list of paths"), []),
	keep: v.optional(v.record(v.string(), KeepSetting), {}),
	keepBytes: v.exactOptional(
		v.pipe(
			v.number("must be a number of bytes"),
			v.integer("must be a whole number"),
			v.minValue(0, "must not be negative"),
		),
	),
	automatic: v.optional(v.boolean("must be true or false"), true),
	schedule: v.exactOptional(
		v.strictObject({
			ping: v.exactOptional(Address),
			onFailure: v.exactOptional(Words),
		}),
	),
	reserveBytes: v.optional(
		v.pipe(
			v.number("must be a number of bytes"),
			v.minValue(0, "must not be negative"),
		),
		128 * 1024 * 1024,
	),
	partsFromBytes: v.optional(
		v.pipe(
			v.number("must be a number of bytes"),
			v.minValue(64 * 1024, "must be at least 65536"),
		),
		32 * 1024 * 1024,
	),
	remotes: v.exactOptional(v.record(v.string(), Remote)),
});

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
	/** Bytes that must stay free on the disk after a snapshot. */
	readonly reserveBytes: number;
	/** Repositories elsewhere, by the names that people gave them. */
	readonly remotes?: Readonly<Record<string, RemoteSettings>>;
	/** Files of so many bytes or more are kept in parts, of which a snapshot shares those that did not change. */
	readonly partsFromBytes: number;
}

export function isWebAddress(text: string): boolean {
	return /^https?:$/.test(URL.parse(text)?.protocol ?? "");
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
