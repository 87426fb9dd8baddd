import type { Host } from "../../core/home/host.ts";
import { conversations, counted } from "./host-counted.ts";

/**
 * Hermes Agent (NousResearch/hermes-agent). The list is its `_QUICK_STATE_FILES` of November 2026, and what
 * its users asked for or lost besides: SOUL.md and memories (#81015), databases that an update re-creates
 * empty (#52889), and every place where its import refuses or its login code forbids an old copy.
 */
export const hermes: Host = {
	name: "hermes",
	title: "Hermes",
	home: { variable: "HERMES_HOME", place: ".hermes" },
	critical: [
		{ path: "state.db", database: true },
		{
			path: "config.yaml",
			chosen: [
				{ what: "model", at: [["model", "default"], ["model"]] },
				{ what: "provider", at: [["model", "provider"]] },
			],
		},
		{ path: ".env", secret: true },
		{ path: "auth.json", secret: true, putBack: "if-missing-or-broken" },
		{
			path: ".anthropic_oauth.json",
			secret: true,
			putBack: "if-missing-or-broken",
		},
		{
			path: "auth/google_oauth.json",
			secret: true,
			putBack: "if-missing-or-broken",
		},
		{
			path: "google_token.json",
			secret: true,
			putBack: "if-missing-or-broken",
		},
		{
			path: "google_chat_user_token.json",
			secret: true,
			putBack: "if-missing-or-broken",
		},
		{
			path: "google_chat_user_tokens",
			secret: true,
			putBack: "if-missing-or-broken",
		},
		{
			path: "shared/nous_auth.json",
			secret: true,
			putBack: "if-missing-or-broken",
		},
		{ path: "mcp-tokens", secret: true, putBack: "if-missing-or-broken" },
		{ path: "vault.key", secret: true, opens: "vault.json.enc" },
		{ path: "vault.json.enc", secret: true },
		{ path: "SOUL.md" },
		{ path: "memories" },
		{ path: "cron/jobs.json" },
		{ path: "cron/executions.db", database: true },
		{ path: "cron/notepad.db", database: true },
		{ path: "cron/deliveries.db", database: true },
		{ path: "gateway/discord_message_recovery.db", database: true },
		{ path: "projects.db", database: true },
		{ path: "response_store.db", database: true },
		{ path: "memory_store.db", database: true },
		{ path: "verification_evidence.db", database: true },
		{ path: "runs_idempotency.db", database: true },
		{ path: "shared-state.db", database: true },
		{ path: "kanban.db", database: true },
		{ path: "kanban/boards" },
		{ path: "pairing", secret: true },
		{ path: "platforms/pairing", secret: true },
		{ path: "feishu_comment_pairing.json", secret: true },
		{ path: "channel_directory.json" },
		{ path: "channel_aliases.json" },
		{ path: "webhook_subscriptions.json", secret: true },
		{ path: "active_profile" },
		{ path: "gateway_state.json", putBack: "never" },
		{ path: "processes.json", putBack: "never" },
	],
	common: [
		"config.yaml",
		".env",
		"auth.json",
		"google_token.json",
		"processes.json",
	],
	processes: ["hermes", "hermes-gateway"],
	nestedHomes: ["profiles/*"],
	except: [
		"kanban/boards/*/workspaces",
		"kanban/boards/*/attachments",
		"memories/*.lock",
		"kanban/boards/*/*.lock",
	],
	rebuildable: [
		"hermes-agent",
		"node",
		"models",
		"runtimes",
		// Of this machine alone: its own import leaves them, too.
		"installs",
		"tools",
		"build-tools",
		"backups",
		"checkpoints",
		"browser-profiles",
		"browser-profile",
		"state.db.pre-update-emergency-*",
		"logs",
		"cache",
		"sandboxes",
		"browser_profile",
		"audio_cache",
		"image_cache",
		"*.lock",
		"*.pid",
	],
	history: [
		{ path: "sessions", what: "transcripts" },
		{ path: "kanban/boards/*/workspaces", what: "workspaces of boards" },
		{ path: "kanban/boards/*/attachments", what: "attachments of boards" },
	],
	passing: [
		"pairing/*-pending.json",
		"pairing/_rate_limits.json",
		"platforms/pairing/*-pending.json",
		"platforms/pairing/_rate_limits.json",
		"gateway/discord_message_recovery.db",
		"runs_idempotency.db",
		"cron/deliveries.db",
	],
	counted,
	conversations,
	// Where its memory providers keep theirs.
	external: [".honcho", ".hindsight", ".openviking"],
	afterRestore: "Restart Hermes to load it (gateway: hermes gateway restart).",
	afterImport: [
		"Log in again where a login is refused: tokens are used once.",
		"Make the commands of profiles and the gateway's service anew: they lie outside of its home.",
	],
	installation: {
		program: "hermes",
		add: [["plugins", "enable", "snapshots"]],
		remove: [["plugins", "disable", "snapshots"]],
		copy: { from: "hermes", to: "plugins/snapshots", note: "engine.json" },
		// The note is written last, when all else was done.
		signs: [
			{ path: "plugins/snapshots/__init__.py" },
			{ path: "plugins/snapshots/engine.json", text: "DIR" },
		],
		traces: [
			{
				path: "plugins/snapshots/__init__.py",
				text: '"""agent-snapshot for Hermes',
			},
		],
		afterwards:
			"Restart Hermes (gateway: hermes gateway restart). In its terminal type /snapshots, in a gateway /snapshot.",
	},
};
