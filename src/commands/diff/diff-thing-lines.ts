import type { Thing } from "../../core/diff/things.ts";
import { countText } from "../text/text.ts";
import type { Words } from "./diff-words.ts";

interface Times {
	/** When the left side was made. */
	readonly since: Date;
	readonly now: Date;
}

const ORDER = ["right", "left", "changed"] as const;

/** Of what goes, of what comes back and of what changes a line: "18 messages in 2 sessions after 01:14, 1 new pairing (telegram:…) will go". */
export function thingLines(
	things: readonly Thing[],
	words: Words,
	times: Times,
): string[] {
	return ORDER.flatMap((is) => {
		const some = things.filter((thing) => thing.is === is);
		if (some.length === 0) return [];
		const isNew = words.isNow && is === "right";
		const byWhat = [...Map.groupBy(some, ({ what }) => what).values()];
		// What is of a database is most of what people have.
		const ordered = byWhat.sort((a, b) => rankOf(a) - rankOf(b));
		const texts = ordered.map((same) => thingText(same, isNew, times));
		const count = sumOf(some.map((thing) => thing.count));
		return [`${texts.join(", ")} ${words.is(is, count)}`];
	});
}

function rankOf([first]: readonly Thing[]): number {
	if (first?.within !== undefined) return 0;
	return first?.table === undefined ? 2 : 1;
}

function thingText(
	some: readonly Thing[],
	isNew: boolean,
	times: Times,
): string {
	const [first] = some;
	if (first === undefined) return "";
	const count = sumOf(some.map((one) => one.count));
	const within = some.flatMap((one) => (one.within ? [one.within] : []));
	const [inside] = within;
	const titles = [...new Set(some.flatMap((one) => one.titles))];
	const after = isNew ? afterText(some, times) : "";
	const isPlainlyNew = isNew && after === "" && inside === undefined;
	return [
		some.every(({ isExact }) => isExact) ? "" : "at most",
		countText(count, isPlainlyNew ? `new ${first.what}` : first.what),
		inside &&
			`in ${countText(sumOf(within.map((one) => one.count)), inside.what)}`,
		titles.length > 0 && `(${titlesText(titles, count)})`,
		after,
	]
		.filter(Boolean)
		.join(" ");
}

function titlesText(titles: readonly string[], count: number): string {
	const shown = titles.slice(0, 3);
	const isAll = count <= shown.length;
	return `${shown.join(", ")}${isAll || titles.every((one) => one.endsWith(":…")) ? "" : ", …"}`;
}

/** Where all of them came after the snapshot was made. */
function afterText(some: readonly Thing[], { since, now }: Times): string {
	const isLater = some.every(
		({ oldest }) =>
			oldest !== undefined && Date.parse(oldest) >= since.getTime(),
	);
	if (!isLater) return "";
	const two = (number: number) => String(number).padStart(2, "0");
	const time = `${two(since.getHours())}:${two(since.getMinutes())}`;
	const isToday = since.toDateString() === now.toDateString();
	return `after ${isToday ? time : `${since.toDateString().slice(4, 10)} ${time}`}`;
}

function sumOf(numbers: readonly number[]): number {
	return numbers.reduce((sum, number) => sum + number, 0);
}
