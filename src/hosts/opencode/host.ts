import type { Host } from "../../core/host.ts";

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
	processes: ["opencode"],
	critical: [
		{ path: "opencode.db", database: true, secret: true },
		{ path: "auth.json", secret: true, putBack: "if-missing-or-broken" },
		{ path: "mcp-auth.json", secret: true, putBack: "if-missing-or-broken" },
		{ root: "config", path: "opencode.json", secret: true },
		{ root: "config", path: "opencode.jsonc", secret: true },
		{ root: "config", path: "tui.json" },
		{ root: "config", path: "AGENTS.md" },
		{ root: "config", path: "agent" },
		{ root: "config", path: "agents" },
		{ root: "config", path: "command" },
		{ root: "config", path: "commands" },
		{ root: "config", path: "plugin" },
		{ root: "config", path: "plugins" },
		{ root: "config", path: "skills" },
		{ root: "config", path: "themes" },
		{ root: "state", path: "model.json" },
		{ root: "state", path: "kv.json" },
		{ root: "state", path: "prompt-history.jsonl" },
	],
	nestedHomes: [],
	except: [],
	rebuildable: ["snapshot", "log", "repos", "tool-output", "bin"],
	afterRestore: "Start OpenCode anew to load all of it.",
	installation: {
		program: "opencode",
		// It has a command to add a plugin, and none to take it out again.
		add: [],
		remove: [],
		entry: {
			root: "config",
			files: ["opencode.jsonc", "opencode.json"],
			list: "plugin",
			value: "file://DIR",
		},
		signs: [],
		traces: [],
		afterwards: "Start OpenCode anew.",
	},
};
