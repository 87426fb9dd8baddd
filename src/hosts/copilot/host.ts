import type { Host } from "../../core/home/host.ts";

/** GitHub Copilot CLI. */
export const copilot: Host = {
	name: "copilot",
	title: "GitHub Copilot CLI",
	home: { variable: "COPILOT_HOME", place: ".copilot" },
	common: [
		"settings.json",
		"config.json",
		"lsp-config.json",
		"providers.json",
		"instructions",
		"agents",
		"skills",
		"hooks",
		"extensions",
	],
	processes: ["copilot"],
	critical: [
		{ path: "session-store.db", database: true },
		// Here `/settings` writes the model; config.json may hold one, too.
		{
			path: "settings.json",
			chosen: [{ what: "model", at: [["model"]] }],
		},
		// Tokens, where the machine has no keychain.
		{
			path: "config.json",
			secret: true,
			chosen: [{ what: "model", at: [["model"]] }],
		},
		{ path: "mcp-config.json", secret: true },
		{ path: "lsp-config.json" },
		{ path: "providers.json", secret: true },
		{ path: "permissions-config.json" },
		{ path: "copilot-instructions.md" },
		{ path: "command-history-state.json" },
		{ path: "mcp-oauth-config", secret: true, putBack: "if-missing-or-broken" },
		{ path: "mcp-secrets", secret: true },
		{ path: "instructions" },
		{ path: "agents" },
		{ path: "skills" },
		{ path: "hooks" },
		{ path: "extensions" },
	],
	nestedHomes: [],
	except: ["extensions/*/node_modules"],
	rebuildable: ["logs", "ide", "servers", "installed-plugins", "*.lock"],
	history: [{ path: "session-state", what: "chats and their checkpoints" }],
	// As far as our notes and public code show, of 1.0.80. A table that is not there is not counted.
	counted: [
		{
			what: "session",
			path: "session-store.db",
			table: { name: "sessions" },
			stays: true,
		},
		{
			what: "turn",
			path: "session-store.db",
			table: { name: "turns" },
			stays: true,
		},
	],
	afterRestore: "Start Copilot anew to load it.",
	installation: {
		program: "copilot",
		add: [
			["plugin", "marketplace", "add", "DIR"],
			["plugin", "install", "snapshot@agent-snapshot"],
		],
		remove: [
			["plugin", "uninstall", "snapshot"],
			["plugin", "marketplace", "remove", "agent-snapshot"],
		],
		signs: [
			{
				path: "settings.json",
				at: ["enabledPlugins"],
				text: '"snapshot@agent-snapshot":true',
			},
			{
				path: "settings.json",
				at: ["extraKnownMarketplaces", "agent-snapshot"],
				text: '"DIR"',
			},
		],
		traces: [
			{
				path: "settings.json",
				at: ["enabledPlugins"],
				text: '"snapshot@agent-snapshot":true',
			},
			{
				path: "settings.json",
				at: ["extraKnownMarketplaces", "agent-snapshot"],
			},
		],
		needs: ["node"],
		afterwards:
			"Start Copilot anew; with --experimental it completes the commands.",
	},
};
