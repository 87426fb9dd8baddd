import type { Disk } from "../system/system.ts";
import { ancestorsOf } from "./paths.ts";
import { type Member, namesIn, type Scan } from "./scan.ts";
import { isUnmoved } from "./signatures.ts";

/**
 * The paths that have moved since the scan. Of databases only kind and mode are compared: for their content see
 * `databaseSignature`. Only stats, opens nothing: safe while SQLite has the databases open.
 */
export function movedSince(
	disk: Disk,
	home: string,
	{ members, missedSignatures, coverage }: Scan,
): string[] {
	const seen = new Set([
		...members.map(({ path }) => path),
		...missedSignatures.keys(),
	]);
	const known = new Map(members.map((member) => [member.path, member]));
	const moved = ({ path, kind, stat, names }: Member): boolean => {
		const now = disk.stat(`${home}/${path}`);
		if (now?.kind !== stat.kind || now.mode !== stat.mode) return true;
		if (kind === "file" || kind === "link")
			return now.signature !== stat.signature;
		if (names === undefined) return false;
		return (
			namesIn(disk, home, path, coverage, known).join("/") !== names.join("/")
		);
	};
	// Behind a link nothing was looked at, and what is there has not come.
	const isBehind = (path: string) =>
		ancestorsOf(path).some((above) => known.get(above)?.kind === "link");
	const arrived = coverage.paths.filter(
		(path) =>
			!seen.has(path) &&
			!isBehind(path) &&
			disk.stat(`${home}/${path}`)?.kind === "file",
	);
	const mended = [...missedSignatures]
		.filter(([path, was]) => !isUnmoved(disk, `${home}/${path}`, was))
		.map(([path]) => path);
	return [
		...members.filter(moved).map(({ path }) => path),
		...mended,
		...arrived,
	];
}
