import { isKnownDamaged, type SnapshotInfo } from "../core/store/listing.ts";
import { markSnapshot } from "../core/store/marks.ts";
import { type Handler, waitOf } from "./call/handler.ts";
import { snapshotData } from "./call/reply.ts";
import { nameOf } from "./text/snapshot-name.ts";
import { finishedText, printable, shortened } from "./text/text.ts";

export const pin: Handler = async (invocation) => {
	const { positionals, prefix } = invocation;
	const [ref = "", ...words] = positionals;
	const said = words.join(" ");
	const agent = invocation.agent({ wait: waitOf(invocation) });
	const { snapshot, note, changed, recovered } = await markSnapshot(agent, {
		ref,
		purpose: "pin",
		// Without one, what was said before still holds.
		marks: { pinned: true, ...(said !== "" && { note: said }) },
	});
	const name = nameOf(snapshot, agent.system.clock.now());
	return {
		text: [
			...finishedText(recovered),
			changed
				? `Pinned ${name}: no rule removes it.`
				: `Pinned already: ${name}. Nothing was changed.`,
			...doubtsText(snapshot, prefix),
			...noteText(note),
			`Take the pin off with: ${prefix} unpin ${printable(snapshot.id)}`,
		].join("\n"),
		data: { snapshot: snapshotData(snapshot), note: note ?? null, changed },
	};
};

export const unpin: Handler = async (invocation) => {
	const { positionals, prefix } = invocation;
	const [ref = ""] = positionals;
	const agent = invocation.agent({ wait: waitOf(invocation) });
	const { snapshot, changed, recovered } = await markSnapshot(agent, {
		ref,
		purpose: "unpin",
		marks: { pinned: false, note: null },
	});
	const name = nameOf(snapshot, agent.system.clock.now());
	return {
		text: [
			...finishedText(recovered),
			changed
				? `Took the pin off ${name}: it goes when the rules say so.`
				: `Not pinned: ${name}. Nothing was changed.`,
			`What the rules say: ${prefix} prune --dry-run`,
		].join("\n"),
		data: { snapshot: snapshotData(snapshot), note: null, changed },
	};
};

/** Who pins it relies on it. */
function doubtsText(snapshot: SnapshotInfo, prefix: string): string[] {
	const { id, mark, found, complete } = snapshot;
	const why = mark?.why ?? found?.why;
	const what = isKnownDamaged(snapshot)
		? "it was found damaged"
		: found?.by === "drill"
			? "its last drill failed"
			: "it was found faulty";
	return [
		...(complete
			? []
			: [`WARNING: it is INCOMPLETE: ${prefix} show ${printable(id)}`]),
		...(why === undefined
			? []
			: [`WARNING: ${what}: ${shortened(printable(why), 200)}.`]),
	];
}

function noteText(note: string | undefined): string[] {
	return note === undefined ? [] : [`Note: ${shortened(printable(note), 200)}`];
}
