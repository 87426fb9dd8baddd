import { isDatabase, isFile, totalOf } from "../core/capture/entry.ts";
import { type Agent, loadSettings } from "../core/home/agent.ts";
import { coverageOf } from "../core/home/coverage.ts";
import { storedChunks } from "../core/inside/read-stored.ts";
import { asDamage } from "../core/parts/stored-file.ts";
import { isSecretFile } from "../core/secrets/secrets.ts";
import { maskServiceKeys } from "../core/secrets/service-keys.ts";
import { holdsUnmistakable } from "../core/secrets/unmistakable-secrets.ts";
import { pathInArchive, pathInTree, treeOf } from "./archive-paths.ts";
import { findInText, findSecret } from "./secret-in-file.ts";
import type { Source } from "./source.ts";

/**
 * All that nobody may read, by its path: what an open archive is refused for, and what is left out of one without secrets. With
 * what may be said of it: where it is, without the secret.
 */
export async function secretsIn(
	agent: Agent,
	source: Source,
): Promise<ReadonlyMap<string, string>> {
	const known = [...secretFiles(agent, source), ...tellingEntries(source)];
	const found = new Map(known.map((path) => [path, maskServiceKeys(path)]));
	// Of a file of secrets no line need be named.
	for (const [path, shown] of await textsWithSecrets(agent, source))
		if (!found.has(path)) found.set(path, shown);
	return found;
}

/** Links that lead to where a login is needed, and all whose names hold a key. */
function tellingEntries({ manifest }: Source): string[] {
	return manifest.entries
		.filter(
			(entry) =>
				isCalledByKey(entry.path) ||
				(entry.kind === "link" && findInText(entry.target) !== undefined),
		)
		.map(({ path }) => path);
}

/** Files that are there for nothing but secrets. */
function secretFiles(agent: Agent, { manifest }: Source): string[] {
	const tree = treeOf(agent);
	return manifest.entries
		.filter(isFile)
		.map(({ path }) => path)
		.filter((path) => isSecretFile(agent.host, pathInTree(tree, path) ?? path));
}

function isCalledByKey(path: string): boolean {
	return holdsUnmistakable(path) && maskServiceKeys(path) !== path;
}

/** Where they would lie: an import takes none away because it is not in the archive. */
export function secretPatterns(agent: Agent): string[] {
	const { critical, nestedHomes } = agent.host;
	const tree = treeOf(agent);
	return critical
		.filter(({ secret }) => secret === true)
		.flatMap(({ path }) => [
			path,
			...nestedHomes.map((inner) => `${inner}/${path}`),
		])
		.flatMap((path) => pathInArchive(tree, path) ?? []);
}

/** The same of the present, at a glance. */
export function secretsNow(agent: Agent): string[] {
	const { system, home, host } = agent;
	const settings = loadSettings(agent);
	return coverageOf(system.disk, home, host, settings).paths.filter(
		(path) =>
			isSecretFile(host, path) &&
			system.disk.stat(`${home}/${path}`) !== undefined,
	);
}

/** And files in which something looks like one. Databases are not looked into: conversations may hold anything. */
async function textsWithSecrets(
	agent: Agent,
	source: Source,
): Promise<Map<string, string>> {
	const { entries } = source.manifest;
	const files = entries.filter(isFile).filter((one) => !isDatabase(one));
	agent.patience.progress?.begin("looking", totalOf(files));
	const found = new Map<string, string>();
	for (const entry of files) {
		agent.patience.progress?.at(entry.path);
		const { folder, path } = source.placeOf(entry);
		const chunks = storedChunks(agent, folder, { ...entry, path });
		try {
			const secret = await findSecret(chunks, entry.size);
			if (secret === undefined) continue;
			const { line } = secret;
			const where = line === undefined ? "" : ` line ${line}`;
			found.set(entry.path, maskServiceKeys(entry.path) + where);
		} catch (error) {
			throw asDamage(error, source.manifest.id, entry.path);
		}
	}
	return found;
}
