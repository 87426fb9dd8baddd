/**
 * How fast and how large, ours and others, in one run on one machine. Writes results.md and results.svg beside it, and the
 * README's line of figures. Needs Linux and Debian's python3; restic and borg when they are installed.
 *
 *   npm run bench                            all of it, about half an hour; needs 30 GB for a while
 *   npm run bench -- --quick                 some of it, within two minutes; leaves the files alone
 *   npm run bench -- --only repeat,list-20   measures by the beginning of their names; leaves the files alone
 *   npm run bench -- --rounds 21             more rounds, or fewer, but for twenty snapshots on disk and a hundred beside a writer
 *   npm run bench -- --date 2026-11-21       the date that results.md names
 *
 * Exit code 0 when all was measured and every result was right, however slow.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { whoIsHere } from "./contestants.ts";
import { QUICK, QUICK_NAMES, WHOLE } from "./groups.ts";
import { IN_SHORT, inShort } from "./in-short.ts";
import { machineFacts, prefault } from "./machine.ts";
import type { Bench, Group, Measure } from "./measure.ts";
import { picture } from "./picture.ts";
import { report } from "./report.ts";
import type { Measured } from "./results.ts";
import { Scratch } from "./scratch.ts";
import { Site } from "./site.ts";

const { values } = parseArgs({
	options: {
		quick: { type: "boolean", default: false },
		only: { type: "string" },
		rounds: { type: "string" },
		date: {
			type: "string",
			default: new Date().toISOString().slice(0, 10),
		},
		/** Another folder for what is written; then it is written in any case. */
		to: { type: "string" },
	},
});

// An exit that is asked for takes the scratch folder away as any other does.
for (const signal of ["SIGINT", "SIGTERM"] as const)
	process.on(signal, () => process.exit(130));
const scratch = new Scratch();
// Of what others do here: the bench makes one of about 1 itself.
const [load = 0] = os.loadavg();
const field = whoIsHere();
const failures: string[] = [];
const measured: Measured[] = [];
const bench: Bench = {
	scratch,
	contestants: values.quick
		? field.contestants.filter(({ name }) => QUICK_NAMES.includes(name))
		: field.contestants,
	isQuick: values.quick,
	rounds: (usual) => (values.rounds ? Number(values.rounds) : usual),
	say: (text) => console.error(text),
};

for (const line of field.absent) bench.say(line);
prefault((values.quick ? 3 : 12) * 2 ** 30);
for (const group of values.quick ? QUICK : WHOLE) await runGroup(group);
if (measured.length === 0) {
	failures.push(`--only ${values.only}: no such measure`);
	publish();
}
console.log(textOfResults());
process.exitCode = failures.length === 0 ? 0 : 1;

async function runGroup(group: Group): Promise<void> {
	const wanted = group.measures.filter(isWanted);
	if (wanted.length === 0) return;
	bench.say(
		`making a home of ${group.databaseBytes / 2 ** 20} MB and ${group.files} files`,
	);
	const site = new Site(scratch, group.databaseBytes, group.files);
	for (const measure of wanted) await runMeasure(measure, site);
	await site.remove();
}

/** One that fails does not end the others; it is told at the end and in the results. */
async function runMeasure(measure: Measure, site: Site): Promise<void> {
	const began = performance.now();
	try {
		measured.push(...(await measure.run(bench, site)));
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		failures.push(`${measure.id}: ${why}`);
		bench.say(`${measure.id} FAILED: ${why}`);
	}
	const seconds = ((performance.now() - began) / 1000).toFixed(0);
	bench.say(`${measure.id}: ${seconds} s`);
	// Of a run that is ended early stays what it has measured.
	publish();
}

function isWanted({ id, gives = [] }: Measure): boolean {
	if (values.only === undefined) return true;
	return values.only
		.split(",")
		.some((name) => [id, ...gives].some((one) => one.startsWith(name)));
}

/** Part of it is for whoever asked: only a whole run replaces what is written here, and the README's line with it. */
function publish(): void {
	const isWhole = !values.quick && values.only === undefined;
	const text = textOfResults();
	if (!isWhole && values.to === undefined) return;
	const folder = values.to ?? import.meta.dirname;
	fs.writeFileSync(path.join(folder, "results.md"), text);
	fs.writeFileSync(path.join(folder, "results.svg"), picture(measured));
	if (path.resolve(folder) !== import.meta.dirname) return;
	const readme = path.join(folder, "../README.md");
	const shown = fs.readFileSync(readme, "utf8");
	// A function, since a text may hold what `replace` takes for a pattern.
	fs.writeFileSync(
		readme,
		shown.replace(IN_SHORT, () => inShort(measured)),
	);
}

function textOfResults(): string {
	const isWhole = !values.quick && values.only === undefined;
	const notes = [
		...(isWhole ? [] : ["**A part of it only, as it was asked for.**"]),
		...field.absent,
		...failures.map((text) => `**FAILED** ${text}`),
	];
	const facts = machineFacts(scratch.directory, values.date, load);
	return report({ facts, measured, notes });
}
