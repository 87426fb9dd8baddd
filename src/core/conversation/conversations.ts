import { SnapshotError } from "../../errors.ts";
import type { Head, TransferPlan, Value } from "../../system/system.ts";
import { type FileEntry, isFile } from "../capture/entry.ts";
import type { Agent } from "../home/agent.ts";
import { timeOf } from "../home/counted.ts";
import { itemFor, namesFor } from "../home/coverage.ts";
import type { Conversations, Host } from "../home/host.ts";
import { matches } from "../home/paths.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { linkAbove } from "../restore/obstacles.ts";
import { Occupancy } from "../restore/occupancy.ts";
import { maskText } from "../secrets/secrets.ts";

/** A database of a snapshot that holds conversations. */
export interface Held {
	readonly entry: FileEntry;
	readonly conversations: Conversations;
}

/** One of them, as people may be shown it. */
export interface Conversation {
	readonly id: string;
	/** Masked; undefined where it has none, or where nothing of the database is shown. */
	readonly title: string | undefined;
	/** ISO 8601. */
	readonly startedAt: string | undefined;
}

/** @throws SnapshotError `usage` */
export function heldIn(
	{ host }: Agent,
	{ id, entries }: Manifest,
	path: string | undefined,
): Held {
	const all = entries.filter(isFile).flatMap((entry): Held[] => {
		const conversations = conversationsIn(host, entry.path);
		return conversations === undefined ? [] : [{ entry, conversations }];
	});
	const meant = all.filter(
		({ entry }) => path === undefined || entry.path === path,
	);
	const [only, ...more] = meant;
	if (only !== undefined && more.length === 0) return only;
	const names = all.map(({ entry }) => entry.path).slice(0, 3);
	const [why, hint] =
		names.length === 0
			? [
					`Snapshot ${id} has no database whose conversations are known`,
					path === undefined
						? ""
						: `A file by itself goes back with: \`restore ${id} ${path}\`.`,
				]
			: path === undefined
				? ["There is more than one database of conversations", names]
				: [`${path} is no database of conversations`, names];
	throw new SnapshotError("usage", `${why}. Nothing was changed.`, {
		hint: typeof hint === "string" ? hint : `Name one: ${hint.join(", ")}.`,
	});
}

function conversationsIn(host: Host, path: string): Conversations | undefined {
	const names = namesFor(host, path);
	return host.conversations?.find((one) =>
		names.some((name) => matches(name, one.path)),
	);
}

/** Into what is damaged, gone or elsewhere nothing can be inserted. @throws SnapshotError */
export function refuseUnfitPlace(
	agent: Agent,
	path: string,
	{ id }: Manifest,
): void {
	const { system, home } = agent;
	const { disk } = system;
	const whole = {
		hint: `All of it goes back with: \`restore ${id} ${path}\`.`,
	};
	const refuse = (why: string, more = whole) => {
		throw new SnapshotError("failed", `${why}. Nothing was changed.`, more);
	};
	const link = linkAbove(disk, home, path);
	if (link !== undefined) refuse(`${link} is a link, and leads elsewhere`);
	const found = disk.stat(`${home}/${path}`);
	if (found?.kind !== "file" || found.size === 0)
		refuse(`There is no database at ${path} to bring it back into`);
	const occupancy = new Occupancy(agent, [path]);
	if (occupancy.holdersOf(path)?.some(({ isGone }) => isGone))
		refuse(
			`${path} was deleted or replaced while ${occupancy.whoHolds(path)} had it open, and what is written there is lost`,
			{ hint: `Stop ${agent.host.title} and repeat the command.` },
		);
}

/** In a database of secrets only names and counts may be shown. */
export function shownAs(
	{ host }: Agent,
	{ entry }: Held,
	{ key, title, time }: Head,
): Conversation {
	const isShown = itemFor(host, entry.path)?.secret !== true;
	const text = typeof title === "string" && isShown ? title.trim() : "";
	return {
		id: String(key),
		title: text === "" ? undefined : maskText(text),
		startedAt: momentOf(time),
	};
}

/** ISO 8601. */
export function momentOf(value: Value): string | undefined {
	return timeOf(typeof value === "bigint" ? Number(value) : value);
}

export function isNothing({ tables }: TransferPlan): boolean {
	return tables.every(({ rows }) => rows.length === 0);
}

/** @throws SnapshotError */
export function refuseObstructed(
	{ obstacles: [first, ...more] }: TransferPlan,
	path: string,
	id: string,
): void {
	if (first === undefined) return;
	const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
	throw new SnapshotError(
		"failed",
		`It cannot be brought back into ${path}: ${first}${others}. Nothing was changed.`,
		{ hint: `All of it goes back with: \`restore ${id} ${path}\`.` },
	);
}
