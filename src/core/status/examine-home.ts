import type { Disk } from "../../system/system.ts";
import type { Agent } from "../home/agent.ts";
import { itemFor } from "../home/coverage.ts";
import { historyOf } from "../home/full-set.ts";
import type { KnownAgent } from "../home/known-agent.ts";
import { scanOf } from "../home/overview.ts";
import { ancestorsOf, isWithin } from "../home/paths.ts";
import { findUncovered, othersText } from "../home/uncovered.ts";
import { bytesText, someOf, typable } from "../words.ts";
import type { Finding } from "./finding.ts";

export function lookAtPermissions(agent: Agent): Finding[] {
	const { system, home, store, host } = agent;
	const readable = scanOf(agent)
		.members.filter(
			({ path, kind, stat }) =>
				kind !== "link" &&
				(stat.mode & 0o044) !== 0 &&
				itemFor(host, path)?.secret === true &&
				isReachable(system.disk, `${home}/${path}`),
		)
		.map(({ path }) => path);
	const isInHome = (path: string) => isWithin(`${home}/${path}`, store.home);
	const inHome = readable.filter(isInHome);
	const beside = readable.filter((path) => !isInHome(path));
	const findings: Finding[] = [
		...(isOpen(system.disk, store.directory, 0o077)
			? [opened("the snapshots", `700 ${store.directory}`, "problem")]
			: []),
		...(inHome.length > 0
			? [opened(someOf(inHome), `700 ${store.home}`, "note")]
			: []),
		...beside.map((path) => opened(path, `go= ${home}/${path}`, "note")),
	];
	const text = "only you can read the secrets and the snapshots";
	return findings.length > 0
		? findings
		: [{ level: "ok", about: "permissions", text }];
}

function isOpen(disk: Disk, path: string, bits: number): boolean {
	return ((disk.stat(path)?.mode ?? 0) & bits) !== 0;
}

/** Nobody gets at what lies in a directory that is closed to them. */
function isReachable(disk: Disk, path: string): boolean {
	return ancestorsOf(path.slice(1)).every((directory) =>
		isOpen(disk, `/${directory}`, 0o011),
	);
}

function opened(what: string, mode: string, level: Finding["level"]): Finding {
	const [bits = "", ...path] = mode.split(" ");
	const advice = `chmod ${bits} ${typable(path.join(" "))}`;
	const text = `others on this machine may read ${what}`;
	return { level, about: "permissions", text, advice };
}

export function lookAtCoverage(agent: Agent, known: KnownAgent): Finding[] {
	return [...movedAway(known), ...uncovered(agent, known)];
}

function movedAway({ host, places }: KnownAgent): Finding[] {
	return (places.movedBy ?? []).map((variable) => ({
		level: "problem",
		about: "coverage",
		text: `${variable} moves ${host.movedBy?.[variable]} elsewhere, where it is in no snapshot unless "include" names it`,
		advice: "unset it, or save that yourself",
	}));
}

function uncovered(agent: Agent, known: KnownAgent): Finding[] {
	const found = findUncovered(agent, known);
	const { databases, secrets, isPartial } = found;
	const others = othersText(found);
	const advice = `"include" in ${agent.store.settings} takes it, too`;
	const finding = (path: string, what: string): Finding => ({
		level: "note",
		about: "coverage",
		text: `${path} ${what}, and is in no snapshot`,
		advice,
	});
	const findings: Finding[] = [
		...databases.map((path) => finding(path, "is a SQLite database")),
		...secrets.map((path) => finding(path, "is named like a secret")),
		...(others === undefined
			? []
			: [
					{
						level: "note" as const,
						about: "coverage",
						text: `in no snapshot: ${others}`,
						advice: `"include" in ${agent.store.settings} takes them, too, and \`export --full\` packs them into an archive`,
					},
				]),
	];
	const text = "there are too many files to look at all of them";
	return isPartial
		? [...findings, { level: "note", about: "coverage", text }]
		: findings;
}

/** What belongs to the full set only: nobody shall believe that it is saved. */
export function lookAtHistory(agent: Agent, known: KnownAgent): Finding[] {
	const there = historyOf(agent, known).filter(({ bytes }) => bytes > 0);
	if (there.length === 0) return [];
	const parts = there.map(({ path, what, bytes, isPartial }) => {
		const more = isPartial ? "more than " : "";
		return `${path} (${more}${bytesText(bytes)}: ${what})`;
	});
	const text = `in no snapshot: ${parts.join(", ")}`;
	const advice = `"include" in ${agent.store.settings} takes them, too`;
	return [{ level: "note", about: "history", text, advice }];
}
