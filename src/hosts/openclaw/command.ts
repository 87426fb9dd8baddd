import {
	createSnapshotCommand,
	hosts,
	type SnapshotCommand,
} from "../../index.ts";
import type { OpenClawApi } from "./api.ts";

/** OpenClaw says where its state is: variables and profiles, with "~" in them, are its own affair. */
export function commandFor({ rootDir, runtime }: OpenClawApi): SnapshotCommand {
	return createSnapshotCommand(hosts.openclaw, {
		home: runtime.state.resolveStateDir(),
		...(rootDir === undefined ? {} : { packageDirectory: rootDir }),
	});
}
