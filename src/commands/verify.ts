import { type Marked, markDamaged } from "../core/verify/mark-damaged.ts";
import {
	judged,
	type Verification,
	type Verified,
	verifySnapshots,
} from "../core/verify/verify-snapshots.ts";
import { afterDoing } from "../errors.ts";
import { type Handler, waitOf } from "./call/handler.ts";
import { EXIT, type Reply, snapshotData } from "./call/reply.ts";
import {
	afterwards,
	countsText,
	flawText,
	goodText,
	isFaulty,
	toldText,
} from "./status/verify-text.ts";

/** Changes nothing but the note of what it found, and waits for nobody, unless it has found something wrong. */
export const verify: Handler = async (invocation) => {
	const { positionals, flags, prefix } = invocation;
	const [ref = "all"] = positionals;
	const full = flags.full === true;
	const agent = invocation.agent({ wait: waitOf(invocation) });
	const read = await verifySnapshots(agent, {
		ref: ref === "all" ? undefined : ref,
		full,
	});
	const marked =
		flags["repair-list"] === true
			? await afterDoing(countsText(read), () =>
					markDamaged(agent, read.verified),
				)
			: undefined;
	const found = { ...read, ...judged(agent, read.verified) };
	const [first] = found.verified.filter(({ damage }) => damage.length > 0);
	const now = agent.system.clock.now();
	return {
		exitCode: exitCodeOf(found, ref),
		text: [
			countsText(found),
			...toldText(found, { now, full, prefix }),
			...goodText(found, { ref, now, prefix }),
			...afterwards(found, marked, full, invocation),
		].join("\n"),
		data: dataOf(found, marked, full),
		...(first !== undefined && { error: errorOf(first) }),
	};
};

/** Of all, those that lack something are old news as long as there is a good one. */
function exitCodeOf({ verified, good }: Verification, ref: string): number {
	const isBad = verified.some((one) => one.damage.length > 0 || isFaulty(one));
	if (isBad) return EXIT.failed;
	const isLacking = verified.some(({ lacks }) => lacks.length > 0);
	return isLacking && (ref !== "all" || good === undefined)
		? EXIT.incomplete
		: EXIT.done;
}

function errorOf({ id, damage: [first] }: Verified): Reply["error"] {
	const what = first === undefined ? "" : `: ${flawText(first)}`;
	return {
		code: "damaged",
		message: `Snapshot ${id} is damaged${what}. Nothing was changed.`,
		hint: "Take another one: see `list`.",
	};
}

function dataOf(
	{ verified, good, gone, isNoted }: Verification,
	marked: Marked | undefined,
	full: boolean,
): Record<string, unknown> {
	return {
		full,
		snapshots: verified.map(
			({ id, damage, faults, lacks, notes, isUnhashed, known }) => ({
				id,
				sound: damage.length === 0,
				complete: lacks.length === 0,
				hashed: !isUnhashed,
				damage,
				faults,
				lacks,
				notes,
				known: known ?? null,
			}),
		),
		newestGood: good === undefined ? null : snapshotData(good),
		gone,
		marked: marked ?? null,
		noted: isNoted,
	};
}
