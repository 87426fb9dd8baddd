import type { Agent } from "./agent.ts";
import { itemFor } from "./coverage.ts";
import type { Finding } from "./finding.ts";
import type { KnownAgent } from "./known-agent.ts";
import { realPath } from "./layout.ts";
import { scanOf } from "./overview.ts";
import { isWithin } from "./paths.ts";
import { findUncovered } from "./uncovered.ts";
import { someOf } from "./words.ts";

export function lookAtPermissions(agent: Agent): Finding[] {
	const { system, store, host } = agent;
	const isOpen = (path: string) =>
		((system.disk.stat(path)?.mode ?? 0) & 0o077) !== 0;
	const secrets = scanOf(agent)
		.members.filter(
			({ path, kind, stat }) =>
				kind !== "link" &&
				(stat.mode & 0o044) !== 0 &&
				itemFor(host, path)?.secret === true,
		)
		.map(({ path }) => path);
	// Nobody gets at what lies in a directory that is closed to them.
	const readable = isOpen(store.home) ? secrets : [];
	const findings = [
		...(isOpen(store.directory)
			? [opened("the snapshots", store.directory, "problem")]
			: []),
		...(readable.length > 0
			? [opened(someOf(readable), store.home, "note")]
			: []),
	];
	const text = "only you can read the secrets and the snapshots";
	return findings.length > 0
		? findings
		: [{ level: "ok", about: "permissions", text }];
}

function opened(
	what: string,
	directory: string,
	level: Finding["level"],
): Finding {
	const advice = `chmod 700 ${directory}`;
	const text = `others on this machine may read ${what}`;
	return { level, about: "permissions", text, advice };
}

export function lookAtCoverage(agent: Agent, known: KnownAgent): Finding[] {
	const { databases, secrets, isPartial } = findUncovered(
		agent,
		directoriesOf(agent, known),
	);
	const advice = `"include" in ${agent.store.settings} takes it, too`;
	const finding = (path: string, what: string): Finding => ({
		level: "note",
		about: "coverage",
		text: `${path} ${what}, and is in no snapshot`,
		advice,
	});
	const findings = [
		...databases.map((path) => finding(path, "is a SQLite database")),
		...secrets.map((path) => finding(path, "is named like a secret")),
	];
	const text = "there are too many files to look at all of them";
	return isPartial
		? [...findings, { level: "note", about: "coverage", text }]
		: findings;
}

/** The home, and what is the agent's alone besides: not a user's whole home directory in which one of its files lies. */
function directoriesOf(
	{ system, store }: Agent,
	{ host, places }: KnownAgent,
): string[] {
	const others = Object.entries(host.roots ?? {})
		.filter(([, { place }]) => place !== "")
		.map(([name]) => realPath(system.disk, places.roots[name] ?? store.home))
		.filter((path) => !isWithin(path, store.home));
	return [store.home, ...others];
}
