import { expect, it } from "vitest";
import { completeLine } from "../../../src/commands/call/completion.ts";

const snapshots = async () =>
	new Map([
		["latest", ""],
		["20261121-0114-before", "Before upgrade"],
		["20261120-0900", ""],
	]);

it.each([
	["", ["/snapshot ", "/snap ", "help", "exit"]],
	["/sna", ["/snapshot ", "/snap "]],
	["he", ["help"]],
	["/snap re", ["restore ", "rewind ", "remove ", "recover "]],
	["/snapshot restore ", ["latest", "20261121-0114-before", "20261120-0900"]],
	["/snap rewind 20261121", ["20261121-0114-before"]],
	["/snap restore bef", ["20261121-0114-before"]],
	["/snap inst", []],
	["/snap restore 1 --d", ["--dry-run "]],
	["/snap restore --dry-run la", ["latest"]],
	["/snap restore 1 ", []],
	["/snap create la", []],
	["/snap create -- --f", []],
	["/snap help pr", ["prune"]],
	["/snap crate --f", []],
	["/other re", []],
])("offers for %j %j", async (line, candidates) => {
	const completion = await completeLine(line, snapshots);
	expect(completion.candidates).toEqual(candidates);
	expect(line.endsWith(completion.word)).toBe(true);
});

it("asks for the snapshots only where one can stand", async () => {
	const never = () => Promise.reject(new Error("asked"));
	await completeLine("/snap create la", never);
	await completeLine("/snap rest", never);
	await expect(completeLine("/snap restore ", never)).rejects.toThrow("asked");
});
