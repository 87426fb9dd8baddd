import Database from "better-sqlite3";

/** What happens to a database of a person's own, and what `diff --full` says of that; of these tables there is one each. */
interface KnownInDatabase {
	readonly before: string;
	readonly after: string;
	readonly said: RegExp;
	/** Its table is named as differing. */
	readonly table?: string;
}

export const IN_DATABASE: readonly KnownInDatabase[] = [
	{
		before: "PRAGMA user_version = 25",
		after: "PRAGMA user_version = 26",
		said: /user_version 26 → 25/,
	},
	{
		before: "PRAGMA application_id = 7",
		after: "PRAGMA application_id = 8",
		said: /application_id 8 → 7/,
	},
	...rows(
		"types",
		"id INTEGER PRIMARY KEY, v",
		"(1, '90'), (2, NULL), (3, 'abc'), (4, 9007199254740993), (5, 'NULL'), (6, 1.5), (7, x'00'), (8, printf('%.999c', 'v') || '1')",
		[
			["UPDATE types SET v = 90 WHERE id = 1", /~ id 1: v 90 → "90"/],
			["UPDATE types SET v = '' WHERE id = 2", /~ id 2: v "" → NULL/],
			[
				"UPDATE types SET v = CAST(v AS BLOB) WHERE id = 3",
				/~ id 3: v a blob of 3 bytes → "abc"/,
			],
			[
				"UPDATE types SET v = 9007199254740992 WHERE id = 4",
				/~ id 4: v 9007199254740992 → 9007199254740993/,
			],
			["UPDATE types SET v = NULL WHERE id = 5", /~ id 5: v NULL → "NULL"/],
			["UPDATE types SET v = '1.5' WHERE id = 6", /~ id 6: v "1.5" → 1.5/],
			["UPDATE types SET v = x'01' WHERE id = 7", /~ id 7: v changed/],
			[
				"UPDATE types SET v = substr(v, 1, 999) || '2' WHERE id = 8",
				/~ id 8: v …v+2 → …v+1/,
			],
		],
	),
	...rows(
		"counted",
		"id INTEGER PRIMARY KEY AUTOINCREMENT, t",
		"(1, 'a'), (2, 'b')",
		[
			[
				"UPDATE sqlite_sequence SET seq = 9 WHERE name = 'counted'",
				/the last rowids that were given differ[\s\S]*~ name counted: seq 9 → 2/,
			],
		],
	),
	...rows("moving", "a, b", "(1, 'x'), (2, 'y'), (3, 'z')", [
		[
			"UPDATE moving SET rowid = 102 WHERE a = 2",
			/table moving: 1 row only by the rowid/,
		],
	]),
	...rows("keyed", "k TEXT PRIMARY KEY, v", "('a', 1), ('b', 2)", [
		["REPLACE INTO keyed VALUES ('a', 3)", /~ k a: v 3 → 1, rowid 3 → 1/],
	]),
	...rows(
		"rowless",
		"k TEXT PRIMARY KEY, v",
		"('a', 1), ('b', 2)",
		[
			["UPDATE rowless SET v = 3 WHERE k = 'a'", /~ k a: v 3 → 1/],
			["DELETE FROM rowless WHERE k = 'b'", /\+ k b: v 2/],
			["INSERT INTO rowless VALUES ('c', 1)", /- k c: v 1/],
		],
		" WITHOUT ROWID",
	),
	...rows(
		"declared",
		"id INTEGER PRIMARY KEY, a text, b text DEFAULT 'x'",
		"(1, 'q', 'r')",
		[
			[rewritten("declared", "a text", "a blob"), /column a BLOB → TEXT/i],
			[
				rewritten("declared", "'x'", "'y'"),
				/column b TEXT DEFAULT 'y' → TEXT DEFAULT 'x'/i,
			],
		],
	),
	...rows("checked", "id INTEGER PRIMARY KEY, a CHECK (a > 0)", "(1, 1)", [
		[
			rewritten("checked", "a > 0", "a > -1"),
			/table checked: will be made as before/,
		],
	]),
	...rows(
		"generated",
		"id INTEGER PRIMARY KEY, a, twice AS (a * 2) STORED, thrice AS (a * 3)",
		"",
		[
			[
				"INSERT INTO generated (a) VALUES (5)",
				/table generated: 1 row will go/,
			],
			[
				rewritten("generated", "a * 3", "a * 4"),
				/table generated: .*will be made as before/,
			],
		],
	),
	...rows("emptied", "id INTEGER PRIMARY KEY", "(1), (2)", [
		["DELETE FROM emptied", /table emptied: 2 rows will come back/],
	]),
	...rows("going", "id INTEGER PRIMARY KEY", "(1)", [
		["DROP TABLE going", /table going \(1 row\) will come back/],
	]),
	...rows("widened", "id INTEGER PRIMARY KEY", "(1)", [
		[
			"ALTER TABLE widened ADD COLUMN more DEFAULT 1",
			/table widened: column more will go/,
		],
	]),
	{
		before: "",
		after: "CREATE TABLE coming (a)",
		said: /table coming \(0 rows\) will go/,
		table: "coming",
	},
	...made("INDEX", "ON indexed (a)", "ON indexed (b)"),
	...made("VIEW", "AS SELECT 1", "AS SELECT 2"),
	...made(
		"TRIGGER",
		"AFTER INSERT ON indexed BEGIN SELECT 1; END",
		"AFTER INSERT ON indexed BEGIN SELECT 2; END",
	),
	{
		before:
			"CREATE VIRTUAL TABLE doc USING fts5(t); INSERT INTO doc VALUES ('hello world')",
		after:
			"INSERT INTO doc VALUES ('another'); UPDATE doc SET t = 'hello there' WHERE rowid = 1",
		said: /table doc\n *~ rowid 1: t hello there → hello world\n *- rowid 2: t another/,
		table: "doc",
	},
	{
		before:
			"CREATE VIRTUAL TABLE other USING fts5(t); INSERT INTO other VALUES ('hello')",
		after: "",
		said: /(?:)/,
	},
	{
		before: "",
		after: "ANALYZE",
		said: /the statistics of the query planner differ/,
	},
	{
		before:
			"CREATE VIRTUAL TABLE place USING rtree(id, a, b); INSERT INTO place VALUES (1, 0, 1)",
		after: "INSERT INTO place VALUES (2, 0, 1)",
		said: /the content of place differs/,
	},
];

