import * as v from "valibot";
import { pushingIn } from "../core/files/scratch.ts";
import type { Agent } from "../core/home/agent.ts";
import { SnapshotError } from "../errors.ts";
import { noteOf } from "./notes.ts";
import type { Restic, ResticRequest } from "./restic.ts";
import { OURS, readTags, type Tagged } from "./tags.ts";

/** A snapshot of ours in a repository. */
export interface RemoteSnapshot extends Tagged {
	/** What restic calls it. */
	readonly resticId: string;
	readonly createdAt: Date;
	/** The machine that it is of. */
	readonly machine: string;
	/** Where it lay there while it was pushed: tells agents of one machine apart. */
	readonly place: string;
	/** Of this agent on this machine. */
	readonly isOwn: boolean;
	/** Its own tree holds all that its manifest names; undefined: nobody has looked yet. Tags cannot tell: they come first. */
	readonly isWhole: boolean | undefined;
}

type Told = Omit<RemoteSnapshot, "isWhole">;

const Listed = v.array(
	v.object({
		id: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
		time: v.pipe(v.string(), v.isoTimestamp()),
		hostname: v.optional(v.string(), ""),
		paths: v.optional(v.array(v.string()), []),
		tags: v.optional(v.nullable(v.array(v.string())), []),
	}),
);

/** Newest first; those of other programs are left out. */
export async function listRemote(
	agent: Agent,
	restic: Restic,
): Promise<RemoteSnapshot[]> {
	const { machineName, machineId } = agent.system.processes;
	const place = pushingIn(agent);
	const found = (await listed(restic, OURS))
		.flatMap(({ id, time, hostname, paths: [path = ""], tags }) => {
			const tagged = readTags(tags ?? []);
			if (tagged === undefined) return [];
			const isOwn =
				hostname === machineName &&
				path === place &&
				tagged.agent === agent.host.name &&
				// Machines of one image have one name; what was pushed before this was said is taken for own by it.
				(tagged.machineId ?? machineId) === machineId;
			const where = { machine: hostname, place: path, isOwn };
			return [{ ...tagged, resticId: id, createdAt: new Date(time), ...where }];
		})
		.sort(byAge);
	return withWhatIsKnown(agent, restic, found);
}

/** @returns the same, with `isWhole` as it is noted by now */
export function withWhatIsKnown(
	agent: Agent,
	{ remote }: Restic,
	found: readonly Told[],
): RemoteSnapshot[] {
	const { looked = {} } = noteOf(agent, remote.name);
	return found.map((one) => ({
		...one,
		isWhole: looked[shortId(one.resticId)],
	}));
}

/** Of restic's, what is enough to tell one from all others. */
export function shortId(resticId: string): string {
	return resticId.slice(0, 16);
}

/** Newest first; what was pushed again because the first was not whole stands before that. */
function byAge(a: Told, b: Told): number {
	const time = b.createdAt.getTime() - a.createdAt.getTime();
	if (time !== 0) return time;
	const key = ({ id, pushedAt }: Told) => `${id} ${pushedAt}`;
	return key(a) < key(b) ? 1 : -1;
}

/** Of those with a tag, what restic says. */
export async function listed(
	restic: Restic,
	tag: string,
	more: Pick<ResticRequest, "isFirst" | "rescue"> = {},
) {
	const lines = await restic.run({
		...more,
		words: ["snapshots", "--json", "--tag", tag],
		doing: "list",
	});
	// Before the list it may say other things.
	const text = lines.findLast((line) => /^(\[|null)/.test(line)) ?? "";
	const found = v.safeParse(Listed, text === "null" ? [] : parsed(text));
	if (found.success) return found.output;
	throw new SnapshotError(
		"failed",
		"restic's list cannot be read. Nothing was changed.",
		{ hint: "Is this a restic of 0.14 or newer?" },
	);
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		return undefined;
	}
}
