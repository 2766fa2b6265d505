// Two that are compared take turns of a fraction of a second, one standing still while the other works: a machine whose speed
// changes from one second to the next changes it for both.

import { setTimeout } from "node:timers/promises";
import type { Program, ProgramName, StartProgram } from "./programs.ts";

/** A server, and who talks to it without a pause. Both are warm, and the latter says its `state`. */
export interface Pair {
  readonly server: Program;
  readonly load: Program;
}

/** What whoever talks says when it is asked. */
export interface LoadState {
  /** How many have come. */
  readonly messages: number;
  readonly seconds: number;
  /** Seconds of CPU: the server's, and its own. */
  readonly serverCpu: number;
  readonly loadCpu: number;
}

const SLICE_MS = 250;

/** Starts a server, and a load that is told where it is; resolves when both are warm. */
export async function startPair(
  start: StartProgram,
  [serverName, serverTerms]: readonly [ProgramName, object],
  [loadName, loadTerms]: readonly [ProgramName, object],
): Promise<Pair> {
  const server = start(serverName, serverTerms, "server");
  const target = { port: await server.next<number>(), serverPid: server.pid };
  const load = start(loadName, { ...target, ...loadTerms }, "load");
  await load.next();
  return { server, load };
}

/** Starts both, and measures each for so many `seconds`. */
export async function inSlices(
  round: number,
  seconds: number,
  startFirst: () => Promise<Pair>,
  startSecond: () => Promise<Pair>,
): Promise<readonly [LoadState, LoadState]> {
  // One after the other: each becomes hot alone.
  const first = await startStill(startFirst);
  const second = await startStill(startSecond);
  for (let slice = 0; slice < (seconds * 1000) / SLICE_MS; slice++) {
    const order = (slice + round) % 2 === 0 ? [first, second] : [second, first];
    for (const runner of order) await runner.run();
  }
  return [first.result, second.result];
}

async function startStill(start: () => Promise<Pair>): Promise<Runner> {
  const pair = await start();
  const runner = new Runner(pair);
  runner.pause();
  return runner;
}

class Runner {
  readonly #pair: Pair;
  #result: LoadState = { messages: 0, seconds: 0, serverCpu: 0, loadCpu: 0 };

  constructor(pair: Pair) {
    this.#pair = pair;
  }

  /** All slices together. */
  get result(): LoadState {
    return this.#result;
  }

  pause(): void {
    this.#pair.load.pause();
    this.#pair.server.pause();
  }

  /** One slice. */
  async run(): Promise<void> {
    const { server, load } = this.#pair;
    server.resume();
    load.resume();
    const before = await load.ask<LoadState>("state");
    await setTimeout(SLICE_MS);
    const after = await load.ask<LoadState>("state");
    this.pause();
    const { messages, seconds, serverCpu, loadCpu } = this.#result;
    this.#result = {
      messages: messages + after.messages - before.messages,
      seconds: seconds + after.seconds - before.seconds,
      serverCpu: serverCpu + after.serverCpu - before.serverCpu,
      loadCpu: loadCpu + after.loadCpu - before.loadCpu,
    };
  }
}
