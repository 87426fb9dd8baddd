import { hasHome, type KnownAgent } from "../core/home/known-agent.ts";
import { type Overview, overviewOf } from "../core/home/overview.ts";
import { whyFailed } from "../core/reasons.ts";
import type { Handler, Invocation } from "./call/handler.ts";
import { snapshotData } from "./call/reply.ts";
import { ageText, bytesText, columns, printable } from "./text/text.ts";

const HEAD = ["Agent", "--host", "State", "Newest", "Runs", "Home"];
/** Columns from which an agent has room for its title beside its name. */
const WIDE = 72;
/** Columns from which there is room for homes. */
const SMALL = 50;

interface Row {
	readonly known: KnownAgent;
	/** Or why it could not be looked at. */
	readonly overview: Overview | string;
}

export const hosts: Handler = (invocation) => {
	const { known, system, prefix, columns: width } = invocation;
	const isNarrow = (width ?? WIDE) < WIDE;
	const isSmall = (width ?? WIDE) < SMALL;
	const here = known.filter((one) => hasHome(system.disk, one));
	const rows = here.map((one) => ({
		known: one,
		overview: lookAt(invocation, one),
	}));
	const others = known
		.filter((one) => !here.includes(one))
		.map(({ host }) => host.title);
	const now = system.clock.now();
	return {
		text: [
			...(rows.length === 0
				? ["No agent that we know is at home here."]
				: columns(
						[HEAD, ...rows.map((row) => rowText(row, now))].map((row) =>
							row.slice(isNarrow ? 1 : 0, isSmall ? -1 : undefined),
						),
						width,
					)),
			...(others.length > 0 ? [`Not here: ${others.join(", ")}.`] : []),
			`More about one: ${prefix} doctor <host>`,
		].join("\n"),
		data: { hosts: rows.map(rowData) },
	};
};

/** One that cannot be looked at does not hide the others. */
function lookAt({ agentOf }: Invocation, known: KnownAgent): Overview | string {
	try {
		return overviewOf(agentOf(known));
	} catch (error) {
		return whyFailed(error);
	}
}

function rowText({ known, overview }: Row, now: Date): string[] {
	const { host, places } = known;
	const home = printable(places.home);
	if (typeof overview === "string")
		return [host.title, host.name, "?", overview, "", home];
	const { bytes, newest, running } = overview;
	return [
		host.title,
		host.name,
		bytesText(bytes),
		newest === undefined ? "none" : ageText(newest.createdAt, now),
		runningText(running),
		home,
	];
}

/** Undefined: nobody can tell. */
export function runningText(running: Overview["running"]): string {
	if (running === undefined) return "?";
	const [first, ...others] = running;
	if (first === undefined) return "no";
	return `pid ${first.pid}${others.length > 0 ? ` and ${others.length} more` : ""}`;
}

function rowData({ known, overview }: Row): Record<string, unknown> {
	const { host, places } = known;
	const common = { host: host.name, title: host.title, home: places.home };
	if (typeof overview === "string") return { ...common, problem: overview };
	const { bytes, files, newest, running } = overview;
	return {
		...common,
		bytes,
		files,
		newest: newest === undefined ? null : snapshotData(newest),
		running: running ?? null,
	};
}
