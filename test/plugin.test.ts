import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };
import plugin from "../plugin.json" with { type: "json" };

const root = path.resolve(import.meta.dirname, "..");
const verbs = plugin.commands.flatMap(({ subcommands }) =>
	Object.entries(subcommands),
);

it.each(verbs)("%s has a handler that exists", async (_, { handler }) => {
	const [file = "", name = ""] = handler.split("#");
	const source = file.replace(/^dist\/(.*)\.js$/, "src/$1.ts");
	const loaded: Record<string, unknown> = await import(path.join(root, source));
	expect(typeof loaded[name], handler).toBe("function");
	expect(existsSync(path.join(root, file)), `${file} is built`).toBe(true);
});

it("registers every handler there is", () => {
	const folder = path.join(root, "src/commands");
	const written = readdirSync(folder).flatMap((file) => {
		const text = readFileSync(path.join(folder, file), "utf8");
		const found = text.matchAll(/^export const (\w+): Handler =/gm);
		return [...found].map(
			([, name]) => `dist/commands/${file.replace(/\.ts$/, ".js")}#${name}`,
		);
	});
	const registered = verbs.map(([, { handler }]) => handler);
	expect(written.toSorted()).toEqual(registered.toSorted());
});

it("agrees with package.json", () => {
	const { version, description, license, author } = manifest;
	expect(plugin).toMatchObject({ version, description, license, author });
});

it("is no other vendor's manifest: no $schema, and the command under both its names", () => {
	expect(plugin).not.toHaveProperty("$schema");
	expect(plugin.commands).toMatchObject([
		{ name: "snapshot", aliases: ["snap"] },
	]);
});

it.each(
	verbs,
)("%s says how it is used, in examples that begin with it", (name, verb) => {
	expect(verb.usage.split(" ")[0]).toBe(name);
	expect(verb.summary).not.toBe("");
	for (const example of verb.examples) expect(example.split(" ")[0]).toBe(name);
});
