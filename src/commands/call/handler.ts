import type { Agent } from "../../core/home/agent.ts";
import type { Host } from "../../core/home/host.ts";
import type { KnownAgent } from "../../core/home/known-agent.ts";
import type { System } from "../../system/system.ts";
import { type Call, usageError } from "./grammar.ts";
import type { Answer } from "./reply.ts";

/** What a handler gets: the parsed words, and the agent to work on. */
export interface Invocation extends Call {
	/** Opens the agent's home. Times are in seconds. @throws SnapshotError `no-home` */
	agent(options?: {
		readonly wait?: number;
		readonly timeout?: number | undefined;
	}): Agent;
	/** All agents that we know; of the one that is meant by this command too. */
	readonly known: readonly KnownAgent[];
	/** The one that is meant. */
	readonly meant: KnownAgent;
	/** Which agent, or where its home is, was said, and not only supposed: another one is not to be touched. */
	readonly isNamed: boolean;
	/** Opens another one. @throws SnapshotError `no-home` */
	agentOf(known: KnownAgent, options?: { readonly wait?: number }): Agent;
	/** One with its home in that directory, there or not. */
	knownAt(host: Host, home: string): KnownAgent;
	readonly system: System;
	/** How wide a line may be; undefined: as wide as it is. */
	readonly columns: number | undefined;
	/** How many lines a reply may have, unless all of it is asked for; undefined: as many as it has. */
	readonly lines: number | undefined;
	/** What a person types before a verb: "/snapshot" in a chat, "agent-snapshot" in a terminal. */
	readonly prefix: string;
	/** What a person types before a verb in a terminal, wherever this was typed. */
	readonly terminal: string;
	/** Standard output is for the reply, and for nothing else. */
	readonly json: boolean;
	/** Asks the person who sits there. Undefined: nobody does, or not at a terminal. */
	readonly confirm: ((question: string) => Promise<boolean>) | undefined;
	/** Where the bytes of a file can go as they are. Undefined in a chat, and where the reply is one JSON object. */
	readonly output: Output | undefined;
}

/** Standard output. */
export interface Output {
	/** A person sees it, and control characters act on what he sees it by. */
	readonly isTerminal: boolean;
	/** Resolves when it was taken. Rejects with `EPIPE` when nobody listens any more. */
	write(bytes: Uint8Array): Promise<void>;
}

/** By what a person types before a verb there: in a chat no program's name. */
export function isChat(prefix: string): boolean {
	return !/^[a-z]/.test(prefix);
}

export type Handler = (invocation: Invocation) => Promise<Answer> | Answer;

/** How long to wait for another command to end unless told otherwise, in seconds. */
export const DEFAULT_WAIT = 10;

export function waitOf(invocation: Invocation): number {
	return secondsFlag(invocation, "wait") ?? DEFAULT_WAIT;
}

export function textFlag(
	{ flags }: Invocation,
	name: string,
): string | undefined {
	const value = flags[name];
	return typeof value === "string" ? value : undefined;
}

export function listFlag({ flags }: Invocation, name: string): string[] {
	const value = flags[name];
	return Array.isArray(value) ? value.map(String) : [];
}

/** @throws SnapshotError `usage` */
export function secondsFlag(
	invocation: Invocation,
	name: string,
): number | undefined {
	const text = textFlag(invocation, name);
	if (text === undefined) return undefined;
	if (!/^\d{1,6}(\.\d{1,3})?$/.test(text))
		throw usageError(
			invocation.verb,
			`--${name} needs a number of seconds, and ${JSON.stringify(text)} is none.`,
		);
	return Number(text);
}

/** A whole number from 1. @throws SnapshotError `usage` */
export function countOf(
	invocation: Invocation,
	text: string,
	what: string,
): number {
	if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
	throw usageError(
		invocation.verb,
		`${what} must be a whole number from 1, and ${JSON.stringify(text)} is none.`,
	);
}
