// Every guard, by floor. The tables of the floors stand beside this file.

import { cliGuards } from "./cli-guards.ts";
import { clientGuards } from "./client-guards.ts";
import { connectionGuards } from "./connection-guards.ts";
import type { Guard } from "./guard.ts";
import { protocolGuards } from "./protocol-guards.ts";
import { serverGuards } from "./server-guards.ts";

export const guards: readonly Guard[] = [
  ...protocolGuards,
  ...connectionGuards,
  ...cliGuards,
  ...clientGuards,
  ...serverGuards,
];
