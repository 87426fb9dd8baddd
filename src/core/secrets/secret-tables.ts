import { MASK } from "./secret-mask.ts";
import { isNamed, type Rank, rankOf } from "./secret-names.ts";
import { isOpenlySaid } from "./secret-values.ts";

/** A longer line is no row that anybody reads. */
const LONGEST = 4000;
/** Below the names of the columns: of Markdown, psql, mysql. */
const RULE = /^[\s|+:=│┃┼─━├┤╪═-]{3,}$/;
const BARS = "|│┃";
const BAR = /[|│┃]/;
/** Of comma separated values; behind a comma of prose stands a blank. */
const BEGINS = /^"?[A-Za-z_][\w .-]{0,40}"?([,;\t])(?! )/;
/** A name of a column in a file of comma separated values. */
const NAME = /^"?[A-Za-z_][\w .-]{0,40}"?$/;

/** Which of the columns of a table are secrets, and what its rows are divided by. */
interface Table {
	readonly ranks: readonly Rank[];
	/** Any of these signs. */
	readonly between: string;
	/** So many cells a row has; undefined: it goes on as long as there are bars. */
	readonly cells?: number;
}

/** Columns of tables that are called like secrets. @param hide is told what is hidden */
export function maskTables(
	text: string,
	hide: (value: string) => void,
): string {
	if (!/[|│┃,;\t]/.test(text)) return text;
	const lines = text.split("\n");
	let table: Table | undefined;
	return lines
		.map((line, at) => {
			const next = lines[at + 1] ?? "";
			if (table && isRowOf(line, table) && !(BAR.test(line) && isRule(next)))
				return maskRow(line, table, hide);
			table = headedBy(line, next);
			return line;
		})
		.join("\n");
}

/** The table of which a line has the names of the columns; undefined: it has none, or none that are secrets. */
function headedBy(line: string, next: string): Table | undefined {
	if (line.length > LONGEST || next.length > LONGEST) return undefined;
	if (BAR.test(line) && isRule(next)) return tableOf(line, BARS);
	const between = BEGINS.exec(line)?.[1];
	if (between === undefined) return undefined;
	const names = cellsOf(line, between);
	if (!names.every((name) => NAME.test(name.trimEnd()))) return undefined;
	if (cellsOf(next, between).length !== names.length) return undefined;
	const table = tableOf(line, between);
	return table && { ...table, cells: names.length };
}

function isRule(line: string): boolean {
	return line.length <= LONGEST && RULE.test(line) && /[-─━═]{2}/.test(line);
}

function tableOf(line: string, between: string): Table | undefined {
	const ranks = cellsOf(line, between).map(rankOfColumn);
	return ranks.some((rank) => rank !== "harmless")
		? { ranks, between }
		: undefined;
}

function rankOfColumn(cell: string): Rank {
	const name = cell.replace(/[`*"_\s]+$|^[`*"_\s]+/g, "");
	const rank = rankOf(name);
	if (!isNamed(rank)) return "harmless";
	// Words are tokens, too, and tests pass.
	return /^(?:tokens?|pass)$/i.test(name) ? "weak" : rank;
}

function isRowOf(line: string, { between, cells }: Table): boolean {
	if (line.length > LONGEST) return false;
	if (cells === undefined) return BAR.test(line) || RULE.test(line);
	return cellsOf(line, between).length === cells;
}

function maskRow(
	line: string,
	{ ranks, between }: Table,
	hide: (value: string) => void,
): string {
	if (RULE.test(line)) return line;
	let row = "";
	let done = 0;
	for (const [index, cell] of cellsOf(line, between).entries()) {
		const rank = ranks[index] ?? "harmless";
		const value = cell.trim().replace(/^([`"*]{1,2})(.*)\1$/, "$2");
		const at = done + cell.indexOf(value);
		if (rank !== "harmless" && !isOpenlySaid(value, rank)) {
			if (rank !== "weak") hide(value);
			row += line.slice(done, at) + MASK;
			row += line.slice(at + value.length, done + cell.length + 1);
		} else row += line.slice(done, done + cell.length + 1);
		done += cell.length + 1;
	}
	return row;
}

/** What stands between the signs that divide a row. Between bars a quote is a sign as any other. */
function cellsOf(line: string, between: string): string[] {
	const cells: string[] = [];
	let from = 0;
	let isQuoted = false;
	for (let at = 0; at < line.length; at++) {
		const sign = line[at] ?? "";
		if (sign === '"' && between !== BARS) isQuoted = !isQuoted;
		if (isQuoted || !between.includes(sign)) continue;
		cells.push(line.slice(from, at));
		from = at + 1;
	}
	return [...cells, line.slice(from)];
}
