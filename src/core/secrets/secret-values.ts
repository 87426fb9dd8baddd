import { MASK } from "./secret-mask.ts";
import { type Rank, rankWithin } from "./secret-names.ts";

/** What a setting of that name may say for all to see: a switch, a reference, a count, and of some names a plain word. */
export function isOpenlySaid(value: string, rank: Rank): boolean {
	if (value === "" || value === MASK || OPEN.test(value)) return true;
	if (rank === "strict") return VERSION.test(value);
	// Of an address of rclone it is hidden by now: "x,pass=••••:folder".
	if (rank === "pass" && value.startsWith(`${MASK}:`)) return true;
	if (rank === "pass") return COUNT_OR_TYPE.test(value) || isPlace(value);
	// "token: 4096" is a count, "pin: 4096" is none.
	if (/^-?\d{1,5}(\.\d+)?$/.test(value)) return true;
	switch (rank) {
		case "strong":
			return CHORD.test(value);
		case "counted":
			return /^-?\d{1,15}(\.\d{1,15})?$/.test(value);
		case "inner":
			return isPlain(value);
		case "login":
			return isNoLogin(value);
		case "auth":
			return isNoLogin(value) && isOpenlySaid(value, "weak");
		case "pair":
			return isOpenPair(value);
		case "code":
			return !/^[A-HJ-NP-Z2-9]{8}$/.test(value);
		case "keys":
			return value.length < SHORTEST_KEY || isOpenlySaid(value, "weak");
		case "wpa":
			return /^(?:wpa|wep|psk|sae|eap|personal|enterprise|[\d+ _/-])+$/i.test(
				value,
			);
		case "state":
			return STATE.test(value);
		case "weak":
			return CHORD.test(value) || isPlain(value) || isWords(value);
		default:
			return true;
	}
}

/** "ada:…" is one; a time, an address and a pair of ids are none. */
function isNoLogin(value: string): boolean {
	return !/^[^\s:/]+:[^\s/]/.test(value) || /^\d+:\d+$/.test(value);
}

/** Of a file that has it. */
function isPlace(value: string): boolean {
	return value.length <= LONGEST && PATH.test(value);
}

function isOpenPair(pair: string): boolean {
	const [, name = "", value] =
		/^([A-Za-z_][\w-]*)(?:=|:\s)\s*(.*)$/.exec(pair) ?? [];
	return value === undefined || isOpenlySaid(value, rankWithin(name));
}

const OPEN =
	/^(?:true|false|yes|no|on|off|null|none|nil|~|undefined|required|\[\]|\{\}|\$\{[A-Za-z_]\w*\}|\$[A-Z_][A-Z\d_]*|\$\{\{[^}]*\}\}|\{env:\w+\}|<[\w -]{1,40}>)$/i;

/** "pin: 3.12" */
const VERSION = /^\d{1,2}\.\d{1,2}(?:\.\d{1,2})?$/;

