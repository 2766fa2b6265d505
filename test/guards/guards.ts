// Every guard, by floor. The tables of the floors stand beside this file.

import { admissionGuards } from "./admission-guards.ts";
import { channelGuards } from "./channel-guards.ts";
import { cliGuards } from "./cli-guards.ts";
import { clientGuards } from "./client-guards.ts";
import { contactGuards } from "./contact-guards.ts";
import { connectionGuards } from "./connection-guards.ts";
import { faultGuards } from "./fault-guards.ts";
import type { Guard } from "./guard.ts";
import { handshakeGuards } from "./handshake-guards.ts";
import { inspectorGuards } from "./inspector-guards.ts";
import { lineGuards } from "./line-guards.ts";
import { outboxGuards } from "./outbox-guards.ts";
import { packGuards } from "./pack-guards.ts";
import { pageGuards } from "./page-guards.ts";
import { protocolGuards } from "./protocol-guards.ts";
import { serverGuards } from "./server-guards.ts";
import { sessionGuards } from "./session-guards.ts";
import { socketGuards } from "./socket-guards.ts";
import { transportGuards } from "./transport-guards.ts";
import { wireGuards } from "./wire-guards.ts";

export const guards: readonly Guard[] = [
  ...protocolGuards,
  ...connectionGuards,
  ...handshakeGuards,
  ...socketGuards,
  ...cliGuards,
  ...clientGuards,
  ...serverGuards,
  ...admissionGuards,
  ...inspectorGuards,
  ...lineGuards,
  ...channelGuards,
  ...sessionGuards,
  ...packGuards,
  ...contactGuards,
  ...outboxGuards,
  ...pageGuards,
  ...transportGuards,
  ...wireGuards,
  ...faultGuards,
];
