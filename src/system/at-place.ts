import fs from "node:fs";

/** Reads at a place until `into` is full, or the file ends. Returns how many bytes there are. */
export function readAt(file: number, into: Uint8Array, place: number): number {
	let got = 0;
	while (got < into.length) {
		const some = fs.readSync(file, into, got, into.length - got, place + got);
		if (some === 0) break;
		got += some;
	}
	return got;
}

/** Writes all of it at a place: write() may take fewer bytes than it was given. */
export function writeAt(file: number, bytes: Uint8Array, place: number): void {
	for (let done = 0; done < bytes.length; )
		done += fs.writeSync(file, bytes, done, bytes.length - done, place + done);
}
