import { describe, expect, it } from "vitest";
import { prepareStore, readManifest } from "../../../src/core/store/store.ts";
import { SnapshotError } from "../../../src/errors.ts";
import { machine } from "../../support/memory-system.ts";
import { HOME, STORE } from "../../support/plain-agent.ts";
import { ours, storeAt, storeOf } from "../../support/store-folders.ts";

describe("the whole manifest", () => {
	it("belongs to the folder it lies in, whatever it says itself", () => {
		const on = storeOf(["moved", ours("../../../etc")[1]]);
		expect(readManifest(on.system.disk, storeAt, "moved").id).toBe("moved");
	});

	it("is refused as damaged when it is gone", () => {
		const { disk } = storeOf().system;
		expect(() => readManifest(disk, storeAt, "none")).toThrow(
			expect.objectContaining({ code: "damaged" }),
		);
	});
});

describe("the store", () => {
	function homeWith(make: (on: ReturnType<typeof machine>) => void) {
		const on = machine();
		on.volume.mkdirSync(HOME, { recursive: true });
		make(on);
		return on;
	}
	const mode = ({ volume }: ReturnType<typeof machine>) =>
		volume.statSync(STORE).mode & 0o777;

	it("is made private", () => {
		const on = homeWith(() => {});
		prepareStore(on.system, storeAt);
		expect(mode(on)).toBe(0o700);
	});

	it("is made private again when Hermes left it open", () => {
		const on = homeWith(({ volume }) =>
			volume.mkdirSync(STORE, { mode: 0o755 }),
		);
		prepareStore(on.system, storeAt);
		expect(mode(on)).toBe(0o700);
	});

	it("is not made stricter or looser than private when it is", () => {
		const on = homeWith(({ volume }) =>
			volume.mkdirSync(STORE, { mode: 0o500 }),
		);
		prepareStore(on.system, storeAt);
		expect(mode(on)).toBe(0o500);
	});

	it.each<[what: string, make: (on: ReturnType<typeof machine>) => void]>([
		["a file", ({ volume }) => volume.writeFileSync(STORE, "mine")],
		["a link", ({ volume }) => volume.symlinkSync("/tmp", STORE)],
	])("is never %s, which somebody put in its place", (_, make) => {
		const on = homeWith(make);
		expect(() => prepareStore(on.system, storeAt)).toThrow(SnapshotError);
		expect(() => prepareStore(on.system, storeAt)).toThrow(
			/is not a directory. Nothing was changed/,
		);
	});

	it("belongs to whom the home belongs to when root makes it", () => {
		const on = homeWith(({ volume }) => volume.chownSync(HOME, 1001, 1002));
		const processes = { ...on.system.processes, canSetOwner: true };
		prepareStore({ ...on.system, processes }, storeAt);
		expect(on.volume.statSync(STORE)).toMatchObject({ uid: 1001, gid: 1002 });
	});
});
