import { type Base, knownKindIn } from "../capture/base.ts";
import { type CaptureRequest, capture } from "../capture/capture.ts";
import { type Agent, databaseExpectation } from "../home/agent.ts";
import { countedIn } from "../home/counted.ts";
import { clearedIn, coverageOf, unsentIn } from "../home/coverage.ts";
import type { Settings } from "../home/settings.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { PartTags } from "../parts/part-tags.ts";
import { type Sifted, withoutLost } from "./lost-databases.ts";
import { neededFor, refuseFullDisk } from "./room.ts";

export interface StateWanted {
	/** What has not changed since that snapshot is taken over from it. */
	readonly base: Base | undefined;
	/** The newest that lacks nothing. */
	readonly before: Manifest | undefined;
	readonly settings: Settings;
	readonly asked: {
		readonly ignoreReserve?: boolean;
		readonly isExact?: boolean;
		readonly reason: string;
	};
}

/** How the critical state is captured for a snapshot that people go back to; into what is still open. */
export function stateRequest(
	agent: Agent,
	{ base, before, settings, asked }: StateWanted,
): Omit<CaptureRequest, "into"> {
	const { ignoreReserve = false, isExact = false } = asked;
	const reserve = ignoreReserve ? 0 : settings.reserveBytes;
	const { system, home, host } = agent;
	const needed = (bytes: number) => refuseFullDisk(agent, bytes, reserve);
	return {
		home,
		base,
		coverage: coverageOf(system.disk, home, host, settings),
		store: agent.store.directory,
		partsFrom: settings.partsFromBytes,
		expectDatabase: databaseExpectation(host, before),
		knownKind: knownKindIn(base),
		cleared: (path) => [
			...clearedIn(host, path),
			...(isExact ? [] : unsentIn(host, path)),
		],
		counted: (path) => countedIn(host, path),
		// Nobody waits for the others, and an update is about to change everything.
		searchAll: asked.reason !== "manual",
		beforeCopy: ({ members }) => needed(neededFor(agent, members, base)),
		beforeWrite: needed,
		tags: new PartTags(agent),
	};
}

export async function takeState(
	agent: Agent,
	request: CaptureRequest,
	before: Manifest | undefined,
): Promise<Sifted> {
	const captured = await capture(agent.system, request, agent.patience);
	return withoutLost(agent, captured, before, request.into);
}
