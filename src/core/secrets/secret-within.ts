import { MASK } from "./secret-mask.ts";
import { rankWithin } from "./secret-names.ts";
import { isOpenlySaid } from "./secret-values.ts";

/** Quoted texts, brackets, and what stands between blanks and commas. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|'[^']*'|[,{}[\]]|[^\s"',{}[\]]+/g;

/**
 * A line below a name like `env`, or what stands in brackets behind it: `FOO: x`, `{FOO: x, PORT: 1}`, `"FOO=x"`. Names stay,
 * and of the values what is plainly harmless.
 * @param hide is told what is hidden
 */
export function maskWithin(
	text: string,
	hide: (value: string) => void,
): string {
	let name: string | undefined;
	const masked = text.replace(TOKEN, (token: string, at: number) => {
		if (/^[,{}]$/.test(token)) name = undefined;
		if (/^(?:[,{}[\]:=|>#-]|[|>&!].*|\/\/)$/.test(token)) return token;
		const [, quote = "", bare = ""] = /^(["']?)([\s\S]*)\1$/.exec(token) ?? [];
		const end = at + token.length;
		const isName =
			(quote === "" && /[^:]:$|=$/.test(token)) ||
			/^\s{0,4}(?:[:=]|\+=)/.test(text.slice(end, end + 6));
		if (isName) {
			name = bare.replace(/[:=]$/, "");
			return token;
		}
		const pair = /^([A-Za-z_][\w-]*)(=|:\s*(?!\/\/))([\s\S]+)$/.exec(bare);
		if (name === undefined && pair) {
			const [, own = "", between = "", value = ""] = pair;
			return `${quote}${own}${between}${shown(value, own, hide)}${quote}`;
		}
		return `${quote}${shown(bare, name, hide)}${quote}`;
	});
	return masked.replace(RUN_OF_MASKS, MASK);
}

const RUN_OF_MASKS = new RegExp(`${MASK}(?: {1,4}${MASK})+`, "g");

function shown(
	value: string,
	name: string | undefined,
	hide: (value: string) => void,
): string {
	const rank = name === undefined ? "inner" : rankWithin(name);
	if (isOpenlySaid(value, rank)) return value;
	hide(value);
	return MASK;
}
