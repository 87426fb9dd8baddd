import { MASK } from "./secret-mask.ts";
import type { Rank } from "./secret-names.ts";

/** What a setting of that name may say for all to see: a switch, a reference, a count, and of a weak one a plain word. */
export function isOpenlySaid(value: string, rank: Rank): boolean {
	if (value === "" || value === MASK || OPEN.test(value)) return true;
	// "token: 4096" is a count, "pin: 4096" is none.
	if (rank !== "strict" && /^-?\d{1,5}(\.\d+)?$/.test(value)) return true;
	return rank === "weak" && WORDS.test(value);
}

const OPEN =
	/^(?:true|false|yes|no|on|off|null|none|nil|~|undefined|required|\[\]|\{\}|\$\{[A-Za-z_]\w*\}|\$[A-Z_][A-Z\d_]*|\$\{\{[^}]*\}\}|\{env:\w+\}|<[\w -]{1,40}>)$/i;
const WORDS =
	/^[A-Za-z][a-z]{0,14}(?:[ ,_-]{1,2}[A-Za-z]?[a-z]{1,14}\.?){0,30}$/;
