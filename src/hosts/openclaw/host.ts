import type { Host } from "../../core/home/host.ts";

/**
 * OpenClaw. From its docs (reference/database-schemas, gateway/security/secrets-and-storage, help/faq) and a running
 * gateway of 2026.9. What older releases kept in JSON files is imported from there, and taken as long as it is there.
 */
export const openclaw: Host = {
	name: "openclaw",
	title: "OpenClaw",
	home: { variable: "OPENCLAW_STATE_DIR", place: ".openclaw" },
	roots: {
		// Of the user's home as OpenClaw takes it; XDG_CONFIG_HOME does not move it.
		config: { variable: "OPENCLAW_HOME", place: "", below: ".config/openclaw" },
	},
	movedBy: {
		OPENCLAW_CONFIG_PATH: "its config",
		OPENCLAW_OAUTH_DIR: "its credentials",
	},
	common: [".env", "secrets.json", "credentials", "devices", "identity"],
	processes: ["openclaw", "openclaw-gateway"],
	critical: [
		{
			path: "openclaw.json",
			includes: "$include",
			secret: true,
			chosen: [
				{
					what: "model",
					at: [
						["agents", "defaults", "model", "primary"],
						["agents", "defaults", "model"],
					],
				},
			],
		},
		// "After a downgrade, the Gateway refuses databases whose schema is newer" (cli/gateway/restart-and-supervision).
		{
			path: "state/openclaw.sqlite",
			database: true,
			refusesNewer: true,
			// "Coordination rows that must never survive restore": OpenClaw's own archives leave them out, too (its
			// openclaw-state-snapshot-sanitizer). Put back, a lease of five minutes ends the gateway at its next restart, and
			// a message in the queue of a snapshot is sent a second time.
			cleared: ["state_leases", "agent_database_leases"],
			unsent: ["delivery_queue_entries"],
			secret: true,
		},
		{
			path: "agents/*/agent/openclaw-agent.sqlite",
			database: true,
			refusesNewer: true,
			secret: true,
		},
		{ path: ".env", secret: true },
		{ root: "config", path: "gateway.env", secret: true },
		{ path: "secrets.json", secret: true },
		// The keys of a WhatsApp session move on with every message (openclaw #122750).
		{
			path: "credentials/whatsapp",
			secret: true,
			putBack: "if-missing-or-broken",
		},
		// Logins that OpenClaw's doctor takes over into its databases; until then they may hold refresh tokens. Pairings and
		// keys in the rest of "credentials" go back.
		{
			path: "credentials/oauth.json",
			secret: true,
			putBack: "if-missing-or-broken",
		},
		{ path: "credentials", secret: true },
		{ path: "config-journal-fingerprint.key", secret: true },
		// Keys and logins in one file. An old login ends the login, and a key can be put back by name.
		{
			path: "agents/*/agent/auth-profiles.json",
			secret: true,
			putBack: "if-missing-or-broken",
		},
		{
			path: "agents/*/agent/auth.json",
			secret: true,
			putBack: "if-missing-or-broken",
		},
		{ path: "agents/*/agent/auth-state.json" },
		{ path: "agents/*/sessions/sessions.json" },
		{ path: "cron/jobs.json" },
		{ path: "exec-approvals.json", secret: true },
		{ path: "devices", secret: true },
		{ path: "identity", secret: true },
		{ path: "workspace/AGENTS.md" },
		{ path: "workspace/SOUL.md" },
		{ path: "workspace/IDENTITY.md" },
		{ path: "workspace/USER.md" },
		{ path: "workspace/MEMORY.md" },
		{ path: "workspace/TOOLS.md" },
		{ path: "workspace/HEARTBEAT.md" },
		{ path: "workspace/memory" },
	],
	nestedHomes: [],
	except: [],
	rebuildable: [
		"cache",
		"tmp",
		"npm",
		"git",
		"dev",
		"tools",
		"plugin-skills",
		"media",
		"logs",
		"extensions/*/node_modules",
		"openclaw.json.bak*",
		"openclaw.json.last-good",
		"state/openclaw-quarantine.sqlite",
	],
	history: [{ path: "agents/*/sessions", what: "archived chats" }],
	// What an update imports from older files into its databases.
	passing: [
		"credentials/oauth.json",
		"credentials/whatsapp",
		"credentials/*-pairing.json",
		"agents/*/agent/auth-profiles.json",
		"agents/*/agent/auth.json",
		"agents/*/agent/auth-state.json",
		"agents/*/sessions/sessions.json",
		"cron/jobs.json",
		"exec-approvals.json",
		"devices/pending.json",
	],
	imported: [
		{
			path: "agents/*/sessions/sessions.json",
			into: "agents/*/agent/openclaw-agent.sqlite",
			what: "session",
		},
	],
	terminal: "openclaw snapshot",
	// As far as our notes and public code show, of 2026.9.6 (schemas 18 of the state, 23 of an agent). What is
	// older is taken over from JSON. Chats go by themselves:
	// expired ones, and the events of long ones, which are put away cold.
	counted: [
		{
			what: "session",
			path: "agents/*/agent/openclaw-agent.sqlite",
			table: { name: "session_nodes" },
		},
		{
			what: "chat event",
			path: "agents/*/agent/openclaw-agent.sqlite",
			table: { name: "transcript_events", time: "created_at" },
		},
		{
			what: "pairing",
			path: "state/openclaw.sqlite",
			table: { name: "channel_pairing_allow_entries" },
			stays: true,
		},
		{
			what: "paired device",
			path: "state/openclaw.sqlite",
			table: { name: "device_pairing_paired" },
			stays: true,
		},
		{
			what: "cron job",
			path: "state/openclaw.sqlite",
			table: { name: "cron_jobs" },
			stays: true,
		},
		{ what: "cron job", path: "cron/jobs.json", at: ["jobs"] },
	],
	afterRestore: "Restart the gateway to load it: openclaw gateway restart.",
	installation: {
		program: "openclaw",
		add: [
			[
				"plugins",
				"install",
				"--link",
				"DIR",
				"--force",
				"--accept-capabilities",
			],
			// What was taken out is remembered as switched off.
			["plugins", "enable", "snapshot"],
		],
		remove: [["plugins", "uninstall", "snapshot", "--force"]],
		signs: [
			{
				path: "openclaw.json",
				at: ["plugins", "load", "paths"],
				text: '"DIR"',
			},
			{
				path: "openclaw.json",
				at: ["plugins", "entries", "snapshot"],
				text: '"enabled":true',
			},
		],
		traces: [
			{
				path: "openclaw.json",
				at: ["plugins", "load", "paths"],
				text: '"DIR"',
			},
			{
				path: "openclaw.json",
				at: ["plugins", "load", "paths"],
				text: '/agent-snapshot"',
			},
		],
		afterwards: "Restart the gateway: openclaw gateway restart.",
	},
};
