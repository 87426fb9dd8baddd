import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import type { Entry } from "../../../src/core/capture/entry.ts";
import { countedIn, countsOfText } from "../../../src/core/home/counted.ts";
import { problemsOf } from "../../../src/core/update/health.ts";
import type { Changed } from "../../../src/core/update/health-look.ts";
import { hermes } from "../../../src/hosts/hermes/host.ts";

/** What files of JSON say, by their paths. */
type Files = Readonly<Record<string, unknown>>;

/** As a capture has it. */
function entriesOf(files: Files): Entry[] {
	return Object.entries(files).map(([path, value]) => {
		const text = JSON.stringify(value);
		const sha256 = createHash("sha256").update(text).digest("hex");
		const counts = countsOfText(countedIn(hermes, path), text);
		const size = text.length;
		return { path, kind: "file", size, sha256, counts };
	});
}

function said(before: Files, after: Files): string[] {
	const paths = [...new Set(Object.keys({ ...before, ...after }))];
	const lookOf = (files: Files, path: string) =>
		path in files ? { parsed: { value: files[path] } } : {};
	const changed: Changed[] = paths.map((path) => ({
		path,
		before: lookOf(before, path),
		after: lookOf(after, path),
	}));
	const createdAt = "2026-11-20T00:00:00.000Z";
	const left = { entries: entriesOf(after), missed: [], createdAt };
	const problems = problemsOf(
		hermes,
		{ entries: entriesOf(before), missed: [] },
		left,
		changed,
	);
	return problems.map(({ path = "", what }) => `${path} ${what}`.trim());
}

const JOBS = "cron/jobs.json";
const jobs = ["garden", "mail", "news"].map((name, index) => ({
	id: `job-${index}`,
	name,
	prompt: `look after the ${name}`,
	schedule: { kind: "cron", expr: `0 ${index} * * *`, display: "daily" },
	enabled: true,
	state: "scheduled",
}));
const [first] = jobs;
const noJobs = [`${JOBS} 3 cron jobs before, none now`];
const each = (more: object) => jobs.map((job) => ({ ...job, ...more }));

it.each<[string, before: unknown, after: Files, whys: string[]]>([
	[
		"under another key",
		{ jobs },
		{ [JOBS]: { jobs: [], removed_jobs: jobs } },
		noJobs,
	],
	[
		"in part under another key",
		{ jobs },
		{ [JOBS]: { jobs: [first], failed: jobs.slice(1) } },
		[`${JOBS} 3 cron jobs before, only 1 now`],
	],
	...["memories/x.json", "pairing/x.json", "processes.json"].map(
		(path): [string, unknown, Files, string[]] => [
			`in ${path}`,
			{ jobs },
			{ [JOBS]: { jobs: [] }, [path]: { jobs } },
			noJobs,
		],
	),
	[
		"in a file of the same bytes",
		{ jobs },
		{ "memories/jobs.json": { jobs } },
		noJobs,
	],
	[
		"in another profile",
		{ jobs },
		{ [JOBS]: { jobs: [] }, "profiles/x/cron/jobs.json": { jobs } },
		noJobs,
	],
	[
		"by their ids",
		{ jobs },
		{
			[JOBS]: { jobs: Object.fromEntries(jobs.map((job) => [job.id, job])) },
		},
		[],
	],
	[
		"without their schedules",
		{ jobs },
		{
			[JOBS]: {
				jobs: each({ schedule: { kind: "cron", expr: "", display: "" } }),
			},
		},
		[`${JOBS} schedule is empty in all cron jobs now`],
	],
	[
		"off, but for one",
		{ jobs },
		{ [JOBS]: { jobs: [first, ...each({ enabled: false }).slice(1)] } },
		[`${JOBS} 3 cron jobs were on, 2 of them are off now`],
	],
	[
		"on, but for one",
		{ jobs },
		{ [JOBS]: { jobs: [...jobs.slice(1), { ...first, enabled: false }] } },
		[],
	],
	[
		"but for one that has run the only time it should",
		{ jobs: [...jobs, once("2026-11-19T08:00:00+00:00")] },
		{ [JOBS]: { jobs } },
		[],
	],
	[
		"but for one that should still run once",
		{ jobs: [...jobs, once("2026-11-21T08:00:00+00:00")] },
		{ [JOBS]: { jobs } },
		[`${JOBS} 4 cron jobs before, only 3 now`],
	],
])("cron jobs that are there %s", (_, before, after, whys) => {
	expect(said({ [JOBS]: before }, after)).toEqual(whys);
});

