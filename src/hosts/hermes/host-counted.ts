import type { Conversations, Counted } from "../../core/home/host.ts";

export const counted: readonly Counted[] = [
	{
		what: "session",
		path: "state.db",
		table: { name: "sessions", time: "started_at" },
		title: "title",
		stays: true,
	},
	{
		what: "message",
		path: "state.db",
		table: {
			name: "messages",
			time: "timestamp",
			within: { what: "session", column: "session_id" },
		},
		stays: true,
	},
	{
		what: "pairing",
		path: "pairing/*-approved.json",
		at: [],
		from: "path",
		stays: true,
	},
	{
		what: "pairing",
		path: "platforms/pairing/*-approved.json",
		at: [],
		from: "path",
		stays: true,
	},
	{
		what: "cron job",
		path: "cron/jobs.json",
		at: ["jobs"],
		title: "name",
		stays: true,
	},
	{
		what: "project",
		path: "projects.db",
		table: { name: "projects" },
		title: "name",
		stays: true,
	},
	{
		what: "task",
		path: "kanban.db",
		table: { name: "tasks" },
		title: "title",
		stays: true,
	},
	{
		what: "fact",
		path: "memory_store.db",
		table: { name: "facts" },
		stays: true,
	},
];

export const conversations: readonly Conversations[] = [
	{
		what: "session",
		path: "state.db",
		rows: {
			table: "sessions",
			key: "id",
			parent: "parent_session_id",
			title: "title",
			time: "started_at",
			// compression_locks has a session_id, too: a lease of whoever is at work.
			parts: [
				{ table: "messages", column: "session_id", time: "timestamp" },
				{ table: "session_model_usage", column: "session_id" },
			],
		},
		called: { messages: "message" },
	},
];
