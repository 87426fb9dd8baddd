import { createHash } from "node:crypto";
import type { Agent } from "../core/home/agent.ts";
import { stampOf } from "../core/manifest/assemble.ts";

export interface Naming {
	readonly reason: string;
	readonly isSealed: boolean;
	/** It holds all that it was to hold. */
	readonly isWhole: boolean;
	readonly now: Date;
}

/** "hermes-backup-20261122-101500.zip", or of one with a rotation "hermes-pre-update-1f2e3d4c-20261122-101500-incomplete.zip.age" */
export function archiveName(agent: Agent, naming: Naming): string {
	const { reason, isSealed, isWhole, now } = naming;
	const what = isWhole ? "" : INCOMPLETE;
	const ending = isSealed ? ".zip.age" : ".zip";
	return `${beginningOf(agent, reason)}${stampOf(now)}${what}${ending}`;
}

const INCOMPLETE = "-incomplete";
const REST =
	/^(?<stamp>\d{8}-\d{6})(?<incomplete>-incomplete)?\.zip(?:\.age)?$/;

/** What the name of an archive of this home and reason tells of it, be it encrypted or not; undefined: it is none. */
export function archiveNamed(
	agent: Agent,
	reason: string,
	name: string,
): { readonly stamp: string; readonly isWhole: boolean } | undefined {
	const beginning = beginningOf(agent, reason);
	if (!name.startsWith(beginning)) return undefined;
	const said = REST.exec(name.slice(beginning.length))?.groups;
	if (said?.stamp === undefined) return undefined;
	return { stamp: said.stamp, isWhole: said.incomplete === undefined };
}

function beginningOf(agent: Agent, reason: string): string {
	const { name } = agent.host;
	return reason === "manual"
		? `${name}-backup-`
		: `${name}-${reason}-${markOf(agent)}-`;
}

/**
 * Of this home on this machine, in eight characters: many may keep theirs in one directory, and none removes another's. A
 * machine that is called otherwise one day begins a row of its own.
 */
function markOf({ system, store }: Agent): string {
	const home = system.disk.realPath(store.home);
	const said = JSON.stringify([system.processes.machineName, home]);
	return createHash("sha256").update(said).digest("hex").slice(0, 8);
}