/** Of a keyboard: "ctrl+k", "F5", "<leader>q". */
const CHORD =
	/^(?:(?:ctrl|control|alt|shift|meta|cmd|command|super|option|leader|<leader>)[+-]?){1,4}(?:[a-z\d]|[[\],./;'\\`=-]|space|tab|enter|escape|esc|up|down|left|right|f\d\d?)$|^(?:space|tab|enter|return|escape|esc|backspace|delete|up|down|left|right|home|end|page(?:up|down)|f\d\d?)$/i;

/** Longer than anything that is plainly harmless; what follows would be read to its end for nothing. */
const LONGEST = 200;

/** Words of settings, places, kinds of content, versions and times: nothing that opens anything. */
function isPlain(value: string): boolean {
	return value.length <= LONGEST && PLAIN.some((form) => form.test(value));
}

/** Words in which digits stand only at the end. */
const PIECE = "[A-Za-z._@-]{1,40}\\d{0,2}(?:\\.\\d{1,3}){0,2}";
const PLACE = `(?:/${PIECE})+/?`;

/** Of a list; below that they are of a keyboard or a table. */
const SHORTEST_KEY = 6;

const STATE =
	/^(?:open|closed|pending|active|inactive|ready|done|ok|error|failed|expired|valid|invalid|connected|disconnected|authorized|unauthorized|complete|completed|enabled|new|idle|revoked|granted|denied|linked)$/i;

/** "pass: 12", "pass: string" */
const COUNT_OR_TYPE =
	/^(?:\d{1,2}|(?:string|str|bool|boolean|number|int|any|unknown)[;,)]?)$/;
const PATH = new RegExp(`^(?:~|\\.{1,2})?${PLACE}$`);

const PLAIN: readonly RegExp[] = [
	/^(?:debug|info|warn|warning|error|fatal|trace|verbose|silent|quiet|production|development|dev|prod|staging|test|testing|local|default|auto|always|never|all|any|public|private|read|write|read-only|readonly|read-write|utf-?8|c\.utf-?8|json|yaml|text|plain|http|https|stdio|sse|gzip|oauth2?|basic|bearer|digest|apikey|api[_-]key|token|password|keep-alive|close|no-cache|dark|light|xterm(?:-256color)?|bash|zsh|vim?|nano|c|posix|\.{3}[\w.]{1,60}|\*|\*\/\*)$/i,
	new RegExp(
		`^(?:~|\\.{1,2}|\\$\\{?[A-Z_]+\\}?)?${PLACE}(?::(?:~|\\$[A-Z_]+)?${PLACE}|:\\$[A-Z_]+)*$`,
	),
	new RegExp(
		`^(?:https?|wss?|redis|postgres|postgresql|mysql|amqp|file)://(?:[A-Za-z][A-Za-z-]{0,40}\\d{0,3}\\.?|\\d{1,3}\\.?){1,8}(?::\\d{1,5})?/?(?:${PLACE})?$`,
	),
	/^(?:(?:[a-z][a-z-]{0,30}\d{0,2}\.){1,6}[a-z]{2,10}|localhost|\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?$/,
	/^(?:application|text|image|audio|video|multipart)\/[a-z.+*-]{1,40}(?:; ?charset=[\w-]{1,12})?$/i,
	/^v?\d{1,4}(?:\.\d{1,4}){1,3}$/,
	/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/,
	/^1[5-9]\d{8}(?:\d{3})?$/,
	/^[a-z]{2}[_-][A-Z]{2}(?:\.utf-?8)?$/i,
	/^(?:UTC|(?:Europe|America|Asia|Africa|Australia|Etc)\/[A-Z][A-Za-z_]{1,30})$/,
	/^\d{1,6}(?:\.\d{1,3})? ?(?:ms|s|m|h|d|w|%|px|k|kb|mb|gb|kib|mib|gib)$/i,
	/^\d{1,5}(?::\d{1,5}){1,2}(?:\/(?:tcp|udp))?$/,
	// The name of a variable.
	/^[A-Z]{2,20}(?:_[A-Z]{2,20}\d{0,2}){1,8}$/,
];

/** Nor does it have a digit or a sign as passwords have them: code, types, names. */
function isWords(value: string): boolean {
	if (value.length <= 40 && !/[\d!@#$%^&*~]/.test(value)) return true;
	return value.length <= 500 && WORDS.some((form) => form.test(value));
}

const WORDS: readonly RegExp[] = [
	/^[A-Za-z][a-z]{0,14}(?:[ ,_./+-]{1,2}[A-Za-z]?[a-z]{1,20}\.?){0,30}$/,
	/^[a-z]{1,20}(?:[A-Z][a-z]{1,20}){1,4}$/,
	// "agent:main:telegram:dm:1234567"
	/^[a-z][a-z_-]{0,20}(?::(?:[a-z][a-z_-]{0,20}|-?\d{1,20})){1,10}$/,
];
