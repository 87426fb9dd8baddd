// What an update does to a home, well or badly: node update.mjs HOME WHAT
import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";

const [home = "", what = ""] = process.argv.slice(2);
const at = (name) => path.join(home, name);

function sql(name, statements) {
	const database = new Database(at(name));
	database.exec(statements);
	database.close();
}

const updates = {
	"empties the jobs": () =>
		fs.writeFileSync(at("cron/jobs.json"), '{"jobs": []}'),
	"loses a job": () => {
		const { jobs } = JSON.parse(fs.readFileSync(at("cron/jobs.json"), "utf8"));
		fs.writeFileSync(
			at("cron/jobs.json"),
			JSON.stringify({ jobs: jobs.slice(1) }),
		);
	},
	"fills state.db with NULs": () => {
		const { size } = fs.statSync(at("state.db"));
		for (const end of ["-wal", "-shm"])
			fs.rmSync(at(`state.db${end}`), { force: true });
		fs.writeFileSync(at("state.db"), Buffer.alloc(size));
	},
	"makes projects.db anew": () => {
		fs.rmSync(at("projects.db"));
		sql(
			"projects.db",
			"CREATE TABLE projects (id INTEGER PRIMARY KEY, title TEXT, body BLOB)",
		);
	},
	"makes response_store.db anew": () => {
		fs.rmSync(at("response_store.db"));
		sql(
			"response_store.db",
			"CREATE TABLE schema_version (v); INSERT INTO schema_version VALUES (3); CREATE TABLE responses (id)",
		);
	},
	"chooses another model": () => {
		const config = fs.readFileSync(at("config.yaml"), "utf8");
		fs.writeFileSync(
			at("config.yaml"),
			config.replace("ours/best", "theirs/cheap"),
		);
	},
	"breaks the config": () =>
		fs.appendFileSync(at("config.yaml"), "\n\t: [unclosed\n"),
	"removes the memories": () => fs.rmSync(at("memories/MEMORY.md")),
	"removes everything": () => {
		for (const name of fs.readdirSync(home))
			if (name !== "state-snapshots") fs.rmSync(at(name), { recursive: true });
	},
	"is good": () => {
		sql(
			"state.db",
			`ALTER TABLE sessions ADD COLUMN mood TEXT; CREATE TABLE moods (id);
			INSERT INTO messages (session_id, role, content, timestamp)
			SELECT id, 'assistant', 'after the update', 1777000000 FROM sessions LIMIT 2`,
		);
		fs.appendFileSync(at("config.yaml"), "\nupdates: weekly\n");
	},
};

const update = updates[what];
if (update === undefined) throw new Error(`there is no update that ${what}`);
update();
console.log(`the update that ${what}`);
