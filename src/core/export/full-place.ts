import { errorCode, SnapshotError } from "../../errors.ts";
import { roomHint } from "../create/room.ts";
import type { Agent } from "../home/agent.ts";
import { printable } from "../words.ts";

/**
 * Says which disk is full when it has filled up meanwhile: who exports has two.
 * @param where the work writes, and nowhere else. @throws SnapshotError `no-space`
 */
export async function sayingWhichIsFull<T>(
	agent: Agent,
	where: string,
	work: () => T | Promise<T>,
): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (!["ENOSPC", "EDQUOT"].includes(errorCode(error) ?? "")) throw error;
		throw new SnapshotError(
			"no-space",
			`The disk of ${printable(where)} has become full. Nothing was changed.`,
			{ hint: roomHint(agent, where), cause: error },
		);
	}
}
