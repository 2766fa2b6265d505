// The load of the benchmarks, a process: so many connections, made by hand, that each keep so many messages in flight. Speaks
// plain RFC 6455, or a session with a channel in it; no library's code. Tells that it is warm, and says its `state` and comes to
// its `end` when it is asked to.

import { randomBytes } from "node:crypto";
import { cpuSeconds, warmUp } from "./cpu.ts";
import { answerQuestions, programArgument, tell } from "./program.ts";
import type { LoadState } from "./slices.ts";
import { PlainTalker, type Talker } from "./raw/frames.ts";
import { SessionTalker } from "./raw/session.ts";

export interface Load {
  readonly port: number;
  /** `session`: without a channel. `channel`: with one. */
  readonly carrier: "plain" | "session" | "channel";
  readonly connections: number;
  /** Messages in flight per connection. 0: connect, tell, stay idle. */
  readonly depth: number;
  readonly bytes: number;
  readonly isBinary: boolean;
  /** Whose CPU time is read. */
  readonly serverPid: number;
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
answerQuestions({ state, end });
if (load.depth > 0) {
  for (const talker of talkers) talker.begin(load.depth);
  await warmUp(load.serverPid);
}
tell("ready");

function end(): string {
  for (const talker of talkers) talker.end();
  return "ended";
}

function state(): LoadState {
  const { user, system } = process.cpuUsage();
  return {
    messages: talkers.reduce((sum, { answers }) => sum + answers, 0),
    seconds: performance.now() / 1000,
    serverCpu: cpuSeconds(load.serverPid),
    loadCpu: (user + system) / 1_000_000,
  };
}
