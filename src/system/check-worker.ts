/**
 * Checks one database in a process of its own, because SQLite cannot be interrupted from JavaScript and a
 * check of 30 GB took 143 s: whoever is tired of waiting ends the process. Prints what it found as JSON.
 */
import { checkDatabase } from "./check-database.ts";

process.stdout.write(JSON.stringify(checkDatabase(process.argv[2] ?? "")));
