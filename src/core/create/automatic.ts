import { type Agent, loadSettings } from "../home/agent.ts";
import type { Settings } from "../home/settings.ts";
import { listSnapshots, type SnapshotInfo } from "../store/listing.ts";
import {
	type CreateOutcome,
	type CreateRequest,
	createSnapshot,
} from "./create.ts";

/** When an agent's plugin asks for a snapshot by itself. */
export const MOMENTS = ["start", "compaction", "stop"] as const;
export type Moment = (typeof MOMENTS)[number];

/** How soon after another snapshot one is not worth it, in milliseconds: agents compact and restart in bursts. */
const PAUSE = 5 * 60_000;

const LABELS: Readonly<Record<Exclude<Moment, "start">, string>> = {
	compaction: "before compaction",
	stop: "before stop",
};

export interface Occasion {
	readonly moment: Moment;
	readonly hostVersion: string | undefined;
}

export type AutomaticOutcome =
	| { readonly made: CreateOutcome }
	/** In the words shown to people. */
	| { readonly skipped: string };

/** Takes a snapshot if one is due. No updater tells before it updates: the first start of another version comes nearest. */
export async function snapshotIfDue(
	agent: Agent,
	occasion: Occasion,
): Promise<AutomaticOutcome> {
	const { system, store } = agent;
	const { snapshots } = listSnapshots(system.disk, store);
	// One that was found damaged saves nobody.
	const newest = snapshots.find(
		({ number, mark }) => number === 1 && mark === undefined,
	);
	const skipped = whyNotDue(
		loadSettings(agent),
		newest,
		occasion,
		system.clock.now(),
	);
	if (skipped !== undefined) return { skipped };
	return { made: await createSnapshot(agent, requestFor(occasion)) };
}

/** Pure. Undefined: it is due. */
export function whyNotDue(
	{ automatic }: Settings,
	newest: SnapshotInfo | undefined,
	{ moment, hostVersion }: Occasion,
	now: Date,
): string | undefined {
	if (!automatic) return "automatic snapshots are switched off";
	if (newest === undefined) return undefined;
	const isStart = moment === "start";
	if (
		isStart &&
		(hostVersion === undefined || newest.hostVersion === hostVersion)
	)
		return "the agent is of the version that the newest snapshot was made with";
	// Two versions may take turns. An update right after a snapshot that a person made still gets its own.
	if (isStart && newest.reason !== "pre-update") return undefined;
	const age = now.getTime() - newest.createdAt.getTime();
	return age >= 0 && age < PAUSE
		? "there is one of a few minutes ago"
		: undefined;
}

function requestFor({ moment, hostVersion }: Occasion): CreateRequest {
	const common = { force: false, hostVersion };
	return moment === "start"
		? { label: "pre-update", reason: "pre-update", ...common }
		: { label: LABELS[moment], reason: "scheduled", ...common };
}
