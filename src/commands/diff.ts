import { diffSnapshots } from "../core/diff/diff.ts";
import { type Handler, isChat } from "./call/handler.ts";
import { askedAgain, askedFor, pathBelow } from "./diff/diff-asked.ts";
import { diffData } from "./diff/diff-data.ts";
import { fullText } from "./diff/diff-full-text.ts";
import { shortText } from "./diff/diff-text.ts";

/** Rows of each table that are named. */
const ROWS = 20;
/** Keys of one file that was asked for. */
const KEYS = 1000;

/** Changes nothing, and waits for nobody. */
export const diff: Handler = async (invocation) => {
	const asked = askedFor(invocation);
	const agent = invocation.agent();
	const { flags, prefix } = invocation;
	const isFull = flags.full === true;
	const isLong = isFull && asked.path !== undefined && !isChat(prefix);
	const found = await diffSnapshots(agent, {
		left: asked.left,
		right: asked.right,
		path: pathBelow(asked, agent),
		rows: ROWS,
		keys: isLong ? KEYS : undefined,
		isFull,
	});
	const how = {
		now: agent.system.clock.now(),
		again: (path = asked.path) => `${prefix} ${askedAgain(found, path)}`,
		isLong,
		isChat: isChat(prefix),
	};
	return {
		text: (isFull ? fullText : shortText)(found, how).join("\n"),
		data: diffData(found, isFull),
	};
};
