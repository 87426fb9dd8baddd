import { SnapshotError } from "../../errors.ts";
import { damaged } from "../manifest/manifest.ts";
import type { Listing, SnapshotInfo } from "./listing.ts";

/** A number from the list, an id, its unique beginning, or "latest". @throws SnapshotError `not-found`, `ambiguous` */
export function findSnapshot(listing: Listing, ref: string): SnapshotInfo {
	const { snapshots } = listing;
	const exact = snapshots.find(({ id }) => id === ref);
	if (exact !== undefined) return exact;
	if (listing.damaged.includes(ref))
		throw damaged(`The manifest of ${ref}`, "cannot be read");
	if (listing.lost.includes(ref))
		throw damaged(`The manifest of ${ref}`, "is gone");
	if (snapshots.length === 0)
		throw notFound("There are no snapshots yet.", "Make one with `create`.");
	const people = snapshots.filter(({ number }) => number !== undefined);
	if (ref === "latest" && people[0] !== undefined)
		return counting(listing, people[0]);
	// Only a number, even where it is also how an id begins: 20 must never come to mean the year 2026.
	const number = /^#?(\d{1,7})$/.exec(ref)?.[1];
	const counted = people.find((one) => one.number === Number(number ?? 0));
	if (counted !== undefined) return counting(listing, counted);
	if (number !== undefined)
		throw notFound(
			`There is no snapshot ${ref}.`,
			people.length > 1
				? `Use a number from 1 to ${people.length}: see \`list\`.`
				: "See `list`.",
		);
	const begun =
		ref === "" ? [] : snapshots.filter(({ id }) => id.startsWith(ref));
	if (begun.length === 1 && begun[0] !== undefined) return begun[0];
	if (begun.length > 1)
		throw new SnapshotError(
			"ambiguous",
			`${begun.length} snapshots begin with ${JSON.stringify(ref)}. Nothing was changed.`,
			{
				hint: `They are: ${begun
					.slice(0, 3)
					.map(({ id }) => id)
					.join(", ")}${begun.length > 3 ? ", …" : ""}`,
			},
		);
	const labelled = snapshots.find(({ label }) => label === ref);
	throw notFound(
		`There is no snapshot ${JSON.stringify(ref)}.`,
		labelled ? `Did you mean ${labelled.id}?` : "See `list`.",
	);
}

/** Of a number: one that cannot be read any more does not count, and all behind it have moved up. */
function counting({ damaged: ids }: Listing, found: SnapshotInfo) {
	const newer = ids.find((id) => id > found.id);
	if (newer === undefined) return found;
	throw new SnapshotError(
		"ambiguous",
		`The manifest of ${newer}, which is newer, cannot be read, so that the numbers are not what they were. Nothing was changed.`,
		{ hint: "Name the one that you mean by its id: see `list`." },
	);
}

function notFound(message: string, hint: string): SnapshotError {
	return new SnapshotError("not-found", `${message} Nothing was changed.`, {
		hint,
	});
}
