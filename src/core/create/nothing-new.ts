import type { System } from "../../system/system.ts";
import type { Base } from "../capture/base.ts";
import type { CaptureRequest } from "../capture/capture.ts";
import { compareEntries } from "../capture/compare.ts";
import type { Entry } from "../capture/entry.ts";
import { unchangedSince } from "../capture/take-over.ts";
import type { Agent } from "../home/agent.ts";
import { putBackOf } from "../home/coverage.ts";
import { type Member, type Scan, scan } from "../home/scan.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { isAllThere } from "../verify/as-left.ts";
import type { Made } from "./create.ts";

export interface FirstLook {
	/** Nothing has changed, and this is what `create` says. */
	readonly same?: Omit<Made, "snapshot">;
	/** What was seen, for a capture to begin with. */
	readonly found?: Scan;
}

/**
 * Whether nobody has written to anything since the newest snapshot, found out without opening or copying anything: what
 * `create` says then. Without `same`, something has changed, or only a capture can tell.
 */
export function nothingNew(
	agent: Agent,
	base: Base | undefined,
	before: Manifest,
	request: Omit<CaptureRequest, "into">,
): FirstLook {
	const { system, home, host } = agent;
	// What is not fresh has to be read, and links may lead to other things than they did.
	if (base?.id !== before.id || !base.isFresh) return {};
	if (before.entries.some(({ kind }) => kind === "link")) return {};
	const found = scan(system.disk, home, request.coverage, request);
	if (found.missed.some(({ lost }) => lost)) return { found };
	if (JSON.stringify(found.coverage) !== JSON.stringify(before.captured))
		return { found };
	const matters = ({ path }: { path: string }) =>
		putBackOf(host, path) !== "never";
	const now = entriesOf(system, request, found, matters);
	// Of a home that holds nothing, others have to say something.
	if (!now?.length || !isAllThere(agent, base)) return { found };
	const differences = compareEntries(before.entries, now, matters);
	if (!differences.none) return { found };
	const common = { created: false, coherent: true, isFirst: false } as const;
	const none = { links: [], behindLinks: [], damage: undefined };
	return { same: { ...common, ...none, differences, missed: found.missed } };
}

/** Undefined: something that matters may have changed. */
function entriesOf(
	{ disk }: System,
	request: Omit<CaptureRequest, "into">,
	{ members }: Scan,
	matters: (member: Member) => boolean,
): Entry[] | undefined {
	const entries: Entry[] = [];
	for (const member of members) {
		const { path, kind, stat } = member;
		const { mode, mtime } = stat;
		if (kind === "directory") entries.push({ path, kind, mode, mtime });
		else {
			const entry = unchangedSince(disk, request, member);
			if (entry !== undefined) entries.push({ ...entry, mode });
			else if (matters(member)) return undefined;
		}
	}
	return entries;
}
