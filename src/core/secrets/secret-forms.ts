import { masked } from "./secret-mask.ts";

/** What is told to be a secret by itself, whatever it is called. */
export function maskForms(text: string): string {
	const known = FORMS.reduce(
		(before, form) => before.replace(form, masked),
		text,
	);
	const unlessWord = (whole: string, before: string, value: string) =>
		isNoWord(value) ? `${before}${masked()}` : whole;
	return known
		.replace(AFTER_SCHEME, unlessWord)
		.replace(SAID, unlessWord)
		.replace(RUN, (run: string, at: number, all: string) =>
			isRandom(run) && !isHash(all.slice(Math.max(0, at - 40), at))
				? masked(run)
				: run,
		);
}

/** Each goes over a text once: what repeats has a limit, or ends where nothing else of it can begin. */
const FORMS: readonly RegExp[] = [
	/-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
	/\bAGE-(?:SECRET-KEY|PLUGIN)-[A-Z0-9-]{16,}/gi,
	// OpenAI, Anthropic, OpenRouter, Stripe and all who do as they do.
	/\b(?:sk|rk|pk|sess|whsec|ak|key)[-_](?=[\w-]{0,20}\d)[\w-]{16,}/g,
	/\b(?:sk|rk)[-_](?=[\w-]{30}|[A-Za-z\d]{22})[\w-]+/g,
	/\b(?:gh[pousr]_|github_pat_|gl[a-z]{2,6}-|xox[a-z]-|xapp-|hf_|npm_|gsk_|xai-|pplx-|r8_|tvly-|fc-|ntn_|lin_api_|dapi|do[opr]_v1_|shp[a-z]{2}_|sq0[a-z]{3}-|dp\.[a-z]{2}\.|hv[sb]\.|pul-|sntry[su]_|figd_|sbp_|pscale_|ATATT|PMAK-|GOCSPX-|glsa_|tskey-|nvapi-|co_|rt_|at_)[\w.-]{16,}/g,
	/\b(?:pypi-|SG\.|ya29\.|AIza|EAA|1\/\/0)[\w.-]{16,}/g,
	/\b(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z0-9]{12,}/g,
	/\b(?:SK|AC)[0-9a-f]{32}\b/g,
	/\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*){0,3}/g,
	// Telegram, and Discord.
	/\b\d{6,12}:[A-Za-z0-9][\w-]{28,}/g,
	/\b[A-Za-z\d][\w-]{22,30}\.[\w-]{6}\.[\w-]{25,}/g,
	/(?<=\bhooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]+/g,
	/(?<=\/api\/webhooks\/\d{1,25}\/)[\w-]+/g,
	// A login before a host.
	/(?<=\b[A-Za-z][A-Za-z\d+.-]{0,20}:\/\/[^\s/:@"'<>]{0,100}:)[^\s/"'<>]+(?=@)/g,
	/(?<=\b[A-Za-z][A-Za-z\d+.-]{0,20}:\/\/)[^\s/:@"'<>]{12,}(?=@)/g,
	/(?<=\s(?:-u|--user)[ =]["']?[^\s:"']{1,64}:)[^\s"']+/g,
	/(?<=\blogin\s{1,9}\S{1,100}\s{1,9}password\s{1,9})\S+/g,
	// What a password is called elsewhere.
	/(?<=(?:密码|密碼|口令|密钥|密鑰|令牌|パスワード|비밀번호|парол[ья]|contraseña|senha|mot de passe)["']?\s{0,3}[:：=]\s{0,3})\S+/gi,
	// Hashes of passwords.
	/\$(?:2[abxy]|apr1|[156y]|argon2(?:id?|d)?|scrypt|pbkdf2[\w-]{0,10})\$[\w./$+=,-]{10,}/g,
];

const AFTER_SCHEME =
	/(\b(?:Bearer|Basic|Token|Digest|Negotiate)[ \t]{1,4})([\w.~+/=-]{6,})/gi;

const SAID =
	/(\b(?:password|passphrase|passcode|secret|token|pin|api key) {1,3}(?:is|was|to|=) {1,3}["'`]?)([^\s"'`]{4,})/gi;

/** No word of a language: "Basic understanding", "a bearer token". */
function isNoWord(value: string): boolean {
	return (
		value.length > 32 || !/^[A-Za-z]?[a-z-]+[.,;!?=]?$|^[A-Z-]+$/.test(value)
	);
}

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
	const pieces = run
		.replace(/[A-Z](?=[a-z]{2})/g, (letter) => letter.toLowerCase())
		.split(/[^A-Za-z\d]+/);
	const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
	if (length < 18) return false;
	const changes = pieces.reduce((sum, piece) => sum + changesIn(piece), 0);
	const hasDigits = /\d/.test(run);
	const hasCases = /[A-Z]/.test(run) && /[a-z]/.test(run);
	if (!hasDigits) return hasCases && length >= 32 && changes > length * 0.2;
	if (hasCases) return changes > length * (length < 32 ? 0.24 : 0.18);
	return length >= 32 && changes > length * 0.2;
}

function changesIn(piece: string): number {
	let changes = 0;
	for (let at = 1; at < piece.length; at++)
		if (kindAt(piece, at) !== kindAt(piece, at - 1)) changes++;
	return changes;
}

/** A digit, a capital or a small letter: as they stand in ASCII. */
function kindAt(piece: string, at: number): number {
	return piece.charCodeAt(at) >> 5;
}

/** Hashes of contents are for all to see: "sha256:…", "commit …". */
function isHash(before: string): boolean {
	return /(?:sha-?(?:1|256|384|512)|sha|hash|digest|checksum|integrity|etag|commit|revision|rev|blob|tree|parent|md5|fingerprint)["'\]]{0,2}\s{0,2}[:=@ -]?\s{0,2}["'[]?$/i.test(
		before,
	);
}
