import { isAsWritten, withChecksum } from "./manifest-checksum.ts";

/** What is said of a snapshot, and may be said otherwise later. Of a manifest nothing else ever changes. */
export interface Marks {
	readonly label?: string | null;
	readonly pinned?: boolean;
	/** Why it is pinned; null: nobody has said. */
	readonly note?: string | null;
	/** Ours to say: what was made after an update turns out to be worse than before. */
	readonly reason?: string;
}

type Mark = readonly [key: string, value: string | boolean | null];

/**
 * The text of a manifest with other marks. Ours line by line: all else stays as it was to the byte, but for the checksum.
 * What has none (Hermes' own, and what somebody has edited) as JSON in which every other key says what it said.
 * @param text of a manifest that was parsed
 */
export function withMarks(text: string, marks: Marks): string {
	const changes: Mark[] = Object.entries(marks);
	if (!isAsWritten(text)) return markedJson(text, changes);
	const lines = text.split("\n");
	// The checksum, the closing bracket, and what is behind that.
	const above = lines.slice(0, -3);
	for (const change of changes) setLine(above, change);
	return withChecksum(`${above.join("\n")}\n`);
}

/** Those of the summary stand before the files: see `formatManifest`. No text holds a line end, so a line is a key. */
function setLine(lines: string[], [key, value]: Mark): void {
	const at = (name: string) =>
		lines.findIndex((line) => line.startsWith(`  "${name}": `));
	const found = at(key);
	const isGone = key === "note" && value === null;
	const line = isGone ? [] : [`  "${key}": ${JSON.stringify(value)},`];
	const place = found >= 0 ? found : at(key === "note" ? "entries" : "files");
	lines.splice(place, found >= 0 ? 1 : 0, ...line);
}

/** In ASCII, as Hermes writes it: it reads them in whatever encoding its surroundings name. */
function markedJson(text: string, changes: readonly Mark[]): string {
	const marks = new Map(changes);
	const said = Object.entries<unknown>(JSON.parse(text)).flatMap(
		([key, value]) => {
			const marked = marks.has(key) ? marks.get(key) : value;
			marks.delete(key);
			return key === "note" && marked === null ? [] : [[key, marked] as const];
		},
	);
	const isNew = ([, value]: Mark) => value !== null;
	const files = said.findIndex(([key]) => key === "files");
	said.splice(files, 0, ...[...marks].filter(isNew));
	const json = JSON.stringify(Object.fromEntries(said), null, 2);
	return json.replace(
		/[\u0080-\uffff]/g,
		(unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
	);
}
