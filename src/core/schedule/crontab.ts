import { SnapshotError } from "../../errors.ts";
import { quoted } from "../words.ts";
import {
	commandWhenDue,
	minuteOf,
	noteLine,
	type Timer,
	USUAL_FOLDERS,
} from "./timer.ts";

/** Some crons cut a line that is longer than this, or leave the whole of it out. */
const LONGEST = 990;

const PATH = USUAL_FOLDERS.join(":");

/**
 * Lines for crontab(5), between two marks. They ask every hour whether this night's run is still to be done: cron forgets
 * what it missed while the machine was off or asleep.
 * @param idle a command that has another wait for the disk, where there is one
 * @throws SnapshotError `failed` when the line would be too long
 */
export function crontabBlock(
	timer: Timer,
	idle: readonly string[] = [],
): string {
	const { name, environment } = timer;
	const said = Object.entries({ PATH, ...environment }).map(
		([variable, value]) => `${variable}=${value}`,
	);
	const words = [
		...["/usr/bin/env", "-i", ...said, "nice", "-n", "10", ...idle],
		...commandWhenDue(timer),
	];
	const command = words.map(quotedForCron).join(" ");
	const line = `${minuteOf(timer)} * * * * ${command}`;
	if (line.length > LONGEST)
		throw new SnapshotError(
			"failed",
			`The line for cron would have ${line.length} characters, and some crons read no more than ${LONGEST}. Nothing was changed.`,
			{ hint: "Move agent-snapshot or the home to a shorter path." },
		);
	const [begin, end] = marksOf(name);
	return `${begin}\n# ${noteLine(timer)}\n${line}\n${end}\n`;
}

/** A "%" would be a line break to cron. Not all crons take the backslash away: outside of quotes the shell does. */
function quotedForCron(word: string): string {
	const said = quoted(word);
	return said.replaceAll("%", said.startsWith("'") ? "'\\%'" : "\\%");
}

/** Undefined: it has none of this name. */
export function blockIn(text: string, name: string): string | undefined {
	const place = placeOf(text, name);
	return place && text.slice(...place);
}

/** All else stays as it is. */
export function withBlock(text: string, name: string, block: string): string {
	const place = placeOf(text, name);
	if (place !== undefined)
		return text.slice(0, place[0]) + block + text.slice(place[1]);
	return text + (/[^\n]$/.test(text) ? "\n" : "") + block;
}

export function withoutBlock(text: string, name: string): string {
	const place = placeOf(text, name);
	return place === undefined
		? text
		: text.slice(0, place[0]) + text.slice(place[1]);
}

function marksOf(name: string): [begin: string, end: string] {
	return [
		`# BEGIN ${name} (by agent-snapshot; \`schedule remove\` takes it away)`,
		`# END ${name}`,
	];
}

/** Whole lines only; a block whose end is gone is none: nobody knows what of it is whose. */
function placeOf(
	text: string,
	name: string,
): [from: number, to: number] | undefined {
	const [begin, end] = marksOf(name).map((mark) => `${mark}\n`);
	const from = `\n${text}`.indexOf(`\n${begin}`);
	if (from < 0) return undefined;
	const to = `${text}\n`.indexOf(`\n${end}`, from);
	if (to < 0) return undefined;
	return [from, Math.min(text.length, to + 1 + (end?.length ?? 0))];
}
