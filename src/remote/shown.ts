import { MASK, maskText } from "../core/secrets/secrets.ts";
import { printable } from "../core/words.ts";

/** Of a repository, or what restic says of it: no login that stands in an address is shown. */
export function shown(text: string): string {
	return printable(maskText(text.replace(LOGIN, `$1${MASK}@`)));
}

/** Up to the last "@" before the host ends. */
const LOGIN = /(:\/\/)[^/\s"'<>]*@/g;
