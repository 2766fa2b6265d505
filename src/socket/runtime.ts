// What the connections of one server, or of all clients of a process, share: the ports and the two things that must be
// common, wakeups and the memory budget. Tests make one with a virtual clock.

import { getHeapStatistics } from "node:v8";
import { type Clock, systemClock } from "../base/clock.ts";
import { limitTable } from "../base/limits.ts";
import { type Random, systemRandom } from "../base/random.ts";
import { Budget } from "./budget.ts";
import { Wakeups } from "./wakeups.ts";

/** What connections share: time, randomness, and how much memory they may hold together. createRuntime() makes one. */
export interface SocketRuntime {
  readonly clock: Clock;
  readonly random: Random;
  readonly wakeups: Wakeups;
  readonly budget: Budget;
}

/** The ports of a runtime, and how much memory its connections may hold together. */
export interface RuntimeOptions {
  /** Default: the real time. */
  readonly clock?: Clock | undefined;
  /** Default: `systemRandom`. */
  readonly random?: Random | undefined;
  /** Default: 512 MiB; never more than a quarter of the heap that V8 may use. */
  readonly memoryBudgetBytes?: number | undefined;
}

/** A runtime of its own. The budget never passes a quarter of the heap that V8 may use. */
export function createRuntime(options: RuntimeOptions = {}): SocketRuntime {
  const clock = options.clock ?? systemClock;
  const wanted = options.memoryBudgetBytes ?? limitTable.memoryBudgetBytes.default;
  return {
    clock,
    random: options.random ?? systemRandom,
    wakeups: new Wakeups(clock),
    budget: new Budget(Math.min(wanted, getHeapStatistics().heap_size_limit / 4)),
  };
}

let shared: SocketRuntime | undefined;

/** The runtime of clients that were given none. */
export function defaultRuntime(): SocketRuntime {
  shared ??= createRuntime();
  return shared;
}
