/** Everything that is measured, by the homes that it is measured on. */
import type { ContestantName } from "./contestants.ts";
import type { Group } from "./measure.ts";
import { beside, stall, writer } from "./measures/beside.ts";
import { restore, restoreLive } from "./measures/restores.ts";
import { first, repeat, unchanged } from "./measures/snapshots.ts";
import { listOf20, listOf1000, prune } from "./measures/stores.ts";

const MB = 2 ** 20;

const repeatOf = (size: string, usual: number, disk?: string) =>
	repeat({
		id: `repeat-${size}`,
		title: `Repeat after 50 messages, ${size}`,
		usual,
		...(disk !== undefined && { disk }),
	});
const restoreOf = (size: string, usual: number) =>
	restore({
		id: `restore-${size}`,
		title: `Restore, nobody holds the database, ${size}`,
		usual,
	});

const filesOf = (count: number, usual: number) =>
	repeat({
		id: `files-${count}`,
		title: `Repeat with ${count.toLocaleString("en")} files, 10 changed, and 50 messages, 1MB`,
		usual,
		files: 10,
	});

/** Nineteen repeats of 500 MB make twenty snapshots with the first: what they take on disk is a promise. */
export const WHOLE: readonly Group[] = [
	{
		databaseBytes: MB,
		files: 10,
		measures: [
			first("1MB", 9),
			repeatOf("1MB", 15),
			unchanged("1MB", 15),
			restoreOf("1MB", 9),
			listOf20(15),
			listOf1000(11),
			prune(9),
		],
	},
	{ databaseBytes: MB, files: 500, measures: [filesOf(500, 11)] },
	{
		databaseBytes: MB,
		files: 5000,
		measures: [
			filesOf(5000, 9),
			restore({
				id: "files-restore-5000",
				title: "Restore of 5,000 files, 10 changed, 1MB",
				usual: 9,
				files: 10,
			}),
		],
	},
	{
		databaseBytes: 50 * MB,
		files: 10,
		measures: [
			first("50MB", 9),
			repeatOf("50MB", 11),
			unchanged("50MB", 11),
			restoreOf("50MB", 9),
		],
	},
	{
		databaseBytes: 500 * MB,
		files: 10,
		measures: [
			first("500MB", 9),
			repeatOf("500MB", 19, "disk-500MB"),
			unchanged("500MB", 9),
			restoreOf("500MB", 9),
			restoreLive("500MB", 9),
			beside("500MB", 100),
		],
	},
	{
		databaseBytes: 2000 * MB,
		files: 10,
		measures: [
			first("2GB", 3),
			repeatOf("2GB", 5),
			unchanged("2GB", 3),
			restoreOf("2GB", 2),
			writer("2GB", 5),
			stall("2GB", 5),
		],
	},
];

/**
 * What shows whether something has become slow, within two minutes: a database that is looked at whole, one that is searched
 * page by page, and one in parts.
 */
export const QUICK: readonly Group[] = [
	{
		databaseBytes: MB,
		files: 10,
		measures: [repeatOf("1MB", 3), unchanged("1MB", 3), listOf20(3)],
	},
	{ databaseBytes: 50 * MB, files: 10, measures: [repeatOf("50MB", 2)] },
	{
		databaseBytes: 200 * MB,
		files: 10,
		measures: [repeatOf("200MB", 2)],
	},
];

/** Those that a promise is held against, and what the disk can do. */
export const QUICK_NAMES: readonly ContestantName[] = [
	"ours",
	"original",
	"cp",
	"restic",
];
