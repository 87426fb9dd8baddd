import { SnapshotError } from "../../errors.ts";
import type { Agent } from "../home/agent.ts";
import { SnapshotDamage } from "../parts/stored-file.ts";

/**
 * What else finds a snapshot damaged is remembered as if `verify` had found it: else the next create would share the damage.
 * @param as `id`: as people know it, where the work goes by another name
 */
export async function notingDamage<T>(
	agent: Agent,
	work: () => Promise<T>,
	as: { readonly id?: string; readonly by?: "drill" } = {},
): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof SnapshotDamage) {
			const { noteVerifications } = await import("./note-verified.ts");
			const damage = [{ path: error.path, what: error.what }];
			const found = { id: error.id, damage, faults: [], ...as };
			if (await noteVerifications(agent, [found], false))
				throw withAdvice(error);
		}
		throw error;
	}
}

function withAdvice({ code, message, hint = "", cause }: SnapshotDamage) {
	const more = "The next `create` takes what is damaged anew.";
	return new SnapshotError(code, message, { hint: `${hint} ${more}`, cause });
}
