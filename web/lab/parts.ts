// The parts of the lab, in their order. Each is one line here; part.ts says what it is.
import { breaking } from "./break/part.ts";
import { handshake } from "./handshake/part.ts";
import { many } from "./many/part.ts";
import type { Part } from "./part.ts";
import { persist } from "./persist/part.ts";
import { race } from "./race/part.ts";
import { way } from "./way/part.ts";
import { wire } from "./wire/part.ts";

export const parts: readonly Part[] = [race, handshake, wire, breaking, many, way, persist];
