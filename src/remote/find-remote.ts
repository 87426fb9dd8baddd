import { SnapshotError } from "../errors.ts";
import type { RemoteSnapshot } from "./repository.ts";

/** Those that numbers count in: this agent's own, or of all machines. On a machine that never pushed these are all there are. */
export function shownOf(
	all: readonly RemoteSnapshot[],
	allHosts: boolean,
): readonly RemoteSnapshot[] {
	const own = all.filter(({ isOwn }) => isOwn);
	return allHosts || own.length === 0 ? all : own;
}

/**
 * A number of the list, "latest", an id or its unique beginning, or that of restic's.
 * @throws SnapshotError `not-found`, `ambiguous`
 */
export function findRemote(
	all: readonly RemoteSnapshot[],
	ref: string,
	allHosts: boolean,
): RemoteSnapshot {
	const shown = shownOf(all, allHosts);
	if (all.length === 0)
		throw notFound(
			"The repository holds no snapshot of ours.",
			"`remote push`",
		);
	const number = ref === "latest" ? "1" : /^#?(\d{1,7})$/.exec(ref)?.[1];
	const counted =
		ref === "latest"
			? shown.find(({ isWhole }) => isWhole !== false)
			: shown[Number(number ?? 0) - 1];
	if (number !== undefined) {
		if (ref === "latest") refuseSeveral(shown);
		if (counted !== undefined) return counted;
		if (ref === "latest")
			throw notFound(
				"None of the snapshots there is whole.",
				"`remote list --all-hosts`. What can still be read of one: restic restore ID --target DIR",
			);
		throw notFound(
			`There is no snapshot ${ref} there: they go from 1 to ${shown.length}.`,
			"`remote list`",
		);
	}
	const found =
		all.filter(({ id }) => id === ref).length > 0
			? all.filter(({ id }) => id === ref)
			: all.filter(
					({ id, resticId }) =>
						ref !== "" &&
						(id.startsWith(ref) ||
							(ref.length >= 8 && resticId.startsWith(ref))),
				);
	return theOne(found, ref);
}

/** What was pushed again is the same, and the one of them that is whole is meant. */
function theOne(found: readonly RemoteSnapshot[], ref: string): RemoteSnapshot {
	const own = found.filter(({ isOwn }) => isOwn);
	const [first, ...others] = (own.length > 0 ? own : found).toSorted(
		(a, b) => Number(a.isWhole === false) - Number(b.isWhole === false),
	);
	if (first === undefined)
		throw notFound(
			`There is no snapshot ${JSON.stringify(ref)} there.`,
			"`remote list --all-hosts`",
		);
	if (others.every((one) => isSame(one, first))) return first;
	const choices = [first, ...others]
		.slice(0, 4)
		.map(
			({ id, machine, resticId }) =>
				`${resticId.slice(0, 8)} (${id}, ${machine})`,
		);
	throw new SnapshotError(
		"ambiguous",
		`${found.length} snapshots there are called ${JSON.stringify(ref)}. Nothing was changed.`,
		{ hint: `Name one by the first of these: ${choices.join(", ")}.` },
	);
}

/** Of the same moment of the same agent, as far as both say. */
function isSame(one: RemoteSnapshot, other: RemoteSnapshot): boolean {
	const { id, agent, machine, place, machineId, contents } = other;
	return (
		one.id === id &&
		one.agent === agent &&
		one.machine === machine &&
		one.place === place &&
		(one.machineId ?? machineId) === (machineId ?? one.machineId) &&
		(one.contents ?? contents) === (contents ?? one.contents)
	);
}

/** On a new machine the newest of all may be that of another agent. */
function refuseSeveral(shown: readonly RemoteSnapshot[]): void {
	const places = new Set(
		shown.map(
			({ machine, place, agent }) => `${agent} on ${machine}, ${place}`,
		),
	);
	if (places.size <= 1) return;
	throw new SnapshotError(
		"ambiguous",
		`There are snapshots of ${places.size} agents, and "latest" does not say of which. Nothing was changed.`,
		{ hint: "Take a number or an id: `remote list --all-hosts`." },
	);
}

function notFound(message: string, way: string): SnapshotError {
	return new SnapshotError("not-found", `${message} Nothing was changed.`, {
		hint: `See ${way}.`,
	});
}