function once(next_run_at: string) {
	return { id: "once", name: "cake", next_run_at, repeat: { times: 1 } };
}

const TELEGRAM = "pairing/telegram-approved.json";
const people = {
	"5779019649": { user_name: "ada", approved_at: 1774193446 },
	"437061079": { user_name: "bob", approved_at: 1774694305 },
};
const [[id = "", ada], ...others] = Object.entries(people) as [
	[string, object],
	...[string, object][],
];
const noPeople = [`${TELEGRAM} 2 pairings before, none now`];
const rest = Object.fromEntries(others);

it.each<[string, after: Files, whys: string[]]>([
	...[
		"pairing/telegram-pending.json",
		"pairing/telegram-blocked.json",
		"pairing/discord-approved.json",
		"profiles/x/pairing/telegram-approved.json",
	].map((path): [string, Files, string[]] => [
		path,
		{ [TELEGRAM]: {}, [path]: people },
		noPeople,
	]),
	[
		"channel_directory.json",
		{ [TELEGRAM]: {}, "channel_directory.json": { removed: people } },
		noPeople,
	],
	[
		"what waits, one of them",
		{ [TELEGRAM]: rest, "pairing/telegram-pending.json": { [id]: ada } },
		[`${TELEGRAM} 2 pairings before, only 1 now`],
	],
	[
		"a place aside in their file",
		{ [TELEGRAM]: { removed: people, more: {} } },
		noPeople,
	],
	[
		"a list, without their numbers",
		{ [TELEGRAM]: { ...Object.values(people) } },
		noPeople,
	],
	[
		"a list, with their numbers",
		{
			[TELEGRAM]: Object.entries(people).map(([user, one]) => ({ user, one })),
		},
		[],
	],
	[
		"where newer releases have them",
		{ "platforms/pairing/telegram-approved.json": people },
		[],
	],
	[
		"where newer releases have them, one of them",
		{ "platforms/pairing/telegram-approved.json": rest },
		[`${TELEGRAM} is gone from where snapshots look`],
	],
])("pairings that have moved to %s", (_, after, whys) => {
	expect(said({ [TELEGRAM]: people }, after)).toEqual(whys);
});

const SLACK = "pairing/slack-approved.json";
const NEWER = "platforms/pairing/slack-approved.json";

it.each<[string, before: Files, after: Files, whys: string[]]>([
	["is gone", { [SLACK]: people, [NEWER]: people }, { [NEWER]: people }, []],
	[
		"is empty",
		{ [SLACK]: people, [NEWER]: people },
		{ [SLACK]: {}, [NEWER]: people },
		[],
	],
	[
		"is gone, and one of them stood there alone",
		{ [SLACK]: people, [NEWER]: rest },
		{ [NEWER]: rest },
		[`${SLACK} is gone from where snapshots look`],
	],
	[
		"is gone, and then one from the other file",
		{ [SLACK]: people, [NEWER]: people },
		{ [NEWER]: rest },
		[
			`${SLACK} is gone from where snapshots look`,
			`${NEWER} 2 pairings before, only 1 now`,
		],
	],
	[
		"is gone, and others came",
		{ [SLACK]: people, [NEWER]: people },
		{ [NEWER]: { ...rest, "1": ada, "2": ada } },
		[
			`${SLACK} is gone from where snapshots look`,
			`${NEWER} 2 pairings before, only 1 now`,
		],
	],
])("people who stood in two files, of which one %s", (_, before, after, whys) => {
	expect(said(before, after)).toEqual(whys);
});
