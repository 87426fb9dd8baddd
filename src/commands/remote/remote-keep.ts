import { RULES } from "../../remote/forget-plan.ts";
import { checkRepository, forgetOld } from "../../remote/keep.ts";
import { chooseRemote } from "../../remote/remotes.ts";
import { openRestic } from "../../remote/restic.ts";
import { shown } from "../../remote/shown.ts";
import { usageError } from "../call/grammar.ts";
import { type Invocation, textFlag } from "../call/handler.ts";
import type { Answer } from "../call/reply.ts";
import { countText, someOf } from "../text/text.ts";
import { remoteData } from "./remote-list.ts";

export async function answerForget(invocation: Invocation): Promise<Answer> {
	const { flags, prefix } = invocation;
	const agent = invocation.agent();
	const remote = chooseRemote(agent, textFlag(invocation, "name"));
	const dryRun = flags["dry-run"] === true;
	const { removed, kept } = await forgetOld(
		agent,
		await openRestic(agent, remote),
		{ dryRun, allHosts: flags["all-hosts"] === true },
	);
	const names = removed.map(({ id, machine, isOwn }) =>
		isOwn ? id : `${id} of ${machine}`,
	);
	const count = countText(removed.length, "snapshot");
	return {
		text: [
			removed.length === 0
				? `Nothing to remove: all ${kept.length} stay by the rules (${RULES}).`
				: dryRun
					? `Would remove ${count}: ${someOf(names, 10)}`
					: `Removed ${count}, and what only they held: ${someOf(names, 10)}`,
			...(removed.length === 0 ? [] : [`${kept.length} stay: ${RULES}.`]),
			...(dryRun && removed.length > 0
				? [
						`Do it with: ${prefix} remote forget${flags["all-hosts"] === true ? " --all-hosts" : ""}`,
					]
				: []),
		].join("\n"),
		data: {
			dryRun,
			removed: removed.map((one) => remoteData(one, null)),
			kept: kept.map((one) => remoteData(one, null)),
		},
	};
}

export async function answerVerify(invocation: Invocation): Promise<Answer> {
	const subset = textFlag(invocation, "read-data-subset");
	if (subset !== undefined && !isSubset(subset))
		throw usageError(
			invocation.verb,
			`--read-data-subset needs a part such as 5%, 1/7 (to 256) or 500M, and ${JSON.stringify(subset)} is none.`,
		);
	const agent = invocation.agent();
	const remote = chooseRemote(agent, textFlag(invocation, "name"));
	await checkRepository(agent, await openRestic(agent, remote), subset);
	const read =
		subset === undefined
			? "its data was not read"
			: `${subset} of its data was read`;
	return {
		text: `Sound: ${shown(remote.repository)}; ${read}.`,
		data: { remote: remote.name, ok: true, subset: subset ?? null },
	};
}

/** As restic takes it: what it would refuse is no damage. */
function isSubset(text: string): boolean {
	const [, percent, part, parts, size] =
		/^(?:(\d{1,3}(?:\.\d{1,6})?)%|(\d{1,3})\/(\d{1,3})|(\d{1,9})[KMGT])$/.exec(
			text,
		) ?? [];
	if (percent !== undefined)
		return Number(percent) > 0 && Number(percent) <= 100;
	if (size !== undefined) return Number(size) > 0;
	const [nth, of] = [Number(part), Number(parts)];
	return nth >= 1 && nth <= of && of <= 256;
}
