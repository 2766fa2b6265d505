// The load of the benchmarks, a process: so many connections, made by hand, that each keep so many messages in flight. Speaks
// plain RFC 6455, or a session with a channel in it; no library's code. Tells how it went.

import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { cpuSeconds, warmUp } from "./cpu.ts";
import { endWithStarter, programArgument, tell, told } from "./program.ts";
import { PlainTalker, type Talker } from "./raw/frames.ts";
import { SessionTalker } from "./raw/session.ts";

export interface Load {
  readonly port: number;
  /** `session`: without a channel. `channel`: with one. */
  readonly carrier: "plain" | "session" | "channel";
  readonly connections: number;
  /** Messages in flight per connection. 0: connect, tell, stay idle until told to end. */
  readonly depth: number;
  readonly bytes: number;
  readonly isBinary: boolean;
  readonly seconds: number;
  /** Whose CPU time is read. */
  readonly serverPid: number;
}

export interface LoadResult {
  readonly messages: number;
  readonly seconds: number;
  /** Seconds of CPU in that time: the server's, and this process's. */
  readonly serverCpu: number;
  readonly loadCpu: number;
}

/** A server's backlog is not what is measured. */
const CONNECTS_AT_ONCE = 100;

const load = programArgument<Load>();
const message = randomBytes(load.bytes).map((byte) => 0x20 + (byte % 0x5f));

function open(): Promise<Talker> {
  const { carrier, port, isBinary } = load;
  if (carrier === "plain") return PlainTalker.open(port, "/echo", message, isBinary);
  return SessionTalker.open(port, carrier === "channel" ? "/echo" : undefined, message, isBinary);
}

const talkers: Talker[] = [];
while (talkers.length < load.connections) {
  const count = Math.min(CONNECTS_AT_ONCE, load.connections - talkers.length);
  talkers.push(...(await Promise.all(Array.from({ length: count }, open))));
}
endWithStarter();

if (load.depth === 0) {
  tell("idle");
  await told();
} else {
  for (const talker of talkers) talker.begin(load.depth);
  await warmUp(load.serverPid);
  const before = state();
  await setTimeout(load.seconds * 1000);
  const after = state();
  tell({
    messages: after.messages - before.messages,
    seconds: after.seconds - before.seconds,
    serverCpu: after.serverCpu - before.serverCpu,
    loadCpu: after.loadCpu - before.loadCpu,
  } satisfies LoadResult);
}
for (const talker of talkers) talker.end();

function state(): LoadResult {
  const { user, system } = process.cpuUsage();
  return {
    messages: talkers.reduce((sum, { answers }) => sum + answers, 0),
    seconds: performance.now() / 1000,
    serverCpu: cpuSeconds(load.serverPid),
    loadCpu: (user + system) / 1_000_000,
  };
}
