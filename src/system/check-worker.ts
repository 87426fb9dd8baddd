/**
 * Checks one database in a process of its own, because SQLite cannot be interrupted from JavaScript and a
 * check of 30 GB took 143 s: whoever is tired of waiting ends the process. Prints what it found as JSON.
 */
import { errorMessage } from "../errors.ts";
import { findDamage } from "./check-database.ts";

const path = process.argv[2] ?? "";
try {
	process.stdout.write(JSON.stringify({ damage: findDamage(path) }));
} catch (error) {
	process.stdout.write(JSON.stringify({ damage: errorMessage(error) }));
}
