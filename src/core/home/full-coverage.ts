import type { Coverage } from "../manifest/manifest.ts";
import type { Agent } from "./agent.ts";
import { coverageOf, otherStores } from "./coverage.ts";
import {
	directoriesOf,
	inNested,
	type OwnDirectory,
	rebuildableIn,
} from "./full-set.ts";
import type { Host } from "./host.ts";
import type { KnownAgent } from "./known-agent.ts";
import { matches, ownerOfLog, STORE_NAME } from "./paths.ts";
import type { Settings } from "./settings.ts";

/** What no agent keeps its own state in, and what is made anew, wherever it lies. */
const NEVER: readonly string[] = [
	"node_modules",
	"__pycache__",
	"site-packages",
	".venv",
	"venv",
	".cache",
	".git",
	".tox",
	".nox",
	".pytest_cache",
	".mypy_cache",
	".ruff_cache",
	"*.pyc",
	"*.pid",
	// Beside the file that it is for, or hidden: "MEMORY.md.lock", ".tick.lock". "yarn.lock" is a person's.
	"*.*.lock",
].map((name) => `**/${name}`);

/** What of a home that is not here is never taken, by patterns below it alone. */
export function neverTaken(host: Host): string[] {
	const isHistory = (pattern: string) =>
		host.history.some(({ path }) => matches(pattern, path));
	return [
		...inNested(
			host,
			host.except.filter((pattern) => !isHistory(pattern)),
		),
		...rebuildableIn(host),
		...NEVER,
		...otherStores(host),
	];
}

/**
 * The full set: the critical one, the history, and all else that is there now in the agent's own directories, without what can
 * be had again. What comes there later was not looked for: a restore leaves it alone.
 */
export function fullCoverageOf(
	agent: Agent,
	known: KnownAgent,
	settings: Settings,
): Coverage {
	const { system, home, host } = agent;
	const { disk } = system;
	const critical = coverageOf(disk, home, host, settings);
	const directories = directoriesOf(agent, known);
	const below = ({ path }: OwnDirectory, name: string) =>
		`${path}/${name}`.slice(home.length + 1);
	const history = directories.flatMap((directory) =>
		directory.history.map(({ path }) => below(directory, path)),
	);
	const isHistory = (pattern: string) =>
		history.some((path) => matches(pattern, path));
	const except = [
		...critical.except.filter((pattern) => !isHistory(pattern)),
		...directories.flatMap((directory) =>
			directory.rebuildable.map((pattern) => below(directory, pattern)),
		),
		...NEVER,
		...otherStores(host),
		...settings.exclude,
	];
	const found = directories.flatMap((directory) => {
		const names = new Set(disk.names(directory.path));
		return [...names]
			.filter((name) => name !== STORE_NAME)
			.filter((name) => !names.has(ownerOfLog(name) ?? ""))
			.map((name) => below(directory, name));
	});
	const isLeftOut = (path: string) =>
		except.some((pattern) => matches(path, pattern));
	const paths = [...critical.paths, ...found].filter(
		(path) => !isLeftOut(path),
	);
	return {
		paths: [...new Set(paths)].sort(),
		...(critical.patterns && { patterns: critical.patterns }),
		except: [...new Set(except)],
	};
}
