import { type Hiding, inBlock } from "./secret-blocks.ts";
import { MASK } from "./secret-mask.ts";
import { maskAfter, maskNamed } from "./secret-named.ts";
import {
	isMapName,
	isNamed,
	isWeak,
	type Rank,
	rankOf,
	rankOfFlag,
	rankWithin,
} from "./secret-names.ts";
import { maskNear } from "./secret-nearness.ts";
import { isSetOfEnvironment } from "./secret-parents.ts";
import { maskRepeated } from "./secret-repeats.ts";
import { maskTables } from "./secret-tables.ts";
import { isOpenlySaid } from "./secret-values.ts";

/**
 * Masks what stands behind the name of a secret, line by line: `NAME=value`, `name: value`, `"name": "value"`, also where
 * that is escaped in a text, and all that stands below a name: blocks of YAML and JSON, sections of TOML, texts of several lines.
 * What was hidden in one place is hidden in all of the text.
 */
export function maskLines(text: string): string {
	const found = new Set<string>();
	const isVariables = isOfVariables(text);
	const rows = maskTables(text, (value) => found.add(value));
	const masked = linesOf(rows, { isVariables, found, anchors: new Set() });
	const anchors = new Set(
		[...found].flatMap((value) => /^\*([\w-]+)$/.exec(value)?.[1] ?? []),
	);
	// What a name of YAML stands for is said before it.
	const all =
		anchors.size === 0
			? masked
			: linesOf(rows, { isVariables, found, anchors });
	return maskRepeated(
		maskNear(all, (value) => found.add(value)),
		found,
	);
}

function linesOf(
	text: string,
	known: Pick<Hiding, "isVariables" | "found" | "anchors">,
): string {
	const hiding: Hiding = { ...known, block: undefined, named: undefined };
	return text
		.split("\n")
		.map((line) => maskLine(line, hiding))
		.join("\n");
}

