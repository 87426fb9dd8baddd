import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SnapshotInfo } from "../../src/core/store/listing.ts";
import { holdsSecret, shown } from "../../src/remote/shown.ts";
import { readTags, tagsOf } from "../../src/remote/tags.ts";

const of = (label: string | null): SnapshotInfo => ({
	id: "20261121-011402",
	number: 1,
	order: 1,
	label,
	reason: "pre-update",
	createdAt: new Date(0),
	complete: true,
	pinned: true,
	bytes: 7,
	files: 2,
	hostVersion: undefined,
	sequence: 1,
});

const ORIGIN = {
	agent: "hermes",
	machineId: "0123456789abcdef",
	contents: "c0ffee",
	now: new Date(0),
};

/** restic parts them at commas and takes blanks off their ends. */
const throughRestic = (tags: readonly string[]) =>
	tags.flatMap((tag) => tag.split(",")).map((tag) => tag.trim());

describe("what is said of a snapshot by tags", () => {
	it("comes back as it was, whatever its label", () => {
		fc.assert(
			fc.property(
				fc.oneof(fc.string({ maxLength: 12 }), fc.constant(" a,b% 100%2C ")),
				(label) => {
					const tags = throughRestic(tagsOf(of(label), ORIGIN));
					expect(readTags(tags)).toMatchObject({ label, agent: "hermes" });
				},
			),
		);
	});

	it("shows no secret that stands in a label", () => {
		const label = "with sk-proj-abcdefghij0123456789";
		const tags = tagsOf(of(label), ORIGIN);
		expect(tags.join()).not.toContain("abcdefghij0123456789");
	});

	it("is nothing of other programs' snapshots", () => {
		expect(readTags(["agent:hermes", "id:x"])).toBeUndefined();
		expect(readTags(["agent-snapshot"])).toBeUndefined();
	});
});

describe("an address", () => {
	it.each([
		["rest:https://ada:pw@host:8000/x", "rest:https://••••@host:8000/x"],
		["rest:https://token@host/", "rest:https://••••@host/"],
		["rest:https://a:p@ss@host/", "rest:https://••••@host/"],
		["rest:http://ada:sec ret@h:9/", "rest:http://••••@h:9/"],
		["rest:http://ada:pa#ss@h:9/x", "rest:http://••••@h:9/x"],
		["rest:http://ada:pa/ss@h:9/x", "rest:http://••••@h:9/x"],
		['parse "http://ada:pa\\"s@h/": no', 'parse "http://••••@h/": no'],
		["rest:http://h:8000/a@b", "rest:http://h:8000/a@b"],
		["rclone:x,user=a,pass=secret:foo", "rclone:x,••••:foo"],
		['no system for "x,pass=secret:foo"', 'no system for "x,pass=••••:foo"'],
		["rclone:drive:backup", "rclone:drive:backup"],
		["s3:https://s3.example.com/bucket", "s3:https://s3.example.com/bucket"],
		["sftp:ada@host:/srv/restic", "sftp:ada@host:/srv/restic"],
	])("%s is shown as %s", (address, wanted) => {
		expect(shown(address)).toBe(wanted);
	});

	it.each([
		["rest:https://ada:pw@host:8000/x", true],
		["rest:https://ada:p/w@host:8000/x", true],
		["rclone:x,pass=secret:foo", true],
		["rest:https://host:8000/a@b", false],
		["rest:https://[::1]:8000/x", false],
		["sftp://ada@host:2222//srv", false],
		["rclone:drive:backup", false],
		["/srv/a,b:c", false],
	])("%s holds what belongs on no command line: %s", (address, wanted) => {
		expect(holdsSecret(address)).toBe(wanted);
	});
});
