import { maskLanguages } from "./secret-languages.ts";
import { masked } from "./secret-mask.ts";

/** What people say of secrets in sentences, where no sign stands between the name and the value. */
export function maskProse(text: string): string {
	const ifSecret =
		(isSecret: (value: string, before: string) => boolean) =>
		(whole: string, before: string, value: string) =>
			isSecret(value, before) ? `${before}${masked()}` : whole;
	const ifNoWord = ifSecret(isNoWord);
	return maskLanguages(text)
		.replace(AFTER_SCHEME, ifNoWord)
		.replace(SAID, ifNoWord)
		.replace(SAID_SHORTLY, ifSecret(isNoWordOrCount))
		.replace(OF_LOGIN, ifSecret(isOfNoText))
		.replace(BARE, ifSecret(isDrawnWord))
		.replace(BEFORE, (value) => (isDrawnWord(value, "p") ? masked() : value))
		.replace(OF_KEY, ifSecret(isDrawnKey))
		.replace(BEHIND_SLASH, ifSecret(isDrawnWord))
		.replace(CODE, ifSecret(isCode))
		.replace(NUMBER, (_, before: string) => `${before}${masked()}`)
		.replace(AT_HOST, (whole, name: string, value: string, host: string) =>
			isLogin(name, value, host) ? `${name}:${masked()}` : whole,
		);
}

const AFTER_SCHEME =
	/(\b(?:Bearer|Basic|Token|Digest|Negotiate)[ \t]{1,4})([\w.~+/=-]{6,})/gi;

