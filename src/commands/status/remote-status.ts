import type { Agent } from "../../core/home/agent.ts";
import type { RemoteSettings } from "../../core/home/settings.ts";
import { noteOf, type RemoteNote } from "../../remote/notes.ts";
import { shown } from "../../remote/shown.ts";
import type { Answer } from "../call/reply.ts";
import { printable, shortened, whenText } from "../text/text.ts";

/** What is known of the repositories elsewhere without asking them: `status` waits for no network. */
export function remoteStatus(
	agent: Agent,
	remotes: Readonly<Record<string, RemoteSettings>>,
	terminal: string,
): Pick<Answer, "text"> & { readonly data: readonly object[] } {
	const now = agent.system.clock.now();
	const all = Object.entries(remotes).map(([name, { repository }]) => ({
		name,
		repository,
		note: noteOf(agent, name),
	}));
	return {
		text: all
			.map(({ name, note }) => remoteText(name, note, now, terminal))
			.join("\n"),
		data: all.map(({ name, repository, note }) => ({
			name,
			repository: shown(repository),
			canDelete: note.canDelete ?? null,
			lastPush: note.lastPush ?? null,
			lastFailure: note.lastFailure
				? { ...note.lastFailure, why: shown(note.lastFailure.why) }
				: null,
			lastCheck: note.lastCheck ?? null,
			begun: note.begun ?? null,
		})),
	};
}

function remoteText(
	name: string,
	{ canDelete, lastPush, lastFailure, lastCheck, begun }: RemoteNote,
	now: Date,
	terminal: string,
): string {
	const when = (at: string) => whenText(new Date(at), now);
	const pushed =
		lastPush === undefined
			? `nothing pushed yet; in a terminal: ${terminal} remote push`
			: `last push ${when(lastPush.at)}, of ${printable(lastPush.id)}`;
	const said = [
		`Elsewhere (${printable(name)}): ${pushed}.`,
		...(lastFailure
			? [
					`The push ${when(lastFailure.at)} FAILED: ${shortened(shown(lastFailure.why), 300)}`,
				]
			: []),
		// One that has failed has said so.
		...(begun === undefined || (lastFailure && lastFailure.at > begun)
			? []
			: [
					`A push that began ${when(begun)} has not come to its end: it is at work, or died.`,
				]),
		...(lastCheck?.ok === false
			? [`Found DAMAGED ${when(lastCheck.at)}: ${terminal} remote verify.`]
			: []),
		...(canDelete === undefined
			? []
			: [
					canDelete
						? "This machine can delete what is there, and whoever takes it over can, too."
						: "This machine cannot delete what is there: good.",
				]),
	];
	return said.join(" ");
}
