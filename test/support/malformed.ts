import { createHash } from "node:crypto";
import fc from "fast-check";

/** A text that should be JSON of ours, and how it came to be something else. */
export interface Malformed {
	readonly how: string;
	readonly text: string;
}

type Json = Record<string, unknown>;

/** Values that stand where something else belongs. */
const intruders: readonly (readonly [string, unknown])[] = [
	["null", null],
	["true", true],
	["-1", -1],
	["1.5", 1.5],
	["2^53", 2 ** 53],
	["1e308", 1e308],
	["an empty text", ""],
	["a NUL", "a\0b"],
	["a lone surrogate", "a\ud800b"],
	["an absolute path", "/etc/agent-snapshot-escaped"],
	["a drive", "C:\\escaped"],
	["a path upwards", "../escaped.txt"],
	["a hidden path upwards", "pairing/../../escaped.txt"],
	["a dot", "."],
	["the store", "state-snapshots/config.json"],
	["a path through a link out", "linked/escaped.txt"],
	["a path through a link in a captured folder", "pairing/out/escaped.txt"],
	["a path in a linked folder", "platforms/pairing/escaped.json"],
	["a double slash", "pairing//x"],
	["a long text", "x".repeat(70_000)],
	["__proto__", "__proto__"],
	["constructor", "constructor"],
	["an empty list", []],
	["an empty object", {}],
	["a list of lists", [[[]], [{}]]],
	["something with a toString of its own", { toString: 1, valueOf: "no" }],
	["a list of that", [{ toString: null }, { toString: {} }]],
];

/** Nested deeper than a stack is. */
const deep = (open: string, close: string, levels: number) =>
	open.repeat(levels) + close.repeat(levels);

/** Something of a sound one, changed into what it must not be. `seal` makes the text of an object. */
export function malformedFrom(
	sound: Json,
	seal: (value: unknown) => string,
): fc.Arbitrary<Malformed> {
	const text = seal(sound);
	return fc.oneof(
		{ weight: 12, arbitrary: withIntruder(sound, seal) },
		{ weight: 3, arbitrary: withoutSomething(sound, seal) },
		{ weight: 2, arbitrary: withKey(sound, seal) },
		{ weight: 3, arbitrary: truncated(text) },
		{ weight: 2, arbitrary: nested(sound, seal) },
		{ weight: 2, arbitrary: randomText },
	);
}

/** As docs/format.md says: the SHA-256 of all lines above it, on the last line. */
export function sealed(manifest: unknown): string {
	const lines = JSON.stringify(manifest, null, 2);
	if (!/\n\}$/.test(lines)) return lines;
	const above = lines.replace(/\n\}$/, ",\n");
	const hash = createHash("sha256").update(above).digest("hex");
	return `${above}  "checksum": "${hash}"\n}\n`;
}

type Place = readonly (string | number)[];

/** Every key and every index in it, however deep. */
function placesIn(value: unknown, above: Place = []): Place[] {
	if (typeof value !== "object" || value === null) return [];
	return Object.entries(value).flatMap(([key, inner]) => {
		const place = [...above, Array.isArray(value) ? Number(key) : key];
		return [place, ...placesIn(inner, place)];
	});
}

function changed(
	sound: Json,
	place: Place,
	change: (holder: Json, key: string) => void,
): Json {
	const copy = structuredClone(sound);
	let holder: Json = copy;
	for (const key of place.slice(0, -1)) holder = holder[key] as Json;
	change(holder, String(place.at(-1)));
	return copy;
}

function withIntruder(
	sound: Json,
	seal: (value: unknown) => string,
): fc.Arbitrary<Malformed> {
	const any = fc
		.jsonValue({ maxDepth: 3 })
		.map((value) => [JSON.stringify(value), value] as const);
	const intruder = fc.oneof(
		{ weight: 4, arbitrary: fc.constantFrom(...intruders) },
		{ weight: 1, arbitrary: any },
	);
	return fc
		.tuple(fc.constantFrom(...placesIn(sound)), intruder)
		.map(([place, [name, value]]) => ({
			how: `${place.join(".")} is ${name}`,
			text: seal(
				changed(sound, place, (holder, key) => {
					holder[key] = value;
				}),
			),
		}));
}

function withoutSomething(
	sound: Json,
	seal: (value: unknown) => string,
): fc.Arbitrary<Malformed> {
	return fc.constantFrom(...placesIn(sound)).map((place) => ({
		how: `without ${place.join(".")}`,
		text: seal(
			changed(sound, place, (holder, key) => {
				delete holder[key];
			}),
		),
	}));
}

/** Keys that mean something to JavaScript, and things said twice. */
function withKey(
	sound: Json,
	seal: (value: unknown) => string,
): fc.Arbitrary<Malformed> {
	const names = ["__proto__", "constructor", "toString", "hasOwnProperty", ""];
	const objects = placesIn({ top: sound }).filter((place) => {
		const value = place
			.slice(1)
			.reduce<unknown>((at, key) => (at as Json)[key], sound);
		return typeof value === "object" && value !== null && !Array.isArray(value);
	});
	return fc
		.tuple(
			fc.constantFrom(...objects),
			fc.constantFrom(...names),
			fc.constantFrom(...intruders),
		)
		.map(([place, name, [what, value]]) => {
			const full = [...place.slice(1), name];
			const copy = changed(sound, full, (holder, key) => {
				Object.defineProperty(holder, key, {
					value,
					enumerable: true,
					configurable: true,
					writable: true,
				});
			});
			return { how: `${full.join(".")} is ${what}`, text: seal(copy) };
		});
}

/** At every class of length: nothing, a few bytes, the summary, the middle, all but a little. */
function truncated(text: string): fc.Arbitrary<Malformed> {
	const classes = [
		0,
		1,
		10,
		100,
		500,
		2048,
		text.length - 100,
		text.length - 3,
		text.length - 2,
	];
	return fc
		.oneof(fc.constantFrom(...classes), fc.nat(text.length))
		.map((at) => Math.max(0, Math.min(at, text.length)))
		.map((at) => ({
			how: `cut at ${at} of ${text.length}`,
			text: text.slice(0, at),
		}));
}

function nested(
	sound: Json,
	seal: (value: unknown) => string,
): fc.Arbitrary<Malformed> {
	const shapes = [
		["[", "]"],
		['{"a":', "}"],
	] as const;
	const keys = [
		...Object.keys(sound),
		"failed_dbs",
		"oversized_skipped",
		"unknown",
	];
	return fc
		.tuple(
			fc.constantFrom(...keys),
			fc.constantFrom(...shapes),
			fc.constantFrom(200, 20_000),
		)
		.map(([key, [open, close], levels]) => {
			const inner = deep(open, close, levels).replace('""', "");
			const filled = open === "[" ? inner : inner.replace(":}", ":0}");
			const marked = seal({ ...sound, [key]: "NESTED HERE" });
			return {
				how: `${key} is nested ${levels} deep`,
				text: marked.replace('"NESTED HERE"', () => filled),
			};
		});
}

const randomText: fc.Arbitrary<Malformed> = fc
	.oneof(
		fc.string({ unit: "binary", maxLength: 300 }),
		fc
			.uint8Array({ maxLength: 3000 })
			.map((bytes) => Buffer.from(bytes).toString("latin1")),
		fc.json(),
		fc.constantFrom(
			"null",
			"[]",
			"0",
			'""',
			"{}",
			"\ufeff{}",
			"[".repeat(300_000),
			'{"a":'.repeat(300_000),
		),
	)
	.map((text) => ({
		how: `random: ${JSON.stringify(text.slice(0, 40))}`,
		text,
	}));
