import type { Entry } from "../capture/entry.ts";
import { isWithin, matches } from "../home/paths.ts";
import type { PlanRequest } from "./restore-plan.ts";

export interface LeftAlone {
	readonly path: string;
	readonly why: string;
	/** Worth naming in `include`, if the person knows that it must go back. */
	readonly onRequest: boolean;
}

const OLD_TOKEN = "an old login token would end the login";
const NOT_OURS = "its mode or time only: it belongs to another user";
const IN_USE = "it came after the snapshot and is in use";

export function leftAs(path: string, why: string): LeftAlone {
	return { path, why, onRequest: why === OLD_TOKEN };
}

/** Why something that came after the snapshot stays. */
export function whyKept(
	entry: Entry,
	request: PlanRequest,
): string | undefined {
	if (request.isHeld(entry.path)) return IN_USE;
	return whyNotPutBack(entry.path, entry, request);
}

export function whyModeStays(
	entry: Entry,
	{ modeChange }: PlanRequest,
): string | undefined {
	return modeChange(entry) === "not" ? NOT_OURS : undefined;
}

export function whyNotPutBack(
	path: string,
	present: Pick<Entry, "kind"> | undefined,
	{
		putBack,
		isBroken,
		include,
	}: Pick<PlanRequest, "putBack" | "isBroken" | "include">,
): string | undefined {
	if (include.some((part) => isWithin(path, part))) return undefined;
	const rule = putBack(path);
	if (rule === "never") return "it describes running processes";
	if (
		rule === "always" ||
		present === undefined ||
		present.kind === "directory" ||
		isBroken(path)
	)
		return undefined;
	return OLD_TOKEN;
}

/** What could not be saved: it is not in the snapshot, or it would have to go and be in no undo. */
export function lostOnes({
	target,
	present,
	inScope,
}: PlanRequest): LeftAlone[] {
	const wanted = new Set(target.entries.map(({ path }) => path));
	const lost = ({ path, lost }: PlanRequest["target"]["missed"][number]) =>
		lost && inScope(path);
	const since = present.missed.filter(
		({ path }) => !wanted.has(path) && wasAbsent(target, path),
	);
	return [
		...target.missed
			.filter(lost)
			.map(({ path, why }) => leftAs(path, `not in the snapshot: ${why}`)),
		...since
			.filter(lost)
			.map(({ path, why }) =>
				leftAs(path, `came since, and could not be saved: ${why}`),
			),
	];
}

/** Looked for and not there. What was never looked for, or could not be captured, is left alone. */
export function wasAbsent(
	{ captured, missed }: Pick<PlanRequest["target"], "captured" | "missed">,
	path: string,
): boolean {
	if (captured === undefined || missed.some((one) => isWithin(path, one.path)))
		return false;
	return (
		captured.paths.some((part) => isWithin(path, part)) &&
		!captured.except.some((pattern) => matches(path, pattern))
	);
}
