import { reasonIn, SnapshotError } from "../../errors.ts";
import { readText } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { MANIFEST_LIMIT } from "../manifest/manifest.ts";
import { isAsWritten } from "../manifest/manifest-checksum.ts";
import { whyDamaged } from "../parts/stored-file.ts";
import { type Flaws, NO_FLAWS } from "./flaws.ts";

/** Of one that could not be read. @throws what is no fault of its manifest */
export function flawsOfManifest(
	agent: Agent,
	id: string,
	error: unknown,
): Flaws {
	const path = "manifest.json";
	const why = whyDamaged(error);
	if (why !== undefined) return { ...NO_FLAWS, damage: [{ path, what: why }] };
	if (!(error instanceof SnapshotError && error.code === "damaged"))
		throw error;
	const what = reasonIn(error.message).replace(`The manifest of ${id} `, "");
	// One that a newer version wrote, and nothing has changed since, is only not ours to judge.
	return what.includes("newer agent-snapshot") && isOfNewer(agent, id)
		? { ...NO_FLAWS, notes: [{ path, what }] }
		: { ...NO_FLAWS, damage: [{ path, what }] };
}

function isOfNewer({ system, store }: Agent, id: string): boolean {
	const path = `${store.directory}/${id}/manifest.json`;
	const text = readText(system.disk, path, MANIFEST_LIMIT);
	return text !== undefined && isAsWritten(text);
}
