import { masked } from "./secret-mask.ts";
import { isOpenlySaid } from "./secret-values.ts";

/** What a password is called where nothing stands between words. */
const JOINED =
	"密码|密碼|口令|密钥|密鑰|令牌|パスワード|暗証番号|비밀번호|패스워드|รหัสผ่าน";
/** And where words stand by themselves. */
const WORDS =
	"парол(?:ь|я|ем|і)|contrase(?:ñ|n\\u0303?)as?|senha|mot de passe|mots de passe|wachtwoord|has[łl]o|[şs]ifre|mật khẩu|heslo|jelszó|lösenord|adgangskode|passord|salasana|kata sandi|κωδικός|סיסמה|كلمة المرور|كلمة السر|पासवर्ड";
const NAMES = `(?:${JOINED}|(?<!\\p{L})(?:${WORDS})(?!\\p{L}))`;
const VALUE = `("[^"\\n]{1,200}"|'[^'\\n]{1,200}'|[^\\s"'，。、；]+)`;

const NAME = new RegExp(NAMES, "iu");
/** The same, of small letters: far quicker, and nearly all texts have none. */
const MENTIONED = new RegExp(`${JOINED}|${WORDS}`);

/** Whether a setting is called a password, in a language of those that its agent's people may speak. */
export function isPasswordElsewhere(name: string): boolean {
	return NAME.test(name.replace(/[_-]|(?<=[a-z])(?=[A-Z])/g, " "));
}

/** Whether a text speaks of a password in one of them. */
export function mentionsPassword(text: string): boolean {
	return MENTIONED.test(text.toLowerCase());
}

/** The whole line is about it. */
const LINES = new RegExp(
	`^([ \\t>#*-]{0,20}${NAMES}[ \\t\\u00a0]{0,3}[:：=][ \\t\\u00a0]{0,3})([^\\s"'].{0,300})$`,
	"gimu",
);
/** With what it is for: "contraseña del wifi: …". */
const NAMED = new RegExp(
	`(${NAMES}(?: [\\p{L}\\d-]{1,20}){0,3}["']?\\s{0,3}(?:[:：=]|[—–](?=\\s))\\s{0,3})${VALUE}`,
	"giu",
);
/** "密码是…", "la contraseña es …": what is of other letters than the language, or no word. */
const SAID = new RegExp(
	`(${NAMES} {0,2}(?:是|为|為|は|는|은|(?:es|é|est|это|is|to|jest|je|är|er|on) ) {0,2}["'\`「“]?)([!-~]{4,})`,
	"giu",
);
const BARE = new RegExp(`(${NAMES} {1,3}["'\`「“]?)([!-~]{4,})`, "giu");

/** Passwords behind what they are called in other languages. */
export function maskLanguages(text: string): string {
	if (!mentionsPassword(text)) return text;
	const unlessOpen = (whole: string, before: string, value: string) =>
		isOpenlySaid(value.replace(/^(["'])(.*)\1$/, "$2"), "strict")
			? whole
			: `${before}${masked()}`;
	const unlessWord = (whole: string, before: string, value: string) =>
		/^[a-z]+[.,;!?]?$/.test(value) ? whole : `${before}${masked()}`;
	const ifMixed = (whole: string, before: string, value: string) =>
		/[a-z]/i.test(value) && /[\d!$%^&*]/.test(value)
			? `${before}${masked()}`
			: whole;
	return text
		.replace(LINES, unlessOpen)
		.replace(NAMED, unlessOpen)
		.replace(SAID, unlessWord)
		.replace(BARE, ifMixed);
}
