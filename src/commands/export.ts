import { type Archived, exportArchive } from "../archive/export-archive.ts";
import { isFile } from "../core/capture/entry.ts";
import { totalCounts } from "../core/home/counted.ts";
import { errorCode, SnapshotError } from "../errors.ts";
import { sealIn } from "./archives/archive-keys.ts";
import { answerPlain } from "./archives/export-plain.ts";
import { usageError } from "./call/grammar.ts";
import {
	type Handler,
	type Invocation,
	isChat,
	textFlag,
	waitOf,
} from "./call/handler.ts";
import { type Answer, EXIT } from "./call/reply.ts";
import { countsText } from "./text/counts-text.ts";
import {
	bytesText,
	countText,
	finishedText,
	printable,
	someOf,
} from "./text/text.ts";

const REASONS = ["manual", "pre-update", "pre-migration"];

export const exportSnapshot: Handler = async (invocation) => {
	const { positionals, flags, verb } = invocation;
	if (flags.plain === true) return answerPlain(invocation);
	const [ref = "now"] = positionals;
	const isFull = flags.full === true;
	if (isFull && ref !== "now")
		throw usageError(verb, "--full is of the present: export now --full.");
	const reason = textFlag(invocation, "reason") ?? "manual";
	if (!REASONS.includes(reason))
		throw usageError(verb, "--reason knows pre-update and pre-migration.");
	const { to, output } = whereTo(invocation);
	const seal = await sealIn(invocation);
	const agent = invocation.agent({ wait: waitOf(invocation) });
	const done = await exportArchive(agent, invocation.meant, {
		ref,
		isFull,
		reason,
		to,
		output,
		seal,
		noSecrets: flags["no-secrets"] === true,
	});
	return done.path === undefined
		? pouredAnswer(done)
		: answerOf(done, done.path, invocation);
};

function whereTo({ flags, verb, prefix, output }: Invocation) {
	const to = typeof flags.to === "string" ? flags.to : undefined;
	if (to === "")
		throw usageError(verb, "--to needs the name of a file or directory.");
	if (to !== "-") {
		if (to !== undefined && isChat(prefix) && !to.startsWith("/"))
			throw usageError(verb, "In a chat --to needs a path that begins with /.");
		return { to, output: undefined };
	}
	if (output === undefined || output.isTerminal)
		throw usageError(verb, "--to - needs a file or pipe as standard output.");
	const write = (bytes: Uint8Array) => output.write(bytes).catch(notTaken);
	return { to: undefined, output: write };
}

function notTaken(error: unknown): never {
	if (errorCode(error) !== "EPIPE") throw error;
	throw new SnapshotError(
		"failed",
		"Who was to read the archive stopped before its end, so nobody has all of it. Nothing was changed.",
		{ hint: "See what the program behind the pipe says.", cause: error },
	);
}

/** Standard output has what was asked for: whatever is wrong with it goes beside it. */
function pouredAnswer(done: Archived): Answer {
	const lost = lostIn(done);
	return {
		text: [...finishedText(done.recovered), ...lacksText(done)].join("\n"),
		isOutputUsed: true,
		...(lost.length > 0 && { exitCode: EXIT.incomplete }),
		data: {},
	};
}

const lostIn = ({ manifest }: Archived) =>
	manifest.missed.filter((one) => one.lost);

/** What is not in it. */
function lacksText(done: Archived): string[] {
	const lost = lostIn(done).map((one) => `${one.path} (${one.why})`);
	const left = done.withoutSecrets;
	return [
		...(lost.length === 0 ? [] : [`INCOMPLETE: it lacks ${someOf(lost)}.`]),
		...(left.length === 0
			? []
			: [
					`Left out, for their secrets: ${someOf([...left])}. Databases were not searched.`,
				]),
	];
}

function answerOf(
	done: Archived,
	path: string,
	{ prefix, system }: Invocation,
): Answer {
	const { manifest, bytes, withoutSecrets, rotated } = done;
	const now = system.clock.now();
	const lost = lostIn(done);
	const files = manifest.entries.filter(isFile).length;
	const holds = countsText(totalCounts(manifest.entries), now);
	const text = [
		...finishedText(done.recovered),
		`Exported to ${printable(path)}: ${bytesText(bytes)}, ${SEALED[done.seal]}.`,
		`${countText(files, "file")} of ${bytesText(manifest.total_size)}, read back and compared${holds === undefined ? "" : `: ${holds}`}.`,
		...lacksText(done),
		...(rotated.length === 0
			? []
			: [
					`Removed, being older: ${someOf(rotated.map((one) => one.slice(one.lastIndexOf("/") + 1)))}.`,
				]),
		`Bring it back, here or elsewhere: ${prefix} import ${printable(path)}${OPENED_BY[done.seal]}`,
	];
	return {
		text: text.join("\n"),
		...(lost.length > 0 && { exitCode: EXIT.incomplete }),
		data: {
			path,
			bytes,
			encrypted: done.seal !== "none",
			files,
			complete: lost.length === 0,
			missed: lost,
			withoutSecrets: [...withoutSecrets],
			removed: [...rotated],
		},
	};
}

const SEALED = {
	none: "not encrypted",
	recipients: "encrypted: only its recipients can open it",
	passphrase: "encrypted by its passphrase",
} as const;

const OPENED_BY = {
	none: "",
	recipients: " --identity FILE",
	passphrase: "",
} as const;
