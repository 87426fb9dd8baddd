import { errorCode, SnapshotError } from "../../errors.ts";
import { newestBase, noteVerified } from "../capture/base.ts";
import { writeDurably } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { withLock } from "../store/lock.ts";
import { giveToOwner } from "../store/store.ts";
import type { Flaw } from "./flaws.ts";
import { type LastVerified, readVerifications } from "./verifications.ts";
import type { Verified } from "./verify-snapshots.ts";

/**
 * So that `status` knows, and the next create need not read the newest once more. What is sound is not noted beside
 * another command, which nobody waits for; what is not is worth the wait.
 * @returns false: it could not be noted, because another command is at work, or the store is another user's, or full
 */
export async function noteVerifications(
	agent: Agent,
	verified: readonly Verified[],
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
			write(agent, verified, isFull);
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

function write(
	{ system, store }: Agent,
	verified: readonly Verified[],
	isFull: boolean,
): void {
	const { disk, clock } = system;
	const at = clock.now().toISOString();
	const before = readVerifications(disk, store);
	// Another one may get the id of what has gone some day.
	const isThere = (id: string) =>
		disk.stat(`${store.directory}/${id}`)?.kind === "directory";
	const all = new Map([...before, ...verified.map(noted)]);
	const there = [...all].filter(([id]) => isThere(id));
	const text = JSON.stringify(Object.fromEntries(there));
	writeDurably(disk, store.verifications, `${text}\n`);
	const home = disk.stat(store.home);
	if (home !== undefined) giveToOwner(system, store.verifications, home);

	function noted(verified: Verified): [string, LastVerified] {
		const { id, damage, faults } = verified;
		const searched = isFull
			? {
					fullAt: at,
					fault: sentenceOf([...damage, ...faults]),
					unsearched: someOrNone(verified.unsearched),
				}
			: lastSearch(before.get(id));
		const all = { damage: sentenceOf(damage), ...searched };
		const said = Object.entries(all).filter(([, one]) => one !== undefined);
		return [id, { at, ...Object.fromEntries(said) }];
	}
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
