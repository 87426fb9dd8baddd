// Another process with a database open: `node sql-agent.mjs DATABASE`. Each line of its input is a JSON array of statements;
// it answers with a line of JSON each: the first value of the last one, or { error: code }.
import { createInterface } from "node:readline";
import Database from "better-sqlite3";

const database = new Database(process.argv[2], { timeout: 0 });
const run = (sql) => {
	const statement = database.prepare(sql);
	return statement.reader ? statement.pluck().all() : statement.run().changes;
};
createInterface({ input: process.stdin })
	.on("line", (line) => {
		let answer = null;
		try {
			for (const sql of JSON.parse(line)) answer = run(sql);
		} catch (error) {
			answer = { error: error.code };
		}
		process.stdout.write(`${JSON.stringify(answer)}\n`);
	})
	.on("close", () => process.exit(0));
process.stdout.write('"ready"\n');
