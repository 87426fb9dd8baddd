import fs from "node:fs";
import module from "node:module";
import { dirname, join } from "node:path";
import vm from "node:vm";
import { errorCode } from "../errors.ts";

/**
 * Loads a file as require() does one that it has wrapped in a function, which this one is already (see scripts/build.ts),
 * with what V8 made of it the last time. Node's own compile cache holds only what is compiled before anything has run,
 * which is a small part: most functions are compiled when they are called.
 * It gets one argument more: what loads another such file beside it.
 * @param directory where it is kept, if anywhere
 * @param kind of the command: what is kept is what one of its kind has run
 */
export function requireKept(
	file: string,
	directory: string | undefined,
	kind: string,
): unknown {
	return load(file, directory, kind, { isWhole: true });
}

/** @param run of this process; what was loaded is kept when it ends, unless all that it has run was kept before */
function load(
	file: string,
	directory: string | undefined,
	kind: string,
	run: { isWhole: boolean },
): unknown {
	const source = fs.readFileSync(file, "latin1"); // the bundler writes ASCII
	const name = `${kind}-${process.version}-${process.arch}`;
	const kept = directory === undefined ? undefined : join(directory, name);
	const cachedData = kept === undefined ? undefined : readTwice(kept, source);
	const script = new vm.Script(
		source,
		cachedData === undefined
			? { filename: file }
			: { filename: file, cachedData },
	);
	const loaded = { exports: {} };
	const body = script.runInThisContext();
	const require = lateRequire(file);
	// The first of its kind that needs this one: what it runs of the others, too, was never run before.
	if (cachedData === undefined || script.cachedDataRejected === true)
		run.isWhole = false;
	const beside = (name: string) =>
		load(join(dirname(file), name), directory, `${kind}-${name}`, run);
	body(loaded.exports, require, loaded, file, dirname(file), beside);
	process.on("exit", () => {
		if (!run.isWhole && kept !== undefined)
			writeTwice(kept, source, script.createCachedData());
	});
	return loaded.exports;
}

/** To make one takes a millisecond, and only SQLite is loaded by it. */
function lateRequire(file: string): unknown {
	let made: NodeJS.Require | undefined;
	const real = () => {
		made ??= module.createRequire(file);
		return made;
	};
	const require = (name: string) => real()(name);
	return Object.assign(require, {
		resolve: (name: string) => real().resolve(name),
	});
}

/** V8 compares only the length of the source. */
function markOf(source: string): Buffer {
	return Buffer.from(source.slice(0, source.indexOf("\n") + 1), "latin1");
}

/**
 * V8 takes damaged code for good. To compare two copies takes a twentieth of a millisecond; any hash that is as fast comes
 * with a part of Node that takes four to load.
 */
function readTwice(kept: string, source: string): Buffer | undefined {
	try {
		const bytes = fs.readFileSync(kept);
		const mark = markOf(source);
		if (!bytes.subarray(0, mark.length).equals(mark)) return undefined;
		const half = (bytes.length - mark.length) / 2;
		const one = bytes.subarray(mark.length, mark.length + half);
		return one.equals(bytes.subarray(mark.length + half)) ? one : undefined;
	} catch (error) {
		if (errorCode(error) === undefined) throw error;
		return undefined; // not there, or not to be read: it only saves time
	}
}

function writeTwice(kept: string, source: string, code: Buffer): void {
	const made = `${kept}.${process.pid}`;
	try {
		fs.writeFileSync(made, Buffer.concat([markOf(source), code, code]), {
			mode: 0o600,
			flag: "wx",
		});
		fs.renameSync(made, kept);
	} catch (error) {
		if (errorCode(error) === undefined) throw error;
		removeIfThere(made); // a full disk, and the like: the next start takes longer
	}
}

function removeIfThere(path: string): void {
	try {
		fs.unlinkSync(path);
	} catch (error) {
		if (errorCode(error) === undefined) throw error; // it was not made, or stays: no other process has its name
	}
}
