import { scalarAt } from "../home/configuration.ts";
import { itemFor } from "../home/coverage.ts";
import type { Chosen, Host } from "../home/host.ts";
import { secretKeysIn } from "../secrets/secret-keys.ts";
import { isSecretName } from "../secrets/secret-names.ts";
import { isSecretFile, maskText } from "../secrets/secrets.ts";
import { isRenamed, leavesOf, TRIVIAL } from "./health-elsewhere.ts";
import { listsEmptied } from "./health-lists.ts";
import { isOfLogins, whyLoginsLost } from "./health-logins.ts";
import { isVariables } from "./health-look-file.ts";

export interface Asked {
	readonly host: Host;
	readonly path: string;
	/** All that stands in settings that have changed: what is not lost but elsewhere. */
	readonly words: ReadonlySet<string>;
	/** What is counted there is elsewhere, and all of it. */
	readonly isMoved: boolean;
}

/** What settings do not say any more, in sentences. */
export function whySettingsLost(
	asked: Asked,
	before: unknown,
	after: unknown,
): string | undefined {
	const { host, path } = asked;
	if (leavesOf(before).length > 0 && leavesOf(after).length === 0)
		return isMovedFrom(asked, before) ? undefined : "has lost all it said";
	const item = itemFor(host, path);
	const isHidden = isSecretFile(host, path);
	const chosen = item?.chosen ?? [];
	const logins = whyLoginsLost(asked, before, after);
	const listsLost =
		isHidden || item?.chosen ? listsEmptied(asked, before, after) : [];
	const whys = [
		...chosen
			.filter((one) => !isSaidInOne(one, chosen, before, after))
			.flatMap((one) => whyRechosen(one, before, after, isHidden)),
		...namesLost(asked, before, after),
		...namesCut(asked, before, after),
		...(logins.length > 0 ? logins : listsLost),
		...(item?.chosen ? whyDefaults(asked, before, after) : []),
	];
	return whys.length === 0 ? undefined : whys.join("; ");
}

/** Most of what it said stands elsewhere. */
function isMovedFrom({ words, isMoved }: Asked, before: unknown): boolean {
	const said = leavesOf(before).filter(({ value }) => !TRIVIAL.test(value));
	const there = said.filter(({ value }) => words.has(value));
	return isMoved || there.length * 2 > said.length;
}

function chosenIn({ at }: Chosen, value: unknown): string | undefined {
	return at
		.map((keys) => scalarAt(value, keys))
		.find((one) => one !== undefined);
}

/** "provider: p" and "model: a" are "model: p/a" now. */
function isSaidInOne(
	one: Chosen,
	chosen: readonly Chosen[],
	before: unknown,
	after: unknown,
): boolean {
	const then = chosenIn(one, before);
	if (then === undefined) return false;
	return chosen.some((other) => {
		const beside = chosenIn(other, before);
		if (other === one || beside === undefined) return false;
		const now = [chosenIn(one, after), chosenIn(other, after)];
		const both = [`${then}/${beside}`, `${beside}/${then}`];
		return (
			now.some((text) => both.includes(text ?? "")) &&
			now.some((text) => text === undefined)
		);
	});
}

function whyRechosen(
	chosen: Chosen,
	before: unknown,
	after: unknown,
	isHidden: boolean,
): string[] {
	const { what } = chosen;
	const [then, now] = [chosenIn(chosen, before), chosenIn(chosen, after)];
	if (then === undefined || then === "" || then === now) return [];
	if (now === undefined && isRenamed(chosen, then, before, after)) return [];
	const [was, is] = [then, now].map((one = "nothing") =>
		maskText(one).slice(0, 80),
	);
	return isHidden
		? [`its ${what} is another (values are not shown)`]
		: [`its ${what} was ${was} and is ${is} now`];
}

/** Variables and secrets that have gone or are empty, and whose value stands nowhere else. Logins are drawn anew, and stay. */
function namesLost(
	{ host, path, words }: Asked,
	before: unknown,
	after: unknown,
): string[] {
	const isEach = isVariables(path);
	if (isOfLogins(host, path)) return [];
	const lost = leavesOf(before).filter(
		({ keys, value }) =>
			!TRIVIAL.test(value) &&
			(isEach || (value.length >= 8 && isSecretName(keys.at(-1) ?? ""))) &&
			isUnfilled(scalarAt(after, keys)) &&
			!words.has(value),
	);
	return lost.length === 0
		? []
		: [`has lost ${namesText(lost.map(({ keys }) => keys.at(-1) ?? ""))}`];
}

/** Of several values only the beginning is there. A single one may be another, which begins alike. */
function namesCut(
	{ path, words }: Asked,
	before: unknown,
	after: unknown,
): string[] {
	if (!isVariables(path)) return [];
	const long = leavesOf(before).filter(({ value }) => value.length >= LONG);
	const cut = long.filter(({ keys, value }) => {
		const now = scalarAt(after, keys)?.trim() ?? "";
		const isBeginning = value.startsWith(now) && now.length * 2 <= value.length;
		return now !== "" && isBeginning && !words.has(value);
	});
	return cut.length < 2 || cut.length * 2 < long.length
		? []
		: [`has cut ${namesText(cut.map(({ keys }) => keys.at(-1) ?? ""))} short`];
}

/** Characters. */
const LONG = 12;

/** Nothing, or what stands in an example of it. */
function isUnfilled(value = ""): boolean {
	return /^\s*$|^["'<[{]*(your|change[-_ ]?me|replace|placeholder|example|todo|xxx)/i.test(
		value,
	);
}

/** Names that may be shown, and how many more there are. */
function namesText(names: readonly string[]): string {
	const lines = names.map((name) => `${name}=`).join("\n");
	const shown = secretKeysIn(lines)?.names ?? [];
	const more = names.length - Math.min(shown.length, MOST_NAMES);
	const some = shown.slice(0, MOST_NAMES).join(", ");
	if (some === "") return more === 1 ? "a key" : `${more} keys`;
	return more > 0 ? `${some} and ${more} more` : some;
}

const MOST_NAMES = 3;

/** Most of it says something else now: it was written anew, and not changed. */
function whyDefaults(
	{ words }: Asked,
	before: unknown,
	after: unknown,
): string[] {
	const leaves = leavesOf(before);
	const pairs = new Set(
		leavesOf(after).map(({ keys, value }) => `${keys.at(-1)} ${value}`),
	);
	const kept = leaves.filter(
		({ keys, value }) =>
			pairs.has(`${keys.at(-1)} ${value}`) ||
			(!TRIVIAL.test(value) && words.has(value)),
	);
	return leaves.length >= FEW && kept.length * 2 < leaves.length
		? [`keeps only ${kept.length} of its ${leaves.length} settings`]
		: [];
}

/** So few may all be other ones. */
const FEW = 4;
