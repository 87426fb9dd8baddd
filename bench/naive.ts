/**
 * What one writes first in Node: each database through better-sqlite3's backup(), each file copied, a folder by the time, a
 * manifest. Nothing is hashed, synced or renamed into place.
 *
 *   node naive.ts HOME STORE create LABEL | restore NAME
 */
import fs from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import Database from "better-sqlite3";
import { SET } from "./home.ts";

export async function create(
	home: string,
	store: string,
	label: string,
): Promise<string> {
	const name = `${new Date().toISOString().replace(/\W/g, "")}-${label}`;
	const folder = path.join(store, name);
	const files: Record<string, number> = {};
	for (const file of await filesOf(home)) {
		const target = path.join(folder, file);
		await fs.mkdir(path.dirname(target), { recursive: true });
		if (file.endsWith(".db")) {
			const db = new Database(path.join(home, file), { readonly: true });
			// By default it takes 100 pages a step and begins again whenever somebody commits, which never ends beside a busy writer.
			await db.backup(target);
			db.close();
		} else await fs.copyFile(path.join(home, file), target);
		files[file] = (await fs.stat(target)).size;
	}
	const manifest = JSON.stringify({ id: name, label, files }, null, 2);
	await fs.writeFile(path.join(folder, "manifest.json"), manifest);
	return name;
}

export async function restore(
	home: string,
	store: string,
	name: string,
): Promise<void> {
	const folder = path.join(store, name);
	const text = await fs.readFile(path.join(folder, "manifest.json"), "utf8");
	const { files } = JSON.parse(text) as { files: Record<string, number> };
	for (const file of Object.keys(files)) {
		const target = path.join(home, file);
		await fs.mkdir(path.dirname(target), { recursive: true });
		await fs.copyFile(path.join(folder, file), target);
		if (!file.endsWith(".db")) continue;
		for (const log of ["-wal", "-shm"])
			await fs.rm(`${target}${log}`, { force: true });
	}
}

async function filesOf(home: string): Promise<string[]> {
	const found: string[] = [];
	for (const name of SET) {
		const stat = await fs.stat(path.join(home, name)).catch(() => undefined);
		if (stat?.isFile()) found.push(name);
		if (!stat?.isDirectory()) continue;
		const inner = await fs.readdir(path.join(home, name), {
			recursive: true,
			withFileTypes: true,
		});
		for (const entry of inner)
			if (entry.isFile())
				found.push(
					path.relative(home, path.join(entry.parentPath, entry.name)),
				);
	}
	return found;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
	const [home = "", store = "", verb, word = ""] = process.argv.slice(2);
	if (verb === "create") console.log(await create(home, store, word));
	else await restore(home, store, word);
}
