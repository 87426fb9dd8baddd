import type { Imported } from "../../archive/import-archive.ts";
import { isFile } from "../../core/capture/entry.ts";
import type { Agent } from "../../core/home/agent.ts";
import { totalCounts } from "../../core/home/counted.ts";
import { nameOf, STORE_NAME } from "../../core/home/paths.ts";
import { inHomeText } from "../restore/beside-text.ts";
import { importedPlan } from "../restore/dry-run-text.ts";
import { outcomeText } from "../restore/restore-text.ts";
import { countsText } from "../text/counts-text.ts";
import {
	bytesText,
	countText,
	printable,
	someOf,
	whenText,
} from "../text/text.ts";

export interface How {
	/** What is typed before a verb. */
	readonly prefix: string;
	/** As it was typed. */
	readonly file: string;
	readonly dryRun: boolean;
}

/** What was in it, what has become of it, and what is still to be done. */
export function importedText(
	imported: Imported,
	agent: Agent,
	{ prefix, file, dryRun }: How,
): string[] {
	const { outcome, isHeldBack, contents } = imported;
	const told = [...archiveText(imported, agent), ...leftText(contents)];
	if (!dryRun)
		return [
			...told,
			...outcomeText(outcome, agent, { prefix }),
			...inHomeText(imported.inHome, agent, false),
			...ownerText(agent),
			...(agent.host.afterImport ?? []),
		];
	const again = `${prefix} import ${printable(file)} --force`;
	return [
		...told,
		...importedPlan(outcome, agent),
		...inHomeText(imported.inHome, agent, true),
		isHeldBack
			? `There is something already, so nothing was changed. To do it: ${again}, which can be taken back.`
			: "Nothing was changed.",
	];
}

function archiveText(
	{ contents: { manifest }, manifest: made }: Imported,
	{ host, store, system }: Agent,
): string[] {
	const now = system.clock.now();
	const when =
		manifest?.createdAt === undefined
			? ""
			: ` of ${whenText(new Date(manifest.createdAt), now)}`;
	const files = made.entries.filter(isFile);
	const holds = countsText(totalCounts(made.entries), now);
	const lost = made.missed.filter((one) => one.lost);
	return [
		`An archive of ${host.title}${when}, for ${printable(store.home)}: ${countText(files.length, "file")}, ${bytesText(made.total_size)}${holds === undefined ? "" : `; ${holds}`}.`,
		...(lost.length === 0
			? []
			: [
					`It is INCOMPLETE: it lacks ${someOf(lost.map(({ path }) => path))}.`,
				]),
	];
}

function leftText({ left, linksOut }: Imported["contents"]): string[] {
	const links = linksOut.map(({ path, target }) => `${path} (to ${target})`);
	const why = Map.groupBy(left, whyLeft);
	return [
		...[...why].map(([what, names]) => `Left out, ${what}: ${someOf(names)}.`),
		...(links.length === 0
			? []
			: [
					`Left out, being links that lead out of the home: ${someOf(links)}. With --force they come, too.`,
				]),
	];
}

function whyLeft(name: string): string {
	if (nameOf(name) === STORE_NAME) return "being snapshots of before";
	return nameOf(name) === "manifest.json"
		? "being called as the manifest of a snapshot is"
		: "having no place here";
}

/** Under sudo. */
function ownerText({ system: { disk, processes }, store }: Agent): string[] {
	const owner = disk.stat(store.home)?.uid;
	if (owner === undefined || !processes.canSetOwner) return [];
	return owner === processes.userId
		? []
		: [`All of it belongs to user ${owner}, as the directory it came into.`];
}
