import type { Agent } from "../../core/home/agent.ts";
import type { Beside } from "../../core/restore/beside.ts";
import type { RestoreOutcome } from "../../core/restore/restore.ts";
import { bytesText, countText, printable, someOf } from "../text/text.ts";

/** What a restore does to them, or would. */
export function besidesText(
	{ beside, inHome }: RestoreOutcome,
	agent: Agent,
	isPlan: boolean,
): string[] {
	return [...besideText(beside, isPlan), ...inHomeText(inHome, agent, isPlan)];
}

/** Of what lies outside of the home: in the plan it has a name as if it lay in there. */
function besideText(beside: readonly Beside[], isPlan: boolean): string[] {
	return beside.map((one) => {
		const { path, items, bytes, was } = one;
		const sizes = [
			countText(items, "item"),
			...(bytes === null ? [] : [bytesText(bytes)]),
			...(was === null ? [] : [`${bytesText(was)} before`]),
		];
		const [plan, done] = verbsOf(one);
		return `${isPlan ? plan : done} ${printable(path)}, which is beside the home: ${sizes.join(", ")}.`;
	});
}

/** A home that they do not belong beside gets them into it. */
export function inHomeText(
	inHome: readonly string[],
	{ system, host }: Agent,
	isPlan: boolean,
): string[] {
	if (inHome.length === 0) return [];
	const external = host.external ?? [];
	const places = external.map(
		(directory) => `${system.programs.userHome}/${directory}`,
	);
	return [
		`Directories of other programs ${isPlan ? "would come" : "have come"} into the home, and not beside it: ${someOf([...inHome])}. Where they belong (${someOf(places)}) nothing is touched.`,
	];
}

function verbsOf({ bytes, was }: Beside): readonly [string, string] {
	if (was === null) return ["Make", "Made"];
	return bytes === null ? ["Remove", "Removed"] : ["Replace", "Replaced"];
}
