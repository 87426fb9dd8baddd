/** Those that keep all snapshots together in a repository of their own form. */
import type { Contestant } from "./contestants.ts";
import { inHome, type Place, setIn } from "./place.ts";
import type { Command } from "./run.ts";

export const restic: Contestant = {
	name: "restic",
	title: "restic",
	keepsInHome: false,
	keepsWholeCopies: false,
	prepare: (place) => ofRestic(place, "init"),
	create: (place, label) =>
		ofRestic(place, "backup", "--tag", label, ...setIn(place)),
	restore: (place, into) =>
		ofRestic(place, "restore", "latest", "--target", into),
	list: (place) => ofRestic(place, "snapshots"),
	prune: (place, keep) =>
		ofRestic(
			place,
			"forget",
			"--group-by",
			"host",
			"--prune",
			"--keep-last",
			String(keep),
		),
	takeOut: (place, into) =>
		ofRestic(place, "restore", "latest", "--target", into),
};

export const borg: Contestant = {
	name: "borg",
	title: "borg",
	keepsInHome: false,
	keepsWholeCopies: false,
	prepare: (place) => inHome(place, "borg", "init", "-e", "none", place.store),
	create: (place, label) =>
		inHome(
			place,
			"borg",
			"create",
			`${place.store}::${label}`,
			...setIn(place),
		),
	restore: (place, into) => extract(place, into),
	list: (place) => inHome(place, "borg", "list", place.store),
	// It keeps outside of the repository what it knows of it, and refuses one that is older than that.
	meet: (place) =>
		inHome(
			place,
			"sh",
			"-c",
			`rm -rf "$BORG_BASE_DIR"; borg info '${place.store}'`,
		),
	prune: (place, keep) =>
		inHome(place, "borg", "prune", "--keep-last", String(keep), place.store),
	takeOut: (place, into) => extract(place, into),
};

function ofRestic(place: Place, ...words: string[]): Command {
	return inHome(place, "restic", "--quiet", "--repo", place.store, ...words);
}

/** borg takes out into the folder it stands in, by the name that the last create gave. */
function extract({ store, env }: Place, into: string): Command {
	const newest = `$(borg list --last 1 --format '{archive}' '${store}')`;
	const line = `cd '${into}' && borg extract '${store}'::"${newest}"`;
	return { words: ["sh", "-c", line], cwd: into, env };
}
