/** Why restic has failed. */
export type FailureKind =
	| "wrong-password"
	| "no-repository"
	| "locked"
	| "refused"
	| "full"
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

/** In this order: a refusal may also say that something does not exist, and what cannot be reached that no repository is there. */
const BY_WORDS: readonly [RegExp, FailureKind][] = [
	[/wrong password|no key found/i, "wrong-password"],
	[/already locked|unable to create lock/i, "locked"],
	[
		/no space left|quota exceeded|507 Insufficient|disk quota|QuotaExceeded/i,
		"full",
	],
	[
		/\b40[13]\b|forbidden|access ?denied|append[- ]only|not permitted|permission denied|unauthori[sz]ed|InvalidAccessKey|SignatureDoesNotMatch|no credentials|object ?lock|\bWORM\b/i,
		"refused",
	],
	[
		/dial tcp|connection (?:refused|reset)|no such host|time(?:d )?out|network is unreachable|no route to host|unexpected EOF|broken pipe|\b50[0234]\b|server misbehaving|TLS handshake|subprocess ssh exited|connection closed|\bEOF\b/i,
		"unreachable",
	],
	[/is there a repository|config file does not exist/i, "no-repository"],
];

/** Trying again will not help: the server does not want it. */
export function isRefusal(line: string): boolean {
	return !isBeside(line) && kindOf(line) === "refused";
}

/** Of its own cache, without which it does as well; and where in its code it was. */
function isBeside(line: string): boolean {
	return /^(\S+\.go:|\t|github\.)|\bcache\b/.test(line);
}

export function failureOf(
	exitCode: number | undefined,
	problems: readonly string[],
): Failure {
	const lines = problems.filter((line) => !isBeside(line));
	const fatal = lines.findLast((line) => /^Fatal:/i.test(line)) ?? "";
	const told = (line: string) => line.replace(/^Fatal: /i, "").trim();
	const coded = BY_CODE[exitCode ?? 0];
	// Its last word counts; what went before may be what it came over.
	const telling = [fatal, ...lines.toReversed()].find(
		(line) => kindOf(line) !== undefined,
	);
	const kind = coded ?? kindOf(telling ?? "") ?? "other";
	return { kind, said: told(fatal || telling || lines.at(-1) || "") };
}

function kindOf(line: string): FailureKind | undefined {
	return BY_WORDS.find(([pattern]) => pattern.test(line))?.[1];
}

/** "PID 4242 on vm by ada (UID 1000, GID 1000)", of what restic says of a lock. */
export function lockHolder(said: string): string | undefined {
	return /by (PID .*)$/.exec(said)?.[1];
}
