// The cases of the public reference suite for RFC 6455 (categories 1 to 10, compression left out), described from what its
// fuzzing peer puts on the wire and accepts in return. Numbers are the suite's, words and structure are ours. Played by
// replay.ts in both roles; the suite itself is run by hand.

import type { Case } from "./case.ts";
import { closing } from "./closing-cases.ts";
import { fragmentation, framing, pings, reservedBits, reservedOpcodes } from "./framing-cases.ts";
import { autoFragmentation, limits } from "./limit-cases.ts";
import { utf8 } from "./text-cases.ts";

export const autobahnCases: readonly Case[] = [
  ...framing(),
  ...pings(),
  ...reservedBits(),
  ...reservedOpcodes(),
  ...fragmentation(),
  ...utf8(),
  ...closing(),
  ...limits(),
  ...autoFragmentation(),
];
