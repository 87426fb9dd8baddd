import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const src = path.resolve(import.meta.dirname, "../src");

/** Lower may not import higher. `errors.ts` is below all of them. */
const LEVELS: Readonly<Record<string, number>> = {
	errors: 0,
	system: 1,
	core: 2,
	commands: 3,
	hosts: 3,
	index: 4,
	"command-line": 4,
	main: 5,
	cli: 6,
};

interface SourceFile {
	/** "core/capture.ts" */
	readonly name: string;
	readonly room: string;
	/** Without its comments. */
	readonly code: string;
	readonly imports: readonly {
		readonly from: string;
		readonly isType: boolean;
	}[];
}

const files: readonly SourceFile[] = readdirSync(src, { recursive: true })
	.map(String)
	.filter((name) => name.endsWith(".ts"))
	.map(read);

function read(name: string): SourceFile {
	const text = readFileSync(path.join(src, name), "utf8");
	const code = text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, "");
	const statements = code.matchAll(
		/(?:import|export)\s+(type\s)?[^;"']*?from\s+"([^"]+)"|import\(\s*"([^"]+)"\s*\)/g,
	);
	const imports = [...statements].map(([, type, from, lazy]) => ({
		from: from ?? lazy ?? "",
		isType: type !== undefined,
	}));
	return { name, room: roomOf(name), code, imports };
}

function roomOf(name: string): string {
	return name.split("/")[0]?.replace(/\.ts$/, "") ?? "";
}

/** "../core/agent.ts" seen from "commands/run.ts" → "core/agent.ts"; undefined for packages and JSON. */
function target({ name }: SourceFile, from: string): string | undefined {
	if (!from.startsWith(".") || from.endsWith(".json")) return undefined;
	return path.posix.normalize(path.posix.join(path.posix.dirname(name), from));
}

function sentences(find: (file: SourceFile) => string[]): string[] {
	return files.flatMap(find);
}

describe("the rooms of src", () => {
	it("are all known, so that a new one is put somewhere on purpose", () => {
		const rooms = new Set(files.map(({ room }) => room));
		expect([...rooms].filter((room) => LEVELS[room] === undefined)).toEqual([]);
	});

	it("import one way: hosts, cli → index → commands → core → system", () => {
		const wrong = sentences((file) =>
			file.imports.flatMap(({ from, isType }) => {
				const to = target(file, from);
				if (to === undefined || roomOf(to) === file.room) return [];
				const isUp = (LEVELS[roomOf(to)] ?? 9) >= (LEVELS[file.room] ?? 0);
				// A host is data of a type that the core defines, and everybody may name what a reply is.
				return isUp && !isType
					? [`${file.name} imports ${to}: that is the wrong way`]
					: [];
			}),
		);
		expect(wrong).toEqual([]);
	});

	it("let the core and the commands see only the types of the outside world", () => {
		const wrong = sentences((file) =>
			["core", "commands"].includes(file.room)
				? file.imports
						.filter(({ from, isType }) => from.includes("/system/") && !isType)
						.map(
							({ from }) => `${file.name} imports ${from}: take it from System`,
						)
				: [],
		);
		expect(wrong).toEqual([]);
	});
});

describe("core and commands", () => {
	const inner = (file: SourceFile) => ["core", "commands"].includes(file.room);

	it.each([
		[
			/^(node:(fs|os|child_process|worker_threads|net|http)|fs-extra|better-sqlite3)/,
			"ask System for it",
		],
	])("import nothing that reaches the outside: %s", (pattern, advice) => {
		const wrong = sentences((file) =>
			inner(file)
				? file.imports
						.filter(({ from }) => pattern.test(from))
						.map(({ from }) => `${file.name} imports ${from}: ${advice}`)
				: [],
		);
		expect(wrong).toEqual([]);
	});

	it.each([
		[/\bprocess\.\w+/, "reads the process: only main and system do"],
		[/\bDate\.now\(|new Date\(\)/, "reads the clock: System has one"],
		[/\bconsole\./, "prints: only main does"],
		[/\bperformance\./, "reads the clock: System has one"],
		[
			/\b(hermes|openclaw|codex|gemini)\b(?!['"`s]? )/i,
			"names a host: hosts/ is for that",
		],
	])("hold nothing like %s", (pattern, what) => {
		const wrong = sentences((file) => {
			if (!inner(file)) return [];
			const found = pattern.exec(withoutTexts(file, pattern));
			return found === null ? [] : [`${file.name} ${what} (${found[0]})`];
		});
		expect(wrong).toEqual([]);
	});
});

/** Hosts' names may stand in comments, which are gone already, and in the names of what reads their format. */
function withoutTexts({ code }: SourceFile, pattern: RegExp): string {
	return pattern.source.includes("hermes")
		? code.replace(/hermes(?=Entries)/g, "")
		: code;
}

it("only the outermost shell and the system touch the process and the console", () => {
	const allowed = ["system", "main", "cli", "index"];
	const wrong = sentences(({ name, room, code }) =>
		!allowed.includes(room) && /\b(process|console)\.\w+/.test(code)
			? [`${name} touches the process or the console`]
			: [],
	);
	expect(wrong).toEqual([]);
});

it("an engine's native code is never reachable from what a host loads", () => {
	const seen = new Set<string>();
	const visit = (name: string): void => {
		const file = files.find((one) => one.name === name);
		if (file === undefined || seen.has(name)) return;
		seen.add(name);
		for (const { from, isType } of file.imports) {
			const to = target(file, from);
			if (!isType && to !== undefined) visit(to);
		}
	};
	visit("index.ts");
	const loads = [...seen].flatMap(
		(name) => files.find((one) => one.name === name)?.imports ?? [],
	);
	expect(
		loads
			.map(({ from }) => from)
			.filter((from) => /better-sqlite3|fs-extra|memfs/.test(from)),
	).toEqual([]);
	expect([...seen]).not.toContain("system/sqlite.ts");
});
