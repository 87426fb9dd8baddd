/** Stores with more snapshots than anyone would wait for to be made. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { mustRun } from "./run.ts";

const SECOND = 1000;

/** Makes `count` of the one snapshot that is there: the same files by hard links, and a manifest for each. */
export function multiplied(form: string, store: string, count: number): void {
	const one = fs
		.readdirSync(store)
		.find((name) => fs.existsSync(path.join(store, name, "manifest.json")));
	if (one === undefined) throw new Error(`There is no snapshot in ${store}`);
	const text = fs.readFileSync(path.join(store, one, "manifest.json"), "utf8");
	const began = Date.now() - count * 60 * SECOND;
	for (let number = 1; number < count; number++) {
		const time = new Date(began + number * 60 * SECOND);
		const id = `${stampOf(time)}-copy-${number}`;
		const folder = path.join(store, id);
		mustRun(["cp", "-alT", path.join(store, one), folder]);
		fs.rmSync(path.join(folder, "manifest.json"));
		const changed = withKeys(text, {
			id,
			timestamp: stampOf(time),
			label: `copy ${number}`,
			...(form === "ours" && {
				createdAt: time.toISOString(),
				sequence: number,
			}),
		});
		fs.writeFileSync(
			path.join(folder, "manifest.json"),
			form === "ours" ? withChecksum(changed) : changed,
			{ mode: 0o600 },
		);
	}
	if (form !== "ours") return;
	// The one that was there stays the newest.
	const last = withKeys(text, { sequence: count });
	fs.writeFileSync(path.join(store, one, "manifest.json"), withChecksum(last));
}

/** Both write the first keys a line each. */
function withKeys(
	text: string,
	keys: Readonly<Record<string, string | number>>,
): string {
	return Object.entries(keys).reduce(
		(changed, [key, value]) =>
			changed.replace(
				new RegExp(`^  "${key}": .*$`, "m"),
				`  "${key}": ${JSON.stringify(value)},`,
			),
		text,
	);
}

/** As docs/format.md says: of all lines above it. */
function withChecksum(text: string): string {
	const above = text.slice(0, text.lastIndexOf('  "checksum"'));
	const checksum = createHash("sha256").update(above).digest("hex");
	return `${above}  "checksum": "${checksum}"\n}\n`;
}

function stampOf(time: Date): string {
	const digits = time.toISOString().replace(/\D/g, "");
	return `${digits.slice(0, 8)}-${digits.slice(8, 14)}`;
}
