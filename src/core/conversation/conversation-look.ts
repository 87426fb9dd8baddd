import { errorCode, SnapshotError } from "../../errors.ts";
import type { Head, Transfer, TransferPlan } from "../../system/system.ts";
import type { Agent } from "../home/agent.ts";
import { maskText } from "../secrets/secrets.ts";
import type { SnapshotInfo } from "../store/listing.ts";
import { printable } from "../words.ts";
import {
	type Conversation,
	type Held,
	refuseObstructed,
	shownAs,
} from "./conversations.ts";

export interface Looked {
	readonly snapshot: SnapshotInfo;
	readonly held: Held;
	/** Undefined: it was only asked which are lost. */
	readonly plan: TransferPlan | undefined;
	/** Those of the plan. */
	readonly conversations: readonly Conversation[];
	/** Those that the snapshot has and the home has not, the newest first, if that was asked. */
	readonly lost: readonly Conversation[];
}

export interface Copied {
	readonly snapshot: SnapshotInfo;
	readonly held: Held;
	/** Where the snapshot's database lies. */
	readonly copy: string;
}

/** @throws SnapshotError `not-found`, and `failed` for what cannot be done */
export async function look(
	agent: Agent,
	{ snapshot, held, copy }: Copied,
	wanted: string,
): Promise<Looked> {
	const { rows } = held.conversations;
	const { path } = held.entry;
	const shown = (head: Head) => shownAs(agent, held, head);
	return transferring(agent, { held, copy, to: "look" }, async (transfer) => {
		if (wanted === "?") {
			const lost = transfer.missing(rows).map(shown);
			return { snapshot, held, plan: undefined, conversations: [], lost };
		}
		const plan =
			transfer.plan(rows, wanted) ?? planOfBeginning(transfer, held, wanted);
		if (plan === undefined)
			throw unknown(wanted, held, transfer.missing(rows).map(shown), snapshot);
		refuseObstructed(plan, path, snapshot.id);
		const conversations = plan.heads.map(shown);
		return { snapshot, held, plan, conversations, lost: [] };
	});
}

/** As snapshots are found: by the beginning of an id, if only one of those that are lost has it. */
function planOfBeginning(
	transfer: Transfer,
	{ conversations: { rows } }: Held,
	wanted: string,
): TransferPlan | undefined {
	const [only, ...more] = transfer
		.missing(rows)
		.filter(({ key }) => wanted !== "" && String(key).startsWith(wanted));
	if (only === undefined || more.length > 0) return undefined;
	return transfer.plan(rows, String(only.key));
}

function unknown(
	wanted: string,
	{ entry: { path }, conversations: { what } }: Held,
	lost: readonly Conversation[],
	{ id }: SnapshotInfo,
): SnapshotError {
	const some = lost
		.slice(0, 4)
		.map((one) => `${one.id}${one.title ? ` "${one.title}"` : ""}`);
	const more = lost.length - some.length;
	return new SnapshotError(
		"not-found",
		`There is no ${what} ${JSON.stringify(printable(wanted))} in ${path} of snapshot ${id}, or more than one begins so. Nothing was changed.`,
		{
			hint:
				lost.length === 0
					? `Every ${what} of that snapshot is still there.`
					: `There, and not here any more: ${some.join(", ")}${more > 0 ? ` and ${more} more: \`restore ${id} ${path} --session "?"\`` : ""}.`,
		},
	);
}

/** How long the agent's database is waited for, in milliseconds. */
const LOCK_WAIT = 10_000;

export async function transferring<T>(
	agent: Agent,
	{ held, copy, to }: { held: Held; copy: string; to: "look" | "write" },
	work: (transfer: Transfer) => Promise<T>,
): Promise<T> {
	const { system, home, patience } = agent;
	const { path } = held.entry;
	const live = `${home}/${path}`;
	const request = { copy, live, to, wait: LOCK_WAIT, patience };
	try {
		const transfer = await system.sqlite.beginTransfer(request);
		try {
			return await work(transfer);
		} finally {
			transfer.end();
		}
	} catch (error) {
		throw asRefusal(error, path);
	}
}

/** SQLite, or a trigger of the agent's, says why. */
function asRefusal(error: unknown, path: string): unknown {
	const code = errorCode(error) ?? "";
	if (!/^SQLITE_(CONSTRAINT|ERROR|MISMATCH|TOOBIG|CORRUPT|NOTADB)/.test(code))
		return error;
	const { message } = error as Error;
	return new SnapshotError(
		"failed",
		`${path} does not take it: ${maskText(message)}. Nothing was changed.`,
		{
			hint: "The whole database can be put back: see `help restore`.",
			cause: error,
		},
	);
}
