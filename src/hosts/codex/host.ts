import type { Chosen, Host } from "../../core/home/host.ts";

const CHOSEN: readonly Chosen[] = [
	{ what: "model", at: [["model"]] },
	{ what: "provider", at: [["model_provider"]] },
];

/** Codex CLI. The number in a database's name is the generation of its schema: state_5.sqlite, later state_6.sqlite. */
export const codex: Host = {
	name: "codex",
	title: "Codex",
	home: { variable: "CODEX_HOME", place: ".codex" },
	roots: { databases: { variable: "CODEX_SQLITE_HOME" } },
	common: [
		"config.toml",
		"auth.json",
		"AGENTS.md",
		"hooks.json",
		"history.jsonl",
		"rules",
		"skills",
		"agents",
		"memories",
		"themes",
		"prompts",
	],
	processes: ["codex"],
	critical: [
		{ path: "config.toml", secret: true, chosen: CHOSEN },
		// Profiles.
		{ path: "*.config.toml", secret: true, chosen: CHOSEN },
		{ path: "auth.json", secret: true, putBack: "if-missing-or-broken" },
		{
			path: ".credentials.json",
			secret: true,
			putBack: "if-missing-or-broken",
		},
		{ path: "AGENTS.md" },
		{ path: "AGENTS.override.md" },
		{ path: "hooks.json" },
		// What waits to be said would be said a second time.
		{
			root: "databases",
			path: "queue_*.sqlite",
			database: true,
			unsent: ["queued_items"],
		},
		// Each with the token of the process that has it in hand, and until when. Codex makes a job anew for every thread whose
		// memory is out of date: by the outputs beside them, which are kept.
		{
			root: "databases",
			path: "memories_*.sqlite",
			database: true,
			cleared: ["jobs"],
		},
		{ root: "databases", path: "*_*.sqlite", database: true },
		{ path: "history.jsonl" },
		{ path: "session_index.jsonl" },
		{ path: "installation_id" },
		{ path: "rules" },
		{ path: "skills" },
		{ path: "agents" },
		{ path: "memories" },
		{ path: "memories_v2" },
		{ path: "themes" },
		{ path: "prompts" },
	],
	// Its terminal knows no commands of plugins, and answers those with a slash itself.
	typedAs: "$snapshot",
	nestedHomes: [],
	except: ["logs_*.sqlite"],
	rebuildable: [
		"logs_*.sqlite",
		".tmp",
		"tmp",
		"log",
		"plugins/cache",
		"packages",
		"shell_snapshots",
		"thread-writer-locks",
		"app-server-*",
		"models_cache.json",
		"version.json",
	],
	history: [
		{ path: "sessions", what: "chats" },
		{ path: "archived_sessions", what: "archived chats" },
		{ path: "generated_images", what: "pictures that it made" },
		{ path: "attachments", what: "files of chats" },
	],
	passing: ["queue_*.sqlite"],
	// As far as our notes and public code show. A table that is not there is not counted.
	counted: [
		{
			root: "databases",
			what: "thread",
			path: "state_*.sqlite",
			table: { name: "threads", time: "created_at" },
			stays: true,
		},
		{
			root: "databases",
			what: "goal",
			path: "goals_*.sqlite",
			table: { name: "thread_goals" },
		},
		{
			root: "databases",
			what: "remembered thread",
			path: "memories_*.sqlite",
			table: { name: "stage1_outputs" },
		},
	],
	afterRestore: "Start Codex anew to load it.",
	installation: {
		program: "codex",
		add: [
			["plugin", "marketplace", "add", "DIR"],
			["plugin", "add", "snapshot@agent-snapshot"],
		],
		remove: [
			["plugin", "remove", "snapshot@agent-snapshot"],
			["plugin", "marketplace", "remove", "agent-snapshot"],
		],
		signs: [
			{ path: "config.toml", text: '"snapshot@agent-snapshot"' },
			{ path: "config.toml", text: '"DIR"' },
		],
		traces: [
			{ path: "config.toml", text: '"snapshot@agent-snapshot"' },
			{ path: "config.toml", text: "[marketplaces.agent-snapshot]" },
		],
		runsFrom: "plugins/cache/agent-snapshot/snapshot/*",
		needs: ["node"],
		afterwards:
			"Start Codex anew, and trust the hooks that it asks about (/hooks). Type $snapshot, or a blank before /snapshot.",
	},
};
