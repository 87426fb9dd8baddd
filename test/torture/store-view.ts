import fs from "node:fs";
import path from "node:path";
import { isSqlite, rowsOf } from "../support/database-rows.ts";
import { sha256Of } from "../support/oracle.ts";
import {
	diskName,
	type ManifestFile,
	snapshotFolders,
	storeOf,
} from "../support/store.ts";

/** A snapshot as plain tools see it, without what the clock decides: its name and its times. */
export interface SeenSnapshot {
	readonly id: string;
	readonly label: string | null;
	readonly reason: string;
	readonly sequence: number;
	/** A line a captured thing: what it is, its mode, and a hash of its content; of a database, of its rows. */
	readonly contents: readonly string[];
}

type SeenManifest = Omit<ManifestFile, "entries"> & {
	readonly reason: string;
	readonly sequence: number;
	readonly entries: readonly {
		path: string;
		kind: string;
		size?: number;
		mode?: number;
		sha256?: string;
		target?: string;
	}[];
};

/** All snapshots of a home, oldest first. Throws when a manifest cannot be read. */
export function snapshotsOf(home: string): SeenSnapshot[] {
	const ids = fs.existsSync(storeOf(home)) ? snapshotFolders(home) : [];
	return ids
		.filter((id) =>
			fs.existsSync(path.join(storeOf(home), id, "manifest.json")),
		)
		.map((id) => seen(home, id))
		.sort((a, b) => a.sequence - b.sequence);
}

function seen(home: string, id: string): SeenSnapshot {
	const { label, reason, sequence, entries } = manifestOf(home, id);
	const contents = entries.map(({ path: file, kind, mode, target, sha256 }) => {
		const kept = path.join(storeOf(home), id, file);
		const content =
			kind === "database" ? rowsOf(kept) : (target ?? sha256 ?? "");
		return `${file} ${kind} ${mode} ${content}`;
	});
	return { id, label, reason, sequence, contents };
}

/** What is not whole in the store: files that are not what the manifest says, by our own reading and hashing. */
export function notWhole(home: string, except?: string): string[] {
	const folders = fs.existsSync(storeOf(home)) ? snapshotFolders(home) : [];
	const ids = folders.filter((id) => id !== except);
	return ids.flatMap((id) => {
		if (!fs.statSync(path.join(storeOf(home), id)).isDirectory()) return [];
		if (!fs.existsSync(path.join(storeOf(home), id, "manifest.json")))
			return [`${id} has no manifest`];
		return manifestOf(home, id).entries.flatMap(
			({ path: file, sha256, size }) => {
				if (sha256 === undefined) return [];
				const kept = Buffer.concat([
					Buffer.from(`${storeOf(home)}/${id}/`),
					diskName(file),
				]);
				if (!fs.existsSync(kept)) return [`${id}: ${file} is missing`];
				if (fs.lstatSync(kept).size !== size)
					return [`${id}: ${file} has another size`];
				if (sha256Of(kept) !== sha256)
					return [`${id}: ${file} has another content`];
				const sound =
					!isSqlite(kept) || !rowsOf(kept.toString()).startsWith("unreadable");
				return sound ? [] : [`${id}: ${file} cannot be opened`];
			},
		);
	});
}

/** What a command left behind that nobody needs. */
export function litterIn(home: string): string[] {
	const names = fs.existsSync(storeOf(home))
		? fs.readdirSync(storeOf(home))
		: [];
	const left = names.filter(
		(name) => name.startsWith(".") && name !== ".lock.db",
	);
	return left.map((name) => `left in the store: ${name}`);
}

function manifestOf(home: string, id: string): SeenManifest {
	const text = fs.readFileSync(
		path.join(storeOf(home), id, "manifest.json"),
		"utf8",
	);
	return JSON.parse(text) as SeenManifest;
}
