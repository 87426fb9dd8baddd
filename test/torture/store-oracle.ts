import fs from "node:fs";
import path from "node:path";
import { sha256Of } from "../support/oracle.ts";
import { diskName, storeOf } from "../support/store.ts";
import { compareKept, type PartsOnDisk, partName } from "./kept-file.ts";

const MANIFEST = "manifest.json";
const QUARANTINE = "quarantine";
/** The kinds of entries that have a file of their own. */
const KEPT = ["file", "database"];

/** What the manifests of ours and of the original have in common, and what only ours have. */
export interface ManifestOnDisk {
	readonly files: Readonly<Record<string, number>>;
	readonly complete?: boolean;
	readonly label: string | null;
	readonly reason: string;
	readonly sequence: number;
	readonly entries?: readonly {
		readonly path: string;
		readonly kind: string;
		readonly size?: number;
		readonly mode?: number;
		readonly sha256?: string;
		readonly target?: string;
		readonly parts?: PartsOnDisk;
	}[];
}

/** What plain tools find in a store. */
export interface Store {
	/** Of each snapshot, by id: the hash of its manifest. */
	readonly snapshots: ReadonlyMap<string, string>;
	/** What is not as its manifest says, a line each. */
	readonly faults: readonly string[];
	/** How many say that something is missing in them. */
	readonly incomplete: number;
	/** Files that were moved aside because they could not be read. */
	readonly quarantined: number;
}

export function readStore(home: string): Store {
	const ids = snapshotFolders(home);
	const manifests = ids.map((id) => manifestIn(home, id));
	return {
		snapshots: new Map(
			ids.map((id) => [id, sha256Of(path.join(folderOf(home, id), MANIFEST))]),
		),
		faults: brokenSnapshots(home),
		incomplete: manifests.filter((one) => one?.complete === false).length,
		quarantined: filesBelow(path.join(storeOf(home), QUARANTINE)).length,
	};
}

/** The folders of the store that pass for snapshots. */
export function snapshotFolders(home: string): string[] {
	return visibleFolders(home).filter((id) =>
		fs.existsSync(path.join(folderOf(home, id), MANIFEST)),
	);
}

