import { withScratch } from "../core/files/scratch.ts";
import type { Agent } from "../core/home/agent.ts";
import { checkPatience } from "../core/patience.ts";
import { prepareStore } from "../core/store/store.ts";
import { SnapshotError } from "../errors.ts";
import { environmentOf } from "./credentials.ts";
import type { Remote } from "./remotes.ts";
import { resticError } from "./restic-error.ts";
import { type Failure, failureOf, isHopeless } from "./restic-failure.ts";
import { findRestic } from "./restic-found.ts";

/** restic, at work on one repository. */
export interface Restic {
	readonly remote: Remote;
	/** Runs it to a good end. Returns what it printed, in lines. @throws SnapshotError */
	run(request: ResticRequest): Promise<string[]>;
}

export interface ResticRequest {
	/** None of them a secret: all users see them. */
	readonly words: readonly string[];
	/** "push", for people: what is being done. */
	readonly doing: string;
	/** In which it is started; undefined: where we are. */
	readonly directory?: string;
	/** How far it is: handed out, and not returned. */
	onStatus?(status: Status): void;
	/** A person waits for the answer, and may have mistyped it: no second try. */
	readonly isFirst?: boolean;
	/** True ends it at once: by itself it tries a refusal again for 44 s. */
	isVain?(problem: string): boolean;
	/** Failures that the caller knows what to make of. */
	rescue?(failure: Failure): Error | undefined;
}

/** Bytes; undefined where restic does not tell. */
export interface Status {
	readonly total: number | undefined;
	readonly done: number;
}

/** Besides what restic itself tries again, in milliseconds: after each of these. */
const PAUSES = [2_000, 8_000];

/** @throws SnapshotError `failed`: restic is missing or too old, or a file of secrets is open to others */
export async function openRestic(
	agent: Agent,
	remote: Remote,
): Promise<Restic> {
	const { system } = agent;
	const environment = environmentOf(system, remote);
	const path = await findRestic(system.programs);
	const once = (request: ResticRequest) =>
		inItsOwnRoom(agent, request, (room) =>
			runOnce(agent, path, { ...environment, ...room }, request),
		);
	return {
		remote,
		run: (request) => runPatiently(agent, remote, request, once),
	};
}

/** These write packs of up to 16 MiB, or a cache of all indexes and trees, into TMPDIR, and leave that if they are ended. */
const STAGING = ["backup", "check", "prune"];

/** /tmp may be small, or memory: it works in the store, in a folder that is gone afterwards. */
function inItsOwnRoom<T>(
	agent: Agent,
	{ words: [verb = ""] }: ResticRequest,
	work: (room: { readonly TMPDIR?: string }) => Promise<T>,
): Promise<T> {
	if (!STAGING.includes(verb)) return work({});
	prepareStore(agent.system, agent.store);
	return withScratch(agent, (TMPDIR) => work({ TMPDIR }));
}

type Once = (request: ResticRequest) => Promise<string[] | Failure>;

async function runPatiently(
	agent: Agent,
	remote: Remote,
	request: ResticRequest,
	once: Once,
): Promise<string[]> {
	let isUnlocked = false;
	const pauses = request.isFirst ? [] : [...PAUSES];
	for (;;) {
		const found = await once(request);
		if (!("kind" in found)) return found;
		checkPatience(agent.patience, agent.system.clock.monotonic());
		if (found.kind === "locked" && !isUnlocked) {
			// Only locks of processes of this machine that are gone, and those that nobody has renewed for half an hour.
			isUnlocked = true;
			await once({ words: ["unlock"], doing: request.doing });
			continue;
		}
		const pause = found.kind === "unreachable" ? pauses.shift() : undefined;
		if (pause === undefined)
			throw (
				request.rescue?.(found) ?? resticError(found, remote, request.doing)
			);
		await rest(agent, pause);
	}
}

async function rest(
	{ system: { clock }, patience }: Agent,
	milliseconds: number,
): Promise<void> {
	patience.progress?.begin("waiting");
	for (let left = milliseconds; left > 0; left -= 250) {
		checkPatience(patience, clock.monotonic());
		await clock.sleep(Math.min(left, 250));
	}
}

async function runOnce(
	{ system, patience }: Agent,
	path: string,
	environment: Readonly<Record<string, string | undefined>>,
	request: ResticRequest,
): Promise<string[] | Failure> {
	const { words, directory, onStatus, isVain } = request;
	const printed: string[] = [];
	const problems: string[] = [];
	const vain = new AbortController();
	const { exitCode, problem } = await system.programs.follow({
		command: [path, ...words],
		environment,
		directory,
		signal: AbortSignal.any([patience.signal, vain.signal]),
		onOutput(line) {
			const status = onStatus && statusIn(line);
			if (status) onStatus?.(status);
			else printed.push(line);
		},
		onProblem(line) {
			problems.push(line);
			if (problems.length > MOST_PROBLEMS) problems.shift();
			if (isVain?.(line) || isHopeless(line)) vain.abort();
		},
	});
	if (patience.signal.aborted)
		throw new SnapshotError(
			"interrupted",
			`Interrupted. Nothing in the agent's home was changed.`,
		);
	if (exitCode === 0 && !vain.signal.aborted) return printed;
	return failureOf(exitCode, problem === undefined ? problems : [problem]);
}

/** One that fails on every file has as many. */
const MOST_PROBLEMS = 200;

function statusIn(line: string): Status | undefined {
	if (!line.includes('"message_type":"status"')) return undefined;
	const { total_bytes: total, bytes_done: done } = fieldsOf(line);
	return {
		total: typeof total === "number" ? total : undefined,
		done: typeof done === "number" ? done : 0,
	};
}

/** An object of JSON; what is none has no fields. */
export function fieldsOf(line: string): Readonly<Record<string, unknown>> {
	try {
		return Object(JSON.parse(line));
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		return {};
	}
}
