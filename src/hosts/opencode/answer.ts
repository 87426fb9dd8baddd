import type { SnapshotCommand } from "../../index.ts";

/** Runs what was typed, and shows what comes of it; before that a line, if it takes long. */
export async function answer(
	snapshot: SnapshotCommand,
	typed: string,
	show: (text: string) => Promise<unknown>,
): Promise<void> {
	let shown: Promise<unknown> = Promise.resolve();
	const reply = await snapshot.run(unquoted(typed), (line) => {
		// The reply is what counts: if nothing can be shown, that one will fail.
		shown = show(line).catch(() => {});
	});
	await shown;
	await show(reply.text);
}

/** `opencode run --command snapshot "list --all"` hands its words over in quotation marks. */
function unquoted(text: string): string {
	return /^"([^"]*)"$/.exec(text.trim())?.[1] ?? text;
}
