/** A full-text table that is no index of another one: what it keeps is all that there is of its texts. */
export interface OwnTexts {
	readonly name: string;
	/** The statement that made it. */
	readonly sql: string;
	/** One that would make an ordinary table of the same rows. */
	readonly ordinary: string;
}

interface Row {
	readonly type: string;
	readonly name: string;
	/** Of a trigger, what it is on. */
	readonly on: string;
	readonly sql: string;
}

const FULL_TEXT =
	/^CREATE\s+VIRTUAL\s+TABLE\b[\s\S]*?\bUSING\s+["'`[]?(fts[345])\b/i;
/** Also `content=''`, of one that keeps nothing. */
const ELSEWHERE = /[(,]\s*content\s*=/i;

/** By the tables in which they keep their texts. */
export function ownTexts(rows: readonly Row[]): Map<string, OwnTexts> {
	const filled = filledByTriggers(rows);
	const own = new Map<string, OwnTexts>();
	for (const { name, sql } of rows) {
		const [beginning, module] = FULL_TEXT.exec(sql) ?? [];
		if (beginning === undefined || module === undefined) continue;
		if (ELSEWHERE.test(sql) || filled.has(name.toLowerCase())) continue;
		const columns = columnsIn(sql.slice(beginning.length), module);
		const ordinary = `CREATE TABLE texts (${["rowid INTEGER PRIMARY KEY", ...columns].join(", ")})`;
		own.set(`${name}_content`, { name, sql, ordinary });
	}
	return own;
}

const INSERTED =
	/\b(?:INSERT|REPLACE)\s+(?:OR\s+\w+\s+)?INTO\s+(?:"([^"]+)"|'([^']+)'|`([^`]+)`|\[([^\][]+)\]|([\w$]+))/gi;

/** Into what triggers put rows, in small letters, and of which table: what is there stands in that, too. */
export function filledByTriggers(rows: readonly Row[]): Map<string, string> {
	const filled = new Map<string, string>();
	for (const { type, on, sql } of rows)
		if (type === "trigger")
			for (const [, ...names] of sql.matchAll(INSERTED))
				filled.set((names.find(Boolean) ?? "").toLowerCase(), on);
	return filled;
}

const QUOTED = `'(?:[^']|'')*'|"(?:[^"]|"")*"|\`[^\`]*\`|\\[[^\\][]*\\]`;
/** What stands between commas. */
const ARGUMENT = new RegExp(`(?:${QUOTED}|\\([^()]*\\)|[^,'"\`[()])+`, "g");
const OPTION = /^\w+\s*=/;
/** FTS3 and FTS4 have it without "=", too. */
const TOKENIZER = /^tokenize\b/i;
const NAME = new RegExp(`^(?:${QUOTED}|[^\\s'"\`[]+)`);

/** As a statement names them. */
function columnsIn(text: string, module: string): string[] {
	const isOld = module.toLowerCase() !== "fts5";
	const [, inner = ""] = /^[^(]*\(([\s\S]*)\)/.exec(text) ?? [];
	const names = [...inner.matchAll(ARGUMENT)]
		.map(([argument]) => argument.trim())
		.filter((argument) => argument !== "" && !OPTION.test(argument))
		.filter((argument) => !(isOld && TOKENIZER.test(argument)))
		.map((argument) => quoted(NAME.exec(argument)?.[0] ?? argument));
	return names.length === 0 && isOld ? ['"content"'] : names;
}

function quoted(name: string): string {
	const isBare = !/^["'`[]/.test(name);
	const bare = isBare ? name : name.slice(1, -1);
	return `"${bare.replaceAll('""', '"').replaceAll('"', '""')}"`;
}
