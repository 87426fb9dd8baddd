import { isFile } from "../core/capture/entry.ts";
import { belowHome } from "../core/home/below-home.ts";
import { parentOf } from "../core/home/paths.ts";
import { type Inside, lookInside } from "../core/inside/inside.ts";
import type { Handler } from "./call/handler.ts";
import { snapshotData } from "./call/reply.ts";
import { directoryText, insideData } from "./show/inside-text.ts";
import { printable } from "./text/text.ts";

/** Without a snapshot it is `list`: see plugin.json. Changes nothing, and waits for nobody. */
export const ls: Handler = (invocation) => {
	const { positionals, prefix, flags } = invocation;
	const [ref = "", typed = ""] = positionals;
	const agent = invocation.agent();
	const path = [".", "/"].includes(typed) ? "" : belowHome(typed, agent);
	const inside = lookInside(agent, ref, path);
	const { entry } = inside;
	const listed =
		entry !== undefined && isFile(entry)
			? onlyThat(inside, lookInside(agent, ref, parentOf(path) ?? ""))
			: inside;
	const all = [prefix, "ls", ref, typed, "--all"].filter(Boolean).join(" ");
	const isAll = flags.all === true;
	const telling = { invocation, isAll, more: printable(all) };
	return {
		text: directoryText(listed, telling).join("\n"),
		data: {
			snapshot: snapshotData(inside.snapshot),
			...insideData(inside),
			names: insideData(listed).names,
		},
	};
};

/** A file as its directory lists it. */
function onlyThat({ path }: Inside, directory: Inside): Inside {
	const name = path.slice(path.lastIndexOf("/") + 1);
	const names = directory.names.filter((one) => one.name === name);
	return { ...directory, names };
}
