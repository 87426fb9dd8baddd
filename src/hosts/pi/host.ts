import type { Host } from "../../core/home/host.ts";

/**
 * pi (earendil-works/pi), which keeps its state in JSON files. From its docs/configuration.md and its sources of 0.87:
 * auth-storage, settings-manager, trust-manager, package-manager.
 */
export const pi: Host = {
	name: "pi",
	title: "pi",
	home: { variable: "PI_CODING_AGENT_DIR", place: ".pi/agent" },
	common: [
		"auth.json",
		"oauth.json",
		"settings.json",
		"models.json",
		"mcp.json",
		"keybindings.json",
		"AGENTS.md",
		"AGENTS.MD",
		"CLAUDE.md",
		"CLAUDE.MD",
		"extensions",
		"skills",
		"prompts",
		"themes",
	],
	processes: ["pi"],
	critical: [
		{ path: "auth.json", secret: true, putBack: "if-missing-or-broken" },
		{ path: "oauth.json", secret: true, putBack: "if-missing-or-broken" },
		{
			path: "settings.json",
			secret: true,
			chosen: [
				{ what: "model", at: [["defaultModel"]] },
				{ what: "provider", at: [["defaultProvider"]] },
			],
		},
		{ path: "models.json", secret: true },
		{ path: "mcp.json", secret: true },
		{ path: "trust.json" },
		{ path: "keybindings.json" },
		{ path: "AGENTS.override.md" },
		{ path: "AGENTS.md" },
		{ path: "AGENTS.MD" },
		{ path: "CLAUDE.md" },
		{ path: "CLAUDE.MD" },
		{ path: "SYSTEM.md" },
		{ path: "APPEND_SYSTEM.md" },
		{ path: "extensions" },
		{ path: "skills" },
		{ path: "prompts" },
		{ path: "themes" },
		{ path: "npm/package.json" },
		{ path: "npm/package-lock.json" },
		// pi has no database of its own; extensions keep theirs here.
		{ path: "*.db" },
		{ path: "*.sqlite" },
	],
	nestedHomes: [],
	except: ["extensions/*/node_modules", "extensions/node_modules"],
	rebuildable: [
		"npm/node_modules",
		"git",
		"bin",
		"tools",
		"tmp",
		"models-store.json",
	],
	history: [{ path: "sessions", what: "chats" }],
	// Taken over into auth.json by newer releases.
	passing: ["oauth.json"],
	counted: [
		{ what: "package", path: "settings.json", at: ["packages"], stays: true },
		{ what: "MCP server", path: "mcp.json", at: ["mcpServers"], stays: true },
	],
	afterRestore: "Type /reload in pi to load it.",
	installation: {
		program: "pi",
		add: [["install", "DIR"]],
		remove: [["remove", "DIR"]],
		// It notes the way to it from its home.
		signs: [],
		traces: [],
		listed: {
			path: "settings.json",
			at: ["packages"],
			remove: ["remove"],
			options: "around it",
			bare: "path",
			// `pi config` writes it where somebody switches our extension off.
			narrowedBy: { extensions: "anything", autoload: false },
		},
		afterwards: "Type /reload in a pi that runs.",
	},
};
