import { SnapshotError } from "../../errors.ts";
import type { Agent } from "../home/agent.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { isOtherTree } from "../store/store.ts";

/** Its paths would be put in the wrong places. @throws SnapshotError `failed` */
export function refuseOtherTree({ host, store }: Agent, manifest: Manifest) {
	if (!isOtherTree(store, manifest.store)) return;
	const variables = [host.home, ...Object.values(host.roots ?? {})].map(
		({ variable }) => variable,
	);
	throw new SnapshotError(
		"failed",
		`${manifest.id} was made when a variable had another of the directories of ${host.title} elsewhere: its files would come to wrong places. Nothing was changed.`,
		{
			hint: `Set ${[...new Set(variables)].join(", ")} as it was then, and do it again.`,
		},
	);
}
