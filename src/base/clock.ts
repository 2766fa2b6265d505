// Time as a port: everything above asks a Clock, so the whole stack runs on a virtual one. Monotonic, never wall time.
// This file alone may touch the platform's timers.

/** What schedule() gives. */
export interface Timer {
  /** After this the callback does not run. Calling it again does nothing. */
  cancel(): void;
}

/** A port to time. `now()` only ever grows. */
export interface Clock {
  /** Milliseconds since an arbitrary moment; never goes back, whatever happens to wall time. */
  now(): number;
  /**
   * Runs `run` once, `delayMs` or more from now (a delay of weeks may be cut to 24 days), and only after input that had already arrived was read: a time-out that
   * is judged before waiting input is processed kills healthy peers after a stall of the event loop.
   */
  schedule(delayMs: number, run: () => void): Timer;
}

/** The platform's clock. Its timers do not keep a process alive by themselves. */
export const systemClock: Clock = {
  now: () => performance.now(),
  schedule: (delayMs, run) => schedule(delayMs, run, false),
};

/** The same, for those whose timers are all that is left of a connection: a process stays alive for them. */
export const holdingClock: Clock = {
  now: () => performance.now(),
  schedule: (delayMs, run) => schedule(delayMs, run, true),
};

function schedule(delayMs: number, run: () => void, holds: boolean): Timer {
  let canceled = false;
  const handle: unknown = setTimeout(() => {
    if (typeof setImmediate !== "function") {
      if (!canceled) run();
      return;
    }
    // The poll phase lies between timers and immediates: what the kernel holds is read first.
    setImmediate(() => {
      if (!canceled) run();
    });
  }, bounded(delayMs));
  if (
    !holds &&
    typeof handle === "object" &&
    handle !== null &&
    "unref" in handle &&
    typeof handle.unref === "function"
  ) {
    handle.unref();
  }
  return {
    cancel() {
      canceled = true;
      clearTimeout(handle as Parameters<typeof clearTimeout>[0]);
    },
  };
}

/** What platforms can wait at most. For a longer time they do not wait at all. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** A delay that timers keep: a peer may have said it, and one of years must not become none at all, again and again. */
export function bounded(delayMs: number): number {
  return Math.min(delayMs, LONGEST_DELAY_MS);
}

declare function setImmediate(run: () => void): unknown;
