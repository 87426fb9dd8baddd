import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Archive } from "../../src/archive/archive.ts";
import { openZip } from "../../src/archive/zip-reader.ts";
import { SnapshotError } from "../../src/errors.ts";
import { createDisk } from "../../src/system/disk.ts";
import { forge } from "../support/archives.ts";

const disk = createDisk(fs);
const timeout = 120_000;

async function withZip<T>(
	file: string,
	use: (zip: Archive) => Promise<T>,
): Promise<T> {
	const opened = disk.open(file, "read");
	const { size } = disk.statOpen(opened);
	try {
		const of = { disk, file: opened, size };
		return await use(await openZip(of, "it", async () => {}));
	} finally {
		disk.close(opened);
	}
}

/** Names and contents of all files, as they come. */
function contentsIn(file: string): Promise<string[][]> {
	return withZip(file, async (zip) => {
		const came: string[][] = [];
		// An import refuses these by their kind.
		for (const { name, kind } of await zip.list())
			if (kind === "link" || kind === "device")
				throw new SnapshotError("failed", `holds a link: ${name}`);
		await zip.pour(async ({ name }, content) => {
			const chunks: Uint8Array[] = [];
			for await (const chunk of content) chunks.push(chunk);
			came.push([name, Buffer.concat(chunks).toString("latin1")]);
		});
		return came;
	});
}

const members = [
	{ name: "config.yaml", text: "model: two\n" },
	{ name: "memories/", mode: 0o040700 },
	{ name: "memories/\u00e9t\u00e9.md", text: "Ada likes tea.\n".repeat(9) },
	// As Python's writestr makes one: without a type.
	{ name: "memories/empty.md", mode: 0o600 },
	{ name: "SOUL.md", text: "# Other\n", unicode: "SOUL.md" },
];
const packed = members
	.filter(({ name }) => !name.endsWith("/"))
	.map((one) => [one.name, Buffer.from(one.text ?? "").toString("latin1")]);

describe("a zip of another program", { timeout }, () => {
	let place = "";
	beforeAll(() => {
		place = fs.mkdtempSync("/tmp/agent-snapshot-zip-");
	});
	afterAll(() => fs.rmSync(place, { recursive: true }));

	it.each([
		["stored", true],
		["packed", false],
	])("%s, with any one bit turned, is refused or comes whole", async (name, stored) => {
		const file = path.join(place, `${name}.zip`);
		const forged = members.map((one) => ({ ...one, stored }));
		forge({ [file]: { form: "zip", members: forged } });
		expect(await contentsIn(file)).toEqual(packed);
		const bytes = fs.readFileSync(file);
		let refused = 0;
		const other: string[] = [];
		for (let bit = 0; bit < bytes.length * 8; bit += 1) {
			const at = bit >> 3;
			const turned = Buffer.from(bytes);
			turned[at] = (turned[at] ?? 0) ^ (1 << (bit & 7));
			fs.writeFileSync(file, turned);
			try {
				const came = await contentsIn(file);
				if (JSON.stringify(came) !== JSON.stringify(packed))
					other.push(`bit ${bit & 7} of byte ${at}: ${JSON.stringify(came)}`);
			} catch (error) {
				if (!(error instanceof SnapshotError)) throw error;
				refused += 1;
			}
		}
		expect(other).toEqual([]);
		expect(refused).toBeGreaterThan(bytes.length * 2);
	});

	it.each([
		["zip64", "PK\x06\x06"],
		["streamed", "PK\x07\x08"],
		["behind", "#!/bin/sh"],
		["unsplit", "PK\x07\x08PK\x03\x04"],
	] as const)("%s comes whole", async (made, mark) => {
		const file = path.join(place, `${made}.zip`);
		forge({ [file]: { form: "zip", members, made } });
		expect(fs.readFileSync(file, "latin1")).toContain(mark);
		expect(await contentsIn(file)).toEqual(packed);
	});

	const NAME = "skills/gr\u00fcn/SKILL.md";
	it.each([
		["UTF-8 of Unix", { unsaid: "utf-8" }, NAME],
		["CP437 of Unix", { unsaid: "cp437" }, NAME],
		["CP437 of DOS", { unsaid: "cp437", system: 0 }, NAME],
		[
			"UTF-8 of DOS",
			{ unsaid: "utf-8", system: 0 },
			"skills/gr\u251c\u255dn/SKILL.md",
		],
		[
			"UTF-8, and another one in Unicode,",
			{ unsaid: "utf-8", unicode: "skills/blau/SKILL.md" },
			"skills/blau/SKILL.md",
		],
	] as const)("whose name is %s and does not say so, has it as unzip", async (_, how, expected) => {
		const file = path.join(place, "named.zip");
		const named = { name: NAME, text: "x", ...how };
		forge({ [file]: { form: "zip", members: [named] } });
		expect(await contentsIn(file)).toEqual([[expected, "x"]]);
	});

	it.each([
		["2037-12-31T23:59:59Z", 2037],
		["2038-02-01T00:00:01Z", 2038],
		["2050-01-02T03:04:05Z", 2050],
		["2106-06-01T00:00:01Z", 2106],
		["1969-12-31T23:59:59Z", 1980],
		["1902-01-02T03:04:05Z", 1980],
	])("tells the time %s of 32 bits by the year of DOS", async (time, year) => {
		const file = path.join(place, "times.zip");
		const unixTime = Date.parse(time) / 1000;
		const member = { name: "SOUL.md", unixTime, year };
		forge({ [file]: { form: "zip", members: [member] } });
		const [found] = await withZip(file, (zip) => zip.list());
		expect(found?.mtime).toBe(Date.parse(time));
	});
});
