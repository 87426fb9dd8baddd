import type { CheckResult, System } from "../../system/system.ts";
import { checkPatience } from "../patience.ts";
import type { Taking } from "./capture.ts";
import type { DatabaseEntry, FileEntry } from "./entry.ts";

/** How long a database is searched for damage, in milliseconds. */
const CHECK_BUDGET = 20_000;
/** Of one without a log, whose writers have to wait meanwhile. */
const SHORT_BUDGET = 1000;

/** Once an hour all of it is searched, and between that the pages that have changed are looked at, one by one. */
const CHECKED_FOR = 60 * 60 * 1000;

/** A search in another process. */
export interface Search {
	/** Waits for its end. */
	readonly result: () => Promise<CheckResult>;
	readonly end: () => void;
}

/** Searches a database for damage while we do something else. One that is live can be searched: by SQLite, as a reader. */
export function startSearch(
	{ sqlite, clock }: System,
	{ patience }: Pick<Taking, "patience">,
	path: string,
	isLogged = true,
): Search {
	const { deadline = Number.POSITIVE_INFINITY, signal } = patience;
	const left = Math.floor(deadline - clock.monotonic());
	const budget = isLogged ? CHECK_BUDGET : SHORT_BUDGET;
	const ours = new AbortController();
	const found = sqlite.check(
		path,
		Math.max(1, Math.min(budget, left)),
		AbortSignal.any([signal, ours.signal]),
	);
	return {
		async result() {
			const result = await found;
			// One that Ctrl-C ended is no reason to keep the database unchecked.
			checkPatience(patience, clock.monotonic());
			return result;
		},
		end: () => ours.abort(),
	};
}

/** Whether it was searched lately, and found sound. */
export function isSearched(
	{ clock }: System,
	{ searchAll }: Pick<Taking, "searchAll">,
	before: FileEntry | undefined,
): before is DatabaseEntry {
	if (searchAll || before?.kind !== "database") return false;
	const age = clock.now().getTime() - Date.parse(before.checkedAt ?? "");
	return age >= 0 && age < CHECKED_FOR;
}

export function searchedBy(
	{ clock }: System,
	{ verdict }: CheckResult,
): Pick<DatabaseEntry, "checked" | "checkedAt"> {
	return verdict === "ok"
		? { checked: true, checkedAt: clock.now().toISOString() }
		: { checked: false };
}
