import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import type {
	OpenClawApi,
	OpenClawContext,
	OpenClawProgram,
	OpenClawReply,
} from "../../src/hosts/openclaw/api.ts";
import openclaw from "../../src/hosts/openclaw/plugin.ts";
import opencode from "../../src/hosts/opencode/plugin.ts";
import type { PiCommand } from "../../src/hosts/pi/api.ts";
import pi from "../../src/hosts/pi/plugin.ts";
import { hosts } from "../../src/index.ts";
import { root } from "../support/paths.ts";

/** One agent as a person meets it: hand-made, with as much of it as our plugin uses. */
export interface Face {
	readonly name: keyof typeof hosts;
	/** Files of its state, below the user's own home directory, that a snapshot must hold. */
	readonly state: Readonly<Record<string, string>>;
	/** Loads the plugin. */
	start(userHome: string): Promise<Session>;
}

export interface Session {
	/** The commands that a person can type. */
	readonly names: readonly string[];
	/** Types `/name text`, and resolves with all that is shown. */
	type(name: string, text: string): Promise<string>;
	/** Tells the plugin that the conversation is about to be compacted, as the agent does. */
	compact(): Promise<unknown>;
	/** What is offered while `/snapshot text` is typed, where something is. */
	offer?(text: string): Promise<string[]>;
}

/** As the agent's own process would have it: the plugin finds its home by what is set there. */
function liveIn(userHome: string): void {
	process.env.HOME = userHome;
	for (const { home, roots = {} } of Object.values(hosts))
		for (const { variable } of [home, ...Object.values(roots)])
			delete process.env[variable];
}

export const piFace = {
	name: "pi",
	state: { ".pi/agent/settings.json": '{"theme":"dark"}' },
	/** @param choose what the person picks of what is offered */
	async start(
		userHome: string,
		choose = (options: string[]) => options.at(-1) ?? "",
	): Promise<Session & { reloads(): number }> {
		liveIn(userHome);
		const commands = new Map<string, PiCommand>();
		const listeners = new Map<string, (event: object) => unknown>();
		let reloads = 0;
		pi({
			registerCommand: (name, command) => void commands.set(name, command),
			appendEntry() {},
			on: (event, listener) => void listeners.set(event, listener),
		});
		return {
			reloads: () => reloads,
			names: [...commands.keys()],
			compact: async () => listeners.get("session_before_compact")?.({}),
			async type(name, words) {
				const shown: string[] = [];
				await commands.get(name)?.handler(words, {
					hasUI: true,
					ui: {
						select: async (title, options) => {
							shown.push(title);
							return choose(options);
						},
						notify: (message) => void shown.push(message),
					},
					waitForIdle: async () => {},
					reload: async () => void reloads++,
				});
				return shown.join("\n");
			},
			async offer(words) {
				const command = commands.get("snapshot");
				const offered = await command?.getArgumentCompletions(words);
				return (offered ?? []).map(({ value }) => value);
			},
		};
	},
} as const satisfies Face;

type OpenClawCommand = Parameters<OpenClawApi["registerCommand"]>[0];

/** As OpenClaw does before it asks a plugin (executeRegisteredPluginCommand of 2026.9.6): in a chat only the owner passes. */
function whyRefused(
	required: readonly string[],
	{ gatewayClientScopes: scopes, assertOwnerCurrent }: OpenClawContext,
): OpenClawReply | undefined {
	const missing =
		scopes === undefined
			? required.find(() => assertOwnerCurrent === undefined)
			: required.find(
					(scope) => !scopes.includes(scope) && !scopes.includes(ADMIN[0]),
				);
	return missing === undefined
		? undefined
		: { text: `⚠️ This command requires gateway scope: ${missing}.` };
}

/** Scopes of a client that may do all. */
export const ADMIN = ["operator.admin", "operator.write"] as const;

/** A gateway as far as our plugin sees one. */
export function loadOpenClaw(userHome: string) {
	liveIn(userHome);
	const handlers = new Map<
		string,
		(context: OpenClawContext) => Promise<OpenClawReply>
	>();
	const guarded =
		({ requiredScopes, handler }: OpenClawCommand) =>
		async (context: OpenClawContext) =>
			whyRefused(requiredScopes, context) ?? handler(context);
	const listeners = new Map<string, () => unknown>();
	const twins: { name: string; run: (words: string[]) => Promise<void> }[] = [];
	const program = (name = ""): OpenClawProgram => ({
		command: program,
		description: () => program(name),
		argument: () => program(name),
		helpOption: () => program(name),
		allowUnknownOption: () => program(name),
		action(run) {
			twins.push({ name, run });
			return program(name);
		},
	});
	openclaw.register({
		rootDir: root,
		runtime: {
			version: "2026.9.6",
			state: { resolveStateDir: () => path.join(userHome, ".openclaw") },
		},
		registerCommand: (command) =>
			void handlers.set(command.name, guarded(command)),
		registerCli: (registrar) => registrar({ program: program() }),
		on: (event, listener) => void listeners.set(event, listener),
	});
	return {
		twins,
		/** Types `/snapshot text`; whoever that is. */
		say: async (args: string, context: OpenClawContext) =>
			(await handlers.get("snapshot")?.({ args, ...context })) ?? { text: "" },
		fire: async (event: string) => listeners.get(event)?.(),
		handlers,
	};
}

