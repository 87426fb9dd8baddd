import type { Agent } from "../home/agent.ts";
import { countedIn } from "../home/counted.ts";
import { isSecretFile } from "../secrets/secrets.ts";
import type { Content } from "./compare-content.ts";
import { isTooLong, structureOf } from "./structured.ts";
import { thingsInFile } from "./things.ts";

/**
 * Of a file in which something is counted, or of which no line may be shown, and that one of the two sides has ruined: all of
 * it, as if it were not there. Undefined: both can be parsed, or neither.
 * @param left undefined: it is no text
 */
export async function ruinedSide(
	{ host }: Agent,
	path: string,
	left: string | undefined,
	right: string | undefined,
): Promise<Content | undefined> {
	const isToldSo =
		countedIn(host, path).some(({ at }) => at !== undefined) ||
		isSecretFile(host, path);
	const texts = [left, right].filter((text) => text !== undefined);
	if (!isToldSo || texts.some((text) => isTooLong(path, text)))
		return undefined;
	const [one, other] = [
		left === undefined ? undefined : await structureOf(path, left),
		right === undefined ? undefined : await structureOf(path, right),
	];
	if ((one === undefined) === (other === undefined)) return undefined;
	const side = one === undefined ? "left" : "right";
	return {
		content: { in: "unknown", why: "it cannot be parsed", side },
		things: thingsInFile(host, path, one?.value, other?.value),
	};
}
