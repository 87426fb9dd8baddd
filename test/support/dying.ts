import { copyOf, type Volumes } from "./memory-files.ts";
import { type Machine, machine } from "./memory-system.ts";

type Work = (on: Machine) => Promise<unknown>;

export interface Ending {
	/** The same disk after the power came back. */
	readonly on: Machine;
	/** The change that it died before, or in the middle of. */
	readonly at: string;
}

export interface Failure extends Ending {
	/** What `work` threw; undefined when it got through all the same. */
	readonly error: unknown;
}

/**
 * Runs `work` again and again, each time on a copy of the machine, dying one change of the disk later, until it gets
 * through. A write dies half-way, and nothing that the dead process does has any effect.
 */
export async function dyingEverywhere(
	first: Machine,
	work: Work,
	examine: (ending: Ending) => Promise<void>,
): Promise<void> {
	for (let last = 1; ; last++) {
		const ending = await dyingAt(last, copiedMachine(first), work);
		if (ending === undefined) return;
		await examine(ending);
	}
}

/** Undefined when the work was done before as many changes. */
export async function dyingAt(
	last: number,
	on: Machine,
	work: Work,
): Promise<Ending | undefined> {
	let count = 0;
	let at: string | undefined;
	on.before = (call, tear) => {
		if (++count < last) return;
		if (at === undefined) {
			at = `change ${last}: ${call}`;
			tear();
		}
		throw new Error(`died before ${at}`);
	};
	const error = await errorOf(work, on);
	if (at === undefined && error !== undefined) throw error;
	return at === undefined ? undefined : { on: rebooted(on), at };
}

/** As `dyingEverywhere`, but the disk refuses one call, with EIO, and goes on as if nothing had been. */
export async function failingEverywhere(
	first: Machine,
	work: Work,
	examine: (failure: Failure) => Promise<void>,
): Promise<void> {
	for (let which = 1; ; which++) {
		const on = copiedMachine(first);
		let count = 0;
		let at: string | undefined;
		on.before = (call) => {
			if (++count !== which) return;
			at = `change ${which}: ${call}`;
			throw Object.assign(new Error(`EIO at ${at}`), { code: "EIO" });
		};
		const error = await errorOf(work, on);
		if (at === undefined) return;
		await examine({ on: rebooted(on), at, error });
	}
}

async function errorOf(work: Work, on: Machine): Promise<unknown> {
	try {
		await work(on);
		return undefined;
	} catch (error) {
		return error;
	}
}

function rebooted({ volume, clock }: Machine): Machine {
	const later = new Date(clock.now().getTime() + 60_000);
	return machine(volume, later.toISOString());
}

function copiedMachine(first: Machine): Machine {
	const volume: Volumes = copyOf(first.volume);
	const copy = machine(volume, first.clock.now().toISOString());
	for (const kind of ["locked", "open"] as const)
		for (const path of first.elsewhere[kind]) copy.elsewhere[kind].add(path);
	copy.holders = first.holders;
	copy.freeBytes = first.freeBytes;
	return copy;
}
