import type { Invocation } from "../call/handler.ts";
import { firstOf, roomBeside } from "../text/room.ts";
import { countText, printable } from "../text/text.ts";

/** Of a text, unless all of it is wanted. */
const LINES = 40;
/** A line of a text, in characters. */
const WIDTH = 400;
/** And where replies are short: two lines of a telephone. */
const IN_CHAT = 120;

export interface TextLines {
	readonly lines: readonly string[];
	/** No line was left out, and none was cut. */
	readonly isWhole: boolean;
	/** How many were left out. */
	readonly left: number;
}

type Room = Pick<Invocation, "lines">;

/** The first lines of a text, beside so many others of a reply. */
export function beginningLines(
	text: string,
	room: Room,
	others: number,
): TextLines {
	const all = allLines(text, room).lines;
	const width = room.lines === undefined ? WIDTH : IN_CHAT;
	const shown = firstOf(all, roomBeside(room, others, LINES));
	const left = all.length - shown.length;
	const isWhole = left === 0 && shown.every((line) => line.length <= width);
	return { lines: shown.map((line) => cut(line, width)), isWhole, left };
}

/** With their tabs, which few chats show, and without what could act on a terminal. */
export function allLines(text: string, { lines: most }: Room): TextLines {
	const tab = most === undefined ? "\t" : "  ";
	const lines = text.replace(/\n$/, "").split("\n");
	const asShown = (line: string) =>
		line.replace(/\r$/, "").split("\t").map(printable).join(tab);
	return { lines: lines.map(asShown), isWhole: true, left: 0 };
}

function cut(line: string, width: number): string {
	return line.length <= width
		? line
		: `${line.slice(0, width).replace(/[\ud800-\udbff]$/, "")}… (${countText(line.length, "character")})`;
}

/** Where not all of it is shown. */
export function moreText(left: number, all: string): string {
	return left > 0
		? `… ${countText(left, "line")} more: ${all}`
		: `In full: ${all}`;
}
