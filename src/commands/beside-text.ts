import type { Beside } from "../core/restore/beside.ts";
import { bytesText, countText, printable } from "./text.ts";

/** Of what lies outside of the home: in the plan it has a name as if it lay in there. */
export function besideText(
	beside: readonly Beside[],
	isPlan: boolean,
): string[] {
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

function verbsOf({ bytes, was }: Beside): readonly [string, string] {
	if (was === null) return ["Make", "Made"];
	return bytes === null ? ["Remove", "Removed"] : ["Replace", "Replaced"];
}
