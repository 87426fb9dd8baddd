import { SnapshotError } from "../../errors.ts";
import type { TransferPlan } from "../../system/system.ts";
import { removeRemains } from "../apply/apply.ts";
import type { Before } from "../apply/undo-snapshot.ts";
import { newestBase } from "../capture/base.ts";
import { noCopies } from "../capture/copies.ts";
import type { Agent } from "../home/agent.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { PartTags } from "../parts/part-tags.ts";
import type { Finished } from "../recover/recover.ts";
import { forgetNextStart, waitingSnapshot } from "../restore/next-start.ts";
import { refuseOtherTree } from "../restore/other-tree.ts";
import { capturePresent } from "../restore/present.ts";
import {
	chooseTarget,
	type RestoreRequest,
	withNothingPending,
} from "../restore/restore.ts";
import { coverageFor } from "../restore/restore-scope.ts";
import type { PruneOutcome } from "../retention/prune.ts";
import { readManifest } from "../store/store.ts";
import { commitTransfer } from "./conversation-commit.ts";
import { type Looked, look, transferring } from "./conversation-look.ts";
import {
	type Held,
	heldIn,
	isNothing,
	refuseObstructed,
	refuseUnfitPlace,
} from "./conversations.ts";
import { copyToRead } from "./copy-to-read.ts";

export interface ConversationRequest {
	/** As a person named the snapshot. */
	readonly ref: string;
	/** The database; undefined: the only one. */
	readonly path: string | undefined;
	/** Its id, or how that begins; "?" asks which are lost. */
	readonly wanted: string;
	readonly dryRun: boolean;
	/** Takes an undo snapshot first. */
	readonly undo: boolean;
}

export interface ConversationOutcome extends Looked {
	readonly isDone: boolean;
	readonly undo: string | undefined;
	readonly pruned: PruneOutcome | { readonly problem: string } | undefined;
	readonly recovered: Finished;
	/** As of a restore. */
	readonly forgotten: string | undefined;
}

type Done = Pick<
	ConversationOutcome,
	"isDone" | "undo" | "pruned" | "forgotten"
>;

/** Brings one lost conversation back into a database that has gone on since, and leaves all else in it as it is. */
export async function restoreConversation(
	agent: Agent,
	request: ConversationRequest,
): Promise<ConversationOutcome> {
	return withNothingPending(agent, asRestore(request), () =>
		restoreLocked(agent, request),
	);
}

function asRestore({
	ref,
	path,
	dryRun,
	undo,
}: ConversationRequest): RestoreRequest {
	const select = path === undefined ? [] : [path];
	return { target: { ref }, include: [], select, dryRun, undo };
}

async function restoreLocked(
	agent: Agent,
	request: ConversationRequest,
): Promise<Omit<ConversationOutcome, "recovered">> {
	const { system, store } = agent;
	const { disk } = system;
	const snapshot = chooseTarget(agent, asRestore(request));
	const manifest = readManifest(disk, store, snapshot.id);
	refuseOtherTree(agent, manifest);
	const held = heldIn(agent, manifest, request.path);
	refuseUnfitPlace(agent, held.entry.path, manifest);
	// As before a restore's commit point: whatever lies here when we die is removed by the next writing command.
	disk.makeDirectory(store.restoring, 0o700);
	try {
		const copy = await copyToRead(agent, manifest.id, held.entry);
		const looked = await look(agent, { snapshot, held, copy }, request.wanted);
		const { plan } = looked;
		if (plan === undefined || isNothing(plan) || request.dryRun)
			return { ...looked, ...UNDONE };
		const done = await carryOut(agent, manifest, { held, copy, plan }, request);
		return { ...looked, ...done };
	} finally {
		removeRemains(disk, store.restoring);
	}
}

const UNDONE: Done = {
	isDone: false,
	undo: undefined,
	pruned: undefined,
	forgotten: undefined,
};

async function carryOut(
	agent: Agent,
	manifest: Manifest,
	{ held, copy, plan }: { held: Held; copy: string; plan: TransferPlan },
	request: ConversationRequest,
): Promise<Done> {
	const { system, store } = agent;
	const { path } = held.entry;
	const before = request.undo
		? await captureBefore(agent, manifest, path, request)
		: undefined;
	const key = String(plan.heads[0]?.key);
	const waiting = waitingSnapshot(system.disk, store);
	const done = await transferring(
		agent,
		{ held, copy, to: "write" },
		async (transfer) => {
			// The agent may have written since it was looked at.
			const now = transfer.plan(held.conversations.rows, key) ?? plan;
			refuseObstructed(now, path, manifest.id);
			transfer.insert(now);
			return commitTransfer(agent, transfer, { before, path, manifest });
		},
	);
	forgetNextStart(system.disk, store);
	return { isDone: true, ...done, forgotten: waiting };
}

/** @throws SnapshotError when it cannot be saved */
async function captureBefore(
	agent: Agent,
	manifest: Manifest,
	path: string,
	request: ConversationRequest,
): Promise<Before> {
	const wanted = { ...asRestore(request), select: [path] };
	const coverage = coverageFor(agent, manifest, wanted);
	const base = newestBase(agent, { known: manifest });
	const tags = new PartTags(agent);
	const earlier = { locked: new Set<string>(), copies: noCopies(), base, tags };
	const present = await capturePresent(
		agent,
		manifest,
		coverage,
		wanted,
		earlier,
	);
	const [missed] = present.missed;
	if (missed === undefined) return { present, base, coverage, tags };
	throw new SnapshotError(
		"failed",
		`${path} as it is now cannot be saved first: ${missed.why}. Nothing was changed.`,
		{ hint: "Remove the cause and repeat the command." },
	);
}
