/** Why restic has failed. */
export type FailureKind =
	| "wrong-password"
	| "no-repository"
	| "locked"
	| "refused"
	| "read-only"
	| "full"
	| "full-here"
	| "damaged"
	| "bad-address"
	| "unreachable"
	| "unread"
	| "other";

export interface Failure {
	readonly kind: FailureKind;
	/** What it said of it, in a line. */
	readonly said: string;
}

/** From 0.17 on; those before say it in words only, and end with 1. */
const BY_CODE: Readonly<Record<number, FailureKind>> = {
	3: "unread",
	10: "no-repository",
	11: "locked",
	12: "wrong-password",
};

/** What lies there is not what was put there, whatever the way to it is like. */
const DAMAGE =
	/ciphertext verification failed|is damaged|repository is corrupted|invalid data returned|LoadIndex returned errors|Pack ID does not match|unexpected file size|\bpack \S+: does not exist|not found in (?:repository|index)/i;

/** Where the connection has failed, and nothing is said of what lies at its other end. */
const NETWORK =
	/dial tcp|connection (?:refused|reset|closed)|closed (?:idle )?connection|no such host|time(?:d )?out|network is unreachable|no route to host|broken pipe|\b(?:429|50[0234])\b|too many requests|server misbehaving|TLS handshake|subprocess ssh exited/i;

/**
 * In this order: whatever has failed, it may have been at the lock; a refusal may also say that something does not exist, and
 * what cannot be reached that no repository is there.
 */
const BY_WORDS: readonly [RegExp, FailureKind][] = [
	[/wrong password|no key found/i, "wrong-password"],
	[/already locked/i, "locked"],
	[DAMAGE, "damaged"],
	[/repository contains errors/i, "damaged"],
	[/(?:restic-temp-pack|restic-check-cache).*no space left/i, "full-here"],
	[
		/no space left|quota exceeded|507 Insufficient|disk quota|QuotaExceeded/i,
		"full",
	],
	[
		/\b40[13]\b|forbidden|access ?denied|append[- ]only|not permitted|permission denied|unauthori[sz]ed|InvalidAccessKey|SignatureDoesNotMatch|no credentials|object ?lock|\bWORM\b/i,
		"refused",
	],
	[/read-only file system/i, "read-only"],
	[
		/parsing repository location failed|unsupported protocol scheme|didn't find section/i,
		"bad-address",
	],
	[NETWORK, "unreachable"],
	[/\bEOF\b/i, "unreachable"],
	[/is there a repository|config file does not exist/i, "no-repository"],
];

/** Trying again will not help: the server does not want it. */
export function isRefusal(line: string): boolean {
	return !isBeside(line) && kindOf(line) === "refused";
}

/** Whatever is tried: no second time will do. */
export function isHopeless(line: string): boolean {
	return !isBeside(line) && kindOf(line) === "read-only";
}

/** Of its own cache, without which it does as well; and where in its code it was. */
function isBeside(line: string): boolean {
	return /^(\S+\.go:|\t|github\.|runtime\.|main\.|goroutine )|\bcache\b/.test(
		line,
	);
}

export function failureOf(
	exitCode: number | undefined,
	problems: readonly string[],
): Failure {
	const lines = problems.filter((line) => !isBeside(line));
	const fatal = lines.findLast((line) => /^Fatal:/i.test(line)) ?? "";
	const told = (line: string) =>
		line
			.replace(/^Fatal: /i, "")
			.replace(RETRYING, "")
			.trim();
	const coded = BY_CODE[exitCode ?? 0];
	// Its last word counts; what went before may be what it came over.
	const telling = [fatal, ...lines.toReversed()].find(
		(line) => kindOf(line) !== undefined,
	);
	const kind = coded ?? kindOf(telling ?? "") ?? "other";
	const lost = kind === "damaged" ? whatWasNotReached(lines) : undefined;
	if (lost !== undefined) return { kind: "unreachable", said: told(lost) };
	return { kind, said: told(fatal || telling || lines.at(-1) || "") };
}

/** "repository contains errors" is also what restic says of data that it could not fetch. */
function whatWasNotReached(lines: readonly string[]): string | undefined {
	const final = lines.filter((line) => !RETRYING.test(line));
	if (final.some((line) => DAMAGE.test(line))) return undefined;
	return final.find((line) => NETWORK.test(line));
}

const RETRYING = /^.* returned error, retrying after \S+: /;

/** Whether it is the content that cannot be used, and not the way to it: another one there may be as it should. */
export function isAboutContent(kind: FailureKind): boolean {
	return kind === "damaged" || kind === "other";
}

function kindOf(line: string): FailureKind | undefined {
	return BY_WORDS.find(([pattern]) => pattern.test(line))?.[1];
}

/** "PID 4242 on vm by ada (UID 1000, GID 1000)", of what restic says of a lock. */
export function lockHolder(said: string): string | undefined {
	return /by (PID .*)$/.exec(said)?.[1];
}
