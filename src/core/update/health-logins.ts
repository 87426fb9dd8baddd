import { itemFor } from "../home/coverage.ts";
import type { Host } from "../home/host.ts";
import { isSecretName } from "../secrets/secret-names.ts";
import { type Leaf, leavesOf } from "./health-elsewhere.ts";
import { placeText } from "./health-lists.ts";
import type { Asked } from "./health-settings.ts";

export function isOfLogins(host: Host, path: string): boolean {
	return itemFor(host, path)?.putBack === "if-missing-or-broken";
}

/** In sentences; no name is shown that may be a person's. */
export function whyLoginsLost(
	asked: Asked,
	before: unknown,
	after: unknown,
): string[] {
	if (!isOfLogins(asked.host, asked.path)) return [];
	const lost = loginsLost(before, after, asked.words);
	const own = lost.filter((keys) => keys.length === 0);
	if (own.length > 0) return ["has lost its login"];
	const shown = lost.map((keys) => placeText(asked, keys));
	const names = shown.flatMap((one) => one ?? []).slice(0, MOST_SHOWN);
	if (lost.length === 0) return [];
	const more = lost.length - names.length;
	const texts = [
		...names.map((name) => `the login ${name}`),
		...(more > 0 ? [`${more} login${more === 1 ? "" : "s"}`] : []),
	];
	return [`has lost ${texts.join(", ")}`];
}

const MOST_SHOWN = 3;

/**
 * Logins that a file of them has no token of any more, by the keys that lead to each; none: the file itself is one. Tokens are
 * drawn anew, and a login may stand in another form: it is lost when no token at all is left of it.
 * @param words all that stands in settings that have changed: what is not lost but elsewhere
 */
function loginsLost(
	before: unknown,
	after: unknown,
	words: ReadonlySet<string>,
): (readonly string[])[] {
	const then = leavesOf(before).filter(isToken);
	const now = leavesOf(after).filter(isToken);
	const logins = Map.groupBy(then, (token) => loginOf(token).join("\0"));
	return [...logins.values()].flatMap((tokens) => {
		const [first] = tokens;
		const login = first ? loginOf(first) : [];
		const isThere =
			now.some(({ keys }) => login.every((key, at) => keys[at] === key)) ||
			tokens.some(({ value }) => words.has(value)) ||
			isNamedElsewhere(login, then, after);
		return isThere ? [] : [login];
	});
}

/** The program's own name at the provider is no login of anybody. */
function isToken({ keys, value }: Leaf): boolean {
	const name = keys.at(-1) ?? "";
	const isNamed =
		isSecretName(name) || /^(access|refresh|key|token)$/i.test(name);
	return isNamed && !/client/i.test(name) && /^(?!.*:\/\/)\S{8,}$/.test(value);
}

/** The keys above a token, but for those that only say what it is; of a list no number. */
function loginOf({ keys }: Leaf): readonly string[] {
	const above = keys.slice(0, -1);
	const list = above.findIndex((key) => /^\d{1,3}$/.test(key));
	const named = list === -1 ? above : above.slice(0, list);
	const wrapped = named.findLastIndex((key) => !WRAPPER.test(key));
	return named.slice(0, wrapped + 1);
}

const WRAPPER = /^(tokens?|credentials?|oauth|auth)$/i;

/** It has moved within its file, and drawn tokens anew: `{ provider: "p", access_token: … }`, `{ accounts: { p: … } }` */
function isNamedElsewhere(
	login: readonly string[],
	then: readonly Leaf[],
	after: unknown,
): boolean {
	const name = login.at(-1);
	const said = leavesOf(after);
	const fresh = said.filter(
		(leaf) => isToken(leaf) && !then.some(({ value }) => value === leaf.value),
	);
	return fresh.some(({ keys }) => {
		const above = keys.slice(0, -1);
		const beside = said.filter(
			(leaf) =>
				leaf.keys.length === keys.length &&
				above.every((key, at) => leaf.keys[at] === key),
		);
		return (
			name !== undefined &&
			(above.includes(name) || beside.some(({ value }) => value === name))
		);
	});
}
