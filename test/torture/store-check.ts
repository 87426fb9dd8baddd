import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { sha256Of } from "../support/oracle.ts";

/** What plain tools find in a store. */
export interface Store {
	/** Of each listed folder, by id: the hash of its manifest. */
	readonly snapshots: ReadonlyMap<string, string>;
	/** What is not as its manifest says, a line each. */
	readonly faults: readonly string[];
	/** How many say that something is missing in them. */
	readonly incomplete: number;
	/** Files that were moved aside because they could not be read. */
	readonly quarantined: number;
	/** Names with a leading dot. */
	readonly hidden: readonly string[];
}

interface ManifestFile {
	readonly entries?: ReadonlyArray<{
		readonly path: string;
		readonly kind: string;
		readonly size?: number;
		readonly sha256?: string;
	}>;
	/** Hermes' own manifests have only this. */
	readonly files: Readonly<Record<string, number>>;
	readonly complete?: boolean;
}

/** Reads every snapshot of a home and compares it with its manifest, hash by hash. */
export function storeOf(home: string): Store {
	const store = path.join(home, "state-snapshots");
	const names = fs.existsSync(store) ? fs.readdirSync(store) : [];
	const ids = names.filter(
		(name) =>
			!name.startsWith(".") &&
			fs.existsSync(path.join(store, name, "manifest.json")),
	);
	const snapshots = new Map<string, string>();
	const faults: string[] = [];
	let incomplete = 0;
	for (const id of ids) {
		const folder = path.join(store, id);
		const text = fs.readFileSync(path.join(folder, "manifest.json"), "utf8");
		snapshots.set(id, createHash("sha256").update(text).digest("hex"));
		const manifest = parse(text);
		if (manifest?.complete === false) incomplete++;
		faults.push(
			...faultsIn(folder, manifest).map((fault) => `${id}: ${fault}`),
		);
	}
	const hidden = names.filter((name) => name.startsWith("."));
	const aside = path.join(store, "quarantine");
	const quarantined = fs.existsSync(aside) ? filesBelow(aside, "").length : 0;
	return { snapshots, faults, incomplete, quarantined, hidden };
}

function parse(text: string): ManifestFile | undefined {
	try {
		return JSON.parse(text) as ManifestFile;
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}

function faultsIn(
	folder: string,
	manifest: ManifestFile | undefined,
): string[] {
	if (manifest === undefined) return ["its manifest is no JSON"];
	const entries =
		manifest.entries?.filter(
			({ kind }) => kind === "file" || kind === "database",
		) ??
		Object.entries(manifest.files).map(([name, size]) => ({
			path: name,
			size,
			sha256: undefined,
		}));
	const wanted = new Set(["manifest.json", ...entries.map((one) => one.path)]);
	const extra = filesBelow(folder, "").filter((name) => !wanted.has(name));
	return [
		...entries.flatMap((entry) =>
			compare(path.join(folder, entry.path), entry),
		),
		...extra.map((name) => `${name} is not in its manifest`),
	];
}

function compare(
	file: string,
	{
		path: name,
		size,
		sha256,
	}: { path: string; size?: number; sha256?: string | undefined },
): string[] {
	const found = fs.statSync(file, { throwIfNoEntry: false });
	if (found === undefined) return [`${name} is missing`];
	if (found.size !== size)
		return [`${name} has ${found.size} bytes instead of ${size}`];
	if (sha256 !== undefined && sha256Of(file) !== sha256)
		return [`${name} has another hash`];
	return [];
}

function filesBelow(folder: string, below: string): string[] {
	return fs
		.readdirSync(path.join(folder, below), { withFileTypes: true })
		.flatMap((entry) => {
			const name = below === "" ? entry.name : `${below}/${entry.name}`;
			return entry.isDirectory() ? filesBelow(folder, name) : [name];
		});
}