function rows(
	table: string,
	columns: string,
	values: string,
	changes: readonly (readonly [sql: string, said: RegExp])[],
	options = "",
): KnownInDatabase[] {
	const insert = values === "" ? "" : `; INSERT INTO ${table} VALUES ${values}`;
	return changes.map(([after, said], index) => ({
		before:
			index === 0
				? `CREATE TABLE ${table} (${columns})${options}${insert}`
				: "",
		after,
		said,
		table,
	}));
}

function rewritten(table: string, from: string, to: string): string {
	const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
	return `UPDATE sqlite_schema SET sql = replace(sql, ${quoted(from)}, ${quoted(to)}) WHERE name = '${table}'`;
}

function made(kind: string, before: string, after: string): KnownInDatabase[] {
	const name = kind.toLowerCase();
	const indexed =
		kind === "INDEX" ? "CREATE TABLE IF NOT EXISTS indexed (a, b); " : "";
	return [
		{
			before: `${indexed}CREATE ${kind} ${name}_other ${before}`,
			after: `DROP ${kind} ${name}_other; CREATE ${kind} ${name}_other ${after}`,
			said: new RegExp(`${name} ${name}_other will be made as before`),
		},
		{
			before: `CREATE ${kind} ${name}_gone ${before}`,
			after: `DROP ${kind} ${name}_gone`,
			said: new RegExp(`${name} ${name}_gone will come back`),
		},
		{
			before: "",
			after: `CREATE ${kind} ${name}_new ${after}`,
			said: new RegExp(`${name} ${name}_new will go`),
		},
	];
}

export function runInDatabase(file: string, statements: readonly string[]) {
	const database = new Database(file);
	// What nobody should do, and a program once did: to write to the schema itself.
	database.unsafeMode(true);
	database.pragma("writable_schema = ON");
	for (const sql of statements) database.exec(sql);
	database.close();
}
