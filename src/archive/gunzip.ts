import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { SnapshotError } from "../errors.ts";
import { notWhole } from "./zip-faults.ts";

/**
 * What is packed by gzip, unpacked.
 * @param most in bytes: a bomb is not waited for
 * @throws SnapshotError `damaged`, `failed`
 */
export async function* gunzipped(
	bytes: AsyncIterable<Uint8Array>,
	name: string,
	most: number,
): AsyncGenerator<Uint8Array> {
	const gunzip = createGunzip();
	const source = Readable.from(bytes, { objectMode: false });
	source.on("error", (error) => gunzip.destroy(error));
	let size = 0;
	try {
		for await (const chunk of source.pipe(gunzip)) {
			size += chunk.length;
			if (size > most) throw tooLarge(name, most);
			yield chunk;
		}
	} catch (error) {
		throw notWhole(name, error);
	} finally {
		source.destroy();
		gunzip.destroy();
	}
}

function tooLarge(name: string, most: number): SnapshotError {
	return new SnapshotError(
		"failed",
		`${name} becomes larger than ${Math.round(most / 1e6)} MB when it is unpacked, which no agent's state of its size does. Nothing was changed.`,
		{ hint: "If you know it, do it again with --force." },
	);
}
