import type { Point, Setting } from "../../campaign.ts";
import type { Harm } from "../../strace.ts";
import { type Aftermath, settleOriginal, settleOurs } from "./aftermath.ts";
import { callsToHurt, hurtAt, type TracedCall } from "./hurt-at.ts";
import { type LiveWriter, startWriter } from "./live-writer.ts";
import { beside, commandOf, freshCopy, type Scene } from "./scene.ts";

/** All calls of a scene's command on its home. Beside a writer no run is quite like another: those that all have. */
export async function callsOf(
	{ subject, dir }: Setting,
	scene: Scene,
	names: readonly string[],
): Promise<TracedCall[]> {
	const trace = async () => {
		const copy = freshCopy(scene.home, `${dir}/traced`);
		return beside(scene.isLive, copy, (writer) =>
			callsToHurt(commandOf(subject, scene, copy, writer), names),
		);
	};
	let calls = await trace();
	for (let more = scene.isLive ? 2 : 0; more > 0; more--) {
		const others = new Set((await trace()).map(nameOf));
		calls = calls.filter((call) => others.has(nameOf(call)));
	}
	return calls;
}

function nameOf({ name, place, occurrence }: TracedCall): string {
	return `${name}:${place}#${occurrence}`;
}

/** One call of a scene's command, harmed once; `look` sees what is left before anything else is done. */
export function hurtPoint(
	{ subject }: Setting,
	scene: Scene,
	call: TracedCall,
	harm: Harm,
	look: (after: Aftermath) => string[] = () => [],
): Point {
	const how = harm.startsWith("error=")
		? `=${harm.slice("error=".length)}`
		: "";
	return {
		id: `${scene.name}/${nameOf(call)}${how}`,
		async run(point) {
			const dir = `${point}/run`;
			let writer: LiveWriter | undefined;
			const prepare = async () => {
				await writer?.end();
				const home = freshCopy(scene.home, dir);
				writer = scene.isLive ? await startWriter(home) : undefined;
				return commandOf(subject, scene, home, writer);
			};
			try {
				const command = await prepare();
				const { ran, reached, tries } = await hurtAt(
					command,
					call,
					harm,
					prepare,
				);
				if (!reached) return [`${harm} did not reach that call`, ...tries];
				const { home } = command;
				const turn = call.ordinal;
				const after = { subject, scene, home, ran, writer, turn };
				if (subject.name === "original") return await settleOriginal(after);
				return [...look(after), ...(await settleOurs(after))];
			} finally {
				await writer?.end();
			}
		},
	};
}
