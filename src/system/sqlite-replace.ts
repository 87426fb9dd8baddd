import { setTimeout as sleep } from "node:timers/promises";
import { SnapshotError } from "../errors.ts";
import type { OpenDatabase } from "./sqlite.ts";
import { beginByPage } from "./sqlite-by-page.ts";
import type { NewContent, Patience, Replacement } from "./system.ts";

const ALL_PAGES = 0x7fffffff;

/** What differs only, where the database lets us; else all of it. Both take the write lock now. */
export async function beginReplace(
	open: OpenDatabase,
	{ files, whole }: NewContent,
	live: string,
	wait: number,
	patience?: Patience,
): Promise<Replacement> {
	const giveUp = performance.now() + wait;
	let path: string | undefined;
	const putTogether = async () => {
		path ??= await whole();
		return path;
	};
	for (;;) {
		const begun =
			beginByPage(open, files, live, patience) ??
			(await beginWhole(open, await putTogether(), live, patience));
		if (begun !== "busy") return begun;
		if (performance.now() > giveUp)
			throw new SnapshotError(
				"busy-database",
				`${live} is in use and was not free within ${wait / 1000} s. Nothing was changed.`,
				{ hint: "Repeat the command when it is free." },
			);
		refuseImpatient(patience);
		await sleep(50);
	}
}

/**
 * SQLite's backup takes the write lock of its destination at the first step and copies nothing when told
 * zero pages: so the lock is held, at no cost, while the caller makes sure that nothing has changed.
 */
async function beginWhole(
	open: OpenDatabase,
	from: string,
	live: string,
	patience?: Patience,
): Promise<Replacement | "busy"> {
	const source = open(from, { readonly: true, fileMustExist: true });
	const pages = Number(source.pragma("page_count", { simple: true }));
	const size = pages * Number(source.pragma("page_size", { simple: true }));
	const begun = Promise.withResolvers<"locked" | "busy">();
	let pagesNow = 0;
	let aborted = false;
	const progress = () => {
		begun.resolve("locked");
		if (aborted) throw new SnapshotError("interrupted", "aborted");
		return pagesNow;
	};
	const ended = source
		.backup(live, { progress })
		.then(({ totalPages }) => totalPages)
		.finally(() => source.close());
	ended.then(
		() => begun.resolve("busy"),
		(error) => begun.reject(error),
	);
	if ((await begun.promise) === "busy") return "busy";
	return {
		async commit() {
			pagesNow = ALL_PAGES;
			const copied = await ended;
			if (copied !== pages)
				throw new Error(`SQLite copied ${copied} pages of ${pages}`);
			patience?.progress?.add(size);
			return false;
		},
		async abort() {
			aborted = true;
			await ended.catch((error: unknown) => {
				if (!(error instanceof SnapshotError)) throw error;
			});
		},
	};
}

function refuseImpatient(patience: Patience | undefined): void {
	patience?.signal.throwIfAborted();
	if (performance.now() <= (patience?.deadline ?? Number.POSITIVE_INFINITY))
		return;
	throw new SnapshotError(
		"timed-out",
		"The time given was not enough. Nothing was changed.",
	);
}
