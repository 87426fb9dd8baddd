import {
	type Contents,
	contentsOf,
	type StoredEntry,
} from "../core/contents.ts";
import type { Handler } from "./handler.ts";
import { snapshotData } from "./reply.ts";
import {
	bytesText,
	columns,
	countText,
	pathText,
	printable,
	shortened,
	someOf,
	whenText,
} from "./text.ts";

/** How many of the files are named. */
const SHOWN = 8;

/** Changes nothing, and waits for nobody. */
export const show: Handler = (invocation) => {
	const { positionals, prefix } = invocation;
	const [ref = ""] = positionals;
	const agent = invocation.agent();
	const contents = contentsOf(agent, ref);
	const { snapshot, manifest, alone, files } = contents;
	const now = agent.system.clock.now();
	return {
		text: [
			...headText(contents, now),
			...largestText(files, invocation.columns),
			`Put it back with: ${prefix} restore ${printable(snapshot.id)}`,
		].join("\n"),
		data: {
			snapshot: { ...snapshotData(snapshot), alone },
			hostVersion: snapshot.hostVersion ?? null,
			coherent: manifest.coherent ?? null,
			missed: manifest.missed,
			files: files.map(({ parts, ...file }) => ({
				...file,
				parts: parts ?? null,
			})),
		},
	};
};

function headText(
	{ snapshot, manifest, alone }: Contents,
	now: Date,
): string[] {
	const { id, number, label, reason, createdAt, hostVersion } = snapshot;
	const name = number === undefined ? "Undo snapshot" : `Snapshot ${number}`;
	const named =
		(label ?? "").trim() === ""
			? []
			: [`Label: ${shortened(printable(label ?? ""), 200)}`];
	const version =
		hostVersion === undefined ? "" : `, of version ${printable(hostVersion)}`;
	const lost = manifest.missed
		.filter((one) => one.lost)
		.map(({ path }) => path);
	return [
		`${name}: ${printable(id)}`,
		...named,
		`Made ${whenText(createdAt, now)}, ${printable(reason)}${version}.`,
		`${lost.length === 0 && snapshot.complete ? "Complete" : `INCOMPLETE: it lacks ${someOf(lost)}`}.${momentText(manifest.coherent)}`,
		`${countText(snapshot.files, "file")}, ${bytesText(snapshot.bytes)}. Alone it costs ${bytesText(alone)} of the disk: its removal would make that free.`,
	];
}

function momentText(coherent: boolean | undefined): string {
	if (coherent === undefined) return "";
	return coherent
		? " All of one moment."
		: " The agent was writing all the while: the files are not all of one moment.";
}

function largestText(
	files: readonly StoredEntry[],
	most: number | undefined,
): string[] {
	if (files.length === 0) return [];
	const rows = files
		.slice(0, SHOWN)
		.map(({ path, bytes, alone, parts }) => [
			`  ${pathText(path)}`,
			bytesText(bytes),
			`alone ${bytesText(alone)}`,
			parts === undefined
				? ""
				: `kept in ${countText(parts.count, "part")} of ${partText(parts.size)}`,
		]);
	const more = files.length - rows.length;
	return [
		"The largest:",
		...columns(rows, most),
		...(more > 0 ? [`  and ${countText(more, "file")} more`] : []),
	];
}

/** Always a power of two. */
function partText(bytes: number): string {
	const kib = bytes / 1024;
	return kib < 1024 ? `${kib} KiB` : `${kib / 1024} MiB`;
}
