import { maskText } from "../../core/secrets/secrets.ts";
import { pathText } from "../../core/words.ts";

/** What a link says, as a text: an address with a login in it is a target, too. */
export function targetText(target: string): string {
	return pathText(maskText(target));
}
