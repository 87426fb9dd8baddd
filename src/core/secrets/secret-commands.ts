import { MASK, masked } from "./secret-mask.ts";
import { isOpenlySaid } from "./secret-values.ts";

/** What stands on the line of a program before its flag, also over lines that a backslash joins. */
const BETWEEN = "(?:[^\\n\\\\|;&]|\\\\[^]){0,200}?";
/** As shells take it: quoted, or up to the next blank. */
const VALUE = `("[^"\\n]{1,200}"|'[^'\\n]{1,200}'|[^\\s"'\`|;&]+)`;

/** Programs, and of each the flag behind which it takes a password: by the flag alone nobody could tell. */
const FLAGS: readonly (readonly [program: string, flag: string])[] = [
	["sshpass", "-p\\s{0,3}"],
	// Apart from it stands the database, and the password is asked for.
	["(?:mysql|mariadb)[a-z-]{0,12}", "-p(?!\\s)"],
	["(?:redis-cli|valkey-cli)", "(?:-a|--pass) {1,3}"],
	["openssl", "-k {1,3}"],
	["(?:docker|podman|nerdctl|oras|registry) login", "-p {1,3}"],
	["(?:zip|unzip|mosquitto_(?:pub|sub))", "-P {1,3}"],
	["7z[az]?", "-p(?!\\s)"],
	["ldap[a-z]{3,8}", "-w {1,3}"],
	["mongo[a-z]{0,8}", "-p {1,3}"],
	["ssh-keygen", "-N {1,3}"],
	["(?:keytool|jarsigner)", "-(?:src|dest)?(?:store|key)pass(?:wd)? {1,3}"],
	["curl", "-[a-zA-Z]{0,6}u\\s{0,3}[\"']?[^\\s:\"'-][^\\s:\"']{0,64}:"],
	["https?", "(?:-a|--auth) {1,3}[\"']?[^\\s:\"'-][^\\s:\"']{0,64}:"],
	["(?:smbclient|rpcclient|net)", "-U {0,3}[\"']?[^\\s%\"']{1,64}%"],
];

const COMMANDS: readonly RegExp[] = [
	...FLAGS.map(
		([program, flag]) =>
			new RegExp(`(\\b${program}\\b${BETWEEN}\\s${flag})${VALUE}`, "g"),
	),
	new RegExp(`(\\s-pass(?:in|out)? {1,3}["']?pass:)${VALUE}`, "g"),
	new RegExp(
		`(\\bhtpasswd {1,3}-[a-zA-Z]{0,6}b[a-zA-Z]{0,6} {1,3}\\S{1,200} {1,3}\\S{1,64} {1,3})${VALUE}`,
		"g",
	),
	/(\b(?:sqlplus|sqlldr|expdp|impdp|rman) (?:-\S{1,20} ){0,3}[\w.$-]{1,64}\/)([^\s"'`@]{1,100})/g,
	new RegExp(`(\\becho {1,3})${VALUE}(?= {0,3}\\| {0,3}sudo -S)`, "g"),
];

/** A stretch of a text, in characters. */
export interface Typed {
	readonly from: number;
	readonly to: number;
}

/** Where such passwords stand in a text, in no order. */
export function typedIn(text: string): Typed[] {
	return COMMANDS.flatMap((form) =>
		[...text.matchAll(form)]
			.filter(([, , value = ""]) => !isOpenlySaid(value, "strict"))
			.map(({ index, 1: said = "", 2: value = "" }) => {
				const from = index + said.length;
				return { from, to: from + value.length };
			}),
	);
}

/** Passwords that are typed behind the flags of programs: "mysql -pX", "redis-cli -a X". */
export function maskCommands(text: string): string {
	return COMMANDS.reduce(
		(before, form) =>
			before.replace(form, (whole: string, said: string, value: string) => {
				const bare = value.replace(/^(["'])(.*)\1$/, "$2");
				const isHidden = bare.startsWith(MASK) || isOpenlySaid(bare, "strict");
				return isHidden ? whole : `${said}${masked()}`;
			}),
		text,
	);
}
