import path from "node:path";
import Database from "better-sqlite3";
import {
	drawn,
	type Planted,
	plantedKinds,
	short,
	VALUES,
} from "./planted-kinds.ts";
import { put } from "./put.ts";

/** In two states of a home no secret is the same: what differs is all of them. */
export type Turn = "first" | "second";

/** What may stand in any text. */
export const PLANTED: readonly Planted[] = plantedKinds("first");

/** Values of files that are secret as a whole: nothing says so but where they stand. */
const HIDDEN = ["env", "env2", "auth", "pairing"];
/** By what they are called or where they stand in a database. */
const COLUMNS = [
	...["key", "openai_key", "refresh", "api", "db_password"],
	...["recovery", "recovery_codes"],
];

/** Rows of which one column says that another one is a secret; what else they say is harmless, or the key. */
const NAMED_ROWS: readonly {
	readonly table: string;
	readonly columns: string;
	readonly row: readonly (string | number)[];
}[] = [
	{ table: "cfg", columns: "setting_name, setting_value", row: ["api_key"] },
	{ table: "bars", columns: "name, val", row: ["slack_token"] },
	{ table: "short", columns: "k, v", row: ["password"] },
	{ table: "keyed", columns: "what PRIMARY KEY, is_it", row: ["bot_token"] },
	{ table: "wide", columns: "at, what, is_it", row: [1, "smtp_password"] },
	{ table: "word", columns: "a, b, c", row: ["smtp", "password"] },
	// The table says it.
	{ table: "vault_items", columns: "id, item, data", row: [1, "github"] },
];

/** Every string that must not be seen of a home in which they are planted. */
export const SECRETS: readonly string[] = (
	["first", "second"] as const
).flatMap((turn) => [
	...plantedKinds(turn).map(({ secret }) => secret),
	...VALUES.map((_, index) => short(`${turn} value ${index}`)),
	...[...HIDDEN, ...COLUMNS, "cookie"].map((one) => plain(turn, one)),
	...NAMED_ROWS.map(({ table }) => plain(turn, table)),
	codeOf(turn),
	keyOf(turn, "label"),
	keyOf(turn, "file"),
	keyOf(turn, "table"),
]);

function plain(turn: Turn, what: string): string {
	return `plain${what}-8${short(turn + what).slice(-6)}`;
}

/** Of a pairing that waits for somebody to let it in. */
function codeOf(turn: Turn): string {
	return turn === "first" ? "KLMNPQRS" : "TUVWXYZA";
}

/** A key of a service as the name of something. */
export function keyOf(turn: Turn, what: string): string {
	return `sk-ant-api03-${drawn(turn + what, 40)}-AA`;
}

/** Puts them into a home of Hermes: its .env, auth.json, pairings, YAML, TOML, JSON, JSONL, notes, and columns of state.db. */
export function plantSecrets(home: string, turn: Turn = "first"): void {
	const planted = plantedKinds(turn);
	const [env, env2, auth, pairing] = HIDDEN.map((one) => plain(turn, one));
	const variables = `PLAIN_SETTING=${env}\nOTHER="${env2}"\n# ${turn}\n`;
	const login = { version: 1, providers: { nous: { x: auth } }, turn };
	for (const name of [".env", "memories/env.bak", "memories/renamed.txt"])
		put(home, name, variables);
	for (const name of ["auth.json", "memories/auth.json.old"])
		put(home, name, login);
	put(home, "pairing/telegram-approved.json", { [`${pairing}`]: { turn } });
	put(home, "pairing/telegram-pending.json", {
		[codeOf(turn)]: { user_id: "1" },
	});
	put(home, "config.yaml", `turn: ${turn}\n${texts(planted, "\n")}\n`);
	put(home, "memories/NOTES.md", `# ${turn}\n\n${texts(planted, "\n\n")}\n`);
	put(home, "memories/settings.toml", `turn = "${turn}"\n${toml(planted)}\n`);
	put(home, "memories/log.jsonl", `${jsonLines(planted, turn)}\n`);
	put(home, "channel_aliases.json", { turn, all: planted });
	put(
		home,
		"memories/values.json",
		VALUES.map((make, index) => ({
			id: index,
			...Object(make(short(`${turn} value ${index}`))),
		})),
	);
	put(home, `memories/${keyOf(turn, "file")}.md`, turn);
	plantRows(path.join(home, "state.db"), planted, turn);
}

function plantRows(file: string, planted: readonly Planted[], turn: Turn) {
	const database = new Database(file);
	const message = database.prepare(
		"INSERT INTO messages (session_id, role, content, timestamp) SELECT id, 'user', ?, 1 FROM sessions LIMIT 1",
	);
	const meta = database.prepare(
		"INSERT OR REPLACE INTO state_meta VALUES (?, ?)",
	);
	const table = keyOf(turn, "table");
	database.exec(`CREATE TABLE IF NOT EXISTS logins (id INTEGER PRIMARY KEY, ${COLUMNS.join(", ")});
		CREATE TABLE IF NOT EXISTS cookies (name, v);
		CREATE TABLE "${table}" (a, "${table}"); INSERT INTO "${table}" VALUES (1, 2)`);
	const columns = COLUMNS.map((one) => plain(turn, one));
	for (const { table, columns, row } of NAMED_ROWS) {
		database.exec(`CREATE TABLE IF NOT EXISTS "${table}" (${columns})`);
		const values = [...row, plain(turn, table)];
		database
			.prepare(
				`INSERT OR REPLACE INTO "${table}" VALUES (${values.map(() => "?")})`,
			)
			.run(values);
	}
	database.transaction(() => {
		database
			.prepare(
				`INSERT OR REPLACE INTO logins VALUES (1, ${COLUMNS.map(() => "?")})`,
			)
			.run(columns);
		database
			.prepare("INSERT INTO cookies VALUES ('theme', ?)")
			.run(plain(turn, "cookie"));
		for (const { kind, text } of planted) {
			message.run(`${turn} ${text}`);
			message.run(JSON.stringify({ turn, text }));
			meta.run(`${kind}_password`, `${turn} ${text}`);
		}
	})();
	database.close();
}

function texts(planted: readonly Planted[], between: string): string {
	return planted.map(({ text }) => text).join(between);
}

function toml(planted: readonly Planted[]): string {
	const lines = planted.map(
		({ secret }, index) => `client_secret_${index} = ${JSON.stringify(secret)}`,
	);
	return [...lines, ...planted.map(({ text }) => text)].join("\n");
}

function jsonLines(planted: readonly Planted[], turn: Turn): string {
	return planted
		.map(({ kind, text, secret }) =>
			JSON.stringify({ turn, kind, text, token: secret }),
		)
		.join("\n");
}
