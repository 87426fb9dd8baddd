import fc from "fast-check";
import { type ParseError, parse } from "jsonc-parser";
import { expect, it } from "vitest";
import {
	withEntry,
	withoutEntries,
} from "../../../src/core/install/foreign-settings.ts";

const blanks = fc.constantFrom(
	"",
	" ",
	"\n\t",
	"\r\n  ",
	"/* c */",
	"// x, ]\n",
	" /* ] , */ ",
);
const entry = fc.constantFrom(
	'"a"',
	'["a",{"x":[1,]}]',
	'{"source":"b"}',
	'"ours"',
	'["ours",{"o":[1,2]}]',
	"null",
	"3",
);
/** A list with blanks and comments wherever they may stand, and a comma at its end or none. */
const list = fc
	.tuple(fc.array(fc.tuple(blanks, entry, blanks)), blanks, fc.boolean())
	.map(([entries, inner, trailing]) => {
		const parts = entries.map((part) => part.join("")).join(",");
		return `[${parts}${trailing && entries.length > 0 ? "," : ""}${inner}]`;
	});
/** The same list may be missing, or be there twice, with what is somebody's own around it. */
const settings = fc
	.tuple(
		fc.constantFrom("", "\uFEFF"),
		fc.array(
			fc.oneof(
				list.map((text) => `"plugin":${text}`),
				fc.constantFrom('"theme":"dark"', '"deep":{"plugin":["ours"]}'),
			),
			{ maxLength: 4 },
		),
		fc.array(blanks, { minLength: 6, maxLength: 6 }),
		fc.boolean(),
	)
	.map(([mark, members, [a, b, c, d, e, f], trailing]) => {
		const inner = members.join(`${c},${d}`);
		const comma = trailing && members.length > 0 ? "," : "";
		return `${mark}${a}{${b}${inner}${e}${comma}${f}}${a}`;
	});

function valueIn(text: string): { plugin?: unknown[] } {
	const errors: ParseError[] = [];
	const options = { allowTrailingComma: true };
	const value = parse(text.replace(/^\uFEFF/, " "), errors, options);
	expect(errors, text).toEqual([]);
	return value;
}

/** Every comment of one text, as often as it stands there. */
function commentsOf(text: string): string[] {
	return (text.match(/\/\* .*? \*\/|\/\/ x, \]/g) ?? []).toSorted();
}

it("an entry is added to whatever settings somebody has, and nothing else is other", () => {
	fc.assert(
		fc.property(settings, (text) => {
			const changed = withEntry({ path: "p", text, list: "plugin" }, "new");
			const before = valueIn(text);
			const plugin = [...(before.plugin ?? []), "new"];
			expect(valueIn(changed)).toEqual({ ...before, plugin });
			expect(commentsOf(changed)).toEqual(commentsOf(text));
		}),
		{ numRuns: 2000 },
	);
});

it("whichever entries are taken out, nothing else is other, and no comment goes", () => {
	fc.assert(
		fc.property(settings, fc.infiniteStream(fc.boolean()), (text, chance) => {
			const before = valueIn(text);
			const entries = before.plugin ?? [];
			const places = entries.flatMap((_, at) =>
				chance.next().value ? [at] : [],
			);
			const changed = withoutEntries(
				{ path: "p", text, list: "plugin" },
				places,
			);
			const plugin = entries.filter((_, at) => !places.includes(at));
			expect(valueIn(changed)).toEqual({
				...before,
				...(before.plugin && { plugin }),
			});
			expect(commentsOf(changed)).toEqual(commentsOf(text));
		}),
		{ numRuns: 2000 },
	);
});
