import type { System } from "../../system/system.ts";
import { environmentSaid, type KnownAgent } from "../home/known-agent.ts";
import type { Settings } from "../home/settings.ts";
import { MASK } from "../secrets/secrets.ts";

/** Who is to be told how a scheduled run ends. */
export type Listeners = NonNullable<Settings["schedule"]>;

/** How long the start, an end and a command may take, in milliseconds: none of them holds up a snapshot for long. */
const START = 5_000;
const END = 10_000;
const COMMAND = 60_000;
/** The end is told so often; in between, in milliseconds. */
const TRIES = 3;
const PAUSE = 2_000;
/** Characters of what is told. */
const LONGEST = 1_000;

export interface Outcome {
	/** Of the run itself: else the command for failures is started. */
	readonly ok: boolean;
	/** And nothing is left of runs before it. */
	readonly isAllWell: boolean;
	/** What was done, or why not; with no secret in it. */
	readonly what: string;
	/** ISO 8601. */
	readonly at: string;
}

/** That it has begun; who does not take that is told the end all the same. */
export async function tellStart(
	{ network }: System,
	{ ping }: Listeners,
): Promise<void> {
	if (ping !== undefined) await network.post(beyond(ping, "start"), "", START);
}

/** How it has ended. Returns, in sentences without a full stop, what could not be told. */
export async function tellEnd(
	system: System,
	known: KnownAgent,
	{ ping, onFailure }: Listeners,
	outcome: Outcome,
): Promise<string[]> {
	const what = outcome.what.slice(0, LONGEST);
	const notes: string[] = [];
	if (ping !== undefined) {
		const why = await pinged(system, ping, { ...outcome, what });
		if (why !== undefined)
			notes.push(`${maskedAddress(ping)} could not be told: ${why}`);
	}
	if (onFailure !== undefined && !outcome.ok)
		notes.push(
			...(await commanded(system, known, onFailure, { ...outcome, what })),
		);
	return notes;
}

async function pinged(
	{ network, clock }: System,
	ping: string,
	{ isAllWell, what }: Outcome,
): Promise<string | undefined> {
	const url = isAllWell ? ping : beyond(ping, "fail");
	let why: string | undefined;
	for (let tries = 0; tries < TRIES; tries++) {
		if (tries > 0) await clock.sleep(PAUSE);
		why = await network.post(url, what, END);
		if (why === undefined) return undefined;
	}
	return why;
}

/** What it prints is not kept: it may be keys. */
async function commanded(
	{ programs }: System,
	known: KnownAgent,
	command: string,
	{ what, at }: Outcome,
): Promise<string[]> {
	const { isRunning, exitCode } = await programs.tryOut({
		command,
		directory: "/",
		environment: {
			...environmentSaid(known),
			AGENT_SNAPSHOT_OUTCOME: "failed",
			AGENT_SNAPSHOT_WHY: what,
			AGENT_SNAPSHOT_AT: at,
			AGENT_SNAPSHOT_HOST: known.host.name,
			AGENT_SNAPSHOT_HOME: known.places.home,
		},
		milliseconds: COMMAND,
		// Not that of the run, which may have been what failed it.
		signal: new AbortController().signal,
	});
	if (!isRunning && exitCode === 0) return [];
	const how = isRunning
		? "was still running after 60 s, and was ended"
		: exitCode === undefined
			? "could not be started, or was ended by a signal"
			: `ended with ${exitCode}`;
	return [`The command for failures ${how}`];
}

/** As healthchecks has it: "/start" and "/fail" behind the path, before a query. */
function beyond(ping: string, what: string): string {
	const url = new URL(ping);
	url.pathname = `${url.pathname.replace(/\/+$/, "")}/${what}`;
	return url.href;
}

/** Without what of it is a secret. */
export function maskedAddress(ping: string): string {
	const url = URL.parse(ping);
	return url === null ? MASK : `${url.protocol}//${url.host}/${MASK}`;
}
