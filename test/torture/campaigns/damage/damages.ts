import fs from "node:fs";
import path from "node:path";
import type { Chance } from "../../chance.ts";
import type { TwoSnapshots } from "../../two-snapshots.ts";

/** One way to damage a snapshot. */
export interface Damage {
	readonly kind: string;
	/** Any of these has to be named in the refusal. */
	readonly files: readonly string[];
	/** The error codes that are right for it. */
	readonly codes: readonly string[];
	strike(folder: string, snapshots: TwoSnapshots): void;
}

/** Flips one bit, anywhere in the file. */
export function flipIn(file: string, chance: Chance): Damage {
	const place = chance.below(1e9) / 1e9;
	const bit = 1 << chance.below(8);
	return {
		kind: "flip",
		files: [file],
		codes: ["damaged"],
		strike: (folder) => {
			const bytes = fs.readFileSync(path.join(folder, file));
			const at = Math.floor(place * bytes.length);
			bytes[at] = (bytes[at] ?? 0) ^ bit;
			fs.writeFileSync(path.join(folder, file), bytes);
		},
	};
}

type Strike = (full: string, other: string, snapshots: TwoSnapshots) => void;

/** What can become of a file as a whole; `other` is another file of the same snapshot. */
const STRIKES: Readonly<Record<string, Strike>> = {
	removed: (full) => fs.rmSync(full),
	swapped: (full, other) => {
		const [one, two] = [fs.readFileSync(full), fs.readFileSync(other)];
		fs.writeFileSync(full, two);
		fs.writeFileSync(other, one);
	},
	"cut-in-half": (full) =>
		fs.truncateSync(full, Math.floor(fs.statSync(full).size / 2)),
	"cut-by-one": (full) => fs.truncateSync(full, fs.statSync(full).size - 1),
	emptied: (full) => fs.truncateSync(full),
	"made-a-link": (full) => {
		fs.renameSync(full, `${full}.elsewhere`);
		fs.symlinkSync(`${full}.elsewhere`, full);
	},
	"made-a-directory": (full) => {
		fs.rmSync(full);
		fs.mkdirSync(full);
	},
	"grown-by-one": (full) => fs.appendFileSync(full, "\n"),
	// As an old copy of the folder, half copied back, would leave it.
	"of-the-older-one": (full, _, { home, older, newer }) => {
		const store = path.join(home, "state-snapshots");
		const file = full.slice(full.indexOf(newer) + newer.length + 1);
		const source = path.join(store, older, file);
		if (fs.existsSync(source)) fs.copyFileSync(source, full);
		else fs.rmSync(full);
	},
};

/** A hundred of them, over all files. */
export function lossesOf(
	files: readonly string[],
): { id: string; damage: Damage }[] {
	const pairs = files.flatMap((file, index) =>
		Object.keys(STRIKES).map((kind) => ({
			kind,
			file,
			other: files[(index + 1) % files.length] ?? file,
		})),
	);
	// A step that shares no factor with the number of kinds meets all of them, with ever other files.
	return Array.from({ length: 100 }, (_, index) => {
		const { kind, file, other } = pairs[
			(index * 31) % pairs.length
		] as (typeof pairs)[number];
		return {
			id: `${kind}/${file}/${index}`,
			damage: lossOf(kind, file, other),
		};
	}).concat(
		Object.keys(STRIKES).map((kind) => ({
			id: `${kind}/manifest.json`,
			damage: lossOf(kind, "manifest.json", files[0] ?? ""),
		})),
	);
}

function lossOf(kind: string, file: string, other: string): Damage {
	const hitsManifest =
		file === "manifest.json" ||
		(kind === "swapped" && other === "manifest.json");
	return {
		kind,
		// Another one's manifest is sound in itself: then any file may be the first that does not fit.
		files:
			kind === "swapped"
				? [file, other]
				: hitsManifest && kind === "of-the-older-one"
					? [""]
					: [file],
		// Without a manifest, or with a link in its place, the folder is no snapshot.
		codes:
			hitsManifest && ["removed", "made-a-link"].includes(kind)
				? ["not-found"]
				: ["damaged"],
		strike: (folder, snapshots) =>
			STRIKES[kind]?.(
				path.join(folder, file),
				path.join(folder, other),
				snapshots,
			),
	};
}
