import type { Host } from "../../core/home/host.ts";

/** OpenCode, which spreads its state over the XDG directories (`opencode debug paths`). Its database holds credentials. */
export const opencode: Host = {
	name: "opencode",
	title: "OpenCode",
	home: {
		variable: "XDG_DATA_HOME",
		place: ".local/share",
		below: "opencode",
	},
	roots: {
		config: {
			variable: "XDG_CONFIG_HOME",
			place: ".config",
			below: "opencode",
		},
		state: {
			variable: "XDG_STATE_HOME",
			place: ".local/state",
			below: "opencode",
		},
	},
	movedBy: {
		OPENCODE_DB: "its database",
		OPENCODE_CONFIG: "a configuration",
		OPENCODE_CONFIG_DIR: "a directory of configuration",
	},
	common: ["auth.json", "plans"],
	processes: ["opencode"],
	critical: [
		{ path: "opencode.db", database: true, secret: true },
		// Of a release from a channel of its own.
		{ path: "opencode-*.db", database: true, secret: true },
		{ path: "plans" },
		{ path: "auth.json", secret: true, putBack: "if-missing-or-broken" },
		{ path: "mcp-auth.json", secret: true, putBack: "if-missing-or-broken" },
		{
			root: "config",
			path: "opencode.json",
			secret: true,
			chosen: [{ what: "model", at: [["model"]] }],
		},
		{
			root: "config",
			path: "opencode.jsonc",
			secret: true,
			chosen: [{ what: "model", at: [["model"]] }],
		},
		{ root: "config", path: "config.json", secret: true },
		{ root: "config", path: "config", secret: true },
		{ root: "config", path: "tui.json" },
		{ root: "config", path: "tui.jsonc" },
		{ root: "config", path: "AGENTS.md" },
		{ root: "config", path: "agent" },
		{ root: "config", path: "agents" },
		{ root: "config", path: "command" },
		{ root: "config", path: "commands" },
		{ root: "config", path: "plugin" },
		{ root: "config", path: "plugins" },
		{ root: "config", path: "mode" },
		{ root: "config", path: "modes" },
		{ root: "config", path: "tool" },
		{ root: "config", path: "tools" },
		{ root: "config", path: "skill" },
		{ root: "config", path: "skills" },
		{ root: "config", path: "themes" },
		{ root: "state", path: "model.json" },
		{ root: "state", path: "kv.json" },
		{ root: "state", path: "prompt-history.jsonl" },
	],
	nestedHomes: [],
	except: [],
	rebuildable: ["log", "repos", "tool-output", "bin"],
	history: [
		{ path: "snapshot", what: "earlier versions of projects' files" },
		{ path: "storage", what: "chats of older releases" },
		{ path: "worktree", what: "working trees of projects" },
	],
	passing: ["plans"],
	// As far as our notes and public code show. A table that is not there is not counted.
	counted: ["opencode.db", "opencode-*.db"].flatMap((path) => [
		{
			what: "session",
			path,
			table: { name: "session", time: "time_created" },
			stays: true,
		},
		{
			what: "message",
			path,
			table: {
				name: "message",
				time: "time_created",
				within: { what: "session", column: "session_id" },
			},
			stays: true,
		},
		{ what: "project", path, table: { name: "project" }, stays: true },
	]),
	// Its session.sql.ts. Shares of a session are left out: what they name lies with somebody else.
	conversations: ["opencode.db", "opencode-*.db"].map((path) => ({
		what: "session",
		path,
		rows: {
			table: "session",
			key: "id",
			parent: "parent_id",
			title: "title",
			time: "time_created",
			parts: [
				{ table: "message", column: "session_id", time: "time_created" },
				{ table: "part", column: "session_id", time: "time_created" },
				{ table: "todo", column: "session_id" },
				{ table: "session_message", column: "session_id" },
			],
		},
		called: { message: "message", part: "part", todo: "to-do" },
	})),
	afterRestore: "Start OpenCode anew to load all of it.",
	installation: {
		program: "opencode",
		// It has a command to add a plugin, and none to take it out again.
		add: [],
		remove: [],
		entry: {
			root: "config",
			files: ["opencode.jsonc", "opencode.json"],
			alsoReads: ["config.json"],
			list: "plugin",
			options: "behind it",
			bare: "package",
		},
		signs: [],
		traces: [],
		afterwards: "Start OpenCode anew.",
	},
};
