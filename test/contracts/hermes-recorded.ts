import fs from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";

/** A snapshot as Hermes' algorithm of May 2026 wrote it, recorded from the bench's hermes_quick.py. */
export const recorded = {
	id: "20260501-101500-before upgrade",
	label: "before upgrade",
	manifest: `{
  "id": "20260501-101500-before upgrade",
  "timestamp": "20260501-101500",
  "label": "before upgrade",
  "file_count": 6,
  "total_size": 1121,
  "files": {
    "state.db": 1024,
    "config.yaml": 28,
    ".env": 13,
    "auth.json": 15,
    "cron/jobs.json": 13,
    "pairing/telegram-approved.json": 28
  }
}`,
	files: {
		"config.yaml": "model:\n  provider: recorded\n",
		".env": "KEY=recorded\n",
		"auth.json": '{"version": 1}\n',
		"cron/jobs.json": '{"jobs": []}\n',
		"pairing/telegram-approved.json": '{"1": {"user_name": "ada"}}\n',
	},
	/** One table, `messages (id, content)`, of two rows. */
	database:
		"H4sIAAAAAAACAwsO9MksSVVIyy/KTSxRMGZgYmBiYnBQUGBgYGAEYiYGBADxWdD4hAAjg14yIy+IwbiUAYhGATkgkpFdXFaWsZG1JDEpJzU3" +
		"tbg4MT21GEYzOQe5Ooa4KoQ4Ovm4KsBEFTQyUxQy80pS01OLFAqKMnMTiyoVslMrdRSS84GieSUKJakVJZqguGFivMXA+BJIjIJhBHiZmBkUi1" +
		"OBsZ2iUJRfLsrIzGBYBOQWpaSmKCRVKnikFgHTCgCB3zoSAAQAAA==",
	rows: ["recorded by Hermes", "second row"],
};

/** Writes it into a home's store, with the open modes that Hermes leaves. */
export function writeRecordedSnapshot(home: string): void {
	const folder = path.join(home, "state-snapshots", recorded.id);
	const write = (file: string, content: string | Buffer) => {
		fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
		fs.writeFileSync(path.join(folder, file), content, { mode: 0o644 });
	};
	for (const [file, content] of Object.entries(recorded.files))
		write(file, content);
	write("state.db", gunzipSync(Buffer.from(recorded.database, "base64")));
	write("manifest.json", recorded.manifest);
}
