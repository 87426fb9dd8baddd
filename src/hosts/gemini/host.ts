import type { Host } from "../../core/home/host.ts";

/** Gemini CLI. GEMINI_CLI_HOME names the directory that holds its `.gemini`. */
export const gemini: Host = {
	name: "gemini",
	title: "Gemini CLI",
	home: { variable: "GEMINI_CLI_HOME", place: "", below: ".gemini" },
	movedBy: { GEMINI_CLI_TRUSTED_FOLDERS_PATH: "its list of trusted folders" },
	common: [
		"settings.json",
		"GEMINI.md",
		"keybindings.json",
		"projects.json",
		"state.json",
		".env",
		"commands",
		"skills",
		"agents",
		"policies",
		"extensions",
	],
	processes: ["gemini"],
	critical: [
		{
			path: "settings.json",
			secret: true,
			chosen: [{ what: "model", at: [["model", "name"], ["model"]] }],
		},
		{ path: "GEMINI.md" },
		{ path: "keybindings.json" },
		{ path: "projects.json" },
		{ path: "state.json" },
		{ path: "trustedFolders.json" },
		{ path: "trusted_hooks.json" },
		{ path: "mcp-server-enablement.json" },
		// Signed with the key, which lies beside it where the machine has no keychain: one without the other is refused.
		{ path: "extension_integrity.json" },
		{ path: "integrity.key", secret: true },
		{ path: "policy_integrity.json" },
		{ path: "acknowledgments" },
		{ path: "installation_id" },
		{ path: "oauth_creds.json", secret: true, putBack: "if-missing-or-broken" },
		{ path: "google_accounts.json", secret: true },
		{ path: "gemini-credentials.json", secret: true },
		{
			path: "mcp-oauth-tokens*.json",
			secret: true,
			putBack: "if-missing-or-broken",
		},
		{
			path: "a2a-oauth-tokens*.json",
			secret: true,
			putBack: "if-missing-or-broken",
		},
		{ path: ".env", secret: true },
		{ path: "commands" },
		{ path: "skills" },
		{ path: "agents" },
		{ path: "policies" },
		{ path: "extensions", secret: true },
		{ path: "tmp/*/memory" },
		{ path: "tmp/*/plans" },
	],
	nestedHomes: [],
	except: ["extensions/*/node_modules"],
	rebuildable: ["tmp/bin", "tmp/background-processes"],
	history: [
		{ path: "tmp", what: "chats, checkpoints and prompts" },
		{ path: "history", what: "earlier versions of projects' files" },
		{
			path: "cli-browser-profile",
			what: "its browser's profile",
			ownDatabases: true,
		},
	],
	// Taken over into the machine's keychain, or into files with other names.
	passing: ["oauth_creds.json", "mcp-oauth-tokens*.json", "tmp/*/plans"],
	// It has no database.
	counted: [
		{ what: "project", path: "projects.json", at: ["projects"], stays: true },
		{
			what: "trusted folder",
			path: "trustedFolders.json",
			at: [],
			stays: true,
		},
		{
			what: "MCP server",
			path: "settings.json",
			at: ["mcpServers"],
			stays: true,
		},
	],
	afterRestore: "Start Gemini anew to load it.",
	installation: {
		program: "gemini",
		add: [["extensions", "link", "DIR/gemini", "--consent"]],
		remove: [["extensions", "uninstall", "snapshot"]],
		signs: [
			{
				path: "extensions/snapshot/.gemini-extension-install.json",
				text: '"DIR/gemini"',
			},
			{
				path: "extensions/extension-enablement.json",
				at: ["snapshot"],
				without: '"!',
			},
		],
		traces: [
			{
				path: "extensions/snapshot/.gemini-extension-install.json",
				text: '"DIR/gemini"',
			},
			{
				path: "extensions/snapshot/.gemini-extension-install.json",
				text: '/agent-snapshot/gemini"',
			},
		],
		needs: ["node"],
		afterwards: "Start Gemini anew.",
	},
};
