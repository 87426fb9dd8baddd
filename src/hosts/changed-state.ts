import type { Reply } from "../index.ts";

/** By what a restore, an undo or a recovery says that it has done: the agent has to load its state anew. */
export function hasChangedState({ ok, data }: Reply): boolean {
	const { restored, recovered } = data;
	return ok && (restored === true || typeof recovered === "string");
}
