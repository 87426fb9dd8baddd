import fs from "node:fs";
import type { Subject } from "../../subjects.ts";
import { callsToHurt, hurtAt, type TracedCall } from "./hurt-at.ts";
import { inNamespacesOf } from "./live-writer.ts";
import { freshCopy } from "./scene.ts";

/** A restore that was killed before one of its files was moved in, by default when half of them had been. */
export async function leaveHalfWay(
	subject: Subject,
	home: string,
	choose = (moves: readonly TracedCall[]) =>
		moves[Math.floor(moves.length / 2)],
): Promise<void> {
	const dir = `${home}-tracing`;
	const fresh = async () => ({
		subject,
		home: freshCopy(home, dir),
		words: ["restore", "1"],
		under: inNamespacesOf(undefined),
	});
	const calls = await callsToHurt(await fresh(), ["rename"]);
	const moves = calls.filter(
		({ place }) => !place.startsWith("state-snapshots"),
	);
	const chosen = choose(moves);
	if (chosen === undefined) throw new Error("the restore moves nothing in");
	const command = await fresh();
	const { reached } = await hurtAt(command, chosen, "signal=SIGKILL", fresh);
	if (!reached) throw new Error("no restore was left half-way");
	fs.rmSync(home, { recursive: true });
	fs.renameSync(command.home, home);
}