const openclawFace: Face = {
	name: "openclaw",
	state: { ".openclaw/openclaw.json": "{}" },
	async start(userHome) {
		const { handlers, fire } = loadOpenClaw(userHome);
		return {
			names: [...handlers.keys()],
			compact: () => fire("before_compaction"),
			async type(name, args) {
				const context = { args, gatewayClientScopes: ADMIN };
				return (await handlers.get(name)?.(context))?.text ?? "";
			},
		};
	},
};

const opencodeFace: Face = {
	name: "opencode",
	state: { ".config/opencode/opencode.json": "{}" },
	async start(userHome) {
		liveIn(userHome);
		// Its home is that of its data, and is there once it has run.
		fs.mkdirSync(path.join(userHome, ".local/share/opencode"), {
			recursive: true,
		});
		const shown: string[] = [];
		const hooks = await opencode.server({
			client: {
				session: {
					prompt: async ({ body }) =>
						void shown.push(...body.parts.map((part) => part.text)),
				},
			},
		});
		const config: { command?: Record<string, unknown> } = {};
		await hooks.config(config);
		return {
			names: Object.keys(config.command ?? {}),
			compact: () => hooks["experimental.session.compacting"](),
			async type(command, words) {
				const typed = { command, sessionID: "s", arguments: words };
				// What keeps the model from being asked.
				await hooks["command.execute.before"](typed).catch(() => {});
				return shown.splice(0).join("\n");
			},
		};
	},
};

/** Agents that run our program before a prompt reaches the model; the JSON as they were recorded to give it. */
function hooked(
	name: "claude-code" | "copilot" | "gemini" | "codex",
	/** In which the agent finds what to run. */
	hooksFile: string,
	state: Face["state"],
	promptOf: (command: string, words: string) => string,
	answerIn: (answer: Record<string, unknown>) => unknown,
): Face {
	return {
		name,
		state,
		async start(userHome) {
			return {
				names: ["snapshot", "snap"],
				async type(command, words) {
					const prompt = promptOf(command, words);
					const output = await runHook(name, userHome, {
						session_id: "1",
						cwd: userHome,
						hook_event_name: "UserPromptSubmit",
						prompt,
					});
					return String(answerIn(JSON.parse(output)));
				},
				compact: async () => runCompactionHook(hooksFile, userHome),
			};
		},
	};
}

/** Resolves with what the hook prints. */
export async function runHook(
	host: string,
	userHome: string,
	input: unknown,
	event = "UserPromptSubmit",
): Promise<string> {
	const child = spawn(
		process.execPath,
		[path.join(root, "dist/hosts/hook.js"), host, event],
		{
			env: { PATH: process.env.PATH, HOME: userHome },
			stdio: ["pipe", "pipe", "inherit"],
		},
	);
	child.stdin.end(JSON.stringify(input));
	return text(child.stdout);
}

/** Of the events that agents have for it (PreCompact, PreCompress), the one in this file. */
function runCompactionHook(file: string, userHome: string): void {
	const { hooks } = JSON.parse(fs.readFileSync(path.join(root, file), "utf8"));
	const [event] = Object.keys(hooks).filter((name) => /^PreComp/.test(name));
	const { command } = hooks[event ?? ""][0].hooks[0];
	execFileSync("sh", ["-c", command], {
		env: {
			PATH: `${path.dirname(process.execPath)}:${process.env.PATH}`,
			HOME: userHome,
			// Where agents say that the plugin lies.
			CLAUDE_PLUGIN_ROOT: root,
			extensionPath: path.join(root, "gemini"),
		},
		input: JSON.stringify({ hook_event_name: event, trigger: "manual" }),
	});
}

function typed(sigil: string) {
	return (command: string, words: string) => `${sigil}${command} ${words}`;
}

export const faces: readonly Face[] = [
	piFace,
	openclawFace,
	opencodeFace,
	hooked(
		"claude-code",
		"hooks/hooks.json",
		{ ".claude/settings.json": "{}", ".claude.json": '{"projects":{}}' },
		typed("/"),
		({ decision, reason }) => decision === "block" && reason,
	),
	hooked(
		"copilot",
		"hooks/copilot.json",
		{ ".copilot/config.json": "{}" },
		typed("/"),
		({ handled, responseContent }) => handled === true && responseContent,
	),
	hooked(
		"gemini",
		"gemini/hooks/hooks.json",
		{ ".gemini/settings.json": "{}" },
		// What our command files expand to.
		(_, words) => `SNAPSHOT-ARGS: ${words}`,
		({ decision, reason }) => decision === "deny" && reason,
	),
	hooked(
		"codex",
		"hooks/codex.json",
		{ ".codex/config.toml": "" },
		typed("$"),
		({ decision, reason }) => decision === "block" && reason,
	),
];
