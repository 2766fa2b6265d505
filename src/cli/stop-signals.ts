// SIGINT and SIGTERM for commands that serve: the first asks to stop, a later one insists. Only `stopRequested` ends the process.
import type { EventEmitter } from "node:events";

export interface StopReactions {
  /** Once. `interactive` when somebody pressed Ctrl-C and waits for the prompt. */
  stop(interactive: boolean): void;
  /** Somebody lost patience. */
  force(): void;
}

/**
 * A terminal sends Ctrl-C to every process of its group, and npm passes its own copy on: two signals, one key. What
 * follows the first within this time is the same wish.
 */
const samePressMs = 400;

/** Returns the function that stops watching. */
export function watchStopSignals(
  reactions: StopReactions,
  source: EventEmitter = process,
  now: () => number = () => performance.now(),
): () => void {
  let firstAt: number | undefined;
  const receive = (signal: string): void => {
    if (firstAt === undefined) {
      firstAt = now();
      reactions.stop(signal === "SIGINT");
    } else if (now() - firstAt >= samePressMs) {
      reactions.force();
    }
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) source.on(signal, receive);
  return () => {
    for (const signal of signals) source.off(signal, receive);
  };
}

/**
 * Resolves at the first signal with whether somebody pressed Ctrl-C. From then on the process works on its end, and a
 * later signal ends it at once, with 1.
 */
export function stopRequested(): Promise<{ interactive: boolean }> {
  return new Promise((resolve) => {
    watchStopSignals({ stop: (interactive) => resolve({ interactive }), force: () => process.exit(1) });
  });
}
