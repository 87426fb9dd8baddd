import { reasonIn, SnapshotError } from "../../errors.ts";
import { neededFor } from "../create/room.ts";
import { type Agent, settingsOrDefaults } from "../home/agent.ts";
import { scanOf } from "../home/overview.ts";
import { waitingSnapshot } from "../restore/next-start.ts";
import { refuseOtherTree } from "../restore/other-tree.ts";
import { listSnapshots, type SnapshotInfo } from "../store/listing.ts";
import { pendingElsewhere } from "../store/related-homes.ts";
import { readManifest } from "../store/store.ts";
import { damageIn } from "../verify/verify.ts";
import { bytesText } from "../words.ts";
import type { Finding } from "./finding.ts";

/** Newest first, until a good one is met: each is read whole. */
export async function lookAtSnapshots(agent: Agent): Promise<Finding[]> {
	const about = "snapshots";
	const { system, store } = agent;
	const { snapshots, damaged, lost } = listSnapshots(system.disk, store);
	const problem = (text: string): Finding => ({
		level: "problem",
		about,
		text,
	});
	const findings = [
		...damaged.map((id) => problem(`the manifest of ${id} is damaged`)),
		...lost.map((id) => problem(`the manifest of ${id} is gone`)),
	];
	// An undo snapshot holds what somebody wanted to be rid of.
	const wanted = snapshots.filter(
		({ complete, number }) => complete && number !== undefined,
	);
	for (const snapshot of wanted) {
		const why = await whyNotGood(agent, snapshot);
		if (why === undefined) return [...findings, goodOne(agent, snapshot)];
		findings.push(problem(why));
	}
	const text = "there is no good snapshot";
	return [...findings, { level: "note", about, text, advice: "`create`" }];
}

async function whyNotGood(
	agent: Agent,
	{ id }: SnapshotInfo,
): Promise<string | undefined> {
	const damage = await damageIn(agent, id);
	if (damage !== undefined) return `${damage.what}.`;
	try {
		const { disk } = agent.system;
		refuseOtherTree(agent, readManifest(disk, agent.store, id));
		return undefined;
	} catch (error) {
		if (!(error instanceof SnapshotError)) throw error;
		return `${reasonIn(error.message)}.`;
	}
}

const WEEK = 7 * 24 * 60 * 60_000;

function goodOne(
	{ system }: Agent,
	{ id, createdAt, sequence }: SnapshotInfo,
): Finding {
	const age = system.clock.now().getTime() - createdAt.getTime();
	// Hermes' own have none.
	const what = sequence === undefined ? "size" : "hash";
	const text = `the newest good one is ${id}: every ${what} is right`;
	return age < WEEK
		? { level: "ok", about: "snapshots", text }
		: {
				level: "note",
				about: "snapshots",
				text: `${text}, but it is older than a week`,
				advice: "`create`",
			};
}

export function lookAtRecovery(agent: Agent): Finding[] {
	const { system, store, host } = agent;
	const about = "recovery";
	const findings: Finding[] = [];
	if (listSnapshots(system.disk, store).recoveryPending)
		findings.push({
			level: "problem",
			about,
			text: "a restore was interrupted",
			advice: "`recover`",
		});
	for (const home of pendingElsewhere(agent))
		findings.push({
			level: "problem",
			about,
			text: `a restore was interrupted in ${home}`,
			advice: "`recover`",
		});
	const waiting = waitingSnapshot(system.disk, store);
	if (waiting !== undefined)
		findings.push({
			level: "note",
			about,
			text: `a restore of ${waiting} waits until ${host.title} is stopped`,
			advice: "stop it, `recover`, start it",
		});
	return findings;
}

export function lookAtRoom(agent: Agent): Finding[] {
	const about = "room";
	const free = agent.system.disk.freeBytes(agent.store.home);
	if (free === undefined) return [];
	const needed = neededFor(agent, scanOf(agent).members);
	const { reserveBytes } = settingsOrDefaults(agent);
	const figures = `${bytesText(free)} are free, and a snapshot takes up to ${bytesText(needed)}`;
	// A restore keeps the present, and stages what comes.
	if (free - 2 * needed >= reserveBytes)
		return [{ level: "ok", about, text: figures }];
	const isShort = free - needed < reserveBytes;
	return [
		{
			level: isShort ? "problem" : "note",
			about,
			text: `${figures}; a restore takes twice that`,
			advice: "free some space, or `prune 5`",
		},
	];
}
