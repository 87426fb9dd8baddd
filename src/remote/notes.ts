import * as v from "valibot";
import { readNote, writeNote } from "../core/files/noted.ts";
import type { Agent } from "../core/home/agent.ts";
import { giveToOwner, prepareStore } from "../core/store/store.ts";

const Note = v.object({
	/** Found out by trying, and when. */
	canDelete: v.exactOptional(v.boolean()),
	triedAt: v.exactOptional(v.string()),
	lastPush: v.exactOptional(
		v.object({
			at: v.string(),
			id: v.string(),
			/** Bytes that were not there yet, before they were compressed. */
			added: v.number(),
			milliseconds: v.number(),
		}),
	),
	/** Of a push, if none has come to a good end since. */
	lastFailure: v.exactOptional(v.object({ at: v.string(), why: v.string() })),
	lastCheck: v.exactOptional(v.object({ at: v.string(), ok: v.boolean() })),
	/** When a push began that has not come to a good end: it is at work, has failed, or died, and may have left a lock. */
	begun: v.exactOptional(v.string()),
	/** Whether what restic noted by an id is all of a snapshot, where somebody has looked: that can never change. */
	looked: v.exactOptional(v.record(v.string(), v.boolean())),
});
const Notes = v.object({
	formatVersion: v.literal(1),
	remotes: v.record(v.string(), Note),
});

/** How the exchanges with a repository went, for `status`: what is there is asked of the repository itself. */
export type RemoteNote = v.InferOutput<typeof Note>;

/** Nothing is known of one that is not noted. */
export function noteOf(agent: Agent, name: string): RemoteNote {
	return notes(agent)[name] ?? {};
}

/** What is undefined is forgotten. */
export function noteDown(
	agent: Agent,
	name: string,
	change: { readonly [Key in keyof RemoteNote]?: RemoteNote[Key] | undefined },
): void {
	write(agent, {
		...notes(agent),
		[name]: { ...noteOf(agent, name), ...change },
	});
}

export function forgetNotes(agent: Agent, name: string): void {
	const { [name]: _, ...others } = notes(agent);
	write(agent, others);
}

function notes({ system, store }: Agent): Record<string, RemoteNote> {
	const found = v.safeParse(Notes, readNote(system.disk, store.remotes));
	return found.success ? found.output.remotes : {};
}

function write({ system, store }: Agent, remotes: object): void {
	prepareStore(system, store);
	writeNote(system.disk, store.remotes, { formatVersion: 1, remotes });
	const owner = system.disk.stat(store.home);
	if (owner !== undefined) giveToOwner(system, store.remotes, owner);
}
