import { errorCode, SnapshotError } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import type { Host } from "./host.ts";
import { environmentFor, type Places } from "./layout.ts";

/** An agent that we know, whether it is on this machine or not. */
export interface KnownAgent {
	readonly host: Host;
	readonly places: Places;
	/** What its programs have to be told to use these places; empty when they are the usual ones. */
	readonly environment: Readonly<Record<string, string>>;
}

/**
 * As `environment`, of the usual home too. Not where the variable moves another directory besides: to name its usual place
 * would move that one.
 */
export function environmentSaid({
	host,
	places,
	environment,
}: KnownAgent): Readonly<Record<string, string>> {
	const { variable } = host.home;
	const others = Object.values(host.roots ?? {});
	return others.some((root) => root.variable === variable)
		? environment
		: { ...environmentFor(host, places.home), ...environment };
}

export function hasHome(disk: Disk, { places }: KnownAgent): boolean {
	try {
		const home = disk.realPath(places.home);
		// All of the disk is nobody's home.
		return home !== "/" && disk.stat(home)?.kind === "directory";
	} catch (error) {
		if (["ENOENT", "ENOTDIR", "ELOOP"].includes(errorCode(error) ?? ""))
			return false;
		throw error;
	}
}

/** @throws SnapshotError `no-home` */
export function refuseMissing(disk: Disk, known: KnownAgent): void {
	if (hasHome(disk, known)) return;
	const { host, places } = known;
	throw new SnapshotError(
		"no-home",
		`There is no ${host.title} home at ${places.home}. Nothing was changed.`,
		{ hint: `Name another with --home DIR or ${host.home.variable}.` },
	);
}

/** Where one of its directories lies. */
export function placeOf(
	{ places }: KnownAgent,
	root: string | undefined,
): string {
	return (root === undefined ? undefined : places.roots[root]) ?? places.home;
}
