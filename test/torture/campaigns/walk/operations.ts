import { difference } from "../../../support/oracle.ts";
import { changeHome } from "./changes.ts";
import type { engineAt } from "./engine.ts";
import {
	expectedAfter,
	type Modelled,
	type Reason,
	touchedBetween,
} from "./model.ts";
import type { World } from "./world.ts";

/* Each does one thing, tells the model of it, and returns what was not as the model says. */

type Engine = ReturnType<typeof engineAt>;

export async function change(world: World): Promise<string[]> {
	world.tell(changeHome(world.home, world.chance, world.count));
	world.forget();
	return [];
}

export async function create(world: World): Promise<string[]> {
	const reason = world.chance.pick<Reason>([
		"manual",
		"manual",
		"manual",
		"pre-update",
		"scheduled",
	]);
	const force = world.chance.oneIn(4);
	const typed = world.chance.pick([
		null,
		"label",
		"another label",
		`number ${world.count}`,
	]);
	const words = [
		"create",
		...(typed === null ? [] : [typed]),
		"--reason",
		reason,
		...(force ? ["--force"] : []),
	];
	const label = typed ?? (reason === "pre-update" ? "pre-update" : null);
	const before = world.seen();
	world.tell(words.join(" "));
	const reply = await world.run(...words);
	const faults = [...done(reply), ...difference(before, world.look())];
	const made = force || !world.model.hasNothingNew(before, reason);
	if (reply.data.created !== made)
		return [...faults, `created: ${reply.data.created}, should be ${made}`];
	if (!made) return faults;
	add(world, { label, reason, held: before, touched: undefined });
	return [...faults, ...pruned(reply, world.model.prune())];
}

export async function restore(world: World): Promise<string[]> {
	const { ref, source } = target(world);
	if (source === undefined) return refused(world, ["restore", ref]);
	return putBack(world, ["restore", ref], source, false);
}

export async function undo(world: World): Promise<string[]> {
	const source = world.model.newestUndo();
	if (source === undefined) return refused(world, ["undo"]);
	return putBack(world, ["undo"], source, true);
}

async function putBack(
	world: World,
	words: string[],
	source: Modelled,
	isUndo: boolean,
): Promise<string[]> {
	const before = world.seen();
	const expected = expectedAfter(source, before, isUndo);
	const touched = touchedBetween(before, expected);
	world.tell(`${words.join(" ")} (${source.id})`);
	const reply = await world.run(...words);
	const faults = [...done(reply), ...difference(expected, world.look())];
	const changes = touched.size > 0;
	if (reply.data.restored !== changes)
		return [
			...faults,
			`restored: ${reply.data.restored}, should be ${changes}`,
		];
	if (!changes) return faults;
	const id = add(world, {
		label: "before restore",
		reason: "before-restore",
		held: before,
		touched,
	});
	const gone = world.model.prune(world.model.keep, [source.id, id]);
	return [...faults, ...pruned(reply, gone)];
}

export async function prune(world: World): Promise<string[]> {
	const manual = world.chance.oneIn(3) ? undefined : 1 + world.chance.below(6);
	const words = ["prune", ...(manual === undefined ? [] : [String(manual)])];
	world.tell(words.join(" "));
	const before = world.seen();
	const reply = await world.run(...words);
	const keep = {
		...world.model.keep,
		...(manual !== undefined && { manual }),
	};
	return [
		...done(reply),
		...pruned(reply, world.model.prune(keep)),
		...difference(before, world.look()),
	];
}

/** Says what it would do, and does nothing: the list and the home are compared after every step. */
export async function dryRun(world: World): Promise<string[]> {
	const { ref, source } = target(world);
	const words =
		world.chance.oneIn(2) || source === undefined
			? ["prune", "1", "--dry-run"]
			: ["restore", ref, "--dry-run"];
	world.tell(words.join(" "));
	const before = world.seen();
	const reply = await world.run(...words);
	return [...done(reply), ...difference(before, world.look())];
}

export async function tellNothing(world: World): Promise<string[]> {
	world.tell("recover");
	const before = world.seen();
	const reply = await world.run("recover");
	const faults =
		reply.data.recovered === null
			? []
			: ["recovered what was never interrupted"];
	return [...done(reply), ...faults, ...difference(before, world.look())];
}

async function refused(world: World, words: string[]): Promise<string[]> {
	world.tell(`${words.join(" ")} (not there)`);
	const before = world.seen();
	const { exitCode, error } = await world.run(...words);
	const faults = difference(before, world.look());
	return exitCode === 1 && error?.code === "not-found"
		? faults
		: [...faults, `was not refused: ${exitCode}`];
}

/** By number, by id, by "latest"; now and then by a number that is not there. */
function target(world: World): { ref: string; source: Modelled | undefined } {
	const numbered = world.model.numbered();
	const all = world.model.snapshots;
	const draw = world.chance.below(10);
	if (draw === 0 || all.length === 0)
		return {
			ref: String(numbered.length + 1 + world.chance.below(3)),
			source: undefined,
		};
	if (draw < 3 && numbered.length > 0)
		return { ref: "latest", source: numbered[0] };
	if (draw < 6 && numbered.length > 0) {
		const at = world.chance.below(numbered.length);
		return { ref: String(at + 1), source: numbered[at] };
	}
	const source = world.chance.pick(all);
	return { ref: source.id, source };
}

function add(world: World, made: Omit<Modelled, "id">): string {
	const id = world.model.nameFor(new Date(world.now), made.label);
	world.model.snapshots = [...world.model.snapshots, { id, ...made }];
	return id;
}

function pruned(
	{ data }: Awaited<ReturnType<Engine>>,
	gone: readonly string[],
): string[] {
	const said = JSON.stringify([...(data.removed as string[])].sort());
	const wanted = JSON.stringify([...gone].sort());
	return said === wanted ? [] : [`removed ${said}, should be ${wanted}`];
}

/** It worked. */
export function done({
	exitCode,
	text,
	error,
}: {
	exitCode: number;
	text: string;
	error?: { stack?: string };
}): string[] {
	return exitCode === 0
		? []
		: [`exit ${exitCode}: ${text} ${error?.stack ?? ""}`];
}
