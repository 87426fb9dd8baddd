import fs from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";

/** A snapshot in format 1 as agent-snapshot 0.1.0 wrote it on 2026-11-21. It must stay readable. */
export const ownRecorded = {
	id: "20261121-061239-recorded-by-us",
	manifest: String.raw`{
  "id": "20261121-061239-recorded-by-us",
  "timestamp": "20261121-061239",
  "label": "recorded by us",
  "file_count": 4,
  "total_size": 1093,
  "formatVersion": 1,
  "sequence": 1,
  "createdAt": "2026-11-21T06:12:39.967Z",
  "reason": "manual",
  "host": "hermes",
  "complete": true,
  "coherent": true,
  "pinned": false,
  "files": {
    "config.yaml": 28,
    "cron/jobs.json": 13,
    "pairing/telegram-approved.json": 28,
    "state.db": 1024
  },
  "captured": {"paths":[".anthropic_oauth.json",".env","SOUL.md","active_profile","auth.json","auth/google_oauth.json","channel_aliases.json","channel_directory.json","config.yaml","cron/deliveries.db","cron/executions.db","cron/jobs.json","cron/notepad.db","feishu_comment_pairing.json","gateway/discord_message_recovery.db","gateway_state.json","google_chat_user_token.json","google_chat_user_tokens","google_token.json","kanban.db","kanban/boards","mcp-tokens","memories","memory_store.db","pairing","platforms/pairing","processes.json","projects.db","response_store.db","runs_idempotency.db","shared-state.db","shared/nous_auth.json","state.db","vault.json.enc","vault.key","verification_evidence.db","webhook_subscriptions.json"],"except":["kanban/boards/*/workspaces","kanban/boards/*/attachments","memories/*.lock","kanban/boards/*/*.lock"]},
  "missed": [],
  "tool": "0.1.0",
  "sqlite": "3.54.1",
  "entries": [
    {"path":"config.yaml","kind":"file","size":28,"mode":384,"mtime":1795168800123.456,"sha256":"0c88e48efedd8b1f7611034cfb424538f794c96fcc07a904b82c685510c26d3b"},
    {"path":"cron","kind":"directory","mode":448,"mtime":1795168800123.456},
    {"path":"cron/jobs.json","kind":"file","size":13,"mode":384,"mtime":1795168800123.456,"sha256":"ada867240fddff72fa68e5f364e743a2cc4652479f7fdfb2c9f99f6a8a711797"},
    {"path":"pairing","kind":"directory","mode":448,"mtime":1795168800123.456},
    {"path":"pairing/link.json","kind":"link","target":"telegram-approved.json","mtime":1795168800000},
    {"path":"pairing/telegram-approved.json","kind":"file","size":28,"mode":384,"mtime":1795168800123.456,"sha256":"f587f3c20e783693e80c5bb9bc5d4de433f8baebb2e5aa66c1ab43681fb2f402"},
    {"path":"state.db","kind":"database","size":1024,"mode":384,"mtime":1795168800123.456,"sha256":"50acd5bc0b28f2c56b5855b4a833e8488848ba95c0c624557725465494f96cc8","content":"8a853d63b45f937043e920e688fd9773f3f264b97af24406f6f986fded89e577","journalMode":"delete","checked":true}
  ]
}
`,
	files: {
		"config.yaml": "model:\n  provider: recorded\n",
		"cron/jobs.json": '{"jobs": []}\n',
		"pairing/telegram-approved.json": '{"1": {"user_name": "ada"}}\n',
	},
	/** One table, `messages (id, content)`, of one row. */
	database:
		"H4sIAAAAAAACAwsO9MksSVVIyy/KTSxRMGZgYmBkZHBQUGBgYGAEYiYGBADxWdD4hAAjg97MjbwgBuMyBiAaBWSBCE" +
		"Z2cVlZxkbmksSknNTc1OLixPTUYhjN5Bzk6hjiqhDi6OTjqgAT1chMUcjMK0lNTy1SKCjKzE0sqlTITq3UUUjOB4rm" +
		"lSiUpFaUaELi5i0DEI2C4Q4EGZkZNItSk/OLUlJTFJIqFUqLAQGx0zcABAAA",
};

/** Writes it into a home's store. */
export function writeOwnRecorded(home: string): void {
	const folder = path.join(home, "state-snapshots", ownRecorded.id);
	const write = (file: string, content: string | Buffer) => {
		fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
		fs.writeFileSync(path.join(folder, file), content, { mode: 0o600 });
	};
	for (const [file, content] of Object.entries(ownRecorded.files))
		write(file, content);
	write("state.db", gunzipSync(Buffer.from(ownRecorded.database, "base64")));
	write("manifest.json", ownRecorded.manifest);
}
