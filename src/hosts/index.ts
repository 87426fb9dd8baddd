import type { Host } from "../core/host.ts";
import { hermes } from "./hermes/host.ts";

/** Every agent we know. A new one: a folder beside `hermes` and its line here. */
export const hosts: Readonly<Record<"hermes", Host>> = { hermes };
