import type { Count } from "../core/capture/entry.ts";
import { lastDrillOf } from "../core/drill/drills.ts";
import type { Agent } from "../core/home/agent.ts";
import { totalCounts } from "../core/home/counted.ts";
import { contentsOf } from "../core/inside/contents.ts";
import { maskText } from "../core/secrets/secrets.ts";
import { readVerifications } from "../core/verify/verifications.ts";
import type { Handler } from "./call/handler.ts";
import { snapshotData } from "./call/reply.ts";
import { showInside } from "./show/show-inside.ts";
import { showText } from "./show/show-text.ts";

/** Changes nothing, and waits for nobody. */
export const show: Handler = (invocation) => {
	const { positionals, prefix, flags } = invocation;
	const [ref = "", path] = positionals;
	if (path !== undefined) return showInside(invocation, ref, path);
	const agent = invocation.agent();
	const contents = contentsOf(agent, ref);
	const { snapshot, manifest, alone, files, links } = contents;
	const counts = asOrdered(agent, totalCounts(manifest.entries));
	const drill = lastDrillOf(agent, snapshot.id);
	const { system, store } = agent;
	const verified = readVerifications(system.disk, store).get(snapshot.id);
	const isFull = flags.full === true;
	const { columns } = invocation;
	return {
		text: showText(
			{ ...contents, counts, drill, verified },
			{ now: system.clock.now(), prefix, isFull, columns },
		).join("\n"),
		data: {
			snapshot: { ...snapshotData(snapshot), alone },
			hostVersion: snapshot.hostVersion ?? null,
			coherent: manifest.coherent ?? null,
			note: manifest.note ?? null,
			missed: manifest.missed,
			counts,
			damaged: snapshot.mark ?? null,
			drill: drill ? { at: drill.at, ok: drill.ok } : null,
			verified: verified ?? null,
			files: files.map(({ parts, ...file }) => ({
				...file,
				parts: parts ?? null,
			})),
			links: links.map(({ path, target }) => ({
				path,
				target: maskText(target),
			})),
		},
	};
};

/** As its host names them: what matters most comes first. */
function asOrdered({ host }: Agent, counts: readonly Count[]): Count[] {
	const names = (host.counted ?? []).map(({ what }) => what);
	const place = ({ what }: Count) => names.indexOf(what);
	return counts.toSorted((a, b) => place(a) - place(b));
}
