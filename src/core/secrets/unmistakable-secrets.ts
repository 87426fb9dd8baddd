import { isNamed, rankOf } from "./secret-names.ts";
import { isOpenlySaid } from "./secret-values.ts";
import { varietyOf } from "./secret-variety.ts";
import { SERVICE_KEYS } from "./service-keys.ts";

/**
 * Whether something in it can be nothing else: the key of a service, a private key, a variable that is called as a secret. For
 * programs, pictures and the like, which have bytes of all kinds; looked for in 1.8 GB of them, and found where there were keys.
 */
export function holdsUnmistakable(text: string): boolean {
	return (
		SERVICE_KEYS.some((form) =>
			[...text.matchAll(form)].some(([found]) => isKey(found)),
		) ||
		[...text.matchAll(VARIABLE)].some(
			([, name = "", value = ""]) =>
				isNamed(rankOf(name)) &&
				!isOpenlySaid(value, rankOf(name)) &&
				!PLACEHOLDER.test(value),
		)
	);
}

/** `DB_PASSWORD=…`, as files of variables and shells have it. */
const VARIABLE =
	/(?<![A-Za-z\d_])([A-Z][A-Z\d_]{2,60})=["']?([\x21\x23-\x26\x28-\x7e]{8,300})/g;

/** Of help and examples; the last as programs write what they fill in. */
const PLACEHOLDER =
	/your|example|placeholder|change_?me|replace|dummy|x{4}|\*{3}|\.{3}|^[$%<{]/i;

/** Programs hold the headers of keys, and words that happen to begin as keys do: "glibc-ld.so.cache1.1ld.so-1.7.0". */
function isKey(found: string): boolean {
	if (found.startsWith("-----")) return PRIVATE_KEY.test(found);
	if (OF_AMAZON.test(found)) return true;
	const { length, changes } = varietyOf(found);
	return changes > length * 0.2;
}

/** Of capitals, with few digits among them now and then. */
const OF_AMAZON = /^A[KS]IA[A-Z\d]{16}$/;

/** With some of its content; headers like "Proc-Type: 4,ENCRYPTED" may stand before that. */
const PRIVATE_KEY =
	/^-{5}[A-Z\d ]+-{5}\s{0,4}(?:[A-Z][\w-]{1,30}: [^\n]{0,100}\s{1,4}){0,5}[A-Za-z\d+/]{40}/;
