import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";

/** Rolls dice that fall the same way every time for the same seed. */
export function dice(seed: number) {
	let state = seed >>> 0 || 1;
	const roll = (sides: number): number => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return Math.floor((state / 2 ** 32) * sides);
	};
	return {
		roll,
		of: <T>(list: readonly T[]): T => list[roll(list.length)] as T,
		chance: (oneIn: number) => roll(oneIn) === 0,
	};
}
type Dice = ReturnType<typeof dice>;

const SCHEMA = [
	"CREATE TABLE aliased (id INTEGER PRIMARY KEY, a INTEGER, b REAL, c TEXT, d BLOB, e)",
	"CREATE TABLE keyed (a INTEGER, k TEXT PRIMARY KEY, b REAL DEFAULT 1, c TEXT, d BLOB NOT NULL DEFAULT x'00', e)",
	"CREATE TABLE rowless (a INTEGER, k TEXT, b REAL, c TEXT, l INTEGER, d BLOB, e, PRIMARY KEY (l, k)) WITHOUT ROWID",
	"CREATE TABLE keyless (a INTEGER, b REAL, c TEXT, d BLOB, e)",
	`CREATE TABLE "made up" (id INTEGER PRIMARY KEY AUTOINCREMENT, a INTEGER, twice AS (a * 2), thrice INTEGER AS (a * 3) STORED, c TEXT CHECK (length(c) >= 0), e, b REAL, d BLOB)`,
	"CREATE TABLE backwards (id INTEGER PRIMARY KEY DESC, a INTEGER, b REAL, c TEXT, d BLOB, e)",
	"CREATE INDEX by_c ON aliased (c, a)",
	"CREATE INDEX by_e ON keyed (e) WHERE e IS NOT NULL",
	"CREATE VIRTUAL TABLE search USING fts5(c)",
] as const;

/** Without those that a person does not know of. */
export const TABLES = [
	"aliased",
	"keyed",
	"rowless",
	"keyless",
	"made up",
	"backwards",
] as const;

/** Two databases, the second made from the first by what can happen to one. Returns what happened. */
export function makeTwoDatabases(
	folder: string,
	seed: number,
): { left: string; right: string; story: string[] } {
	const { roll, of, chance } = dice(seed);
	const tool = { roll, of, chance };
	const [left, right] = [
		path.join(folder, "left.db"),
		path.join(folder, "right.db"),
	];
	for (const file of [left, right]) fs.rmSync(file, { force: true });
	const story: string[] = [];
	const database = new Database(left);
	const pageSize = of([512, 1024, 4096, 4096, 65_536]);
	hurry(database);
	database.pragma(`page_size = ${pageSize}`);
	database.pragma(
		`encoding = '${of(["UTF-8", "UTF-8", "UTF-16le", "UTF-16be"])}'`,
	);
	database.pragma(`auto_vacuum = ${of([0, 0, 1, 2])}`);
	story.push(`pages of ${pageSize}`);
	for (const sql of SCHEMA) database.exec(sql);
	database.exec("BEGIN");
	for (let rows = roll(400); rows > 0; rows--)
		insert(database, tool, of(TABLES), pageSize);
	database.exec("COMMIT");
	if (chance(3)) change(database, tool, pageSize, story);
	database.close();
	fs.copyFileSync(left, right);
	const changed = new Database(right);
	hurry(changed);
	for (let changes = roll(12); changes > 0; changes--)
		change(changed, tool, pageSize, story);
	changed.close();
	return { left, right, story };
}

function hurry(database: Database.Database): void {
	database.pragma("synchronous = OFF");
	database.pragma("journal_mode = MEMORY");
}

