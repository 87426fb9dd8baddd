import { errorCode, SnapshotError } from "../../errors.ts";
import type { Journal, JournalStep } from "../apply/journal.ts";
import type { Agent } from "../home/agent.ts";
import { databaseBehind, databaseFiles } from "../home/behind-links.ts";
import { whyFailed, whyOfDisk } from "../reasons.ts";
import { linkAbove } from "../restore/obstacles.ts";

/** What a restore that stopped has done by now, and what not, in a few words. */
export function progressText(
	steps: readonly JournalStep[],
	done: ReadonlySet<JournalStep>,
): string {
	const waiting = new Set(
		steps.filter((step) => !done.has(step)).map(({ path }) => path),
	);
	const finished = new Set(
		[...done].map(({ path }) => path).filter((path) => !waiting.has(path)),
	);
	if (waiting.size === 0)
		return "All of it is as in the snapshot by now, and only has to be closed.";
	const rest = `Still to be done: ${few([...waiting])}.`;
	return finished.size === 0
		? rest
		: `As in the snapshot by now: ${few([...finished])}. ${rest}`;
}

/** "a, b, c and 4 more" */
export function few(paths: readonly string[]): string {
	const more = paths.length > 3 ? ` and ${paths.length - 3} more` : "";
	return `${paths.slice(0, 3).join(", ")}${more}`;
}

/** What to do about it: the journal stands, and its home is between old and new. */
export function hintFor(error: unknown, undo: string | undefined): string {
	const back =
		undo === undefined
			? ""
			: " Or go back to what was there: `recover --back`.";
	if (error instanceof SnapshotError && error.code === "busy-database")
		return `Run \`recover\` again in a quieter moment. Or go on with the restore whatever was written: \`recover --finish\`.${back} Do not start the agent before.`;
	const isFull = /^(ENOSPC|EDQUOT|SQLITE_FULL)$/.test(errorCode(error) ?? "");
	const cause = isFull
		? "Free some space (`prune` works meanwhile)"
		: "Remove the cause";
	return `${cause} and run \`recover\`, which finishes it.${back} Do not start the agent before.`;
}

/** For an error of the disk before a recovery has changed anything; all else is thrown as it is. */
export function stillHalfWay({
	snapshot,
	undo,
}: Journal): (error: unknown) => never {
	return (error) => {
		if (error instanceof SnapshotError || whyOfDisk(error) === undefined)
			throw error;
		throw new SnapshotError(
			"failed",
			`The interrupted restore of ${snapshot} could not be finished: ${whyFailed(error)}. It is still half-way, and nothing was changed now.`,
			{ hint: hintFor(error, undo), cause: error },
		);
	};
}

/** What a recovery that stops had done by then is told in the place of "Nothing was changed". */
export function onlyMovedBack(
	paths: readonly string[],
): (error: unknown) => never {
	return (error) => {
		if (!(error instanceof SnapshotError) || paths.length === 0) throw error;
		const { code, hint } = error;
		const told = `nly ${few(paths)} ${paths.length === 1 ? "has" : "have"} been moved back from state-snapshots/quarantine.`;
		const message = error.message.replace(
			/([Nn])othing (in the agent's home )?was changed( now)?\.$/,
			(_, first) => `${first === "N" ? "O" : "o"}${told}`,
		);
		throw new SnapshotError(code, message, {
			...(hint !== undefined && { hint }),
			cause: error,
		});
	};
}

/** The agent has written on since, or nobody knows: a person has to choose. */
export function blocked(
	agent: Agent,
	{ snapshot, undo, startedAt, steps }: Journal,
	changed: ReadonlyMap<string, "foreign" | "unrecorded">,
): SnapshotError {
	const pathsOf = (judgement: string) =>
		[...changed].filter(([, is]) => is === judgement).map(([path]) => path);
	const foreign = pathsOf("foreign").map((path) => whenText(agent, path));
	const unrecorded = pathsOf("unrecorded");
	const told = [
		`A restore of ${snapshot} was interrupted (it began ${startedAt})${foreign.length === 0 ? "" : `, and since then these have changed: ${few(foreign)}`}.`,
		...(unrecorded.length === 0
			? []
			: [
					`Whether anything but that restore has written to ${few(unrecorded)} cannot be known: the old content was not recorded, because --no-undo was given and there was no room.`,
				]),
		"Nothing in the agent's home was changed now.",
	];
	return new SnapshotError("recovery-blocked", told.join(" "), {
		hint: [
			...(undo === undefined
				? []
				: [`What was there before is in ${undo}${lacksText(steps)}.`]),
			`Go on with the restore: \`recover --finish\`.`,
			...(undo === undefined ? [] : ["Or go back: `recover --back`."]),
			"The present is kept as a snapshot either way.",
		].join(" "),
	});
}

/** What was to be moved aside could not be saved. */
function lacksText(steps: readonly JournalStep[]): string {
	const aside = steps.filter((step) => step.do === "set-aside");
	if (aside.length === 0) return "";
	return `, which lacks ${few(aside.map(({ path }) => path))}`;
}

function whenText(agent: Agent, path: string): string {
	const { disk } = agent.system;
	const { home } = agent;
	const behind = databaseFiles(databaseBehind(agent, path))
		.map((file) => disk.stat(file)?.mtime)
		.filter((time) => time !== undefined);
	if (behind.length > 0)
		return `${path} (behind a link, ${new Date(Math.max(...behind)).toISOString()})`;
	const link = linkAbove(disk, home, path);
	if (link !== undefined) return `${path} (${link} is a link now)`;
	const now = disk.stat(`${home}/${path}`);
	return now === undefined
		? `${path} (gone)`
		: `${path} (${new Date(now.mtime).toISOString()})`;
}
