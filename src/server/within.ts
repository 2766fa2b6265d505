// Patience with an end: whoever waits for others to go does not wait for ever.

import type { Clock } from "../base/clock.ts";

/** Waits for `done`, but no longer than `ms`. */
export async function within(clock: Clock, ms: number, done: Promise<unknown>): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = clock.schedule(ms, resolve);
    void done.then(() => {
      timer.cancel();
      resolve();
    });
  });
}