function change(
	database: Database.Database,
	tool: Dice,
	pageSize: number,
	story: string[],
): void {
	const table = tool.of(TABLES);
	const ways: readonly [string, () => void][] = [
		["insert", () => insert(database, tool, table, pageSize)],
		[
			"insert many",
			() => many(database, tool, () => insert(database, tool, table, pageSize)),
		],
		[
			"delete",
			() =>
				database.exec(
					`DELETE FROM "${table}" WHERE a % ${2 + tool.roll(9)} = 0`,
				),
		],
		["update", () => update(database, tool, table, pageSize)],
		["write over", () => writeOver(database, table)],
		[
			"write over a number behind a long text",
			() =>
				database.exec(
					`UPDATE "${table}" SET b = b + 1.5 WHERE typeof(b) = 'real'`,
				),
		],
		["say the same again", () => database.exec(`UPDATE "${table}" SET a = a`)],
		["put in place of", () => replaceKeyed(database, tool)],
		[
			"add a column",
			() =>
				database.exec(
					`ALTER TABLE "${table}" ADD COLUMN n${tool.roll(1e9)} ${tool.of(["INTEGER DEFAULT 7", "REAL DEFAULT 2", "TEXT DEFAULT 'a ''b'''", "BLOB", "DEFAULT -1.5"])}`,
				),
		],
		[
			"drop a column",
			() => database.exec(`ALTER TABLE "${table}" DROP COLUMN d`),
		],
		[
			"rename a column",
			() =>
				database.exec(
					`ALTER TABLE "${table}" RENAME COLUMN e TO e${tool.roll(1e9)}`,
				),
		],
		["vacuum", () => database.exec("VACUUM")],
		[
			"add a table",
			() =>
				database.exec(
					`CREATE TABLE other${tool.roll(1e9)} AS SELECT * FROM "${table}"`,
				),
		],
		["drop a table", () => database.exec(`DROP TABLE "${table}"`)],
		["empty a table", () => database.exec(`DELETE FROM "${table}"`)],
		[
			"search",
			() =>
				database.exec(
					`INSERT INTO search SELECT c FROM "${table}" LIMIT 20;
					UPDATE search SET c = c || ' more' WHERE rowid % 3 = 0; DELETE FROM search WHERE rowid % 5 = 0`,
				),
		],
	];
	const [name, work] = tool.of(ways);
	try {
		work();
		story.push(`${name}: ${table}`);
	} catch (error) {
		// The table or column went before.
		if (!(error instanceof Database.SqliteError)) throw error;
	}
}

function many(
	database: Database.Database,
	{ roll }: Dice,
	work: () => void,
): void {
	database.exec("BEGIN");
	try {
		for (let rows = roll(60); rows > 0; rows--) work();
	} finally {
		database.exec("COMMIT");
	}
}

function insert(
	database: Database.Database,
	tool: Dice,
	table: string,
	pageSize: number,
): void {
	const { roll, chance } = tool;
	const row: Record<string, unknown> = {
		a: integer(tool),
		b: chance(2) ? roll(100) : roll(1e6) / 7,
		c: text(tool, pageSize),
		d: Buffer.alloc(
			roll(chance(4) ? Math.min(pageSize, 8192) * 3 : 30),
			roll(256),
		),
		e: [null, 1, 2.5, "x", Buffer.from("y"), 1n << 60n][roll(6)],
	};
	if (table === "keyed") row.k = `${roll(1e9)}`;
	if (table === "rowless")
		Object.assign(row, { k: `${roll(1e9)}`, l: roll(20) });
	if (table === "aliased" && chance(3)) row.id = -roll(1e9);
	if (table === "aliased" && chance(20))
		row.id = -(1n << 62n) + BigInt(roll(1e6));
	if (table === "backwards") row.id = roll(1e9);
	const names = Object.keys(row);
	database
		.prepare(
			`INSERT INTO "${table}" (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`,
		)
		.run(...Object.values(row));
}

function integer({ roll, of }: Dice): number | bigint | null {
	return of([
		null,
		0,
		1,
		roll(100),
		-roll(100),
		roll(30_000),
		-roll(8e6),
		roll(2e9),
		-roll(2e9),
		roll(1e14),
		1n << 62n,
		-(1n << 63n),
	]);
}

function text({ roll, of, chance }: Dice, pageSize: number): string {
	const length = chance(4) ? roll(Math.min(pageSize, 8192) * 4) : roll(40);
	return of(["a", "ä", "漢", "🙂", "word "]).repeat(length);
}

function update(
	database: Database.Database,
	tool: Dice,
	table: string,
	pageSize: number,
): void {
	const { roll } = tool;
	database
		.prepare(`UPDATE "${table}" SET c = ?, a = ? WHERE a % ${2 + roll(7)} = 1`)
		.run(text(tool, pageSize), integer(tool));
}

/** Rows keep their length: what goes on on other pages may change alone. */
function writeOver(database: Database.Database, table: string): void {
	database.exec(
		`UPDATE "${table}" SET c = substr(c, 1, length(c) - 1) || 'z' WHERE length(c) > 200 AND c NOT LIKE '%z'`,
	);
}

function replaceKeyed(database: Database.Database, { roll }: Dice): void {
	database.exec(
		`REPLACE INTO keyed (k, a, c) SELECT k, a + ${roll(2)}, c FROM keyed LIMIT 5`,
	);
}
