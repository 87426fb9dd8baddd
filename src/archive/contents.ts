import { type Entry, isFile } from "../core/capture/entry.ts";
import type { Agent } from "../core/home/agent.ts";
import type { Host } from "../core/home/host.ts";
import type { KnownAgent } from "../core/home/known-agent.ts";
import { whyNoState, whyUnsafe } from "../core/home/paths.ts";
import {
	type Coverage,
	MANIFEST_LIMIT,
	type Manifest,
	type Missed,
	parseManifest,
} from "../core/manifest/manifest.ts";
import { SnapshotError } from "../errors.ts";
import {
	type Archive,
	type Listed,
	MADE_BY,
	MANIFEST_NAME,
} from "./archive.ts";
import { moved, movedCoverage, pathInTree, treeOf } from "./archive-paths.ts";
import { foreignContents } from "./foreign-contents.ts";
import { refuseLinks } from "./member-names.ts";
import { textOf } from "./open-archive.ts";
import { coverageWithin, leadsOut, placesOfAgent } from "./own-places.ts";
import { nameInZip } from "./pack.ts";
import type { Target } from "./unpack.ts";

type Link = Extract<Entry, { kind: "link" }>;

export interface Looking {
	/** Where it is to come to. */
	readonly known: KnownAgent;
	/** All agents that are known. */
	readonly hosts: readonly Host[];
	/** A person insists. */
	readonly isForced: boolean;
}

/** What an archive holds, before anything of it is believed or written. */
export interface Contents {
	readonly host: Host;
	/** Undefined: it is none of ours. */
	readonly manifest: Manifest | undefined;
	/** Its files, by their names in it. */
	readonly state: ReadonlyMap<string, Target>;
	/** Directories and links of the manifest. */
	readonly others: readonly Entry[];
	/** What was looked for when it was made. */
	readonly captured: Coverage | undefined;
	/** And could not be read then. */
	readonly missed: readonly Missed[];
	/** What has no place here, or is no part of an agent's state. */
	readonly left: readonly string[];
	/** Links that lead out of the agent's own directories, which are left out unless a person insists. */
	readonly linksOut: readonly Link[];
	/** Bytes of the files that come in. */
	readonly bytes: number;
}

/** @throws SnapshotError `damaged`, `failed` */
export async function contentsOf(
	agent: Agent,
	archive: Archive,
	name: string,
	looking: Looking,
): Promise<Contents> {
	const listed = await archive.list();
	const files = listed.filter(({ kind }) => kind === "file");
	const text = await manifestText(archive, files);
	if (text === undefined) {
		// It would pass for another's, and lose what only the manifest says.
		if (archive.comment.includes(MADE_BY)) throw lacksManifest(name);
		return foreignContents(agent, name, listed, looking);
	}
	// Links of ours stand in the manifest.
	refuseLinks(name, listed);
	const manifest = parseManifest(
		text,
		"The manifest of the archive",
		whyNoState,
	);
	const host = looking.hosts.find((one) => one.name === manifest.host);
	if (host === undefined)
		throw new SnapshotError(
			"failed",
			`${name} is an archive of ${JSON.stringify(manifest.host ?? "no agent")}, which this version does not know. Nothing was changed.`,
			{ hint: "Update agent-snapshot." },
		);
	return ours(agent, manifest, host, files, looking);
}

function lacksManifest(name: string): SnapshotError {
	return new SnapshotError(
		"damaged",
		`${name} is damaged: it says that agent-snapshot made it, and has no manifest of ours. Nothing was changed.`,
		{ hint: "Take another copy of it." },
	);
}

async function manifestText(
	archive: Archive,
	files: readonly Listed[],
): Promise<string | undefined> {
	const found = files.find(({ name }) => name === MANIFEST_NAME);
	if (found === undefined) return undefined;
	if (found.size > MANIFEST_LIMIT)
		throw new SnapshotError(
			"damaged",
			`The manifest of the archive is larger than ${MANIFEST_LIMIT} bytes. Nothing was changed.`,
			{ hint: "Take another copy of it." },
		);
	let text: string | undefined;
	await archive.pour(async ({ name }, content) => {
		if (name === MANIFEST_NAME) text = await textOf(content);
	});
	return text;
}

function ours(
	agent: Agent,
	manifest: Manifest,
	host: Host,
	listed: readonly Listed[],
	{ known, isForced }: Looking,
): Contents {
	const tree = treeOf(agent);
	const isOwn = placesOfAgent(agent, known);
	const inTree = (path: string) => {
		const there = pathInTree(tree, path);
		return there === undefined || whyUnsafe(there) !== undefined
			? undefined
			: there;
	};
	const here = (path: string) => {
		const there = inTree(path);
		return there !== undefined && isOwn(there) ? there : undefined;
	};
	const { state, names, left } = targetsOf(manifest, here);
	const others = moved(
		manifest.entries.filter((entry) => !isFile(entry)),
		here,
	);
	const isOut = (entry: Entry) => !isForced && leadsOut(agent, entry, isOwn);
	const linksOut = others.filter((entry): entry is Link => isOut(entry));
	const captured =
		manifest.captured &&
		coverageWithin(movedCoverage(manifest.captured, inTree), isOwn);
	return {
		host,
		manifest,
		state,
		others: others.filter((entry) => !isOut(entry)),
		missed: manifest.missed.flatMap((one) => {
			const path = pathInTree(tree, one.path);
			return path === undefined ? [] : [{ ...one, path }];
		}),
		captured: captured && {
			...captured,
			except: [...captured.except, ...linksOut.map(({ path }) => path)],
		},
		// What it does not name was put in by somebody else.
		left: [
			...left,
			...listed.map(({ name }) => name).filter((name) => !names.has(name)),
		],
		linksOut,
		bytes: listed
			.filter(({ name }) => names.has(name))
			.reduce((total, { size }) => total + size, 0),
	};
}

/** Where each file of the manifest comes to, by the names in the archive. */
function targetsOf(
	manifest: Manifest,
	here: (path: string) => string | undefined,
) {
	const state = new Map<string, Target>();
	const names = new Set([MANIFEST_NAME]);
	const left: string[] = [];
	for (const [index, entry] of manifest.entries.filter(isFile).entries()) {
		const name = nameInZip(entry.path, index);
		names.add(name);
		const path = here(entry.path);
		if (path !== undefined)
			state.set(name, { path, entry: { ...entry, path } });
		else left.push(entry.path);
	}
	return { state, names, left };
}
