import { SnapshotError } from "../../errors.ts";
import type { Agent } from "../home/agent.ts";
import { isWithin, parentOf, SIDECARS } from "../home/paths.ts";
import { TOO_LONG } from "../reasons.ts";
import { isTooLongToKeep } from "../store/store.ts";
import { someOf } from "../words.ts";
import { linkAbove } from "./obstacles.ts";
import type { RestorePlan } from "./restore-plan.ts";
import type { WaysIn } from "./ways-in.ts";

/**
 * What the disk would not let a restore do, and would only say half-way: another disk or a mount in the way (as in
 * containers), an immutable or append-only file, a directory whose content nobody could list. The present has been
 * captured, so that `.restore` is there to try it with.
 * @throws SnapshotError `failed`
 */
export function refuseUnchangeable(
	agent: Agent,
	{ steps }: RestorePlan,
	ways: WaysIn,
): void {
	const { disk, processes } = agent.system;
	const mounts = processes
		.mountPoints()
		.filter((point) => point.startsWith(`${agent.home}/`));
	for (const step of steps) {
		const { path } = step;
		const live = `${agent.home}/${path}`;
		if (isTooLongToKeep(disk, agent.store.directory, path)) throw tooLong(path);
		// What lies behind a link is not touched: a directory takes the link's place.
		if (linkAbove(disk, agent.home, path) !== undefined) continue;
		const isDirectory = disk.stat(live)?.kind === "directory";
		if (step.do === "set-aside" && isDirectory) throw unlistable(path);
		if (isFixed(agent, path) || isKept(agent, path)) throw fixed(path);
		// What is written through SQLite, or only gets a mode, is moved nowhere.
		if (step.do === "set-mode" || ways.get(path) === "through") continue;
		refuseOtherDisk(agent, path);
		const mount = mounts.find(
			(point) =>
				isWithin(live, point) !== isWithin(agent.store.directory, point),
		);
		if (mount !== undefined) throw mounted(path, mount);
	}
}

/** A rename works only within one filesystem. */
function refuseOtherDisk(
	{ system: { disk }, store, home }: Agent,
	path: string,
): void {
	const parent = disk.stat(parentOf(`${home}/${path}`) ?? home);
	if (
		parent === undefined ||
		parent.device === disk.stat(store.directory)?.device
	)
		return;
	throw new SnapshotError(
		"failed",
		`${path} lies on another disk than the snapshots, so it cannot be put back in one step. Nothing was changed.`,
	);
}

function isFixed({ system: { disk }, home }: Agent, path: string): boolean {
	const live = `${home}/${path}`;
	const family = SIDECARS.map((suffix) => `${live}${suffix}`);
	return [live, ...family, parentOf(live) ?? home].some((one) =>
		disk.isFixed(one),
	);
}

/** Nothing says so but a try: access(2) and the mode of an append-only file are as of any other. */
function isKept({ system: { disk }, home, store }: Agent, path: string) {
	const full = `${store.restoring}/probe`;
	if (disk.stat(full) === undefined) {
		disk.makeDirectory(full, 0o700);
		disk.close(disk.open(`${full}/something`, "create"));
	}
	return disk.isKept(`${home}/${path}`, full);
}

function tooLong(path: string): SnapshotError {
	return new SnapshotError(
		"failed",
		`${someOf([path])} cannot be put back: ${TOO_LONG}. Nothing was changed.`,
		{ hint: "Restore the other files by their names." },
	);
}

function fixed(path: string): SnapshotError {
	return new SnapshotError(
		"failed",
		`${path} cannot be changed: it, or the directory it is in, is immutable, append-only or on a read-only disk. Nothing was changed.`,
		{ hint: "Take that mark away (chattr -i -a), then repeat the command." },
	);
}

function mounted(path: string, mount: string): SnapshotError {
	return new SnapshotError(
		"failed",
		`${mount} is mounted from elsewhere, so ${path} cannot be put back in one step. Nothing was changed.`,
		{
			hint: "Restore where it is not mounted, or name other paths to restore.",
		},
	);
}

function unlistable(path: string): SnapshotError {
	return new SnapshotError(
		"failed",
		`${path} cannot be listed now, so what is in it cannot be saved. Nothing was changed.`,
		{ hint: "Look at its permissions, then repeat the command." },
	);
}
