import { createHash } from "node:crypto";
import * as v from "valibot";
import { SnapshotError } from "../../errors.ts";
import type { System } from "../../system/system.ts";
import { readText } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { environmentSaid, type KnownAgent } from "../home/known-agent.ts";
import { parseTime, type TimeOfNight } from "./time-of-night.ts";

/** What stands in a comment of every text that we write for a machine's scheduler, to be read again. */
const Note = v.object({
	formatVersion: v.literal(1),
	nightly: v.pipe(
		v.string(),
		v.check((text) => parseTime(text) !== undefined),
	),
	weeklyDrill: v.boolean(),
	/** Absent where it was not asked for. */
	push: v.exactOptional(v.boolean()),
	/** What is started: Node and our command line. */
	node: v.string(),
	cli: v.string(),
});
export type TimerNote = v.InferOutput<typeof Note>;

/** All that the texts for any scheduler are made of. */
export interface Timer {
	/** Of each home another one. */
	readonly name: string;
	/** For people: "Hermes (/home/ada/.hermes)". */
	readonly title: string;
	readonly time: TimeOfNight;
	/** Minutes by which it begins later, so that not all machines do at once; for schedulers that cannot do it by themselves. */
	readonly delay: number;
	readonly command: readonly string[];
	/** What is set for it, whatever else is there. */
	readonly environment: Readonly<Record<string, string>>;
	/** What is taken away from it. */
	readonly unset: readonly string[];
	/** As whom it runs, by number; undefined: as who installs it. */
	readonly user: number | undefined;
	readonly note: TimerNote;
}

/** What a person asks for. */
export interface Wanted {
	/** "03:30" */
	readonly nightly: string;
	readonly weeklyDrill: boolean;
	/** To all repositories elsewhere. */
	readonly push: boolean;
	/** In which lies what it starts besides Node; none: it starts nothing. */
	readonly folders: readonly string[];
}

/** Variables by which whoever starts a Node changes what it does. */
const OF_NODE = ["NODE_OPTIONS", "NODE_PATH"];

/** @throws SnapshotError `failed` when a path cannot stand in such a text, or our package will not stay where it is */
export function timerFor(
	agent: Agent,
	known: KnownAgent,
	{ nightly, weeklyDrill, push, folders }: Wanted,
): Timer {
	const { system, store } = agent;
	const { host, places } = known;
	const { programs, processes, disk } = system;
	const time = parseTime(nightly);
	if (time === undefined) throw new Error(`${nightly} is no time`);
	const home = places.home.startsWith("/") ? places.home : store.home;
	const node = programs.node.path;
	const cli = `${programs.ownDirectory}/dist/cli.js`;
	const owner = disk.stat(store.home)?.uid;
	const user = processes.userId === 0 && owner !== 0 ? owner : undefined;
	const timer: Timer = {
		name: timerName(agent),
		title: `${host.title} (${home})`,
		time,
		delay: delayFor(system, store.home),
		command: [
			...[node, cli, "--host", host.name, "--home", home, "schedule", "run"],
			...["--nightly", nightly],
			...(weeklyDrill ? ["--weekly-drill"] : []),
			...(push ? ["--push"] : []),
		],
		...environmentOf(system, known, user, pathOf(folders)),
		user,
		note: {
			formatVersion: 1,
			nightly,
			weeklyDrill,
			...(push && { push }),
			node,
			cli,
		},
	};
	refuseUnfit(timer);
	return timer;
}

/** Two homes of one machine never have the same. */
export function timerName({ host, store }: Agent): string {
	return `agent-snapshot-${host.name}-${hashOf(store.home).slice(0, 8)}`;
}

/** As a person has it in the programs that need no path of their own. */
export const USUAL_FOLDERS = ["/usr/local/bin", "/usr/bin", "/bin"];

/** Schedulers look in fewer, each in others; a person's whole path is long, and changes. */
function pathOf(folders: readonly string[]): Record<string, string> {
	if (folders.length === 0) return {};
	return { PATH: [...new Set([...folders, ...USUAL_FOLDERS])].join(":") };
}

/** Its places are those of now: what moves them is said again, and what does not is kept from moving them then. */
function environmentOf(
	{ programs }: System,
	known: KnownAgent,
	user: number | undefined,
	path: Readonly<Record<string, string>>,
): Pick<Timer, "environment" | "unset"> {
	const { home, roots = {}, movedBy = {} } = known.host;
	const names = [
		...[home, ...Object.values(roots)].map(({ variable }) => variable),
		...Object.keys(movedBy),
	];
	const environment = {
		// The scheduler knows that of another user, and we do not.
		...(user === undefined && { HOME: programs.userHome }),
		...programs.variables(names),
		...environmentSaid(known),
		...path,
	};
	const unset = names.filter((name) => !Object.hasOwn(environment, name));
	return { environment, unset: [...OF_NODE, ...new Set(unset)] };
}

/** For those that are asked every hour: the same, but only where this night's run is still to be done, and without a word unless something is wrong. */
export function commandWhenDue({ command }: Timer): string[] {
	return [...command, "--if-due", "--quiet"];
}

/** At which minute of every hour those are asked. */
export function minuteOf({ time, delay }: Pick<Timer, "time" | "delay">) {
	return (time.minute + delay) % 60;
}

/** The same every night, and another one on every machine. */
function delayFor({ disk }: System, home: string): number {
	const machine = readText(disk, "/etc/machine-id", 1024) ?? "";
	return Number.parseInt(hashOf(machine.trim() + home).slice(0, 8), 16) % 15;
}

function hashOf(text: string): string {
	return createHash("sha256").update(text).digest("hex");
}

/** What breaks a line, and halves of characters, by which bytes stand that are none of UTF-8. */
const UNFIT = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/** A line that is broken, or a byte that is none of UTF-8, would make another text of it. */
function refuseUnfit({ command, environment, note }: Timer): void {
	const words = [...command, ...Object.values(environment)];
	const unfit = words.find((word) => UNFIT.test(word));
	if (unfit !== undefined)
		throw new SnapshotError(
			"failed",
			`${JSON.stringify(unfit)} cannot stand in the text of a timer. Nothing was changed.`,
			{ hint: "Move it to a path of plain characters." },
		);
	if (note.cli.includes("/_npx/"))
		throw new SnapshotError(
			"failed",
			`This copy of agent-snapshot lies in a cache (${note.cli}) that npm empties, and no timer can rely on it. Nothing was changed.`,
			{ hint: "Install it for good, and give the command from there." },
		);
}

const MARK = "agent-snapshot schedule: ";

/** For a comment of any of those texts: XML has no two dashes in one. */
export function noteLine({ note }: Timer): string {
	return MARK + JSON.stringify(note).replaceAll("--", "-\\u002d");
}

/** Undefined: it is not ours. */
export function noteIn(text: string): TimerNote | undefined {
	const at = text.indexOf(MARK);
	if (at < 0) return undefined;
	const [line = ""] = text.slice(at + MARK.length).split("\n");
	try {
		const json = line.slice(0, line.lastIndexOf("}") + 1);
		const found = v.safeParse(Note, JSON.parse(json));
		return found.success ? found.output : undefined;
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		return undefined;
	}
}
