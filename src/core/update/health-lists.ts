import { saysAnything } from "../home/configuration.ts";
import { secretKeysIn } from "../secrets/secret-keys.ts";
import { isSecretFile, maskText } from "../secrets/secrets.ts";
import { leavesOf } from "./health-elsewhere.ts";
import type { Asked } from "./health-settings.ts";

/** Lists and the like in which something stood, and nothing stands now, there or elsewhere. */
export function listsEmptied(
	asked: Asked,
	before: unknown,
	after: unknown,
	keys: readonly string[] = [],
): string[] {
	if (typeof before !== "object" || before === null) return [];
	const found = Object.entries(before).flatMap(([key, then]) => {
		const now = Object(after)[key];
		if (!saysAnything(then) || !Object.hasOwn(Object(after), key)) return [];
		const at = [...keys, key];
		if (saysAnything(now)) return listsEmptied(asked, then, now, at);
		const isScalar = now !== null && typeof now !== "object" && now !== "";
		if (isScalar || COMES_AND_GOES.test(key)) return [];
		const values = leavesOf(then).map(({ value }) => value);
		const names = Array.isArray(then) ? [] : Object.keys(Object(then));
		const said = new Set([...names, ...values]);
		const there = [...said].filter((word) => asked.words.has(word));
		return there.length * 2 > said.size
			? []
			: [`${listText(asked, at)} is empty now`];
	});
	return found.slice(0, 2);
}

function listText(asked: Asked, keys: readonly string[]): string {
	return placeText(asked, keys) ?? "a list in it";
}

/** Undefined: it is not to be shown. In a file of secrets a key may be a person's number. */
export function placeText(
	{ host, path }: Asked,
	keys: readonly string[],
): string | undefined {
	const names = secretKeysIn(keys.map((key) => `${key}=`).join("\n"));
	const isNames = names?.others === 0 && names.names.length === keys.length;
	return isSecretFile(host, path) && !isNames
		? undefined
		: maskText(keys.join("."));
}

/** What agents note for themselves: "pendingInvites", "cachedFeatures", "lastSession". */
const COMES_AND_GOES =
	/^(pending|queue|recent|cache|last|tips?|notif|notice|seen|shown|dismiss|error|warning|migration|example|history|session|locks?$)/i;
