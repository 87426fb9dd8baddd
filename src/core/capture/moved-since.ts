import type { Disk } from "../../system/system.ts";
import { ancestorsOf, familyOf, matches } from "../home/paths.ts";
import { type Member, namesIn, type Scan } from "../home/scan.ts";
import { isSidecar } from "../home/sidecars.ts";
import { isUnmoved } from "./signatures.ts";

/**
 * The paths that have moved since the scan. Of databases only kind and mode are compared: for their content see
 * `databaseSignature`. Only stats, opens nothing: safe while SQLite has the databases open.
 * @param isAsked Others are not looked at.
 */
export function movedSince(
	disk: Disk,
	home: string,
	{ members, missedSignatures, coverage, isPlain }: Scan,
	isAsked: (path: string) => boolean = () => true,
): string[] {
	const seen = new Set([
		...members.map(({ path }) => path),
		...missedSignatures.keys(),
	]);
	const known = new Map(members.map((member) => [member.path, member]));
	const scanned = { members: known, coverage, isPlain };
	const isFileAt = (path: string) =>
		disk.stat(`${home}/${path}`)?.kind === "file" &&
		!isSidecar(disk, home, path, scanned);
	// Whoever opens a file that is named like a database makes a log, and its content counts from then on.
	const hasNewLog = (path: string) =>
		familyOf(path).some(
			(one) =>
				!seen.has(one) &&
				!coverage.except.some((pattern) => matches(one, pattern)) &&
				isFileAt(one),
		);
	const moved = ({ path, kind, stat, names }: Member): boolean => {
		const now = disk.stat(`${home}/${path}`);
		if (now?.kind !== stat.kind || now.mode !== stat.mode) return true;
		if (kind === "file")
			return now.signature !== stat.signature || hasNewLog(path);
		if (kind === "link") return now.signature !== stat.signature;
		if (names === undefined) return false;
		return namesIn(disk, home, path, scanned).join("/") !== names.join("/");
	};
	// Behind a link, or in a directory that is closed, nothing was looked at, and what is there has not come.
	const isBehind = (path: string) =>
		ancestorsOf(path).some(
			(above) =>
				known.get(above)?.kind === "link" || missedSignatures.has(above),
		);
	const arrived = coverage.paths.filter(
		(path) =>
			isAsked(path) && !seen.has(path) && !isBehind(path) && isFileAt(path),
	);
	const mended = [...missedSignatures]
		.filter(([path]) => isAsked(path))
		.filter(([path, was]) => !isUnmoved(disk, `${home}/${path}`, was))
		.map(([path]) => path);
	return [
		...members
			.filter((member) => isAsked(member.path) && moved(member))
			.map(({ path }) => path),
		...mended,
		...arrived,
	];
}
