import { claudeCode } from "./claude-code.ts";
import { codex } from "./codex.ts";
import { copilot } from "./copilot.ts";
import { gemini } from "./gemini.ts";
import { hermes } from "./hermes.ts";
import { openclaw } from "./openclaw.ts";
import { opencode } from "./opencode.ts";
import { pi } from "./pi.ts";
import type { RealHost } from "./real-host.ts";

/** Every agent that npm run test:hosts can drive: one file each beside this one. */
export const realHosts: readonly RealHost[] = [
	pi,
	claudeCode,
	opencode,
	copilot,
	gemini,
	codex,
	openclaw,
	hermes,
];
