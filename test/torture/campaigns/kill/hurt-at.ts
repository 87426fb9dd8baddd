import type { Ran } from "../../run-subject.ts";
import {
	type Call,
	type Harm,
	harmCall,
	type TracedCommand,
	traceCalls,
} from "../../strace.ts";

/** With all that its command did when it was traced. */
export type TracedCall = Call & { readonly traced: readonly Call[] };

/** As `traceCalls`, for calls that are to be met again in other runs. */
export async function callsToHurt(
	command: TracedCommand,
	names: readonly string[],
): Promise<TracedCall[]> {
	const traced = await traceCalls(command, names);
	return traced.map((call) => ({ ...call, traced }));
}

export interface Hurt {
	readonly ran: Ran;
	/** It was this very call that was harmed. */
	readonly reached: boolean;
	/** What was tried to reach it, for people. */
	readonly tries: readonly string[];
}

/** glibc looks up the number of processors in about half of all runs, which moves every later `openat` by one. */
const ATTEMPTS = 20;

/**
 * Runs a command and harms one call of it. What else goes on in a process shifts ordinals by one or two, so it is
 * made sure that the right call was met, and if not, `again` prepares another run with the ordinal corrected.
 */
export async function hurtAt(
	command: TracedCommand,
	call: TracedCall,
	harm: Harm,
	again: () => Promise<TracedCommand>,
): Promise<Hurt> {
	let ordinal = call.ordinal;
	const tries: string[] = [];
	let now = command;
	for (let attempt = 1; ; attempt++) {
		const { name } = call;
		const { ran, calls, isMet } = await harmCall(now, { name, ordinal }, harm);
		const met = calls.find((other) => isSame(other, call));
		tries.push(
			`at ${call.name} ${ordinal}: the call was ${met?.ordinal} of ${calls.length}, exit ${ran.code}`,
		);
		if (isMet && met?.ordinal === ordinal) return { ran, reached: true, tries };
		if (attempt === ATTEMPTS) return { ran, reached: false, tries };
		ordinal = nextOrdinal(ordinal, calls, call, harm);
		now = await again();
	}
}

/** What came before the call that was harmed in its stead is still as it would have been; what came after is not. */
function nextOrdinal(
	tried: number,
	calls: readonly Call[],
	{ traced, ...call }: TracedCall,
	harm: Harm,
): number {
	const wanted = calls.find((other) => isSame(other, call));
	if (wanted !== undefined && wanted.ordinal < tried) return wanted.ordinal;
	if (harm.startsWith("error="))
		return tried < call.ordinal + 3 ? tried + 1 : call.ordinal - 1;
	for (const met of calls.toReversed()) {
		const known = traced.find((other) => isSame(other, met));
		if (known !== undefined) return call.ordinal + met.ordinal - known.ordinal;
	}
	return call.ordinal;
}

function isSame(a: Call, b: Call): boolean {
	return (
		a.name === b.name && a.place === b.place && a.occurrence === b.occurrence
	);
}
