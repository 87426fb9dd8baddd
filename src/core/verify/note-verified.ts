import { errorCode, SnapshotError } from "../../errors.ts";
import { newestBase, noteVerified } from "../capture/base.ts";
import { writeDurably } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { withLock } from "../store/lock.ts";
import { giveToOwner } from "../store/store.ts";
import type { Flaw } from "./flaws.ts";
import { type LastVerified, readVerifications } from "./verifications.ts";
import type { Verified } from "./verify-snapshots.ts";

type Found = Pick<Verified, "id" | "damage" | "faults"> &
	Partial<Pick<Verified, "unsearched">> &
	Pick<LastVerified, "by">;

/**
 * So that `status` knows, and the next create need not read the newest once more. What is sound is not noted beside
 * another command, which nobody waits for; what is not is worth the wait.
 * @returns false: it could not be noted, because another command is at work, or the store is another user's, or full
 */
export async function noteVerifications(
	agent: Agent,
	verified: readonly Found[],
	isFull: boolean,
): Promise<boolean> {
	if (verified.length === 0) return true;
	const isBad = verified.some(
		({ damage, faults }) => damage.length + faults.length > 0,
	);
	const hasty = { ...agent, waitMilliseconds: 0 };
	try {
		await withLock(isBad ? agent : hasty, "verify", async () => {
			const base = newestBase(agent, {});
			const found = verified.find(({ id }) => id === base?.id);
			if (found?.damage.length === 0) noteVerified(agent, found.id);
			add(agent, verified, isFull);
		});
		return true;
	} catch (error) {
		const isRefused =
			error instanceof SnapshotError
				? !["interrupted", "timed-out"].includes(error.code)
				: errorCode(error) !== undefined;
		if (!isRefused) throw error;
		return false;
	}
}

/** A drill of it went well: what one before it had met is not there. The lock must be held. */
export function refuteDrill(agent: Agent, id: string): void {
	const { system, store } = agent;
	const all = new Map(readVerifications(system.disk, store));
	const { by, damage, fullAt, ...search } = all.get(id) ?? {};
	if (by === undefined) return;
	if (fullAt === undefined) all.delete(id);
	else all.set(id, { ...search, at: fullAt, fullAt });
	write(agent, all);
}

function add(agent: Agent, verified: readonly Found[], isFull: boolean): void {
	const { system, store } = agent;
	const at = system.clock.now().toISOString();
	const before = readVerifications(system.disk, store);
	write(agent, new Map([...before, ...verified.map(noted)]));

	function noted(verified: Found): [string, LastVerified] {
		const { id, damage, faults, by } = verified;
		const searched = isFull
			? {
					fullAt: at,
					fault: sentenceOf([...damage, ...faults]),
					unsearched: someOrNone(verified.unsearched ?? []),
				}
			: lastSearch(before.get(id));
		const all = { damage: sentenceOf(damage), ...searched, by };
		const said = Object.entries(all).filter(([, one]) => one !== undefined);
		return [id, { at, ...Object.fromEntries(said) }];
	}
}

function write(
	{ system, store }: Agent,
	all: ReadonlyMap<string, LastVerified>,
): void {
	const { disk } = system;
	// Another one may get the id of what has gone some day.
	const there = [...all].filter(
		([id]) => disk.stat(`${store.directory}/${id}`)?.kind === "directory",
	);
	const text = JSON.stringify(Object.fromEntries(there));
	writeDurably(disk, store.verifications, `${text}\n`);
	const home = disk.stat(store.home);
	if (home !== undefined) giveToOwner(system, store.verifications, home);
}

function lastSearch({ fullAt, fault, unsearched }: Partial<LastVerified> = {}) {
	return { fullAt, fault, unsearched };
}

function someOrNone<T>(all: readonly T[]): readonly T[] | undefined {
	return all.length > 0 ? all : undefined;
}

function sentenceOf([first]: readonly Flaw[]): string | undefined {
	return first && `${first.path} ${first.what}`;
}
