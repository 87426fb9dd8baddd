import type { SnapshotCommand } from "../../index.ts";

/** What pi offers below the line while one types: verbs, ids and labels. */
export async function completions(
	snapshot: SnapshotCommand,
	prefix: string,
): Promise<{ value: string; label: string }[] | null> {
	const { candidates, labels, word } = await snapshot.complete(prefix);
	const before = prefix.slice(0, prefix.length - word.length);
	const items = candidates.map((one) => one.trimEnd());
	// Offering what is there already would take a second Enter.
	if (items.length === 0 || items.includes(word)) return null;
	return items.map((item) => {
		const label = [item, labels.get(item)].filter(Boolean).join("  ");
		return { value: before + item, label };
	});
}
