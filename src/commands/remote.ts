import { usageError } from "./call/grammar.ts";
import type { Handler, Invocation } from "./call/handler.ts";
import { nearest } from "./call/nearest.ts";
import type { Answer } from "./call/reply.ts";
import { answerAdd, answerRemove } from "./remote/remote-add.ts";
import { answerForget, answerVerify } from "./remote/remote-keep.ts";
import { answerList } from "./remote/remote-list.ts";
import { answerPull, answerRestored } from "./remote/remote-pull.ts";
import { answerPush } from "./remote/remote-push.ts";

interface Action {
	readonly answer: (invocation: Invocation) => Promise<Answer> | Answer;
	/** What it takes besides its name. */
	readonly words: "none" | "one" | "maybe one";
	/** Of the flags of `remote`, besides `--name`. */
	readonly flags: readonly string[];
}

const ACTIONS: Readonly<Record<string, Action>> = {
	add: {
		answer: answerAdd,
		words: "one",
		flags: ["password-file", "environment-file"],
	},
	push: { answer: answerPush, words: "maybe one", flags: ["wait"] },
	list: { answer: answerList, words: "none", flags: ["all-hosts"] },
	pull: { answer: answerPull, words: "one", flags: ["all-hosts", "wait"] },
	restore: {
		answer: answerRestored,
		words: "one",
		flags: ["all-hosts", "into", "wait"],
	},
	verify: { answer: answerVerify, words: "none", flags: ["read-data-subset"] },
	forget: {
		answer: answerForget,
		words: "none",
		flags: ["all-hosts", "dry-run"],
	},
	remove: { answer: answerRemove, words: "none", flags: [] },
};

/** Snapshots in a repository elsewhere, which restic drives. */
export const remote: Handler = (invocation) => {
	const { verb, flags } = invocation;
	const [name = "", ...words] = invocation.positionals;
	const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
	if (action === undefined) {
		const near = nearest(name, Object.keys(ACTIONS));
		const meant = near === undefined ? "" : ` Did you mean ${near}?`;
		throw usageError(
			verb,
			`remote does not know ${JSON.stringify(name)}.${meant}`,
		);
	}
	const other = Object.keys(flags).find(
		(flag) => flag !== "name" && !action.flags.includes(flag),
	);
	if (other !== undefined)
		throw usageError(verb, `remote ${name} knows no --${other}.`);
	if (action.words === "one" && words.length === 0)
		throw usageError(
			verb,
			`remote ${name} needs ${name === "add" ? "the address of a repository" : "a snapshot"}.`,
		);
	if (words.length > (action.words === "none" ? 0 : 1))
		throw usageError(
			verb,
			`remote ${name} does not know what to do with ${JSON.stringify(words.at(-1))}.`,
		);
	return action.answer({ ...invocation, positionals: words });
};
