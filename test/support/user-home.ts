import fs from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { runCli } from "./run-cli.ts";
import { scratch } from "./scratch.ts";

/** The home of a user on a machine with nothing on it. */
export function blank(): string {
	const place = path.join(scratch(), "user");
	fs.mkdirSync(place);
	return place;
}

/** Runs our command as who has that home. @param under a program that runs it, with its arguments */
export function runAs(
	userHome: string,
	words: readonly string[],
	under?: readonly string[],
) {
	const options = { env: { HOME: userHome }, cwd: userHome };
	return runCli(words, { ...options, ...(under && { under }) });
}

/** As `runAs`, and it has to succeed. @returns what it printed */
export async function mustAs(
	userHome: string,
	words: readonly string[],
): Promise<string> {
	const ran = await runAs(userHome, words);
	expect(ran.code, ran.stdout + ran.stderr).toBe(0);
	return ran.stdout;
}

/** Where its Hermes lives. */
export const hermesOf = (userHome: string) => path.join(userHome, ".hermes");
