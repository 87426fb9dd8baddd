import { type Entry, isFile } from "../core/capture/entry.ts";
import type { Agent } from "../core/home/agent.ts";
import type { Host } from "../core/home/host.ts";
import { isWithin } from "../core/home/paths.ts";
import {
	type Coverage,
	MANIFEST_LIMIT,
	type Manifest,
	parseManifest,
} from "../core/manifest/manifest.ts";
import { SnapshotError } from "../errors.ts";
import {
	type Archive,
	EXTERNAL,
	type Listed,
	MANIFEST_NAME,
	UNNAMED,
} from "./archive.ts";
import { moved, movedCoverage, pathInTree, treeOf } from "./archive-paths.ts";
import { textOf } from "./open-archive.ts";
import { nameInZip } from "./pack.ts";
import type { Target } from "./unpack.ts";
import { below, whoseIs } from "./whose.ts";

/** What an archive holds, before anything of it is believed or written. */
export interface Contents {
	readonly host: Host;
	/** Undefined: it is none of ours. */
	readonly manifest: Manifest | undefined;
	/** Its files of the agent's own directories, by their names in it. */
	readonly state: ReadonlyMap<string, Target>;
	/** And those of other programs' directories, below the user's home. */
	readonly external: ReadonlyMap<string, Target>;
	/** Directories and links of the manifest. */
	readonly others: readonly Entry[];
	/** What was looked for when it was made. */
	readonly captured: Coverage | undefined;
	/** What has no place here, or is no part of an agent's state. */
	readonly left: readonly string[];
	/** Bytes of the files that come in. */
	readonly bytes: number;
}

/** @throws SnapshotError `damaged`, `failed` */
export async function contentsOf(
	agent: Agent,
	archive: Archive,
	name: string,
	hosts: readonly Host[],
): Promise<Contents> {
	const listed = await archive.list();
	const files = listed.filter(({ kind }) => kind === "file");
	const text = await manifestText(archive, files);
	if (text === undefined) return foreign(agent, name, files, hosts);
	const manifest = parseManifest(text, "The manifest of the archive");
	const host = hosts.find((one) => one.name === manifest.host);
	if (host === undefined)
		throw new SnapshotError(
			"failed",
			`${name} is an archive of ${JSON.stringify(manifest.host ?? "no agent")}, which this version does not know. Nothing was changed.`,
			{ hint: "Update agent-snapshot." },
		);
	return ours(agent, manifest, host, files);
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
): Contents {
	const tree = treeOf(agent);
	const here = (path: string) => pathInTree(tree, path);
	const state = new Map<string, Target>();
	const external = new Map<string, Target>();
	const known = new Set([MANIFEST_NAME]);
	const left: string[] = [];
	for (const [index, entry] of manifest.entries.filter(isFile).entries()) {
		const name = nameInZip(entry.path, index);
		known.add(name);
		const path = here(entry.path);
		const outside = externalPath(host, entry.path);
		if (outside !== undefined) external.set(name, { path: outside, entry });
		else if (path !== undefined)
			state.set(name, { path, entry: { ...entry, path } });
		else left.push(entry.path);
	}
	const others = manifest.entries.filter(
		(entry) => !isFile(entry) && externalPath(host, entry.path) === undefined,
	);
	const captured = manifest.captured && movedCoverage(manifest.captured, here);
	return {
		host,
		manifest,
		state,
		external,
		others: moved(others, here),
		captured,
		// What it does not name was put in by somebody else.
		left: [...left, ...unknown(listed, known)],
		bytes: sum(listed.filter(({ name }) => known.has(name))),
	};
}

function unknown(listed: readonly Listed[], known: ReadonlySet<string>) {
	return listed.map(({ name }) => name).filter((name) => !known.has(name));
}

function foreign(
	agent: Agent,
	name: string,
	files: readonly Listed[],
	hosts: readonly Host[],
): Contents {
	const names = files.map((file) => file.name);
	const whose = whoseIs(names, hosts);
	if (whose === undefined)
		throw new SnapshotError(
			"failed",
			`${name} is no archive of an agent: it holds nothing that one would know. Nothing was changed.`,
			{ hint: "`hosts` names the agents that are known." },
		);
	const { host, prefix } = whose;
	const tree = treeOf(agent);
	const state = new Map<string, Target>();
	const external = new Map<string, Target>();
	const left: string[] = [];
	for (const file of names) {
		const inside = below(file, prefix);
		const outside = inside && externalPath(host, inside);
		const path =
			inside === undefined || isWithin(inside, UNNAMED)
				? undefined
				: pathInTree(tree, inside);
		if (outside) external.set(file, { path: outside, entry: undefined });
		else if (path !== undefined && !isWithin(inside ?? "", EXTERNAL))
			state.set(file, { path, entry: undefined });
		else left.push(file);
	}
	return {
		host,
		manifest: undefined,
		state,
		external,
		others: [],
		captured: undefined,
		left,
		bytes: sum(files),
	};
}

/** Below the user's home, where this agent is known to have something there. */
function externalPath(host: Host, path: string): string | undefined {
	const outside = below(path, EXTERNAL);
	const isKnown = host.external?.some(
		(directory) => outside !== undefined && isWithin(outside, directory),
	);
	return isKnown ? outside : undefined;
}

function sum(files: readonly Listed[]): number {
	return files.reduce((total, { size }) => total + size, 0);
}
