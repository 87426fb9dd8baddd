import type { Host } from "../core/home/host.ts";
import { claudeCode } from "./claude-code/host.ts";
import { codex } from "./codex/host.ts";
import { copilot } from "./copilot/host.ts";
import { gemini } from "./gemini/host.ts";
import { hermes } from "./hermes/host.ts";
import { openclaw } from "./openclaw/host.ts";
import { opencode } from "./opencode/host.ts";
import { pi } from "./pi/host.ts";

/** Every agent we know, by its name. A new one: a folder beside `hermes`, and its line here. */
export const hosts = {
	hermes,
	openclaw,
	pi,
	"claude-code": claudeCode,
	opencode,
	copilot,
	gemini,
	codex,
} as const satisfies Readonly<Record<string, Host>>;

export type HostName = keyof typeof hosts;
