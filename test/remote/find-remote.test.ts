import { describe, expect, it } from "vitest";
import { findRemote } from "../../src/remote/find-remote.ts";
import type { RemoteSnapshot } from "../../src/remote/repository.ts";

let count = 0;
function one(id: string, machine: string, isOwn: boolean): RemoteSnapshot {
	count++;
	return {
		id,
		machine,
		isOwn,
		agent: "hermes",
		place: "/home/ada/.hermes/state-snapshots/.pushing",
		reason: "manual",
		label: null,
		complete: true,
		pinned: false,
		bytes: 1,
		machineId: undefined,
		contents: undefined,
		isWhole: undefined,
		files: 1,
		pushedAt: "",
		createdAt: new Date(0),
		resticId: `${count}`.padStart(8, "a").padEnd(64, "0"),
	};
}

/** Newest first, as a repository's are. */
const ALL = [
	one("20261104-033000", "beta", false),
	one("20261103-033000", "alpha", true),
	one("20261103-033000", "beta", false),
	one("20261102-033000-two", "alpha", true),
	one("20261101-033000", "beta", false),
	one("20261101-033000", "gamma", false),
];
const OTHERS = ALL.filter(({ isOwn }) => !isOwn);
const find = (ref: string, allHosts = false, all = ALL) =>
	ALL.indexOf(findRemote(all, ref, allHosts));

describe("a snapshot in a repository", () => {
	it.each<[string, boolean, number]>([
		["1", false, 1],
		["latest", false, 1],
		["2", false, 3],
		["1", true, 0],
		["3", true, 2],
		["20261103-033000", false, 1],
		["20261102", false, 3],
		["20261104", false, 0],
		["aaaaaaa3", false, 2],
	])("is found by %s (of all machines: %s)", (ref, allHosts, index) => {
		expect(find(ref, allHosts)).toBe(index);
	});

	it("is the one of that name that is whole, and for latest the newest that is", () => {
		const [broken, ...others] = ALL.filter(({ isOwn }) => isOwn).map(
			(each, index) => ({ ...each, isWhole: index > 0 }),
		);
		if (broken === undefined) throw new Error("there are none");
		const again = { ...broken, isWhole: true, resticId: "f".repeat(64) };
		const all = [broken, again, ...others];
		expect(findRemote(all, broken.id, false)).toBe(again);
		expect(findRemote(all, "latest", false)).toBe(again);
		expect(findRemote(all, "1", false)).toBe(broken);
		const call = () => findRemote([broken], "latest", false);
		expect(call).toThrow("None of the snapshots there is whole");
	});

	it("is not guessed at where two machines of one image have one of a name", () => {
		const [first] = ALL.filter(({ isOwn }) => isOwn);
		if (first === undefined) throw new Error("there are none");
		const other = (said: Partial<RemoteSnapshot>) => [
			{ ...first, machineId: "a", contents: "c" },
			{ ...first, machineId: "a", contents: "c", ...said },
		];
		const look = (said: Partial<RemoteSnapshot>) => () =>
			findRemote(other(said), first.id, false);
		expect(look({})).not.toThrow();
		expect(look({ contents: undefined })).not.toThrow();
		expect(look({ contents: "d" })).toThrow("2 snapshots there");
		expect(look({ machineId: "b" })).toThrow("2 snapshots there");
	});

	it("is that of another machine by its number where there are no own ones", () => {
		expect(find("2", false, OTHERS)).toBe(2);
	});

	it.each<[string, boolean, RemoteSnapshot[], string]>([
		["3", false, ALL, "not-found"],
		["nothing", false, ALL, "not-found"],
		["", false, ALL, "not-found"],
		["20261101-033000", false, ALL, "ambiguous"],
		["latest", false, OTHERS, "ambiguous"],
		["latest", true, ALL, "ambiguous"],
		["1", false, [], "not-found"],
	])("is not guessed at by %j (of all machines: %s)", (ref, allHosts, all, code) => {
		expect(() => findRemote(all, ref, allHosts)).toThrow(
			expect.objectContaining({ code }),
		);
	});
});
