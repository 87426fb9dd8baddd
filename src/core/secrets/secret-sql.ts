import { masked } from "./secret-mask.ts";
import { isOpenlySaid } from "./secret-values.ts";

/** As SQL quotes it. */
const QUOTED = `(?:'((?:[^'\\n]|''){1,200})'|"([^"\\n]{1,200})")`;

const BEHIND: readonly RegExp[] = [
	"\\bidentified\\s{1,4}(?:with\\s{1,4}\\S{1,64}\\s{1,4})?(?:by|as)\\s{1,4}(?:password\\s{1,4})?",
	// In small letters it is a word of other languages, too.
	"\\b(?:user|role|login|group|with|encrypted|set|superuser|createdb|select)\\s{1,4}password\\s{0,4}[=(]?\\s{0,4}",
	"\\bset\\s{1,4}password[^\\n;=]{0,100}=\\s{0,4}(?:password\\s{0,4}\\()?\\s{0,4}",
].map((before) => new RegExp(`(${before})${QUOTED}`, "gi"));
const IN_CAPITALS = new RegExp(
	`(\\bPASSWORD\\s{0,4}[=(]?\\s{0,4})${QUOTED}`,
	"g",
);

/** What a program puts something else in the place of: "%s", "$1", ":password", "{{ pw }}". */
const PLACE = /^(?:%s|\?|\$\d|:\w+|%\(\w+\)s|\{.*\}|\$\{.*\})$/;

/** "CREATE USER ada IDENTIFIED BY '…'", "ALTER ROLE ada PASSWORD '…'": whatever it looks like. */
export function maskStatements(text: string): string {
	if (!/password|identified/i.test(text)) return text;
	return [...BEHIND, IN_CAPITALS].reduce(
		(before, form) =>
			before.replace(
				form,
				(whole: string, said: string, single?: string, double?: string) => {
					const value = single ?? double ?? "";
					const quote = single === undefined ? '"' : "'";
					return PLACE.test(value) || isOpenlySaid(value, "strict")
						? whole
						: `${said}${quote}${masked()}${quote}`;
				},
			),
		text,
	);
}
