import { shownOf } from "../remote/find-remote.ts";
import { noteOf } from "../remote/notes.ts";
import { chooseRemote } from "../remote/remotes.ts";
import { listRemote, type RemoteSnapshot } from "../remote/repository.ts";
import { openRestic } from "../remote/restic.ts";
import { shown } from "../remote/shown.ts";
import { type Invocation, textFlag } from "./handler.ts";
import { deletionText } from "./remote-text.ts";
import type { Answer } from "./reply.ts";
import {
	bytesText,
	columns,
	countText,
	printable,
	shortened,
	whenText,
} from "./text.ts";

export async function answerList(invocation: Invocation): Promise<Answer> {
	const agent = invocation.agent();
	const remote = chooseRemote(agent, textFlag(invocation, "name"));
	const all = await listRemote(agent, await openRestic(agent, remote));
	const wanted = shownOf(all, invocation.flags["all-hosts"] === true);
	const others = all.length - wanted.length;
	const { canDelete } = noteOf(agent, remote.name);
	return {
		text: [
			...tableText(wanted, invocation),
			...(others > 0
				? [
						`${countText(others, "snapshot")} of other machines or agents: ${invocation.prefix} remote list --all-hosts`,
					]
				: []),
			...(canDelete === undefined ? [] : [deletionText(canDelete)]),
		].join("\n"),
		data: {
			remote: remote.name,
			repository: shown(remote.repository),
			canDelete: canDelete ?? null,
			snapshots: wanted.map((one, index) => remoteData(one, index + 1)),
			total: all.length,
		},
	};
}

/** As `--json` shows one. */
export function remoteData(
	{
		id,
		label,
		reason,
		createdAt,
		complete,
		pinned,
		bytes,
		files,
		agent,
		machine,
		place,
		isOwn,
		resticId,
	}: RemoteSnapshot,
	number: number | null,
): Record<string, unknown> {
	return {
		id,
		number,
		label,
		reason,
		createdAt: createdAt.toISOString(),
		complete,
		pinned,
		bytes: bytes ?? null,
		files: files ?? null,
		agent,
		machine,
		place,
		own: isOwn,
		resticId,
	};
}

function tableText(
	wanted: readonly RemoteSnapshot[],
	{ prefix, system, columns: most, flags }: Invocation,
): string[] {
	if (wanted.length === 0)
		return [`Nothing was pushed yet: ${prefix} remote push`];
	const now = system.clock.now();
	const groups = Map.groupBy(wanted, whoseText);
	const isOne = groups.size === 1 && wanted[0]?.isOwn;
	const head = ["#", "When", "Size", "Id", "Label"];
	const lines = [...groups].flatMap(([whose, members]) => [
		...(isOne ? [] : [`${whose}:`]),
		...columns(
			[
				head,
				...members.map((one) => [
					String(wanted.indexOf(one) + 1),
					whenText(one.createdAt, now),
					one.bytes === undefined ? "?" : bytesText(one.bytes),
					printable(one.id),
					labelText(one),
				]),
			],
			most,
		),
	]);
	// By other numbers than without it.
	const which =
		flags["all-hosts"] === true ? "<number> --all-hosts" : "<number>";
	return [...lines, `Bring one back with: ${prefix} remote restore ${which}`];
}

function whoseText({ agent, machine, place }: RemoteSnapshot): string {
	const home = place.replace(/\/state-snapshots\/\.pushing$/, "");
	return printable(`${agent} on ${machine}, ${home}`);
}

function labelText({
	label,
	reason,
	complete,
	pinned,
}: RemoteSnapshot): string {
	const marks = [
		...(complete ? [] : ["INCOMPLETE"]),
		...(pinned ? ["pinned"] : []),
		...(reason === "manual" ? [] : [printable(reason)]),
	];
	const said = shortened(printable(label ?? ""), 60);
	return `${said}${marks.length > 0 ? ` [${marks.join(", ")}]` : ""}`.trim();
}
