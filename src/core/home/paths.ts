/** Rules for paths below a home: "/" between names, never absolute, never upwards. */

/** Why this cannot be the path of something in a snapshot of the home, or undefined when it can. */
export function whyUnsafe(path: string): string | undefined {
	if (path === "manifest.json")
		return "is what a snapshot's own manifest is called";
	return whyNoState(path);
}

/** Why this is no path of a home's state, or undefined when it is one. */
export function whyNoState(path: string): string | undefined {
	const why = whyMalformed(path);
	if (why !== undefined) return why;
	return isWithin(path, STORE_NAME) ? "lies in the snapshot store" : undefined;
}

/** Why this cannot be a path below any directory, or undefined when it can. */
export function whyMalformed(path: string): string | undefined {
	if (path === "") return "is empty";
	if (path.length > 4096) return "is longer than 4,096 characters";
	if (path.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path))
		return "is absolute";
	if (path.includes("\0")) return "holds a NUL character";
	const names = path.split("/");
	if (names.includes("..")) return 'holds ".."';
	if (names.includes("") || names.includes(".")) return "holds an empty name";
	if (names.some((name) => name.length > 255))
		return "holds a name longer than 255 characters";
	return undefined;
}

/** The folder in a home that holds its snapshots; Hermes' own name for it. */
export const STORE_NAME = "state-snapshots";

export function parentOf(path: string): string | undefined {
	const slash = path.lastIndexOf("/");
	return slash < 0 ? undefined : path.slice(0, slash);
}

/** `a/b/c` → `c`. */
export function nameOf(path: string): string {
	return path.slice(path.lastIndexOf("/") + 1);
}

/** `a/b/c` → `a`, `a/b`. */
export function ancestorsOf(path: string): string[] {
	const above: string[] = [];
	for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1))
		above.push(path.slice(0, end));
	return above;
}

/** True for the directory itself and for everything below it. */
export function isWithin(path: string, directory: string): boolean {
	// Asked of thousands of paths with dozens of directories: no text is put together for it.
	if (!path.startsWith(directory)) return false;
	return path.length === directory.length || path[directory.length] === "/";
}

/**
 * "*" stands for anything within one name, and a pattern that begins with two of them and a "/" is for what is
 * called so wherever it lies.
 * True when the pattern names the path or a directory above it.
 */
export function matches(path: string, pattern: string): boolean {
	if (!pattern.includes("*")) return isWithin(path, pattern);
	const { beginning, expression } = readPattern(pattern);
	return path.startsWith(beginning) && expression.test(path);
}

/** Whatever directories are above. */
const ANYWHERE = "**/";

interface Pattern {
	/** Up to its first "*". */
	readonly beginning: string;
	readonly expression: RegExp;
}

/** Thousands of paths are compared with the same dozens of patterns. */
const patterns = new Map<string, Pattern>();

function readPattern(pattern: string): Pattern {
	const known = patterns.get(pattern);
	if (known !== undefined) return known;
	const isAnywhere = pattern.startsWith(ANYWHERE);
	const placed = isAnywhere ? pattern.slice(ANYWHERE.length) : pattern;
	const [first = "", ...others] = placed.split("*");
	const names = [first, ...others].map(literally).join("[^/]*");
	const above = isAnywhere ? "(?:.*/)?" : "";
	const expression = new RegExp(`^${above}${names}(?:/|$)`, "s");
	const made = { beginning: isAnywhere ? "" : first, expression };
	patterns.set(pattern, made);
	return made;
}

export function nameMatches(name: string, pattern: string): boolean {
	if (!pattern.includes("*")) return name === pattern;
	const parts = pattern.split("*").map(literally);
	return new RegExp(`^${parts.join(".*")}$`, "s").test(name);
}

function literally(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** SQLite's write-ahead log, its index and the rollback journal, which live and die with their database. */
export const SIDECARS = ["-wal", "-shm", "-journal"] as const;

/** `state.db-wal` → `state.db`; undefined for anything that is not named like a sidecar. */
export function databaseOfSidecar(path: string): string | undefined {
	for (const suffix of SIDECARS)
		if (path.endsWith(suffix)) return path.slice(0, -suffix.length);
	return undefined;
}

export function looksLikeDatabase(path: string): boolean {
	return /\.(db|db3|sqlite|sqlite3)$/i.test(path);
}

/** The file that this would be the log of by its name, where that is named like a database; undefined: anything else. */
export function ownerOfLog(path: string): string | undefined {
	const owner = databaseOfSidecar(path);
	return owner !== undefined && looksLikeDatabase(owner) ? owner : undefined;
}

/** A file that is named like a database, and its logs, in the order of their names; of any other only itself. */
export function familyOf(path: string): string[] {
	const owner = ownerOfLog(path) ?? path;
	return looksLikeDatabase(owner)
		? [owner, ...SIDECARS.map((suffix) => `${owner}${suffix}`).sort()]
		: [path];
}
