import type { Entry } from "../capture/entry.ts";
import { totalCounts } from "../home/counted.ts";
import type { Host, Imported } from "../home/host.ts";
import { matches } from "../home/paths.ts";
import type { Compared, Problem } from "./health.ts";
import type { Changed } from "./health-look.ts";

/** Older files that an update takes over into a database: emptied, and the database does not know as many. */
export function importsLost(
	host: Host,
	{ after, changed }: Compared,
): Problem[] {
	return (host.imported ?? []).flatMap((imported) =>
		changed
			.filter(({ path }) => matches(path, imported.path))
			.flatMap((look) => {
				const held = entriesOf(look.before);
				const { into, what } = imported;
				if (held === 0 || entriesOf(look.after) > 0) return [];
				const database = placeOf(imported, look.path);
				const known = countIn(after.entries, database, what);
				const unseen = after.missed.some(({ path }) => path === database);
				if (known >= held || unseen) return [];
				const title = into.split("/").at(-1);
				const lost = `had ${held} ${what}${held === 1 ? "" : "s"}, has none now, and ${title} has ${known}`;
				return [{ path: look.path, what: lost }];
			}),
	);
}

function entriesOf({ parsed }: Changed["after"]): number {
	return Object.keys(Object(parsed?.value)).length;
}

/** The database of the same agent: each "*" stands for what it does in the path of the file. */
function placeOf({ path: pattern, into }: Imported, path: string): string {
	const names = path.split("/");
	const stars = pattern
		.split("/")
		.flatMap((name, at) => (name === "*" ? [names[at] ?? ""] : []));
	return into
		.split("/")
		.map((name) => (name === "*" ? (stars.shift() ?? name) : name))
		.join("/");
}

function countIn(
	entries: readonly Entry[],
	path: string,
	what: string,
): number {
	const counts = totalCounts(entries.filter((entry) => entry.path === path));
	return counts.find((one) => one.what === what)?.count ?? 0;
}
