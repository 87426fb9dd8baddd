import fs from "node:fs";
import path from "node:path";
import { makeSmallDb } from "../../../support/hermes-databases.ts";
import { type HomeRecord, record } from "../../../support/oracle.ts";
import { copyHome } from "../../copy-home.ts";
import { runSubject } from "../../run-subject.ts";
import type { Subject } from "../../subjects.ts";
import { leaveHalfWay } from "./leave-half-way.ts";
import { MADE_ANEW, writeOn } from "./little-home.ts";
import type { Plan } from "./scene.ts";

const PAGE = 4096;

/** What can have become of a database that has to be moved aside. The header of all but the first is sound. */
const DAMAGES: Readonly<Record<string, (file: string) => void>> = {
	damaged: (file) => fs.writeFileSync(file, Buffer.alloc(2 * PAGE)),
	"cut in half": (file) => fs.truncateSync(file, PAGE),
	"a page of garbage": (file) => {
		const bytes = fs.readFileSync(file);
		fs.writeFileSync(file, bytes.fill(0xa5, PAGE, 2 * PAGE));
	},
};

/** Restores that move kanban.db aside; and one that died before, after which its agent has made it anew. */
export async function damagedPlans(
	subject: Subject,
	changed: string,
	known: { old: HomeRecord; after: HomeRecord },
): Promise<Plan[]> {
	const words = ["restore", "1"];
	const { after } = known;
	const plans = Object.entries(DAMAGES).map(([name, damage]) => {
		const home = copyHome(changed, `${changed}-${name.replaceAll(" ", "-")}`);
		damage(path.join(home, MADE_ANEW));
		return {
			name: `restore/${name.replaceAll(" ", "-")}`,
			words,
			home,
			after,
			every: name === "damaged" ? 4 : 8,
		};
	});
	const [first] = plans;
	if (first === undefined) throw new Error("there is nothing damaged");
	return [...plans, await madeAnewPlan(subject, first.home, known)];
}

async function madeAnewPlan(
	subject: Subject,
	damaged: string,
	{ old, after }: { old: HomeRecord; after: HomeRecord },
): Promise<Plan> {
	const home = copyHome(damaged, `${damaged}-anew`);
	await leaveHalfWay(subject, home, (moves) => moves[0]);
	writeOn(home);
	const file = path.join(home, MADE_ANEW);
	fs.rmSync(file, { force: true });
	makeSmallDb(file, "anew", 1);
	await mustAsk(subject, copyHome(home, `${home}-asked`));
	const anew = record(home).get(MADE_ANEW);
	if (anew === undefined) throw new Error("it was not made anew");
	// Nobody has the old one: going back leaves what the agent has made.
	const back = new Map([...old, [MADE_ANEW, anew] as const]);
	return {
		name: "recover/made-anew",
		words: ["recover", "--finish"],
		home,
		before: undefined,
		after,
		ways: { finish: after, back },
		hasWrittenOn: true,
		hasMadeAnew: true,
		every: 6,
	};
}

/** A recovery neither takes it away nor passes it over. */
async function mustAsk(subject: Subject, home: string): Promise<void> {
	const file = path.join(home, MADE_ANEW);
	const before = fs.readFileSync(file);
	for (const words of [["recover"], ["create", "beside it"]])
		await runSubject(subject, home, words);
	const { reply } = await runSubject(subject, home, ["recover"]);
	const isAsked =
		reply?.error?.code === "recovery-blocked" &&
		reply.text.includes(MADE_ANEW) &&
		fs.readFileSync(file).equals(before);
	if (!isAsked) throw new Error(`it does not ask: ${reply?.text}`);
}
