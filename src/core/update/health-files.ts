import { sameContent } from "../capture/compare.ts";
import { type Entry, isFile } from "../capture/entry.ts";
import { formOf } from "../home/configuration.ts";
import { itemFor } from "../home/coverage.ts";
import type { Host } from "../home/host.ts";
import { parentOf } from "../home/paths.ts";
import { isSecretFile } from "../secrets/secrets.ts";
import type { Problem, State } from "./health.ts";
import { isPassing } from "./health-gone.ts";
import { isVariables } from "./health-look-file.ts";

/** Files in which nothing stands any more, or of what is sealed not all. */
export function emptied(host: Host, before: State, after: State): Problem[] {
	const sizes = new Map(
		before.entries.filter(isFile).map(({ path, size }) => [path, size]),
	);
	return after.entries.flatMap((entry) => {
		const was = sizes.get(entry.path) ?? 0;
		if (!isFile(entry) || was === 0 || isPassing(host, entry.path)) return [];
		if (entry.size === 0) return [{ path: entry.path, what: "is empty now" }];
		// Of settings it is known what they have lost; a vault or key is whole or nothing.
		const isCut = entry.size * 10 < was && isSealed(host, entry);
		return isCut
			? [{ path: entry.path, what: "has lost nearly all of its bytes" }]
			: [];
	});
}

/** A key that is another one, and what it opened is as it was. */
export function keysReplaced(
	host: Host,
	before: State,
	after: State,
): Problem[] {
	const were = new Map(before.entries.map((entry) => [entry.path, entry]));
	const there = new Map(after.entries.map((entry) => [entry.path, entry]));
	return after.entries.flatMap((entry) => {
		const { path } = entry;
		const was = were.get(path);
		const opens = itemFor(host, path)?.opens;
		if (!opens || !was || !isFile(entry) || sameContent(was, entry)) return [];
		const above = parentOf(path);
		const sealed = above === undefined ? opens : `${above}/${opens}`;
		const [then, now] = [were.get(sealed), there.get(sealed)];
		return then && now && sameContent(then, now)
			? [
					{
						path,
						what: `is another key now, and ${opens}, which it opens, is as it was`,
					},
				]
			: [];
	});
}

function isSealed(host: Host, { path, kind }: Entry): boolean {
	const isSettings = isVariables(path) || formOf(path) !== undefined;
	return kind === "file" && isSecretFile(host, path) && !isSettings;
}
