import { isDatabase, isFile, totalOf } from "../core/capture/entry.ts";
import { type Agent, loadSettings } from "../core/home/agent.ts";
import { coverageOf } from "../core/home/coverage.ts";
import { storedChunks } from "../core/inside/read-stored.ts";
import { asDamage } from "../core/parts/stored-file.ts";
import { isSecretFile } from "../core/secrets/secrets.ts";
import { pathInArchive, pathInTree, treeOf } from "./archive-paths.ts";
import { holdsSecret } from "./secret-in-file.ts";
import type { Source } from "./source.ts";

/** Paths of all that nobody may read: what an open archive is refused for, and what is left out of one without secrets. */
export async function secretsIn(
	agent: Agent,
	source: Source,
): Promise<string[]> {
	const files = secretFiles(agent, source);
	return [...new Set([...files, ...(await textsWithSecrets(agent, source))])];
}

/** Files that are there for nothing but secrets. */
function secretFiles(agent: Agent, { manifest }: Source): string[] {
	const tree = treeOf(agent);
	return manifest.entries
		.filter(isFile)
		.map(({ path }) => path)
		.filter((path) => isSecretFile(agent.host, pathInTree(tree, path) ?? path));
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
): Promise<string[]> {
	const { entries } = source.manifest;
	const files = entries.filter(isFile).filter((one) => !isDatabase(one));
	agent.patience.progress?.begin("looking", totalOf(files));
	const found: string[] = [];
	for (const entry of files) {
		agent.patience.progress?.at(entry.path);
		const { folder, path } = source.placeOf(entry);
		const chunks = storedChunks(agent, folder, { ...entry, path });
		try {
			if (await holdsSecret(chunks, entry.size)) found.push(entry.path);
		} catch (error) {
			throw asDamage(error, source.manifest.id, entry.path);
		}
	}
	return found;
}
