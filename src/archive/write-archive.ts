import { refuseFullDisk } from "../core/create/room.ts";
import type { Place } from "../core/export/export.ts";
import { sayingWhichIsFull } from "../core/export/full-place.ts";
import { writeFully } from "../core/files/durable.ts";
import { noteOutside, withScratch } from "../core/files/scratch.ts";
import { type Agent, loadSettings } from "../core/home/agent.ts";
import { nameOf } from "../core/home/paths.ts";
import type { Manifest } from "../core/manifest/manifest.ts";
import { MADE_BY } from "./archive.ts";
import { openPartial, publish } from "./destination.ts";
import { type Keys, NO_KEYS, type Seal, sealed } from "./encryption.ts";
import type { Packed } from "./pack.ts";
import { readBack } from "./read-back.ts";
import type { Source } from "./source.ts";
import { zipped } from "./zip-writer.ts";

/** Returns how many bytes it has come to. */
export async function pourArchive(
	agent: Agent,
	source: Source,
	made: Packed,
	seal: Seal,
	write: (bytes: Uint8Array) => Promise<void> = async () => {},
): Promise<number> {
	let bytes = 0;
	const { content } = await begun(agent, source, made, seal);
	for await (const chunk of content) {
		await write(chunk);
		bytes += chunk.length;
	}
	return bytes;
}

async function begun(
	agent: Agent,
	{ manifest }: Source,
	{ members }: Packed,
	seal: Seal,
): Promise<{ content: AsyncIterable<Uint8Array>; keys: Keys }> {
	agent.patience.progress?.begin("copying", manifest.total_size);
	const zip = zipped(members, commentOf(agent, manifest));
	if (seal.kind === "none") return { content: zip, keys: NO_KEYS };
	const { bytes, keys } = await sealed(zip, seal);
	return { content: bytes, keys };
}

/** What `unzip -z` shows. */
function commentOf(
	{ host, system }: Agent,
	{ id, createdAt }: Manifest,
): string {
	const { machineName, toolVersion } = system.processes;
	return `${host.title} on ${machineName}, ${createdAt ?? id}, ${MADE_BY} ${toolVersion}: agent-snapshot import FILE brings it back.`;
}

/**
 * Under another name, read back and compared, and then called as it should be.
 * @returns how many bytes it has come to
 */
export function writeArchive(
	agent: Agent,
	source: Source,
	made: Packed,
	seal: Seal,
	place: Place,
): Promise<number> {
	const { disk } = agent.system;
	const { reserveBytes } = loadSettings(agent);
	const { total_size: size } = source.manifest;
	refuseFullDisk(agent, size, reserveBytes, undefined, place.above);
	return withScratch(agent, async (scratch) => {
		// Of its own: should we die, what is noted is removed, and that must not be what another one is writing.
		const partial = `${place.folder}${nameOf(scratch)}.partial`;
		noteOutside(disk, scratch, partial);
		const there = <T>(work: () => T | Promise<T>) =>
			sayingWhichIsFull(agent, place.above, work);
		const file = await there(() => openPartial(disk, { ...place, partial }));
		try {
			const { bytes, keys } = await there(() =>
				fill(agent, file, source, made, seal),
			);
			await sayingWhichIsFull(agent, agent.store.directory, () =>
				readBack(agent, partial, made.manifest(), keys),
			);
			await there(() => publish(agent, { ...place, partial }));
			return bytes;
		} catch (error) {
			disk.removeTree(partial);
			throw error;
		}
	});
}

/** Closes it, durable. */
async function fill(
	agent: Agent,
	file: number,
	source: Source,
	made: Packed,
	seal: Seal,
): Promise<{ bytes: number; keys: Keys }> {
	const { disk } = agent.system;
	let bytes = 0;
	try {
		const { content, keys } = await begun(agent, source, made, seal);
		for await (const chunk of content) {
			writeFully(disk, file, chunk);
			bytes += chunk.length;
		}
		disk.sync(file);
		return { bytes, keys };
	} finally {
		disk.close(file);
	}
}