/** Undefined when it is no JSON. */
export function manifestIn(
	home: string,
	id: string,
): ManifestOnDisk | undefined {
	const file = path.join(folderOf(home, id), MANIFEST);
	try {
		return JSON.parse(fs.readFileSync(file, "utf8")) as ManifestOnDisk;
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}

/** Every snapshot there is, file by file against its manifest, and nothing besides. */
export function brokenSnapshots(home: string, except?: string): string[] {
	const ofHome = filesOfHome(home);
	return visibleFolders(home)
		.filter((id) => id !== except)
		.flatMap((id) =>
			[...faultsOf(home, id), ...aliasesOf(home, id, ofHome)].map(
				(what) => `snapshot ${id}: ${what}`,
			),
		);
}

/** What the store holds besides snapshots, settings, quarantine, the lock, and notes: litter, after a command that went well. */
export function litter(home: string, except?: string): string[] {
	const known = [
		".lock.db",
		".sizes.json",
		".summaries.json",
		".tags.json",
		".verifications.json",
		".verified.json",
		"config.json",
		QUARANTINE,
		except,
	];
	const snapshots = snapshotFolders(home);
	return namesIn(storeOf(home))
		.filter((name) => !known.includes(name) && !snapshots.includes(name))
		.map((name) => `left in the store: ${name}`);
}

/** The files of that name that live in the home, in a snapshot (there perhaps as a folder of parts) or in the quarantine. */
export function everyCopyOf(home: string, file: string): string[] {
	const stored = filesBelow(storeOf(home))
		.map((one) => one.toString().replace(PART, ""))
		.filter((one) => one === file || one.endsWith(`/${file}`))
		.map((one) => path.join(storeOf(home), one));
	return [...new Set([path.join(home, file), ...stored])].filter((one) =>
		fs.existsSync(one),
	);
}

/** What the path of a part ends with. */
const PART = /\/\d{6}$/;

/** Of the agent's files, by inode. */
function filesOfHome(home: string): Map<bigint, string> {
	const files = filesBelow(home)
		.map((file) => file.toString("latin1"))
		.filter((file) => !file.startsWith("state-snapshots/"));
	return new Map(
		files.map((file) => [
			inodeOf(Buffer.from(`${home}/`), Buffer.from(file, "latin1")),
			file,
		]),
	);
}

/** A file that the agent writes to must never be one of a snapshot, too. */
function aliasesOf(
	home: string,
	id: string,
	ofHome: ReadonlyMap<bigint, string>,
): string[] {
	const folder = Buffer.from(`${folderOf(home, id)}/`);
	return filesBelow(folderOf(home, id)).flatMap((file) => {
		const alias = ofHome.get(inodeOf(folder, file));
		return alias === undefined
			? []
			: [`${file} is the very file that the agent has as ${alias}`];
	});
}

function inodeOf(folder: Buffer, file: Buffer): bigint {
	return fs.lstatSync(Buffer.concat([folder, file]), { bigint: true }).ino;
}

function visibleFolders(home: string): string[] {
	return namesIn(storeOf(home)).filter(
		(name) =>
			!name.startsWith(".") &&
			name !== QUARANTINE &&
			fs.statSync(folderOf(home, name)).isDirectory(),
	);
}

function folderOf(home: string, id: string): string {
	return path.join(storeOf(home), id);
}

function faultsOf(home: string, id: string): string[] {
	const folder = folderOf(home, id);
	if (!fs.existsSync(path.join(folder, MANIFEST))) return ["has no manifest"];
	const manifest = manifestIn(home, id);
	if (manifest === undefined) return ["its manifest is no JSON"];
	const { entries, files } = manifest;
	const kept = entries?.filter(({ kind }) => KEPT.includes(kind));
	const named = new Set([
		...Object.keys(files),
		...(kept ?? []).map((entry) => entry.path),
	]);
	const partsOf = (file: string) =>
		kept?.find((one) => one.path === file)?.parts;
	const onDisk = [...named].flatMap((file) => {
		const parts = partsOf(file);
		return parts === undefined
			? [file]
			: parts.sha256.map((_, index) => `${file}/${partName(index)}`);
	});
	const wanted = new Set([MANIFEST, ...onDisk].map(keyOf));
	const extra = filesBelow(folder).filter((file) => !wanted.has(hex(file)));
	return [
		...extra.map((file) => `${file} is not in its manifest`),
		...[...named].flatMap((file) => {
			const at = Buffer.concat([Buffer.from(`${folder}/`), diskName(file)]);
			const entry = kept?.find((one) => one.path === file);
			const isAgreed = kept === undefined || entry?.size === files[file];
			return [
				...(isAgreed ? [] : [`${file}: files and entries disagree`]),
				...compareKept(at, files[file], entry).map((what) => `${file} ${what}`),
			];
		}),
	];
}

/** As the disk has their names, which need not be UTF-8. */
function filesBelow(folder: string, below = Buffer.alloc(0)): Buffer[] {
	const full = Buffer.concat([Buffer.from(`${folder}/`), below]);
	if (!fs.existsSync(full)) return [];
	return fs
		.readdirSync(full, { withFileTypes: true, encoding: "buffer" })
		.flatMap((entry) => {
			const slash = Buffer.from(below.length === 0 ? "" : "/");
			const name = Buffer.concat([below, slash, entry.name]);
			return entry.isDirectory() ? filesBelow(folder, name) : [name];
		});
}

function keyOf(file: string): string {
	return hex(diskName(file));
}

function hex(name: Buffer): string {
	return name.toString("hex");
}

function namesIn(folder: string): string[] {
	return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
}
