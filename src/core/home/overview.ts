import type { RunningProgram } from "../../system/system.ts";
import { neededFor } from "../create/room.ts";
import { listSnapshots, type SnapshotInfo } from "../store/listing.ts";
import type { Agent } from "./agent.ts";
import { databaseExpectation, settingsOrDefaults } from "./agent.ts";
import { coverageOf } from "./coverage.ts";
import { placesOf, realPath } from "./layout.ts";
import { type Scan, scan } from "./scan.ts";

/** What can be told of an agent at a glance. */
export interface Overview {
	/** What a snapshot would hold now, in bytes. */
	readonly bytes: number;
	/** Files and databases. Zero: the agent was never used. */
	readonly files: number;
	/** That a person or an update made. */
	readonly newest: SnapshotInfo | undefined;
	/** Undefined: the system does not tell. */
	readonly running: readonly Process[] | undefined;
}

export interface Process {
	readonly pid: number;
	readonly command: string;
}

export function overviewOf(agent: Agent): Overview {
	const { system, store } = agent;
	const { members } = scanOf(agent);
	const files = members.filter(
		({ kind }) => kind === "file" || kind === "database",
	);
	const { snapshots } = listSnapshots(system.disk, store);
	return {
		bytes: neededFor(agent, files),
		files: files.length,
		newest: snapshots.find(({ number }) => number === 1),
		running: runningOf(agent, files),
	};
}

/** All that a snapshot would look at now. */
export function scanOf(agent: Agent): Scan {
	const { system, home, host } = agent;
	const settings = settingsOrDefaults(agent);
	return scan(
		system.disk,
		home,
		coverageOf(system.disk, home, host, settings),
		{
			store: agent.store.directory,
			expectDatabase: databaseExpectation(host, undefined),
		},
	);
}

/** By the names of its programs, and by who holds its databases open. */
function runningOf(
	agent: Agent,
	files: Scan["members"],
): readonly Process[] | undefined {
	const { system, host, home } = agent;
	const named = system.programs
		.running(host.processes, ["HOME", host.home.variable])
		?.filter((program) => mayBeAtHome(agent, program));
	const databases = files
		.filter(({ kind }) => kind === "database")
		.map(({ path }) => `${home}/${path}`);
	const holders = system.processes.holders(databases);
	if (named === undefined && holders === undefined) return undefined;
	const all = [...(named ?? []), ...[...(holders?.values() ?? [])].flat()];
	return [
		...new Map(all.map(({ pid, command }) => [pid, { pid, command }])).values(),
	].sort((a, b) => a.pid - b.pid);
}

/** A machine may run several of the same kind, each with a home of its own. */
function mayBeAtHome(
	{ system, host, store }: Agent,
	{ environment }: RunningProgram,
): boolean {
	if (environment?.HOME === undefined) return true;
	const { home } = placesOf(host, environment, environment.HOME);
	return realPath(system.disk, home) === store.home;
}
