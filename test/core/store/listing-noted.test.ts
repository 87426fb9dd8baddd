import { describe, expect, it } from "vitest";
import { sizesOf } from "../../../src/core/sizes/sizes.ts";
import { listSnapshots } from "../../../src/core/store/listing.ts";
import { listForPeople, MANY } from "../../../src/core/store/listing-noted.ts";
import type { Machine } from "../../support/memory-system.ts";
import { agentOn, STORE } from "../../support/plain-agent.ts";
import { ours, storeAt, storeOf } from "../../support/store-folders.ts";

const NOTE = `${STORE}/.summaries.json`;
const SIZES = `${STORE}/.sizes.json`;
const OLD = new Date("2026-11-01T00:00:00Z");

function idOf(number: number): string {
	return `20261101-${String(number).padStart(6, "0")}`;
}

/** As many as are noted, made long ago. */
function many(count = MANY): Machine {
	const numbers = Array.from({ length: count }, (_, index) => index + 1);
	const on = storeOf(
		...numbers.map((number) => ours(idOf(number), { sequence: number })),
	);
	for (const number of numbers)
		on.volume.utimesSync(`${STORE}/${idOf(number)}/manifest.json`, OLD, OLD);
	// The disk gives every change the time that it really is, and nobody can set that: it has to be long ago, too.
	on.clock.set("2100-01-01T00:00:00Z");
	return on;
}

/** Of the manifests, those that a list opens. */
function opened(on: Machine): string[] {
	const { disk } = on.system;
	const paths: string[] = [];
	const watched: typeof disk = {
		...disk,
		open(path, how, mode) {
			if (path.endsWith("/manifest.json")) paths.push(path);
			return disk.open(path, how, mode);
		},
	};
	const agent = agentOn(on);
	const system = { ...agent.system, disk: watched };
	expect(listForPeople({ ...agent, system })).toEqual(
		listSnapshots(disk, storeAt),
	);
	return paths;
}

describe("what a list has noted for the next one", () => {
	it("keeps it from opening a manifest again that is as it was", () => {
		const on = many();
		expect(opened(on)).toHaveLength(MANY);
		expect(opened(on)).toEqual([]);
	});

	it("is for the owner alone", () => {
		const on = many();
		opened(on);
		expect(on.volume.statSync(NOTE).mode & 0o777).toBe(0o600);
	});

	it("is not made of a few", () => {
		const on = many(MANY - 1);
		opened(on);
		expect(on.volume.existsSync(NOTE)).toBe(false);
	});

	it("does not count for a manifest that was written to", () => {
		const on = many();
		opened(on);
		const path = `${STORE}/${idOf(3)}/manifest.json`;
		const text = String(on.volume.readFileSync(path));
		on.volume.writeFileSync(path, text.replace('"manual"', '"pinned"'));
		expect(opened(on)).toEqual([path]);
	});

	it("does not count for one that was replaced by another of the same time and length", () => {
		const on = many();
		opened(on);
		const path = `${STORE}/${idOf(3)}/manifest.json`;
		const text = String(on.volume.readFileSync(path));
		on.volume.writeFileSync(`${path}.new`, text.replace("manual", "forged"));
		on.volume.utimesSync(`${path}.new`, OLD, OLD);
		on.volume.renameSync(`${path}.new`, path);
		expect(opened(on)).toEqual([path]);
	});

	it("does not count for one that was replaced by another of the same time, length and inode", () => {
		const on = many();
		opened(on);
		const path = `${STORE}/${idOf(3)}/manifest.json`;
		const { disk } = on.system;
		const { glance } = disk;
		Object.assign(disk, {
			glance(asked: string) {
				const found = glance(asked);
				if (found === undefined || asked !== path) return found;
				return { ...found, ctime: found.ctime + 1 };
			},
		});
		expect(opened(on)).toEqual([path]);
	});

	it("does not bring back what was removed", () => {
		const on = many();
		opened(on);
		on.volume.rmSync(`${STORE}/${idOf(3)}`, { recursive: true });
		expect(opened(on)).toEqual([]);
	});

	it("is not made of manifests that may still be written to without another time", () => {
		const on = many();
		const path = `${STORE}/${idOf(3)}/manifest.json`;
		const now = on.clock.now();
		on.volume.utimesSync(path, now, now);
		opened(on);
		expect(opened(on)).toEqual([path]);
	});

	it.each([
		["", "cut off"],
		["{}", "of another form"],
		['{"formatVersion":2,"snapshots":[]}', "of another version"],
		['{"formatVersion":1,"snapshots":[null,1,[1],["a","b",{"id":1}]]}', "odd"],
	])("is done without when it is %j: %s", (text) => {
		const on = many();
		on.volume.writeFileSync(NOTE, text);
		expect(opened(on)).toHaveLength(MANY);
		expect(opened(on)).toEqual([]);
	});

	it("is done without where nothing can be written", () => {
		const on = many();
		on.before = () => {
			throw Object.assign(new Error("read only"), { code: "EROFS" });
		};
		expect(opened(on)).toHaveLength(MANY);
		expect(opened(on)).toHaveLength(MANY);
	});
});

describe("sizes that a list has looked at", () => {
	function looked(on: Machine) {
		const { snapshots } = listSnapshots(on.system.disk, storeAt);
		return sizesOf(agentOn(on), snapshots).alone.size;
	}

	it("are noted, for nobody shall wait for them twice", () => {
		const on = many();
		expect(looked(on)).toBe(MANY);
		const { snapshots } = JSON.parse(String(on.volume.readFileSync(SIZES)));
		expect(snapshots).toHaveLength(MANY);
	});

	it("are not noted beside a writing command, which may be changing them", () => {
		const on = many();
		on.volume.writeFileSync(`${STORE}/.lock.holder`, "compact");
		expect(looked(on)).toBe(MANY);
		expect(on.volume.existsSync(SIZES)).toBe(false);
	});
});
