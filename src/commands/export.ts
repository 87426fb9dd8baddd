import { exportPlain } from "../core/export/export.ts";
import { usageError } from "./grammar.ts";
import { type Handler, isChat, textFlag, waitOf } from "./handler.ts";
import {
	bytesText,
	countText,
	finishedText,
	printable,
	someOf,
} from "./text.ts";

export const exportSnapshot: Handler = async (invocation) => {
	const { positionals, flags, verb, prefix } = invocation;
	const [ref = ""] = positionals;
	if (flags.plain !== true)
		throw usageError(
			verb,
			"export needs to be told as what: --plain, a folder in which every file is whole, is what there is.",
		);
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
};
