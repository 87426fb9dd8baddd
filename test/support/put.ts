import fs from "node:fs";
import path from "node:path";

/** A fixed "now" in seconds, so that a home depends on its seed only. */
export const epoch = 1_776_000_000;

/** Writes a file with a mode and an old mtime, making its folders private. */
export function put(
	home: string,
	file: string,
	content: string | object,
	mode = 0o600,
): void {
	const target = path.join(home, file);
	fs.mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 });
	fs.writeFileSync(
		target,
		typeof content === "string"
			? content
			: `${JSON.stringify(content, null, 2)}\n`,
	);
	fs.chmodSync(target, mode);
	const age = Buffer.byteLength(file) * 1000;
	fs.utimesSync(target, epoch - age, epoch - age);
}
