import type { Host } from "../../core/host.ts";

/** Claude Code. Its `.claude.json` lies beside its home, unless CLAUDE_CONFIG_DIR moves both into one directory. */
export const claudeCode: Host = {
	name: "claude-code",
	title: "Claude Code",
	home: { variable: "CLAUDE_CONFIG_DIR", place: ".claude" },
	roots: { user: { variable: "CLAUDE_CONFIG_DIR", place: "" } },
	processes: ["claude"],
	critical: [
		{ root: "user", path: ".claude.json", secret: true },
		{
			path: ".credentials.json",
			secret: true,
			putBack: "if-missing-or-broken",
		},
		{ path: "settings.json", secret: true },
		{ path: "settings.local.json", secret: true },
		{ path: "CLAUDE.md" },
		{ path: "keybindings.json" },
		{ path: "agents" },
		{ path: "commands" },
		{ path: "skills" },
		{ path: "output-styles" },
		{ path: "rules" },
		{ path: "workflows" },
		{ path: "themes" },
		{ path: "projects/*/memory" },
		{ path: "plugins/installed_plugins.json" },
		{ path: "plugins/known_marketplaces.json" },
		{ path: "history.jsonl" },
		{ path: "plans" },
		{ path: "tasks" },
	],
	nestedHomes: [],
	except: [],
	rebuildable: [
		"shell-snapshots",
		"session-env",
		"sessions",
		"statsig",
		"debug",
		"plugins/cache",
		"cache",
		"ide",
		"telemetry",
		"backups",
		"file-history",
	],
	afterRestore: "Start Claude Code anew to load all of it.",
	installation: {
		program: "claude",
		add: [
			["plugin", "marketplace", "add", "DIR"],
			["plugin", "install", "snapshot@agent-snapshot"],
		],
		remove: [
			["plugin", "uninstall", "snapshot@agent-snapshot"],
			["plugin", "marketplace", "remove", "agent-snapshot"],
		],
		signs: [
			{
				path: "settings.json",
				at: ["enabledPlugins"],
				text: '"snapshot@agent-snapshot":true',
			},
			{
				path: "plugins/known_marketplaces.json",
				at: ["agent-snapshot"],
				text: '"DIR"',
			},
		],
		traces: [
			{
				path: "plugins/installed_plugins.json",
				text: '"snapshot@agent-snapshot"',
			},
			{ path: "plugins/known_marketplaces.json", at: ["agent-snapshot"] },
		],
		needs: ["node"],
		afterwards: "Start Claude Code anew.",
	},
};
