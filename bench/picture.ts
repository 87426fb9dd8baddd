/** results.svg: bars of ratios, the original is 1. */
import { type Measured, type Name, ratioOf } from "./results.ts";
import { ratio } from "./text.ts";

const SHOWN: readonly (readonly [id: string, title: string])[] = [
	["repeat-1MB", "1 MB, after 50 messages"],
	["repeat-50MB", "50 MB, after 50 messages"],
	["repeat-500MB", "500 MB, after 50 messages"],
	["repeat-2GB", "2 GB, after 50 messages"],
	["unchanged-500MB", "500 MB, nothing changed"],
	["first-500MB", "500 MB, the first one"],
	["files-5000", "5,000 files, 10 changed"],
	["disk-500MB", "disk: 20 of 500 MB"],
];
const BARS: readonly (readonly [name: Name, title: string, color: string])[] = [
	["ours", "agent-snapshot", "#2f81f7"],
	["naive", "straightforward Node", "#a371f7"],
	["cp", "cp -a", "#8b949e"],
	["restic", "restic", "#d29922"],
	["borg", "borg", "#3fb950"],
];

const LEFT = 190;
const WIDTH = 800;
const ROW = 14;
const GAP = 12;
const TOP = 64;
/** The ends of the scale, which is logarithmic: a tenth is as far from 1 as ten times. */
const LEAST = 0.02;
const MOST = 20;

/** What was not measured is not drawn. */
export function picture(measured: readonly Measured[]): string {
	const groups = SHOWN.flatMap(([id, title]) => {
		const one = measured.find((found) => found.id === id);
		const bars = one === undefined ? [] : barsOf(one);
		return bars.length === 0 ? [] : [{ title, bars }];
	});
	let y = TOP;
	const drawn = groups.map(({ title, bars }) => {
		const middle = y + (bars.length * ROW) / 2 + 4;
		const label = `<text class="case" x="${LEFT - 10}" y="${middle}" text-anchor="end">${title}</text>`;
		const lines = bars.map((bar, index) => drawBar(bar, y + index * ROW));
		y += bars.length * ROW + GAP;
		return [label, ...lines].join("\n");
	});
	const height = y + 24;
	return `${[
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
		"<title>Time of a snapshot as a ratio to Hermes' original algorithm; a shorter bar is faster</title>",
		STYLE,
		`<rect class="paper" width="${WIDTH}" height="${height}" rx="6"/>`,
		`<text class="head" x="16" y="24">Hermes' original algorithm = 1, less is better, logarithmic</text>`,
		...legend(),
		...scale(y),
		...drawn,
		"</svg>",
	].join("\n")}\n`;
}

const STYLE = `<style>
text { font: 12px system-ui, sans-serif; fill: #1f2328; }
.head { font-weight: 600; } .small { font-size: 10px; }
.paper { fill: #ffffff; } .grid { stroke: #d0d7de; } .one { stroke: #1f2328; stroke-dasharray: 4 3; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; } .paper { fill: #0d1117; } .grid { stroke: #30363d; } .one { stroke: #e6edf3; }
}
</style>`;

interface Bar {
	readonly value: number;
	readonly color: string;
}

function barsOf(measured: Measured): Bar[] {
	return BARS.flatMap(([name, , color]) => {
		const found = ratioOf(measured, name, "original");
		return found === undefined ? [] : [{ value: found.median, color }];
	});
}

function drawBar({ value, color }: Bar, y: number): string {
	const end = across(value);
	return [
		`<rect x="${LEFT}" y="${y}" width="${(end - LEFT).toFixed(1)}" height="${ROW - 3}" rx="2" fill="${color}"/>`,
		`<text class="small" x="${(end + 4).toFixed(1)}" y="${y + ROW - 5}">${ratio(value)}</text>`,
	].join("\n");
}

function legend(): string[] {
	return BARS.map(([, title, color], index) => {
		const x = LEFT + index * 120;
		return `<rect x="${x}" y="36" width="10" height="10" rx="2" fill="${color}"/><text class="small" x="${x + 14}" y="45">${title}</text>`;
	});
}

function scale(bottom: number): string[] {
	return [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10].map((value) => {
		const x = across(value).toFixed(1);
		const kind = value === 1 ? "one" : "grid";
		return `<line class="${kind}" x1="${x}" x2="${x}" y1="${TOP - 8}" y2="${bottom}"/><text class="small" x="${x}" y="${bottom + 14}" text-anchor="middle">${value}</text>`;
	});
}

/** Where a ratio ends, from the left. */
export function across(value: number): number {
	const held = Math.min(Math.max(value, LEAST), MOST);
	const share = Math.log(held / LEAST) / Math.log(MOST / LEAST);
	return LEFT + share * (WIDTH - LEFT - 50);
}
