import type { Agent } from "../../core/home/agent.ts";
import { shownOf } from "../../remote/find-remote.ts";
import { noteOf } from "../../remote/notes.ts";
import { chooseRemote } from "../../remote/remotes.ts";
import {
	listRemote,
	type RemoteSnapshot,
	withWhatIsKnown,
} from "../../remote/repository.ts";
import { openRestic, type Restic } from "../../remote/restic.ts";
import { shown } from "../../remote/shown.ts";
import { lookWhether } from "../../remote/wholeness.ts";
import { type Invocation, textFlag } from "../call/handler.ts";
import type { Answer } from "../call/reply.ts";
import {
	bytesText,
	columns,
	countText,
	printable,
	shortened,
	whenText,
} from "../text/text.ts";
import { deletionText } from "./remote-text.ts";

export async function answerList(invocation: Invocation): Promise<Answer> {
	const agent = invocation.agent();
	const remote = chooseRemote(agent, textFlag(invocation, "name"));
	const restic = await openRestic(agent, remote);
	const all = await listedAndLookedAt(agent, restic);
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

/** As many as a person waits for: what this machine pushed it has looked at, save where a push was cut off or went wrong. */
const LOOKS = 5;

async function listedAndLookedAt(
	agent: Agent,
	restic: Restic,
): Promise<RemoteSnapshot[]> {
	const all = await listRemote(agent, restic);
	const unknown = all.filter((one) => one.isOwn && one.isWhole === undefined);
	for (const { resticId } of unknown.slice(0, LOOKS))
		await lookWhether(agent, restic, resticId);
	return unknown.length === 0 ? all : withWhatIsKnown(agent, restic, all);
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
		isWhole,
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
		whole: isWhole ?? null,
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
	isWhole,
}: RemoteSnapshot): string {
	const marks = [
		...(isWhole === false ? ["NOT WHOLE"] : []),
		...(complete ? [] : ["INCOMPLETE"]),
		...(pinned ? ["pinned"] : []),
		...(reason === "manual" ? [] : [printable(reason)]),
	];
	const said = shortened(printable(label ?? ""), 60);
	return `${said}${marks.length > 0 ? ` [${marks.join(", ")}]` : ""}`.trim();
}
