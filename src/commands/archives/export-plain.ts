import { exportPlain } from "../../core/export/export.ts";
import { usageError } from "../call/grammar.ts";
import { type Invocation, isChat, textFlag, waitOf } from "../call/handler.ts";
import type { Answer } from "../call/reply.ts";
import {
	bytesText,
	countText,
	finishedText,
	printable,
	someOf,
} from "../text/text.ts";

/** `export 1 --plain` */
export async function answerPlain(invocation: Invocation): Promise<Answer> {
	const { positionals, verb, prefix } = invocation;
	const [ref] = positionals;
	if (ref === undefined)
		throw usageError(verb, "--plain needs a snapshot: export 1 --plain.");
	const to = textFlag(invocation, "to");
	if (to !== undefined && isChat(prefix) && !to.startsWith("/"))
		throw usageError(verb, "In a chat --to needs a path that begins with /.");
	const agent = invocation.agent({ wait: waitOf(invocation) });
	const { source, folder, id, bytes, links, recovered } = await exportPlain(
		agent,
		{ ref, to },
	);
	return {
		text: [
			...finishedText(recovered),
			id === undefined
				? `Exported ${printable(source.id)} as plain files: ${printable(folder)}`
				: `Exported ${printable(source.id)} as plain files, a snapshot of its own: ${printable(id)}`,
			`${countText(source.files, "file")}, ${bytesText(bytes)}, each whole and compared with its hash. Any program can copy them; stop the agent before a database is put back so.`,
			...(links.length > 0
				? [`Only named in its manifest, being links: ${someOf(links)}.`]
				: []),
			...(id === undefined
				? []
				: [`Put it back with: ${prefix} restore ${printable(id)}`]),
		].join("\n"),
		data: { source: source.id, folder, id: id ?? null, links },
	};
}
