import { maskCodes } from "./secret-codes.ts";
import { maskCommands } from "./secret-commands.ts";
import { maskHooks } from "./secret-hooks.ts";
import { looksLikeSecret } from "./secret-looks.ts";
import { masked } from "./secret-mask.ts";
import { maskPhrases } from "./secret-phrases.ts";
import { maskProse } from "./secret-prose.ts";
import { maskStatements } from "./secret-sql.ts";
import { varietyOf } from "./secret-variety.ts";
import { SERVICE_KEYS } from "./service-keys.ts";

/** What is told to be a secret by itself, whatever it is called. */
export function maskForms(text: string): string {
	const known = [...SERVICE_KEYS, ...FORMS].reduce(
		(before, form) => before.replace(form, masked),
		maskCodes(text),
	);
	const behind = BEHIND.reduce(
		(rest, form) =>
			rest.replace(form, (_, before: string) => `${before}${masked()}`),
		known,
	);
	const alone = behind.replace(ALONE, (whole, before: string, value: string) =>
		looksLikeSecret(value, true) ? `${before}${masked()}` : whole,
	);
	return maskProse(
		maskPhrases(maskStatements(maskCommands(maskHooks(alone)))),
	).replace(RUN, (run: string, at: number, all: string) =>
		isRandom(run) && !isHash(all.slice(Math.max(0, at - 40), at))
			? masked(run)
			: run,
	);
}

/** As `SERVICE_KEYS`, and what may be a name now and then: it is better hidden where a text may say anything. */
const FORMS: readonly RegExp[] = [
	/\b(?:sk|rk|pk|sess|whsec|ak|key)[-_](?=[\w-]{0,20}\d)[\w-]{16,}/g,
	/\b(?:sk|rk)[-_](?=[\w-]{30}|[A-Za-z\d]{22})[\w-]+/g,
	/\b(?:gh[pousr]_|github_pat_|gl[a-z]{2,6}-|xox[a-z]-|xapp-|hf_|npm_|gsk_|xai-|fc-|dp\.[a-z]{2}\.|co_|rt_|at_)[\w.-]{16,}/g,
	/\b(?:EAA|1\/\/0)[\w.-]{16,}/g,
	/(?<![A-Za-z\d])(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z0-9]{12,}/g,
	/\b(?:SK|AC)[0-9a-f]{32}\b/g,
	/\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*){0,3}/g,
	// Telegram, also in its URLs, and Discord.
	/(?<!\d)\d{6,12}:[A-Za-z0-9][\w-]{28,}/g,
	/\b[A-Za-z\d][\w-]{22,30}\.[\w-]{6}\.[\w-]{25,}/g,
	// Hashes of passwords.
	/\$(?:2[abxy]|apr1|[156y]|argon2(?:id?|d)?|scrypt|pbkdf2[\w-]{0,10})\$[\w./$+=,-]{10,}/g,
];

/** What stands behind something; to look for that first is quicker than to look back from everywhere. */
const BEHIND: readonly RegExp[] = [
	/(\/bot\d{1,15}:)[^\s/"'<>]+/g,
	/(\bhooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]+/g,
	/(\/api\/webhooks\/\d{1,25}\/)[\w-]+/g,
	/(\bhooks\.zapier\.com\/hooks\/\w{1,20}\/\d{1,20}\/)\w+/g,
	/(\bmaker\.ifttt\.com\/[\w/-]{1,100}\/key\/)[\w-]+/g,
	/([?&]code=)[\w.~%+/-]{6,}/g,
	// A login before a host. A password may have any character but blanks and quotes; a port is none.
	/(\b[A-Za-z][A-Za-z\d+.-]{0,20}:\/\/[^\s/:@"'<>]{0,100}:)(?!\d{1,5}\/)[^\s"'<>]{1,300}(?=@)/g,
	/(\b[A-Za-z][A-Za-z\d+.-]{0,20}:\/\/)[^\s/:@"'<>]{12,}(?=@)/g,
	/(\s(?:-u|--user|--proxy-user)[ =]["']?(?!\d+:\d+\b)[^\s:"']{1,64}:)[^\s"']+/g,
	/(\blogin\s{1,9}\S{1,100}\s{1,9}password\s{1,9})\S+/g,
	// Who sends it is let in.
	/(\bpairing approve (?:--?\S{1,40} )?\S{1,40} )[A-Z\d-]{6,16}\b/g,
];

/** Before a host stands a user as often. */
const ALONE = /(\b[A-Za-z][A-Za-z\d+.-]{0,20}:\/\/)([^\s/:@"'<>]{6,11})(?=@)/g;

/** Letters and digits as base64 and hexadecimal digits have them, and paths, names and kebab-case too. */
const RUN = /[A-Za-z\d+/_=-]{20,}/g;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** By which agents and models call chats, messages and calls of tools. */
const ID =
	/^(?:ses|msg|prt|call|toolu|chatcmpl|resp|rs|fc|run|thread|asst|file|req|evt|proc|wrk|item|step|batch|user|org|proj)[-_]/;

/**
 * Whether letters, digits and cases change places as often as in what a machine has drawn, and not as in words, paths, dates
 * and names put together. Capitals that begin a word are no change.
 */
function isRandom(run: string): boolean {
	if (UUID.test(run) || ID.test(run)) return false;
	const { length, changes, hasDigits, hasCases } = varietyOf(run);
	if (length < 18) return false;
	if (!hasDigits) return hasCases && length >= 32 && changes > length * 0.2;
	if (hasCases) return changes > length * (length < 32 ? 0.24 : 0.18);
	return length >= 32 && changes > length * 0.2;
}

/** Hashes of contents are for all to see: "sha256:…", "commit …". */
export function isHash(before: string): boolean {
	return /(?:sha-?(?:1|256|384|512)|sha|hash|digest|checksum|integrity|etag|commit|revision|rev|blob|tree|parent|md5|fingerprint)["'\]]{0,2}\s{0,2}[:=@ -]?\s{0,2}["'[]?$/i.test(
		before,
	);
}
