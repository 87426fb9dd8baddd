/**
 * The built command on real disks, hurt in every way we know. Needs Linux, root and strace.
 *
 *   npm run torture                              all of it, about half an hour
 *   npm run torture -- --bounded                 a spread of it, about five minutes
 *   npm run torture -- --whole                   every call there is, not a share of them by the seed: hours
 *   npm run torture -- --campaign kill,errors    some of it
 *   npm run torture -- --subject original        the algorithm that Hermes had, to show that this can fail
 */
import os from "node:os";
import { parseArgs } from "node:util";
import { type Campaign, type Outcome, runCampaign } from "./campaign.ts";
import { archives } from "./campaigns/archives.ts";
import { damage } from "./campaigns/damage.ts";
import { errors } from "./campaigns/errors.ts";
import { fullDisk } from "./campaigns/full-disk.ts";
import { fuzz } from "./campaigns/fuzz.ts";
import { kill } from "./campaigns/kill.ts";
import { live } from "./campaigns/live.ts";
import { passing } from "./campaigns/passing.ts";
import { powerCut } from "./campaigns/power-cut.ts";
import { races } from "./campaigns/races.ts";
import { raw } from "./campaigns/raw.ts";
import { walk } from "./campaigns/walk.ts";
import { whyUnable } from "./machine.ts";
import { moveIntoOwnNamespace } from "./mounts.ts";
import { subjects } from "./subjects.ts";

const campaigns: readonly Campaign[] = [
	kill,
	errors,
	fullDisk,
	powerCut,
	races,
	damage,
	walk,
	fuzz,
	live,
	raw,
	passing,
	archives,
];

const { values } = parseArgs({
	options: {
		campaign: { type: "string" },
		bounded: { type: "boolean", default: false },
		whole: { type: "boolean", default: false },
		only: { type: "string" },
		subject: { type: "string", default: "ours" },
		seed: { type: "string", default: "1" },
		jobs: { type: "string", default: String(os.availableParallelism()) },
		/** On a real disk: a tmpfs forgives what a disk does not. */
		dir: { type: "string", default: os.tmpdir() },
		keep: { type: "boolean", default: false },
	},
});

const unable = whyUnable();
if (unable !== undefined) {
	console.error(unable);
	process.exit(2);
}
moveIntoOwnNamespace();
for (const signal of ["SIGINT", "SIGTERM"] as const)
	process.on(signal, () => process.exit(130));
const outcomes = await tortureAll();
const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0);
const points = outcomes.reduce((sum, outcome) => sum + outcome.points, 0);
console.log(
	`\nall campaigns: ${points} points, ${points - failed} passed, ${failed} failed`,
);
process.exitCode = failed === 0 && points > 0 ? 0 : 1;

async function tortureAll(): Promise<Outcome[]> {
	const subject = subjects[values.subject as keyof typeof subjects];
	if (subject === undefined) throw new Error(`--subject is ours or original`);
	const done: Outcome[] = [];
	for (const campaign of chosenCampaigns()) {
		if (campaign.oursOnly && subject.name !== "ours") continue;
		console.log("");
		done.push(
			await runCampaign(campaign, {
				subject,
				seed: Number(values.seed),
				bounded: values.bounded,
				whole: values.whole,
				only: values.only,
				jobs: Number(values.jobs),
				base: values.dir,
				keep: values.keep,
				say: console.log,
			}),
		);
	}
	return done;
}

function chosenCampaigns(): readonly Campaign[] {
	if (values.campaign === undefined) return campaigns;
	return values.campaign.split(",").map((name) => {
		const found = campaigns.find((campaign) => campaign.name === name);
		if (found !== undefined) return found;
		const known = campaigns.map((campaign) => campaign.name).join(", ");
		throw new Error(`There is no campaign ${name}. There are: ${known}.`);
	});
}
