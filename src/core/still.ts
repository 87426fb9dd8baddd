import type { Agent } from "./agent.ts";
import { refuseStrangeSidecars, UNREAD } from "./capture-databases.ts";
import { hashDatabase, hashFile } from "./copy.ts";
import { clearedIn } from "./coverage.ts";
import type { Entry } from "./manifest.ts";
import { checkPatience } from "./patience.ts";

/** Whether what stands there has the content that was recorded of it. Of a database its log counts, too. */
export async function isStill(agent: Agent, was: Entry): Promise<boolean> {
	const { system, home, patience } = agent;
	const path = `${home}/${was.path}`;
	const pause = () => checkPatience(patience, system.clock.monotonic());
	const found = system.disk.stat(path);
	switch (was.kind) {
		case "directory":
			return found?.kind === "directory";
		case "link":
			return (
				found?.kind === "link" && system.disk.readLink(path) === was.target
			);
		case "file":
			return (
				found?.kind === "file" &&
				found.size === was.size &&
				hashFile(system.disk, path, pause).sha256 === was.sha256
			);
		case "database":
			return (
				found?.kind === "file" &&
				was.content !== UNREAD &&
				(await contentOf(agent, was)) === was.content
			);
	}
}

/**
 * What the live database says now, its log included. Undefined: it is of another size, and so it is another, for which
 * no room is taken.
 */
async function contentOf(
	{ system, store, home, host, patience }: Agent,
	was: Extract<Entry, { kind: "database" }>,
): Promise<string | undefined> {
	const { disk, sqlite } = system;
	const path = `${home}/${was.path}`;
	const probe = `${store.restoring}/probe.db`;
	const removeProbe = () => {
		if (disk.stat(probe) !== undefined) disk.unlink(probe);
	};
	removeProbe();
	refuseStrangeSidecars(system, path);
	const pinned = await sqlite.pin(path, patience);
	try {
		if (pinned.size !== was.size) return undefined;
		await pinned.copyTo(probe, patience);
		pinned.release();
		sqlite.makePlain(probe);
		sqlite.clear(probe, clearedIn(host, was.path));
		return hashDatabase(disk, probe, () => {}).content;
	} finally {
		pinned.release();
		removeProbe(); // what a person is asked to do next may need its room
	}
}
