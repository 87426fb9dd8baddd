import type { Agent } from "../home/agent.ts";
import { giveToOwner } from "../store/store.ts";

/** Makes a link, which belongs to whom the home belongs to. */
export function makeLink(
	{ system, store }: Pick<Agent, "system" | "store">,
	target: string,
	path: string,
): void {
	system.disk.link(target, path);
	const owner = system.disk.stat(store.home);
	if (owner !== undefined) giveToOwner(system, path, owner);
}
