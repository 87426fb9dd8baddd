import { SnapshotError } from "../../errors.ts";
import type { DatabaseSchema } from "../../system/system.ts";
import type { Captured } from "../capture/capture.ts";
import { isFile } from "../capture/entry.ts";
import { copyingFile } from "../files/copy.ts";
import { DatabaseHeader } from "../files/database-header.ts";
import { readBeginning } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { itemFor } from "../home/coverage.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { filesOf } from "../parts/stored-file.ts";
import { wholeFile } from "../parts/whole-file.ts";
import { inTurns } from "../work.ts";
import { presentFolder } from "./present.ts";
import { schemaHash, whyNotUnderOwner } from "./schema.ts";

/** A database of a snapshot. */
export interface Source {
	/** Its first bytes lie at the beginning of this one. */
	readonly header: string;
	/** See `schemaHash`; undefined where it has to be looked for. */
	readonly schema: string | undefined;
	/** All of it in one piece, which has to be made of one in parts. */
	readonly whole: () => Promise<string>;
}

export function sourceOf(
	agent: Agent,
	{ id, entries }: Manifest,
	path: string,
): Source {
	const entry = entries.filter(isFile).find((one) => one.path === path);
	const folder = `${agent.store.directory}/${id}`;
	if (entry === undefined) throw new Error(`${id} does not hold ${path}`);
	const [first] = filesOf(folder, entry);
	return {
		header: first?.path ?? `${folder}/${path}`,
		schema: entry.kind === "database" ? entry.schema : undefined,
		whole: () => wholeFile(agent, id, entry),
	};
}

/** Its owner goes on with the statements it has: on tables that are gone, they fail. Empty: it would not notice. */
export async function whyMadeOtherwise(
	agent: Agent,
	present: Captured,
	path: string,
	source: Source,
): Promise<string> {
	const now = schemaOfPresent(agent, present, path);
	// Empty until now: nobody relies on anything in it.
	if (now === undefined || schemaHash(now) === source.schema) return "";
	const then = await schemaOfCopy(agent, await source.whole());
	return whyNotUnderOwner(now, then) ?? "";
}

/** Whether somebody has it open or not: the agent would not start on it. */
export async function refuseNewer(
	agent: Agent,
	present: Captured,
	path: string,
	source: Source,
): Promise<void> {
	const { host } = agent;
	if (itemFor(host, path)?.refusesNewer !== true) return;
	const schema = schemaOfPresent(agent, present, path);
	const now = schema?.userVersion ?? 0;
	// Nobody has set it up yet: it says nothing about the agent's version.
	if (schema === undefined || now === 0) return;
	if (schemaHash(schema) === source.schema) return;
	const copy = await schemaOfCopy(agent, await source.whole());
	const then = copy.userVersion;
	if (then <= now) return;
	throw new SnapshotError(
		"failed",
		`${path} in this snapshot was written by a newer ${host.title} (its user_version is ${then}, and ${now} here), and this one would not open it. Nothing was changed.`,
		{
			hint: `Update ${host.title}, start it once, and repeat the command; or name the parts that you want back without that one.`,
		},
	);
}

/** From our own copy, never from the live file. Undefined: it holds nothing, or is not there. */
function schemaOfPresent(
	{ system, store }: Agent,
	present: Captured,
	path: string,
): DatabaseSchema | undefined {
	const { disk, sqlite } = system;
	const known = present.schemas.get(path);
	if (known !== undefined) return known;
	const copy = `${presentFolder(store)}/${path}`;
	const isDatabase =
		disk.stat(copy)?.kind === "file" && headerOf({ system }, copy).isSqlite;
	return isDatabase ? sqlite.schema(copy) : undefined;
}

/** Ours are plain files. One of Hermes' may say that it has a log, and opening it would make one beside it. */
export async function schemaOfCopy(
	agent: Agent,
	source: string,
): Promise<DatabaseSchema> {
	const { system, patience } = agent;
	const { disk, sqlite } = system;
	if (headerOf(agent, source).journalMode !== "wal")
		return sqlite.schema(source);
	const probe = `${agent.store.restoring}/probe.db`;
	if (disk.stat(probe) !== undefined) disk.unlink(probe);
	await inTurns(system, patience, copyingFile(disk, source, probe));
	sqlite.makePlain(probe);
	return sqlite.schema(probe);
}

function headerOf(
	{ system }: Pick<Agent, "system">,
	path: string,
): DatabaseHeader {
	return new DatabaseHeader(readBeginning(system.disk, path, 100));
}