/** "the token for the bot is …" */
const SAID =
	/(\b(?:password|passphrase|passcode|secret|token|pin|(?:api|secret|access|wi-?fi|wlan) key|passwort|kennwort)(?: (?:for|of|to|on|at)(?: [\w'-]{1,20}){1,5}?)?(?: {1,3}(?:(?:(?:is|was|has been) )?(?:changed|set|reset|updated|rotated) to|is|was|to|=|ist|war|lautet)|'s) {1,3}["'`]?)([^\s"'`]{4,})/gi;

/** "my pass is …": "pass" alone is another word as often. */
const SAID_SHORTLY =
	/(\b(?:my|our|your|the|root|wifi|admin) (?:pass|pw|pwd|creds?)(?: {1,3}(?:is|was|=)|'s) {1,3}["'`]?)([^\s"'`]{4,})/gi;

/** "ssh root@h pass …" */
const OF_LOGIN =
	/((?:\b(?:ssh|sftp|scp) |\w@[\w.-]{1,60})[^\n|;&]{0,60}?[ ,](?:password|passphrase|passwd|pass|pwd|pw)[ :=]{1,3}["'`]?)([^\s"'`]{4,})/gi;

/** "the password … is for the door" */
const BARE =
	/(\b(?:password|passphrase|passcode|passwd|pwd|pw|pass|secret key|api[ -]key|(?:access|bot|auth) token|token|secret) {1,3}["'`(]?)([A-Za-z\d!@#%^&*][^\s"'`]{4,})/gi;

/** "… is the password" */
const BEFORE =
	/(?<![^\s"'`(])([^\s"'`]{5,100})(?=["'`)]? (?:is|was|as) (?:the|my|your|our) (?:\w{1,20} ){0,2}(?:password|passphrase|pin|token|secret|api key)\b)/gi;

/** "my encryption key is …" */
const OF_KEY =
	/(\b(?:encryption|decryption|signing|master|recovery|backup|vault|private) key(?: (?:for|of|to)(?: [\w'-]{1,20}){1,4}?)?(?: (?:is|was)|:) {1,3}["'`]?)([^\s"'`]{6,})/gi;

/** "login ada / …" */
const BEHIND_SLASH =
	/(\b(?:login|credentials|creds|account):? {1,3}[\w.@+-]{1,64} \/ {1,3})([^\s"'`]{6,})/gi;

/** A code by which somebody is let in, or may log in again. */
const CODE =
	/(\b(?:pairing|access|verification|security|login|one-time|2fa|backup|recovery|invite) codes?(?: is| was| are)?:?["'`* ]{1,4})([A-Za-z\d][A-Za-z\d-]{3,39})(?![\w./-])/gi;
/** Of a lock. */
const NUMBER =
	/(\b(?:(?:[Dd]oor|[Gg]ate|[Gg]arage|[Aa]larm|[Ll]ock|[Ee]ntry|[Ss]afe) code|PIN(?: code)?(?: (?:for|of|to)(?: [\w'-]{1,20}){1,3}(?=[:=]| is | was ))?|CVV|CVC|PUK|OTP|TOTP)(?: is| was)?[ :=]{1,3}["'`]?|\b(?:pin|puk|otp)(?: is| was)?[ :=]{1,3}["'`]?(?=\d{4}))[#*]?\d{3,10}[#*]?(?![\w-]|\.\d)/g;

/** "root:…@10.0.0.1" */
const AT_HOST =
	/(?<![\w/.@:-])([A-Za-z_][\w.-]{0,31}):([^\s:@/"'`<>(){}]{4,100})(?=@(localhost|\d{1,3}(?:\.\d{1,3}){3}|[A-Za-z][\w-]{0,60}(?:\.[\w-]{1,60}){0,5})(?![\w@]))/g;

/** Names of users by which machines are reached, and nothing else is called. */
const USERS =
	/^(?:root|admin|administrator|ubuntu|debian|pi|ec2-user|deploy|postgres|mysql)$/i;

function isLogin(name: string, value: string, host: string): boolean {
	if (USERS.test(name)) return true;
	return /^(?:localhost$|\d)/.test(host) && isNoWord(value);
}

/** Letters and digits mixed, as no word, number, version, name of a file or setting mixes them. */
function isDrawnWord(value: string, before: string): boolean {
	const bare = value.replace(/^\*{1,2}|\*{0,2}[.,;:!?)\]}]{0,3}$/g, "");
	if (!/[A-Za-z]/.test(bare) || !/[\d!$%^&*]/.test(bare)) return false;
	if (OF_TEXTS.test(bare)) return false;
	// "token gpt-4", "pass arg1", but "password hunter2".
	const isSure = /^p(?!ass\s)/i.test(before);
	return isSure || !NUMBERED.test(bare);
}

/** "256-bit" is said of a key, too. */
function isDrawnKey(value: string): boolean {
	return isDrawnWord(value, "p") && !/^\d+-[a-z]+\W?$/i.test(value);
}

/** Its cases are mixed, too. */
function isOfNoText(value: string): boolean {
	return (
		isDrawnWord(value, "p") || /^\w*(?:[a-z][A-Z]|[A-Z]{2}[a-z])/.test(value)
	);
}

const NUMBERED = /^(?:[A-Za-z][a-z]{0,11}|[A-Z]{1,12})-?\d{1,2}$/;

const OF_TEXTS =
	/[=()[\]{}<>/]|\.[a-z]{1,4}\d?$|^\d+[a-z]{0,3}$|^[A-Z\d_]+_[A-Z\d_]+$/i;

/** No word of a language: "Basic understanding", "a bearer token". */
function isNoWord(value: string): boolean {
	return (
		value.length > 32 || !/^[A-Za-z]?[a-z-]+[.,;!?=]?$|^[A-Z-]+$/.test(value)
	);
}

/** "The pass is 100%." */
function isNoWordOrCount(value: string): boolean {
	return isNoWord(value) && !/^\d+%?[.,;!?]?$/.test(value);
}

/** Of capitals alone it has as many as codes have; "recovery code path2" is none. */
function isCode(value: string): boolean {
	if (/^[A-Z-]{6,16}$/.test(value)) return true;
	return /\d/.test(value) && !NUMBERED.test(value);
}