function isOfVariables(text: string): boolean {
	const variables = text.match(/^(?:export )?[A-Z][A-Z\d_]+=/gm)?.length ?? 0;
	return (
		variables > 0 && variables * 2 >= (text.match(/^[^\s#]/gm)?.length ?? 0)
	);
}

/** Whatever names something, and a flag. */
const SAYS = /[:=：>"'&?[|→—–\t-]|\b(?:export|setx|ENV) /;

function maskLine(line: string, hiding: Hiding): string {
	// A comment ends no block, however far out it stands.
	if (hiding.block && "indent" in hiding.block && /^\s*#/.test(line))
		return maskNamed(maskFlags(line, hiding), {
			...{ ...hiding, block: undefined, named: undefined },
		});
	const isFree = hiding.block === undefined && hiding.named === undefined;
	if (isFree && !SAYS.test(line)) return line;
	const held = inBlock(line, hiding);
	if (held !== undefined && held.rest === undefined) return held.text;
	if (held !== undefined) {
		hiding.block = undefined;
		return held.text + maskRest(held.rest ?? "", hiding);
	}
	if (line.trim() !== "") hiding.block = undefined;
	const section = sectionOf(line);
	if (section !== undefined) {
		const rank = isMapName(section) ? "inner" : rankOf(section);
		if (isNamed(rank) || rank === "inner") hiding.block = { section: rank };
		return line;
	}
	return maskRest(line, hiding);
}

function maskRest(line: string, hiding: Hiding): string {
	return (
		valueOfNamed(line, hiding) ??
		valueOfAnchor(line, hiding) ??
		maskNamed(maskFlags(line, hiding), hiding)
	);
}

/** The last of the names of a section of TOML; of variables that are set, the one above. */
function sectionOf(line: string): string | undefined {
	if (line.length > 300) return undefined;
	const [, names = ""] =
		/^\s*\[{1,2}([^[\]]+)\]{1,2}\s*(?:#.*)?$/.exec(line) ?? [];
	if (!/^[\w."' -]+$/.test(names)) return undefined;
	const [last = "", before] = names
		.split(".")
		.map((name) => name.trim())
		.reverse();
	return isSetOfEnvironment([before ?? ""], last) ? "env" : last;
}

/** `base: &name …` of which a secret is made elsewhere. */
function valueOfAnchor(line: string, hiding: Hiding): string | undefined {
	if (hiding.anchors.size === 0) return undefined;
	const found = /(?:^|[\s,[{-])&([\w-]{1,100})(?:\s+|$)/.exec(line);
	if (found === null || !hiding.anchors.has(found[1] ?? "")) return undefined;
	return maskAfter(line, found.index + found[0].length, hiding);
}

/** `value: …` behind `name: API_KEY`, `: …` behind `? API_KEY`, and what follows the flag of a program in a list. */
function valueOfNamed(line: string, hiding: Hiding): string | undefined {
	const { named } = hiding;
	hiding.named = nextNamed(line, named);
	const before = named?.begins.exec(line)?.[0];
	if (named === undefined || before === undefined) return undefined;
	const value = line.slice(before.length).trimEnd().replace(/,$/, "");
	const bare = value.replace(/^(["'])([\s\S]*)\1$/, "$2");
	if (bare === "" || (isWeak(named.rank) && /^--?[a-z]/i.test(bare)))
		return undefined;
	hiding.named = undefined;
	if (isOpenlySaid(bare, named.rank)) return line;
	hiding.found.add(bare);
	return `${before}${MASK}${line.slice(before.length + value.length)}`;
}

const VALUE =
	/^\s*(?:- )?(?:["']?(?:(?:(?:setting|option|config|param|property|variable|env|item)_?)?(?:value|val)|v)["']?\s{0,20}[:=]|:(?=\s))\s*/i;

function nextNamed(line: string, before: Hiding["named"]): Hiding["named"] {
	if (line.length <= 500) {
		const [, item = "", quote = "", flag] =
			/^\s*(- )?(["']?)(--?[A-Za-z][\w.-]*)["']?,?\s*$/.exec(line) ?? [];
		const rank = rankOfFlag(flag ?? "");
		// The next item of the same list.
		const begins =
			item !== "" ? /^\s*- / : quote !== "" ? /^\s*(?=["'])/ : /^\s*/;
		if (flag !== undefined && rank !== "harmless")
			return { begins, rank, lines: 1 };
		const rankOfValue = rankOf(NAMING.exec(line)?.[1] ?? "");
		if (isNamed(rankOfValue))
			return { begins: VALUE, rank: rankOfValue, lines: 2 };
	}
	if (before === undefined || before.lines === 1) return undefined;
	return { ...before, lines: before.lines - 1 };
}

const NAMING =
	/^\s*(?:- )?(?:["']?(?:(?:(?:setting|option|config|param|property|variable|env|item)_?)?(?:name|key)|k|variable|env|setting|option)["']?\s{0,20}[:=]|\?)\s{0,20}["']?([A-Za-z_][\w.-]*)["']?,?\s*$/i;

/** `--api-key …` as it is typed. */
function maskFlags(line: string, { found }: Hiding): string {
	const behind =
		(rankOf: (name: string) => Rank) =>
		(
			whole: string,
			before: string,
			name: string,
			value: string,
			at: number,
		) => {
			if (/^-[pP]$/.test(name) && isOfFiles(line, at)) return whole;
			const rank = rankOf(name);
			const bare = value.replace(/^(["'])([\s\S]*)\1$/, "$2");
			// What is said in several words to `-p` is a prompt as often as not.
			const isText = isWeak(rank) && bare.includes(" ");
			if (isText || isOpenlySaid(bare, rank)) return whole;
			found.add(bare);
			return `${before}${MASK}`;
		};
	return line
		.replace(FLAG, behind(rankOfFlag))
		.replace(ASSIGNED, behind(rankWithin));
}

/** Programs whose `-p` and `-P` take no password: "cp -p", "mkdir -p", "rsync -P". */
const OF_FILES =
	/(?:^|[\s"'`;|&(/])(?:cp|mv|mkdir|install|rsync|scp|tar|pax|touch|nmap|ss|lsof|git|patch|date|ps|kill|grep|uniq|perl)\s[^;|&]*$/;

function isOfFiles(line: string, at: number): boolean {
	return OF_FILES.test(line.slice(Math.max(0, at - NEAR), at));
}

/** In characters. */
const NEAR = 100;

/** `setx API_KEY …`, as shells and Docker set variables. */
const ASSIGNED =
	/(\b(?:export|setx|set -g?x|ENV) {1,3}([A-Z][A-Z\d_]{2,60}) {1,3})("[^"]*"|'[^']*'|[^\s"'`=&|]+(?![^\s"'`&|]*=))/g;

const FLAG =
	/((?<![^\s"'`([])(--?[A-Za-z][\w.-]{0,60})[ =]{1,4}(?:<<< {0,3})?)("[^"]*"|'[^']*'|(?!-|<<<|<\s)[^\s"'`]+)/g;
