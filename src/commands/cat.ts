import { type FileEntry, isFile } from "../core/capture/entry.ts";
import { whyNoText } from "../core/files/content-kind.ts";
import type { Agent } from "../core/home/agent.ts";
import { belowHome } from "../core/home/below-home.ts";
import { lookInside } from "../core/inside/inside.ts";
import {
	beginningOf,
	pourStored,
	readStored,
} from "../core/inside/read-stored.ts";
import { isStoredDatabase, TEXT_LIMIT } from "../core/inside/show-file.ts";
import { isSecretFile, maskText } from "../core/secrets/secrets.ts";
import { typable } from "../core/words.ts";
import { errorCode, SnapshotError } from "../errors.ts";
import {
	type Handler,
	type Invocation,
	isChat,
	type Output,
} from "./call/handler.ts";
import { snapshotData } from "./call/reply.ts";
import { beginningLines, moreText } from "./show/show-lines.ts";
import { printable, refOf } from "./text/text.ts";

/** As many characters as a chat can take in one piece. */
const CHAT = 16_000;

/** Changes nothing, and waits for nobody. */
export const cat: Handler = async (invocation) => {
	const { positionals, flags, prefix, output } = invocation;
	const [ref = "", typed = ""] = positionals;
	const agent = invocation.agent();
	const { snapshot, entry } = lookInside(agent, ref, belowHome(typed, agent));
	if (entry === undefined || !isFile(entry))
		throw refused(`${printable(typed)} is no file`, "See `ls`.");
	const inChat = isChat(prefix);
	const reveal = flags.reveal === true && !inChat;
	const look = `show ${refOf(snapshot)} ${typable(typed)}`;
	if (isSecretFile(agent.host, entry.path) && !reveal)
		throw secret({ entry, look }, inChat);
	const file = { agent, id: snapshot.id, entry, look };
	if (isStoredDatabase(agent, snapshot.id, entry) && !reveal)
		throw ofRows(file, inChat);
	if (output === undefined) {
		const text = await textOf(file, reveal, inChat);
		const { path, size } = entry;
		const data = { snapshot: snapshotData(snapshot), path, bytes: size };
		const all = `${prefix} ${look} --full`;
		const shown = beginningText(text, invocation, all);
		return { text: shown, data: { ...data, content: text } };
	}
	try {
		await printOut(file, output, reveal);
	} catch (error) {
		// Nobody listens any more, as behind `head`.
		if (errorCode(error) !== "EPIPE") throw error;
	}
	return { text: "", data: {} };
};

/** What a chat shows at once of it, and how all of it is shown. */
function beginningText(
	text: string,
	invocation: Invocation,
	all: string,
): string {
	if (invocation.lines === undefined) return text;
	const { lines, isWhole, left } = beginningLines(text, invocation, 1);
	return [...lines, ...(isWhole ? [] : [moreText(left, all)])].join("\n");
}

interface Wanted {
	readonly agent: Agent;
	readonly id: string;
	readonly entry: FileEntry;
	/** The command that shows what is in it. */
	readonly look: string;
}

type Seen = Pick<Wanted, "entry" | "look">;

/** In a reply: text. What holds secrets is masked in a chat, and refused elsewhere unless a person has asked for it. */
async function textOf(
	file: Wanted,
	reveal: boolean,
	inChat: boolean,
): Promise<string> {
	const { agent, id, entry, look } = file;
	const isDatabase = isStoredDatabase(agent, id, entry);
	if (isDatabase || entry.size > (inChat ? CHAT : TEXT_LIMIT))
		throw refused(
			`${entry.path} is ${isDatabase ? "a database" : "too large for a reply"}`,
			`\`${look}\` tells what is in it; in a terminal cat prints it.`,
		);
	const bytes = await readStored(agent, id, entry, entry.size);
	const what = whyNoText(bytes, true);
	if (what !== undefined)
		throw refused(
			`${entry.path} is no text: ${what}`,
			"In a terminal cat prints it into a file or pipe.",
		);
	const text = bytes.toString("utf8");
	if (reveal) return text;
	const masked = maskText(text);
	if (masked !== text && !inChat) throw secret(file, false);
	return masked;
}

/** As it is. One that can be held at once is compared with its hash before the first byte goes out. */
async function printOut(
	file: Wanted,
	output: Output,
	reveal: boolean,
): Promise<void> {
	const { agent, id, entry } = file;
	const write = (bytes: Uint8Array) => output.write(bytes);
	if (entry.size > TEXT_LIMIT) {
		if (!reveal) refuseLargeText(file);
		if (output.isTerminal) throw notHere(file, "too large");
		return pourStored(agent, id, entry, write);
	}
	const bytes = await readStored(agent, id, entry, entry.size);
	const what = whyNoText(bytes, true);
	const text = what === undefined ? bytes.toString("utf8") : "";
	if (output.isTerminal) refuseControls(file, what, text);
	if (!reveal && maskText(text) !== text) throw secret(file, false);
	await write(bytes);
}

/** Nobody searches so much for secrets. */
function refuseLargeText({ agent, id, entry }: Wanted): void {
	const beginning = beginningOf(agent, id, entry, 65_536);
	if (whyNoText(beginning, false) !== undefined) return;
	throw refused(
		`${entry.path} is a text too long to be searched for secrets`,
		"--reveal prints it as it is.",
	);
}

/** What is no text could rewrite a person's screen. */
function refuseControls(
	file: Seen,
	what: string | undefined,
	text: string,
): void {
	if (what !== undefined) throw notHere(file, what);
	const plain = text.replace(/[\t\r\n\f]/g, " ");
	if (printable(plain) !== plain)
		throw notHere(file, "a text with control characters");
}

function notHere({ entry, look }: Seen, what: string): SnapshotError {
	return refused(
		`${entry.path} is ${what}, and nothing for a terminal`,
		`Have it written into a file (> FILE), or see \`${look}\`.`,
	);
}

/** Nobody searches all of them for secrets. */
function ofRows({ entry, look }: Seen, inChat: boolean): SnapshotError {
	return refused(
		`${entry.path} is a database, and its rows may hold secrets`,
		inChat
			? `\`${look}\` tells what is in it. Its rows are for a terminal.`
			: `\`${look}\` tells what is in it; --reveal prints it as it is, into a file or pipe (> FILE); restore and export take it whole.`,
	);
}

function secret({ entry, look }: Seen, inChat: boolean): SnapshotError {
	return refused(
		`${entry.path} holds secrets`,
		inChat
			? `\`${look}\` tells their names. Their values are for a terminal.`
			: `\`${look}\` tells what it holds without them; --reveal prints it as it is.`,
	);
}

function refused(why: string, hint: string): SnapshotError {
	const message = `${why}. Nothing was printed or changed.`;
	return new SnapshotError("failed", message, { hint });
}
