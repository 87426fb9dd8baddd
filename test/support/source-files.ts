import fs from "node:fs";
import path from "node:path";
import { root } from "./paths.ts";

export interface SourceFile {
	/** Below src/: "core/capture/capture.ts". */
	readonly name: string;
	/** Without its comments. */
	readonly code: string;
	readonly imports: readonly Import[];
}

export interface Import {
	/** As it is written: "node:fs", "better-sqlite3", "../errors.ts". */
	readonly from: string;
	/** For a file of ours, where it lies below src/; above it, below the repository: "../plugin.json". */
	readonly file: string | undefined;
	/** Gone when the program runs. */
	readonly typeOnly: boolean;
}

/** Every file of src/, read and not run. */
export function sourceFiles(): SourceFile[] {
	const src = path.join(root, "src");
	return fs
		.readdirSync(src, { recursive: true, encoding: "utf8" })
		.filter((name) => name.endsWith(".ts"))
		.sort()
		.map((name) =>
			sourceFile(name, fs.readFileSync(path.join(src, name), "utf8")),
		);
}

export function sourceFile(name: string, text: string): SourceFile {
	const code = withoutComments(text);
	return { name, code, imports: importsOf(name, code) };
}

function withoutComments(text: string): string {
	return text
		.replace(/^\s*\/\*[\s\S]*?\*\//gm, "")
		.replace(/(^|\s)\/\/.*$/gm, "$1");
}

/** `import … from`, `export … from`, `import "…"` and `import("…")`. */
function importsOf(name: string, code: string): Import[] {
	const statements =
		/^(import|export)\s+(type\s)?(?:([^;"']*?)\sfrom\s+)?["']([^"']+)["']/gm;
	const fixed = [...code.matchAll(statements)].map(
		([, , type, names = "", from = ""]) =>
			importOf(name, from, type !== undefined || areTypes(names)),
	);
	const dynamic = [
		...code.matchAll(/\b(?:import|require)\(\s*["']([^"']+)["']/g),
	].map(([, from = ""]) => importOf(name, from, false));
	return [...fixed, ...dynamic];
}

/** `{ type A, type B }` */
function areTypes(names: string): boolean {
	const [, inner] = /^\{([\s\S]*)\}$/.exec(names.trim()) ?? [];
	const each = (inner ?? "").split(",").map((one) => one.trim());
	const named = each.filter((one) => one !== "");
	return named.length > 0 && named.every((one) => one.startsWith("type "));
}

function importOf(name: string, from: string, typeOnly: boolean): Import {
	const file = from.startsWith(".")
		? path.posix.join(path.posix.dirname(name), from)
		: undefined;
	return { from, file, typeOnly };
}
