import { SnapshotError } from "../../errors.ts";
import { isFile } from "../capture/entry.ts";
import type { Agent } from "../home/agent.ts";
import { putBackOf } from "../home/coverage.ts";
import { isWithin } from "../home/paths.ts";
import { withSaidOutside } from "../home/said-outside.ts";
import type { Coverage, Manifest } from "../manifest/manifest.ts";
import { homesSince } from "../restore/homes-since.ts";
import { type LeftAlone, whyNotPutBack } from "../restore/left-alone.ts";
import { refuseOtherTree } from "../restore/other-tree.ts";
import type { RestoreOutcome } from "../restore/restore.ts";
import { isBroken } from "../restore/restore-prepare.ts";
import { capturedBy } from "../restore/restore-scope.ts";
import { findSnapshot } from "../store/find-snapshot.ts";
import { listSnapshots, type SnapshotInfo } from "../store/listing.ts";
import { readManifest } from "../store/store.ts";
import { compareSides } from "./compare-sides.ts";
import type { FileDifference } from "./file-difference.ts";
import { presentSide } from "./present-side.ts";
import { directoryAt, type Side } from "./side.ts";
import { storedSide } from "./stored-side.ts";

export interface DiffRequest {
	/** What would be restored. */
	readonly left: string;
	/** Undefined: the home as it is now. */
	readonly right: string | undefined;
	/** Only what lies there. */
	readonly path: string | undefined;
	/** Exactly these, whatever a restore would do with others. */
	readonly only?: ReadonlySet<string>;
	/** Rows of each table that are told. */
	readonly rows: number;
	/** Keys of each file that are told; undefined: as many as one reads beside others. */
	readonly keys?: number | undefined;
	/** Texts are compared line by line even where their keys tell. */
	readonly isFull: boolean;
}

/** What would change by restoring a snapshot, or what two have different. */
export interface Diff {
	readonly left: SnapshotInfo;
	/** Undefined: now. */
	readonly right: SnapshotInfo | undefined;
	readonly differences: readonly FileDifference[];
}

/** Changes nothing, takes no lock, and waits for nobody. @throws SnapshotError `not-found`, `ambiguous`, `damaged`, `usage` */
export async function diffSnapshots(
	own: Agent,
	request: DiffRequest,
): Promise<Diff> {
	const { system, store, host } = own;
	const listing = listSnapshots(system.disk, store);
	const left = findSnapshot(listing, request.left);
	const right =
		request.right === undefined
			? undefined
			: findSnapshot(listing, request.right);
	const manifest = manifestOf(own, left);
	const agent = withSaidOutside(own, manifest.outside);
	const one = storedSide(agent, manifest);
	const other = right
		? storedSide(agent, manifestOf(agent, right))
		: presentSide(agent, manifest, coverageOf(agent, manifest), one);
	refuseUnknown(request, left, one, other);
	const { path, only, rows, keys, isFull } = request;
	const isWanted = (found: string) =>
		(path === undefined || isWithin(found, path)) && (only?.has(found) ?? true);
	const since = right === undefined ? homesSince(agent, manifest) : [];
	const differences = await compareSides(agent, {
		left: one,
		right: other,
		isNow: right === undefined,
		isWanted,
		isPlanned: only !== undefined,
		whyStays: (found, item) =>
			whyNotPutBack(found, item, {
				putBack: (each) => putBackOf(host, each),
				isBroken: (each) => isBroken(agent, each),
				include: [],
			}),
		rows,
		keys,
		isFull,
	});
	const homes = since.filter((one) => isWanted(one.path)).map(keptHome);
	return { left, right, differences: [...differences, ...homes] };
}

/** A home within the home that came since. */
function keptHome({ path, why }: LeftAlone): FileDifference {
	return {
		path,
		is: "right",
		left: undefined,
		right: directoryAt(path),
		things: [],
		weight: "critical",
		place: 0,
		isSecret: false,
		newHome: path,
		stays: why,
	};
}

function manifestOf(agent: Agent, { id }: SnapshotInfo): Manifest {
	const { system, store } = agent;
	const manifest = readManifest(system.disk, store, id);
	refuseOtherTree(agent, manifest);
	return manifest;
}

/** What a restore would look at: of a snapshot that does not say, what it holds. */
function coverageOf(agent: Agent, manifest: Manifest): Coverage {
	const paths = manifest.entries.filter(isFile).map(({ path }) => path);
	return capturedBy(agent, manifest) ?? { paths, except: [] };
}

function refuseUnknown(
	{ path }: DiffRequest,
	{ id, number }: SnapshotInfo,
	...sides: readonly Side[]
): void {
	if (path === undefined) return;
	const paths = sides.flatMap(({ items, missed }) => [
		...items.keys(),
		...missed.map((one) => one.path),
	]);
	if (paths.some((one) => isWithin(one, path))) return;
	throw new SnapshotError(
		"usage",
		`There is no ${JSON.stringify(path)} in snapshot ${id}, nor in what it is compared with. Nothing was changed.`,
		{
			hint: `Paths are as below the agent's home: see \`show ${number ?? id}\`.`,
		},
	);
}

/** As long as a person would wait for more than the plan, in milliseconds. */
const PATIENCE = 3000;

/** What a restore that was planned would change. Undefined: there was no time to find out, or something is damaged. */
export async function diffOfPlan(
	agent: Agent,
	{ snapshot, plan }: RestoreOutcome,
): Promise<Diff | undefined> {
	return diffInShort(agent, {
		left: snapshot.id,
		right: undefined,
		only: plan.steps.map(({ path }) => path),
	});
}

/** Of these paths alone. Undefined: there was no time to find out, or something is damaged. */
export async function diffInShort(
	agent: Agent,
	{
		left,
		right,
		only,
	}: Pick<DiffRequest, "left" | "right"> & { readonly only: readonly string[] },
): Promise<Diff | undefined> {
	const deadline = agent.system.clock.monotonic() + PATIENCE;
	const patience = { ...agent.patience, deadline };
	try {
		return await diffSnapshots(
			{ ...agent, patience },
			{
				...{ left, right, path: undefined },
				only: new Set(only),
				rows: 0,
				isFull: false,
			},
		);
	} catch (error) {
		if (!(error instanceof SnapshotError) || error.code === "interrupted")
			throw error;
		return undefined;
	}
}
